"""One file of replies under every reward: what each makes of them, and where they part."""

from rft.compare.answers import Answer, read_answers
from rft.compare.table import Comparison, compare

__all__ = ["Answer", "Comparison", "compare", "read_answers"]
