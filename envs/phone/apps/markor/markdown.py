"""Simple Markdown as widgets: headings, paragraphs, lists, check boxes, quotes, code, rules."""

from __future__ import annotations

import re

from envs.phone.ui import Card, Divider, Icon, ListItem, Text, Widget

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_ITEM = re.compile(r"(\s*)([-*+]|\d+[.)])\s+(?:\[([ xX])\]\s+)?(.*)")
_RULE = re.compile(r"\s*([-*_])(?:\s*\1){2,}\s*$")


def render(source: str) -> list[Widget]:
    """The widgets of a document, one per block. What is not understood is shown as it is written."""
    widgets: list[Widget] = []
    paragraph: list[str] = []
    code: list[str] | None = None

    def flush() -> None:
        if paragraph:
            widgets.append(Text(_inline(" ".join(paragraph))))
            paragraph.clear()

    for line in source.splitlines():
        if line.lstrip().startswith("```"):
            flush()
            if code is not None:
                widgets.append(Card([Text("\n".join(code))]))
            code = [] if code is None else None
        elif code is not None:
            code.append(line)
        elif not line.strip():
            flush()
        elif _RULE.match(line):
            flush()
            widgets.append(Divider())
        elif heading := _HEADING.match(line):
            flush()
            level = len(heading[1])
            widgets.append(Text(_inline(heading[2]), style="headline" if level == 1 else "title"))
        elif item := _ITEM.match(line):
            flush()
            widgets.append(_list_item(item))
        elif line.startswith(">"):
            flush()
            widgets.append(Card([Text(_inline(line.lstrip("> ")), color="on_surface_variant")]))
        else:
            paragraph.append(line.strip())
    flush()
    if code:
        widgets.append(Card([Text("\n".join(code))]))
    return widgets


def _list_item(item: re.Match[str]) -> Widget:
    indent, bullet, box, text = item.groups()
    if box is None:
        mark = bullet if bullet[0].isdigit() else "•"
        return Text("    " * (len(indent) // 2) + f"{mark} {_inline(text)}")
    name, label = ("blank", "Not checked") if box == " " else ("marked", "Checked")
    return ListItem(_inline(text), leading=Icon(f"checkbox-{name}-outline", label=label))


def _inline(text: str) -> str:
    """Emphasis, code marks and link targets taken away, the words kept."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    text = re.sub(r"(?<!\w)([*_])(?=\S)(.+?)(?<=\S)\1(?!\w)", r"\2", text)
    return re.sub(r"`([^`]+)`", r"\1", text)
