"""From rewards to advantages: pure functions over lists of numbers, one file per rule."""

from rft.advantage.groups import group_advantages
from rft.advantage.ui_s1 import discounted_returns, ui_s1_advantages, worth_training

__all__ = ["discounted_returns", "group_advantages", "ui_s1_advantages", "worth_training"]
