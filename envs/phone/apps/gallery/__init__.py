"""Simple Gallery Pro."""

from envs.phone.apps.gallery.main import Gallery

__all__ = ["Gallery"]
