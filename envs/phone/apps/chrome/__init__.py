"""Chrome."""

from envs.phone.apps.chrome.main import Chrome

__all__ = ["Chrome"]
