"""Words for an unknown name: what was given and what may have been meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """An error text for `name`, which is not among `known`: the nearest name, then all of them or a few near ones."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=6, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    others = f"Known: {', '.join(names)}" if len(names) <= 24 else f"Near: {', '.join(near) or 'none'}"
    return f"unknown {what} {name!r}{hint} {others}"
