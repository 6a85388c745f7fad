"""Simple Draw Pro."""

from envs.phone.apps.draw.main import Draw

__all__ = ["Draw"]
