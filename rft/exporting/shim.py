"""The reward as one Python file with the function that an engine calls."""

from __future__ import annotations

import pprint
from typing import Any

from rft.configs import TrainConfig
from rft.exporting.parquet import Format

FILE = "glint_reward.py"

_HEAD = '''"""Reward of {reward} under {protocol}, for {engine}. Written by `rft export rows`.

The workers need `pip install glint-agents`, whose base installs no torch and no transformers.
"""

from rft.exporting.ground_truth import TextScorer

SCORER = TextScorer.named(
    protocol={protocol!r},
    protocol_args={protocol_args},
    reward={reward!r},
    reward_args={reward_args},
)
'''

_VERL = '''

def compute_score(data_source, solution_str, ground_truth, extra_info=None, **kwargs):
    """verl's signature: `score` is trained on, the rest is logged."""
    terms = SCORER(solution_str, ground_truth)
    return {"score": terms["total"], "acc": terms["correct"], **terms}
'''

_EASYR1 = '''
REWARD_NAME = {reward!r}
REWARD_TYPE = "batch"


def compute_score(reward_inputs, **kwargs):
    """EasyR1's signature for a batch: `overall` is trained on, the rest is logged."""
    scored = [SCORER(item["response"], item["ground_truth"]) for item in reward_inputs]
    return [{{"overall": terms["total"], "accuracy": terms["correct"], **terms}} for terms in scored]
'''


def shim(config: TrainConfig, kind: Format) -> str:
    """The text of the file, for the protocol and reward of `config`."""

    def literal(values: dict[str, Any]) -> str:
        return pprint.pformat(dict(values), width=100).replace("\n", "\n    ")

    head = _HEAD.format(
        engine={"verl": "verl", "easyr1": "EasyR1"}[kind],
        protocol=config.protocol,
        protocol_args=literal(config.protocol_args),
        reward=config.reward,
        reward_args=literal(config.reward_args),
    )
    return head + (_VERL if kind == "verl" else _EASYR1.format(reward=config.reward))
