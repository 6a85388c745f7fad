"""Scores as pure functions: what a run earned, how sure that is, and what it cost. No torch, no pictures, no device."""

from agentkit.scoring.card import ScoreCard, card_json, card_of_json, card_text
from agentkit.scoring.cost import STAGES, Cost, count_words, token_split
from agentkit.scoring.episodes import (
    EpisodeCard,
    EpisodeResult,
    card_of_results,
    score_episode,
    score_episodes,
    template_of,
)
from agentkit.scoring.grounding import (
    GroundingCard,
    GroundingSample,
    NoTarget,
    Outcome,
    Polygon,
    Prediction,
    Target,
    judge,
    score_grounding,
)
from agentkit.scoring.intervals import Difference, Estimate, Rate, macro_average, mean_interval, paired_difference
from agentkit.scoring.paired import compare_seeds
from agentkit.scoring.store import append_row, prediction_of, prediction_row, read_rows, sample_of, sample_row

__all__ = [
    "STAGES", "Cost", "Difference", "EpisodeCard", "EpisodeResult", "Estimate", "GroundingCard", "GroundingSample",
    "NoTarget", "Outcome", "Polygon", "Prediction", "Rate", "ScoreCard", "Target", "append_row", "card_json",
    "card_of_json", "card_of_results", "card_text", "compare_seeds", "count_words", "judge", "macro_average",
    "mean_interval", "paired_difference", "prediction_of", "prediction_row", "read_rows", "sample_of", "sample_row",
    "score_episode", "score_episodes", "score_grounding", "template_of", "token_split",
]
