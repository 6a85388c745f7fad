"""Retro Music (code.name.monkey.retromusic): songs of the shared storage, playlists, a playing queue, a player."""

from envs.phone.apps.retro.main import Retro

__all__ = ["Retro"]
