"""Files, the file manager."""

from envs.phone.apps.files.main import Files

__all__ = ["Files"]
