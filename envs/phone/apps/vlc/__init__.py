"""VLC (org.videolan.vlc): videos and music of the shared storage, playlists, a player that shows the frames."""

from envs.phone.apps.vlc.main import Vlc

__all__ = ["Vlc"]
