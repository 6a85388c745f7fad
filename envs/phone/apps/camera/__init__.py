"""Camera."""

from envs.phone.apps.camera.main import Camera

__all__ = ["Camera"]
