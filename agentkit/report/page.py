"""One self-contained HTML page of sections. No script, no link leaves the file: its own policy forbids both."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import agentkit
from agentkit.report import cards, charts, curves
from agentkit.report.episodes import episode, strip
from agentkit.report.markup import Markup, join, tag
from agentkit.report.pictures import Shot, open_picture, picture
from agentkit.scoring import GroundingCard, GroundingSample, NoTarget, Outcome, Prediction, ScoreCard
from agentkit.types import Trajectory

if TYPE_CHECKING:
    from PIL.Image import Image

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


class Report:
    """Collects sections in order and writes them as one file. Every `add_*` returns the report, so calls chain."""

    def __init__(self, title: str, subtitle: str = "", facts: Mapping[str, object] | None = None) -> None:
        """`facts` are shown under the title: model, protocol, seed, versions, date."""
        self.title, self.subtitle, self.facts = title, subtitle, dict(facts or {})
        self._sections: list[tuple[str, Markup]] = []

    def add_text(self, heading: str, *paragraphs: str) -> Report:
        """A section of plain paragraphs."""
        return self._add(heading, "", *(tag("p", paragraph) for paragraph in paragraphs))

    def add_table(
        self, heading: str, columns: Sequence[str], rows: Iterable[Sequence[object]], lead: str = ""
    ) -> Report:
        """A plain table; numbers are right-aligned."""
        head = tag("tr", *(tag("th", column, class_="num" if i else None) for i, column in enumerate(columns)))
        body = [
            tag("tr", tag("th", str(row[0])), *(tag("td", str(cell), class_="num") for cell in row[1:])) for row in rows
        ]
        whole = tag("table", tag("thead", head), tag("tbody", *body))
        return self._add(heading, lead, tag("div", whole, class_="scroll"))

    def add_parts(self, heading: str, *parts: Markup, lead: str = "") -> Report:
        """A section of finished pieces: charts of the caller's own, made with `agentkit.report.markup.tag`."""
        return self._add(heading, lead, *parts)

    def add_card(self, heading: str, card: ScoreCard, notes: Sequence[str] = (), lead: str = "") -> Report:
        """A score card: of grounding or of episodes. `notes` say how the data was read."""
        return self._add(heading, lead, cards.card_section(card), cards.notes(notes))

    def add_comparison(self, heading: str, runs: Mapping[str, ScoreCard], lead: str = "") -> Report:
        """Two or more runs by name; the first is the one that the others are measured against, item by item."""
        return self._add(heading, lead, cards.comparison(runs))

    def add_curve(
        self,
        heading: str,
        source: str | Path | Iterable[Mapping[str, Any]],
        keys: Sequence[str] | Mapping[str, Sequence[str]],
        x: str = "step",
        smooth: float = 0.9,
        lead: str = "",
    ) -> Report:
        """Lines over `x` from a metrics.jsonl or its rows.

        `keys` are drawn in one chart; a mapping of names to keys draws one chart for each. Faint lines are raw values,
        strong ones their exponential running mean of weight `smooth`. DataError when a key is not in the file.
        """
        rows = curves.read_metrics(source)
        panels = keys if isinstance(keys, Mapping) else {"": keys}
        parts = []
        for name, chosen in panels.items():
            parts += [tag("h3", name) if name else None, charts.lines(curves.series_of(rows, chosen, x), smooth, x)]
        return self._add(heading, lead, *parts)

    def add_gallery(self, heading: str, shots: Sequence[Shot], side: int = 440, lead: str = "") -> Report:
        """Pictures with the target and the answer drawn on them."""
        figures, wide = [], 0
        for shot in shots:
            image = open_picture(shot.image)
            wide += image.width > image.height
            figures.append(_figure(shot, picture(image, side, shot.target, shot.answer, shot.good, zoom=True)))
        if not figures:
            return self._add(heading, lead, tag("p", "Nothing to show.", class_="muted"))
        key = tag(
            "p",
            tag("span", tag("i"), "target", class_="key"),
            tag("span", tag("i", class_="round"), "answer, inside", class_="key"),
            tag("span", tag("i", class_="round bad"), "answer, outside", class_="key"),
            class_="muted",
        )
        look = "gallery wide" if 2 * wide > len(figures) else "gallery"
        return self._add(heading, lead, key, tag("div", *figures, class_=look))

    def add_episode(self, trajectory: Trajectory, success: float | None = None, heading: str = "") -> Report:
        """One episode as a strip of screenshots."""
        said = "" if success is None else "Solved. " if success > 0.5 else "Not solved. "
        lead = f"{said}{len(trajectory.steps)} steps, {trajectory.ending.value}"
        lead += f": {trajectory.fault}." if trajectory.fault else "."
        return self._add(heading or trajectory.goal, lead, strip(trajectory))

    def add_episodes(
        self, heading: str, episodes: Iterable[tuple[Trajectory, float | None]], lead: str = "", opened: int = 1
    ) -> Report:
        """Episodes with their score as lines that unfold into strips; the first `opened` are open already."""
        lines = [episode(trajectory, success, opened=i < opened) for i, (trajectory, success) in enumerate(episodes)]
        return self._add(heading, lead, *(lines or [tag("p", "No episodes.", class_="muted")]))

    def html(self) -> str:
        """The whole page."""
        links = [tag("a", name, href=f"#s{i}") for i, (name, _) in enumerate(self._sections, 1)]
        facts = [tag("div", tag("dt", name), tag("dd", str(value))) for name, value in self.facts.items()]
        head = tag(
            "header",
            tag("h1", self.title),
            tag("p", self.subtitle, class_="subtitle") if self.subtitle else None,
            tag("dl", *facts) if facts else None,
        )
        sections = [
            tag("section", tag("h2", name), body, id=f"s{i}") for i, (name, body) in enumerate(self._sections, 1)
        ]
        foot = tag("footer", f"Glint {agentkit.__version__}. Intervals are 95 %; denominators count every sample.")
        main = tag("main", head, tag("nav", *links) if len(links) > 2 else None, *sections, foot)
        style = Markup(resources.files("agentkit.report").joinpath("style.css").read_text("utf-8"))
        meta = join(
            tag("meta", charset="utf-8"),
            tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("title", self.title),
            tag("style", style),
        )
        return "<!doctype html>\n" + tag("html", tag("head", meta), tag("body", main), lang="en") + "\n"

    def write(self, path: str | Path) -> Path:
        """Write the page, whole or not at all, and return its path."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + ".tmp")
        draft.write_text(self.html(), "utf-8")
        os.replace(draft, path)
        return path

    def _add(self, heading: str, lead: str, *parts: Markup | None) -> Report:
        self._sections.append((heading, join(tag("p", lead, class_="lead") if lead else None, *parts)))
        return self


def grounding_shots(
    samples: Sequence[GroundingSample],
    predictions: Iterable[Prediction],
    card: GroundingCard,
    limit: int = 12,
    wrong: bool = True,
    seed: int = 0,
    pictures: Mapping[str, Image] | None = None,
) -> list[Shot]:
    """Up to `limit` wrong (or right) answers as shots, drawn at random so that the choice cannot flatter.

    `pictures` gives the screenshots by sample id where they are not files.
    """
    answers = {prediction.id: prediction for prediction in predictions}
    chosen = [s for s in samples if card.by_id[s.id].right != wrong and card.by_id[s.id] is not Outcome.MISSING]
    chosen = random.Random(seed).sample(chosen, min(limit, len(chosen)))
    return [
        Shot(
            image=sample.image if pictures is None else pictures[sample.id],
            title=sample.instruction,
            target=None if isinstance(sample.target, NoTarget) else sample.target,
            answer=answers[sample.id].answer,
            good=card.by_id[sample.id].right,
            note="" if card.by_id[sample.id] in (Outcome.HIT, Outcome.MISS) else answers[sample.id].text[:200],
            tags=(card.by_id[sample.id].value, *_flat(sample.groups.values())),
        )
        for sample in chosen
    ]


def _flat(groups: Iterable[str | tuple[str, ...]]) -> Iterator[str]:
    for group in groups:
        yield from (group,) if isinstance(group, str) else group


def _figure(shot: Shot, shown: Markup) -> Markup:
    look = {True: "good", False: "bad", None: None}[shot.good]
    chips = [
        tag("span", name, class_=f"chip {look}" if look and not i else "chip") for i, name in enumerate(shot.tags)
    ]
    caption = tag(
        "figcaption",
        tag("b", shot.title),
        tag("p", shot.note) if shot.note else None,
        tag("div", *chips, class_="chips") if chips else None,
    )
    return tag("figure", tag("div", shown, class_="frame"), caption, class_=look)
