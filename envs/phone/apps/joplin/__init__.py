"""Joplin: notes and to-dos in notebooks."""

from envs.phone.apps.joplin.main import Joplin

__all__ = ["Joplin"]
