"""The phone's file tree, in memory; see `Files`."""
