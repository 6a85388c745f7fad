"""What the model says before training: do replies of a group differ in reward, end by themselves, and have a form?"""

from __future__ import annotations

import math
from statistics import fmean

from agentkit.scoring.intervals import Rate
from rft.doctor.case import Case
from rft.doctor.finding import Finding, fail, ok, warn


def dead_groups(case: Case) -> Finding:
    """How many groups would teach nothing, because all their replies earn the same."""
    groups = case.sampled
    dead = [group for group in groups if max(group.totals) - min(group.totals) < 1e-9]
    rate = Rate(len(dead), len(groups))
    solved = sum(all(group.correct) for group in dead)
    shown = f"{rate} of sampled groups have equal rewards, {solved} of them all right, {len(dead) - solved} not"
    if len(dead) == len(groups) and not solved:
        return fail(
            shown, "groups whose replies differ in reward: the others have no gradient",
            "teach the reply format first with rft sft, or raise --temperature",
        )  # fmt: skip
    if rate.value > 0.75:
        return warn(
            shown, "at most three quarters",
            "harder rows" if solved * 2 > len(dead) else "easier rows, a larger --group, or rft sft first",
        )  # fmt: skip
    return ok(shown)


def entropy(case: Case) -> Finding:
    """Whether the model is neither sure of every token nor guessing."""
    value = fmean(group.entropy for group in case.sampled)
    most = math.log(case.model_config.get_text_config().vocab_size)
    shown = f"{value:.3g} nats a token at temperature {case.config.temperature:g} (guessing would be {most:.1f})"
    if value > 0.6 * most:
        return fail(shown, "a model that knows what a reply looks like", "teach it first with rft sft")
    if value < 0.005:
        return warn(shown, "some doubt: replies that do not differ teach nothing", "raise --temperature")
    return ok(shown)


def cut_replies(case: Case) -> Finding:
    """How many replies reach max_new_tokens without an end."""
    ended = [end for group in case.sampled for end in group.ended]
    rate = Rate(ended.count(False), len(ended))
    shown = f"{rate} of replies are cut at max_new_tokens={case.config.max_new_tokens}"
    if rate.value == 1:
        return fail(shown, "replies that end", "check end_of_turn, raise --max-new-tokens, or teach with rft sft first")
    if rate.value > 0.2:
        return warn(shown, "at most a fifth", "raise --max-new-tokens")
    return ok(shown)


def reply_format(case: Case) -> Finding:
    """How many replies the protocol can read."""
    broken = [bad for group in case.sampled for bad in group.malformed]
    rate = Rate(sum(broken), len(broken))
    example = next((text for g in case.sampled for text, bad in zip(g.texts, g.malformed, strict=True) if bad), "")
    shown = f"{rate} of replies are malformed" + (f", such as {example[:80]!r}" if example else "")
    if rate.value == 1:
        return fail(shown, f"some replies in the form of {case.protocol.name}", "teach the form first with rft sft")
    if rate.value > 0.5:
        return warn(shown, "at most half", "teach the form first with rft sft")
    return ok(shown)
