"""AndroidWorld's own tasks and checkers (google-research/android_world), on an emulator or on the simulated phone."""
