"""Results as one self-contained HTML page: score cards, costs, comparisons, curves, pictures of answers, episodes."""

from agentkit.report.page import Report
from agentkit.report.pictures import Shot
from agentkit.report.scores import NamedScore
from agentkit.report.shots import flip_shots, grounding_shots, outcome_shots

__all__ = ["NamedScore", "Report", "Shot", "flip_shots", "grounding_shots", "outcome_shots"]
