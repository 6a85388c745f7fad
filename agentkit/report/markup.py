"""HTML that cannot be injected into: text is escaped unless `tag` itself made it.

Model text is hostile. `tag("p", text)` escapes `text`; only a `Markup`, which is built by `tag` and `join` (and once
from the package's own style sheet), passes through. Characters that no HTML may hold (NUL, lone surrogates) become
U+FFFD.
"""

from __future__ import annotations

import re
from html import escape
from typing import TypeAlias

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_VOID = frozenset({"img", "meta", "br", "rect", "line", "circle", "path", "polyline", "polygon"})


class Markup(str):
    """A finished piece of HTML or SVG: nothing in it is escaped again."""

    __slots__ = ()


Child: TypeAlias = "str | int | float | Markup | None"


def text(value: object) -> Markup:
    """`value` as escaped text, quotes included, so that it may stand in an attribute too."""
    if isinstance(value, Markup):
        return value
    return Markup(escape(_FORBIDDEN.sub("\ufffd", str(value)), quote=True))


def tag(name: str, /, *children: Child, **attributes: object) -> Markup:
    """An element. `class_` is spelled with an underscore; other underscores become hyphens (`stroke_width`).

    Attributes that are None or False are left out; True gives a bare attribute.
    """
    parts = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        key = key.rstrip("_").replace("_", "-")
        parts.append(key if value is True else f'{key}="{text(_number(value))}"')
    opening = " ".join(parts)
    if name in _VOID and not children:
        return Markup(f"<{opening}/>")
    return Markup(f"<{opening}>{join(*children)}</{name}>")


def join(*children: Child) -> Markup:
    """Children one after the other; None is nothing."""
    return Markup("".join(text(child) for child in children if child is not None))


def _number(value: object) -> object:
    """Coordinates without a tail of noise digits."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else value
