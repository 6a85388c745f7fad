"""MiniWoB++ in a real browser: 134 small web tasks seen as pixels and solved with a pointer and a keyboard."""

from envs.miniwob.env import MiniWobEnv
from envs.miniwob.tasks import PAGES, TIMED, MiniWobTask, Page, choose_pages, miniwob_suite

__all__ = ["PAGES", "TIMED", "MiniWobEnv", "MiniWobTask", "Page", "choose_pages", "miniwob_suite"]
