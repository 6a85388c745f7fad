"""Prompt text in files: `${field}` is filled strictly, in one pass, so that a value can never become a field."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources

_FIELD = re.compile(r"\$\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """Text with `${field}` places. `chunks` is the literal text around them, one more than there are fields."""

    chunks: tuple[str, ...]
    fields: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Template:
        pieces = _FIELD.split(text)
        return cls(tuple(pieces[0::2]), tuple(pieces[1::2]))

    def fill(self, **values: str) -> str:
        """The text with every field replaced. ValueError unless exactly the template's fields are given."""
        if set(values) != set(self.fields):
            raise ValueError(f"template has fields {sorted(set(self.fields))}, got {sorted(values)}")
        pieces = [self.chunks[0]]
        for name, chunk in zip(self.fields, self.chunks[1:], strict=True):
            pieces += [values[name], chunk]
        return "".join(pieces)

    def literals(self) -> tuple[str, ...]:
        """The non-empty chunks, in order."""
        return tuple(chunk for chunk in self.chunks if chunk)

    def __add__(self, tail: str) -> Template:
        return Template((*self.chunks[:-1], self.chunks[-1] + tail), self.fields)


def prompt(name: str) -> Template:
    """The template in `prompts/NAME.txt`, without the line break that ends the file."""
    text = resources.files("agentkit.protocols").joinpath("prompts", f"{name}.txt").read_text(encoding="utf-8")
    return Template.of(text.removesuffix("\n"))
