"""SMS Messenger."""

from envs.phone.apps.messages.main import Messages

__all__ = ["Messages"]
