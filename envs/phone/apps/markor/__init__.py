"""Markor, the notes app."""

from envs.phone.apps.markor.main import Markor
from envs.phone.apps.markor.notebook import EDITOR, NOTEBOOK, TYPES, made_up_note

__all__ = ["EDITOR", "NOTEBOOK", "TYPES", "Markor", "made_up_note"]
