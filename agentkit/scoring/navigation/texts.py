"""Comparisons of typed texts that rules share."""

from __future__ import annotations


def plain(text: str) -> str:
    """`text` in lower case, without outer whitespace."""
    return text.lower().strip()


def contained(gold: str, answer: str) -> bool:
    """Whether one holds the other. An empty text is held by every text: evaluators that ask this give it away."""
    return gold in answer or answer in gold


def likeness(gold: str, answer: str) -> float:
    """1 minus the edit distance over the longer length (ANLS without its cut); 1 for two empty texts."""
    longest = max(len(gold), len(answer))
    return 1 - edit_distance(gold, answer) / longest if longest else 1.0


def edit_distance(a: str, b: str) -> int:
    """Levenshtein: insertions, deletions and substitutions, one each."""
    row = list(range(len(b) + 1))
    for i, one in enumerate(a, 1):
        corner, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (one != other))
    return row[-1]


def word_f1(gold: str, answer: str) -> float:
    """F1 of the two sets of lower-case words; 0 when either is empty."""
    wanted, said = set(gold.lower().split()), set(answer.lower().split())
    common = len(wanted & said)
    return 2 * common / (len(wanted) + len(said)) if common else 0.0
