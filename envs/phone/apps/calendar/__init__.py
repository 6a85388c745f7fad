"""Simple Calendar Pro: events, their times and repetitions, in the database that AndroidWorld's checkers read."""

from envs.phone.apps.calendar.main import Calendar

__all__ = ["Calendar"]
