"""OpenTracks: records sports activities and lists them."""

from envs.phone.apps.opentracks.main import OpenTracks

__all__ = ["OpenTracks"]
