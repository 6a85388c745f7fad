"""One self-contained HTML page of sections. It loads nothing, and runs no script but its own, which it names by hash.

Links may lead to files beside it (an episode's own page), nowhere else.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import agentkit
from agentkit.report import cards, charts, curves
from agentkit.report.comparison import Runs, comparison
from agentkit.report.costs import StepCost, cost_section, step_cost
from agentkit.report.episodes import episode, strip
from agentkit.report.gallery import SIDE, gallery
from agentkit.report.markup import Markup, join, tag
from agentkit.report.pictures import Shot
from agentkit.report.scores import NamedScore, named_scores
from agentkit.report.tables import plain_table
from agentkit.scoring import EpisodeCard, GroundingCard, ScoreCard
from agentkit.types import Trajectory

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_CARDS = (GroundingCard, EpisodeCard)


class Report:
    """Collects sections in order and writes them as one file. Every `add_*` returns the report, so calls chain."""

    def __init__(self, title: str, subtitle: str = "", facts: Mapping[str, object] | None = None) -> None:
        """`facts` are shown under the title: model, protocol, seed, versions, date."""
        self.title, self.subtitle, self.facts = title, subtitle, dict(facts or {})
        self._sections: list[tuple[str, Markup]] = []
        self._scripted = False
        self.refresh_s = 0
        """Seconds after which a browser loads the page again; 0 for never."""

    def add_text(self, heading: str, *paragraphs: str) -> Report:
        """A section of plain paragraphs."""
        return self._add(heading, "", *(tag("p", paragraph) for paragraph in paragraphs))

    def add_table(
        self, heading: str, columns: Sequence[str], rows: Iterable[Sequence[object]], lead: str = ""
    ) -> Report:
        """A plain table; numbers are right-aligned, a `Markup` cell is put in as it is."""
        return self._add(heading, lead, plain_table(columns, rows))

    def add_parts(self, heading: str, *parts: Markup, lead: str = "") -> Report:
        """A section of finished pieces: charts of the caller's own, made with `agentkit.report.markup.tag`."""
        return self._add(heading, lead, *parts)

    def add_card(self, heading: str, card: ScoreCard, notes: Sequence[str] = (), lead: str = "") -> Report:
        """A score card: of grounding or of episodes. `notes` say how the data was read."""
        return self._add(heading, lead, cards.card_section(card), cards.notes(notes))

    def add_scores(self, heading: str, scores: Sequence[NamedScore], lead: str = "") -> Report:
        """Several scores of the same answers, each with the rule that it counts by."""
        return self._add(heading, lead, named_scores(scores))

    def add_cost(
        self, heading: str, cost: ScoreCard | StepCost, facts: Mapping[str, Any] | None = None, lead: str = ""
    ) -> Report:
        """What the answers took; `facts` is the `cost` block of results.json (machine, memory, model, batch)."""
        known = cost if isinstance(cost, StepCost) else step_cost(cost)
        return self._add(heading, lead, cost_section(known, facts or {}))

    def add_comparison(
        self, heading: str, runs: Mapping[str, ScoreCard | Sequence[ScoreCard]], lead: str = ""
    ) -> Report:
        """Two or more runs by name; the first is the one that the others are measured against, item by item.

        A list of cards is one run with several seeds.
        """
        grouped: Runs = {name: (card,) if isinstance(card, _CARDS) else card for name, card in runs.items()}
        return self._add(heading, lead, comparison(grouped))

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

    def add_gallery(
        self,
        heading: str,
        shots: Sequence[Shot],
        side: int = SIDE,
        lead: str = "",
        totals: Mapping[str, int] | None = None,
        may_be_gone: bool = False,
    ) -> Report:
        """Pictures with the target and the answer drawn on them, to be filtered by the first tag of each shot.

        `totals` tells of how many of each kind the shots are a choice, so that the page can say it. DataError when a
        picture cannot be read; with `may_be_gone` the page says how many were left out for that.
        """
        self._scripted = True
        return self._add(heading, lead, gallery(shots, side, totals, may_be_gone))

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
        style = _asset("style.css")
        script = _asset("gallery.js") if self._scripted else None
        policy = POLICY + (f"; script-src 'sha256-{_digest(script)}'" if script else "")
        meta = join(
            tag("meta", charset="utf-8"),
            tag("meta", http_equiv="Content-Security-Policy", content=policy),
            tag("meta", http_equiv="refresh", content=self.refresh_s) if self.refresh_s else None,
            tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
            tag("title", self.title),
            tag("style", style),
        )
        body = tag("body", main, tag("script", script) if script else None)
        return "<!doctype html>\n" + tag("html", tag("head", meta), body, lang="en") + "\n"

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


def _asset(name: str) -> Markup:
    return Markup(resources.files("agentkit.report").joinpath(name).read_text("utf-8"))


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
