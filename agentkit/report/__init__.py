"""Results as one self-contained HTML page: score cards, comparisons, curves, pictures of failures, episodes."""

from agentkit.report.page import Report, grounding_shots
from agentkit.report.pictures import Shot

__all__ = ["Report", "Shot", "grounding_shots"]
