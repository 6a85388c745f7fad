"""How playing goes on with the phone's clock, and how a player tells the time."""

from __future__ import annotations

from collections.abc import Sequence


def play_on(durations: Sequence[int], index: int, ms: int) -> tuple[int, int]:
    """(index, milliseconds) that follow from `ms` milliseconds after the beginning of title `index`.

    At the end of the last title playing stands still, as it does at one of unknown length (0).
    """
    while index < len(durations) - 1 and 0 < durations[index] <= ms:
        ms -= durations[index]
        index += 1
    return index, min(ms, durations[index])


def clock(ms: int) -> str:
    """Minutes and seconds, with hours where there are any: 03:05, 1:02:03."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"
