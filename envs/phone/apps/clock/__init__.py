"""Google's Clock: alarms, world clock, timers and a stopwatch."""

from envs.phone.apps.clock.main import Clock

__all__ = ["Clock"]
