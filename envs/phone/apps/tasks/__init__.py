"""Tasks.org: to-do lists with due dates and priorities."""

from envs.phone.apps.tasks.main import Tasks

__all__ = ["Tasks"]
