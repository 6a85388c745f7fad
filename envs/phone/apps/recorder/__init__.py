"""Audio Recorder."""

from envs.phone.apps.recorder.main import AudioRecorder

__all__ = ["AudioRecorder"]
