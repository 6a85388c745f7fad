"""Answers to recorded steps, scored under every published rule of their data set at once."""

from agentkit.scoring.clusters import ClusterRate
from agentkit.scoring.navigation.card import ActionRow, NavigationCard, RuleCard
from agentkit.scoring.navigation.rule import MISS, Match, Rule
from agentkit.scoring.navigation.score import Answered, answered_by, judge_step, score_navigation
from agentkit.scoring.navigation.stored import navigation_json, navigation_of_json
from agentkit.scoring.navigation.suites import RULES
from agentkit.scoring.navigation.text import navigation_text

__all__ = [
    "MISS", "RULES", "ActionRow", "Answered", "ClusterRate", "Match", "NavigationCard", "Rule", "RuleCard",
    "answered_by", "judge_step", "navigation_json", "navigation_of_json", "navigation_text", "score_navigation",
]  # fmt: skip
