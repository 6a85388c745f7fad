"""Phone."""

from envs.phone.apps.dialer.main import Dialer

__all__ = ["Dialer"]
