"""From rewards to advantages: pure functions over lists of numbers, one file per rule."""

from rft.advantage.groups import group_advantages
from rft.advantage.leave_one_out import leave_one_out_advantages
from rft.advantage.rules import Matches, Rewards, Rule, get_rule
from rft.advantage.ui_s1 import discounted_returns, ui_s1_advantages, worth_training

__all__ = [
    "Matches", "Rewards", "Rule", "discounted_returns", "get_rule", "group_advantages", "leave_one_out_advantages",
    "ui_s1_advantages", "worth_training",
]  # fmt: skip
