"""The page of an evaluation: its numbers are those of results.json, it stays small, and no text breaks it."""

from __future__ import annotations

import json
import re
import time
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from agentkit.actions import Box, Click, Finished, Malformed, Point, Refusal
from agentkit.cli import main
from agentkit.errors import DataError
from agentkit.report import NamedScore, Report, gallery
from agentkit.report.runs import EPISODES, PAGE, episode_report, grounding_report, saved_report
from agentkit.scoring import (
    Estimate,
    GroundingCard,
    GroundingSample,
    NoTarget,
    Polygon,
    Prediction,
    Rate,
    card_json,
    card_of_json,
    prediction_row,
    sample_of,
    sample_row,
    score_episodes,
    score_grounding,
)
from agentkit.tasks import FreeGoal
from agentkit.trace import save_trace
from agentkit.types import Ending, Observation, Reply, Step, Trajectory

EVIL = "</pre></section></script><script>alert(1)</script><img src=x onerror='alert(2)'> \" ' & \x00 \ud800 \u2028"
ARABIC = "اضغط على \u202e זר \u202c الزر"
COST = {
    "machine": {"cpu": "Test CPU", "cores": 3, "memory_bytes": 2**33},
    "memory": {"rss_bytes": 3 * 2**29},
    "model": {"parameters": 7_615_616_512, "bytes": 2**34, "dtype": "bfloat16", "device": "cuda"},
    "batch": 4,
}


class Words(HTMLParser):
    """Tags and shown text; style and script are no text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is None:
            self.text.append(data)


def run(tmp_path: Path, count: int, hits: int, said: str = "[1,2]") -> tuple[dict[str, Any], Any, Any, GroundingCard]:
    """Hits first; of the others every third is malformed and every third refused."""
    image = tmp_path / "screen.png"
    Image.new("RGB", (90, 160), (200, 210, 220)).save(image)
    samples, answers = [], []
    for i in range(count):
        groups = {"platform": ("web", "mobile")[i % 2], "ui_type": ("text", "icon")[i % 3 == 0]}
        samples.append(GroundingSample(f"s{i}", str(image), f"element {i}", Box(0.1, 0.1, 0.4, 0.4), groups))
        wrong = (Click(Point(0.9, 0.9)), Malformed("no box"), Refusal())[i % 3]
        counts = {"prompt": 300, "image": 200, "completion": 12, "screens": 1}
        timing = {"encode": 0.01, "vision": 0.2, "prefill": 0.05, "decode": 0.14}
        answer = Click(Point(0.2, 0.2)) if i < hits else wrong
        answers.append(Prediction(f"s{i}", answer, said, 0.4, counts, timing))
    card = score_grounding(samples, answers)
    return {"suite": "s", "policy": "p", "cost": COST, "card": card_json(card)}, samples, answers, card


def test_the_page_says_what_the_json_says(tmp_path: Path) -> None:
    results, samples, answers, _ = run(tmp_path, 31, 11)
    data = json.loads(json.dumps(results))
    page = grounding_report(data, samples, answers, card_of_json(data["card"])).html()
    words = " ".join("".join(Words(page).text).replace("\xa0", " ").split())
    rate = data["card"]["accuracy"]
    low, high = 100 * rate["low"], 100 * rate["high"]
    assert f"{100 * rate['value']:.1f} %point in box (micro){rate['hits']} of {rate['total']} · 95 %" in words
    assert f"95 % {low:.1f} – {high:.1f}" in words
    for name, count in data["card"]["outcomes"].items():
        assert f"{name} {count} {100 * count / 31:.1f} %" in words
    for group, values in data["card"]["groups"]["platform"].items():
        assert f"{group}{100 * values['value']:.1f} {values['hits']}/{values['total']}" in words
    for shown in (
        "400 mspolicy time per samplemedian of 31 samples", "vision tower 200 ms 50.0 %", "decode 140 ms 35.0 %",
        "image 200 64.1 %", "text 100 32.1 %", "generated 12 3.8 %", "1.5 GiBpeak memory (RSS)",
        "7.62 Bparameters16.0 GiB of weights, bfloat16", "Hardware: Test CPU, 3 cores, 8.0 GiB.",
        "Asked in batches of up to 4", "screenshots per sample",
    ):  # fmt: skip
        assert shown in words, shown


def test_nothing_is_loaded_from_anywhere(tmp_path: Path) -> None:
    results, samples, answers, card = run(tmp_path, 12, 4)
    page = grounding_report(results, samples, answers, card).html()
    assert not re.findall(r"(?:https?:)?//[a-z]", re.sub(r"base64,[^\"]+", "", page))
    for tag, attributes in Words(page).tags:
        assert tag not in ("link", "iframe", "object", "form", "base")
        assert (attributes.get("src") or "data:").startswith("data:image/jpeg;base64,") or tag != "img"


@pytest.mark.parametrize("said", [EVIL, ARABIC, "x" * 100_000, "", "\n\n[1,2]\n"])
def test_what_the_model_said_is_shown_as_text(tmp_path: Path, said: str) -> None:
    results, samples, answers, card = run(tmp_path, 4, 2, said)
    plain = grounding_report(*run(tmp_path, 4, 2, "x" if said else said)[:3], card).html()
    page = grounding_report(results, samples, answers, card).html()
    found = Words(page)
    extra = 4 if len(said) > gallery.WORDS else 0
    assert len(found.tags) == len(Words(plain).tags) + extra, "a reply adds no element"
    shown = "".join(found.text)
    if len(said) > gallery.WORDS:
        assert "… and 96,000 more characters" in shown and len(page) < len(plain) + 4 * gallery.WORDS + 2000
    else:
        kept = said.replace("\x00", "\ufffd").replace("\ud800", "\ufffd")
        assert shown.count(kept) >= 4 or not said
    assert 'dir="auto"' in page or not said
    page.encode()


@pytest.mark.parametrize(("count", "hits"), [(0, 0), (1, 0), (1, 1), (6, 6)])
def test_few_samples_and_no_failures(tmp_path: Path, count: int, hits: int) -> None:
    page = grounding_report(*run(tmp_path, count, hits)).html()
    assert page.count("<figure") == count
    assert ("Nothing to show." in page) is (count == 0)
    assert ('data-show="miss"' in page) is (hits < count)


def test_ten_thousand_samples_make_a_page_of_bounded_size(tmp_path: Path) -> None:
    results, samples, answers, card = run(tmp_path, 10_000, 4_000)
    apps = {sample.id: {"application": f"app {i % 200}"} for i, sample in enumerate(samples)}
    samples = [GroundingSample(s.id, s.image, s.instruction, s.target, apps[s.id]) for s in samples]
    card = score_grounding(samples, answers)
    started = time.perf_counter()
    page = grounding_report(results, samples, answers, card).html()
    seconds = time.perf_counter() - started
    assert page.count("<figure") == 24 * 3 + 12
    shown = [unescape(re.sub("<[^>]+>", "", b)) for b in re.findall(r"<button.*?</button>", page)]
    assert shown == ["all 84 of 10,000", "miss 24 of 2,000", "refused 24 of 2,000", "malformed 24 of 2,000",
                     "hit 12 of 4,000"]  # fmt: skip
    assert "60 of 200 rows are shown." in page
    assert len(page) < 1_000_000
    assert seconds < 10


def test_heavy_pictures_stop_at_the_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results, samples, answers, card = run(tmp_path, 30, 0)
    whole = grounding_report(results, samples, answers, card).html()
    monkeypatch.setattr(gallery, "BYTES", 20_000)
    page = grounding_report(results, samples, answers, card).html()
    assert 1 <= page.count("<figure") < whole.count("<figure") and len(page) < len(whole)
    assert f'"true">all <b>{page.count("<figure")} of 30</b>' in page


def test_pictures_that_are_gone_are_counted(tmp_path: Path) -> None:
    results, samples, answers, card = run(tmp_path, 3, 1)
    (tmp_path / "screen.png").write_bytes(b"not a picture")
    page = grounding_report(results, samples, answers, card).html()
    assert "3 of 3 screenshots are no longer where they were." in page


def test_samples_survive_the_disk() -> None:
    polygon = Polygon((Point(0, 0), Point(1, 1 / 3), Point(0.5, 1)))
    for target in (Box(0.1, 0.2, 1 / 3, 1), polygon, NoTarget()):
        sample = GroundingSample("a", "b.png", EVIL, target, {"one": "x", "many": ("y", "z")}, (10, 20))
        assert sample_of(json.loads(json.dumps(sample_row(sample)))) == sample
    with pytest.raises(DataError, match="unreadable sample"):
        sample_of({"id": "a", "image": "b", "instruction": "c", "target": [1, 2], "groups": {}})


def test_several_scores_of_the_same_answers() -> None:
    estimate = Estimate(0.75, 0.7, 0.8, 3)
    scores = [NamedScore("strict", Rate(3, 8), EVIL, 8), NamedScore("macro", estimate, "mean", 8, "bootstrap over 3")]
    page = Report("t").add_scores("Under each rule", scores).html()
    words = " ".join("".join(Words(page).text).replace("\xa0", " ").split())
    assert "strict37.5 %83 of 8 · 95 % 13.7 – 69.4Wilson" in words
    assert "macro75.0 %895 % 70.0 – 80.0bootstrap over 3mean" in words
    assert "<script>alert" not in page


SAID = EVIL.replace("\ud800", "")
"""What a trace can hold: policies replace lone surrogates."""


def trajectory(key: str, ending: Ending = Ending.FINISHED) -> Trajectory:
    seen = Observation(Image.new("RGB", (40, 80), (9, 9, 9)))
    step = Step(seen, Reply(SAID, Finished("x"), seconds=0.25, usage={"prompt": 10, "completion": 2}))
    return Trajectory(key, SAID, (step,), ending, seen, fault=SAID if ending is Ending.BROKEN else "")


def test_every_episode_has_a_page_that_the_table_leads_to(tmp_path: Path) -> None:
    folder = tmp_path / EPISODES
    keys = ["plain", "sp ace#1", "quo\"te'", "javascript:alert(1)"]
    runs = [trajectory(key, Ending.BROKEN if key == "plain" else Ending.FINISHED) for key in keys]
    for one in runs:
        save_trace(one, folder / one.task_key)
    card = score_episodes([FreeGoal(EVIL, key=key) for key in [*keys, "never"]], runs)
    report = episode_report({"suite": "phone", "card": card_json(card)}, card, folder, "Tasks", tmp_path)
    page = report.write(tmp_path / "report.html").read_text()
    found = Words(page)
    links = {str(attributes["href"]) for tag, attributes in found.tags if tag == "a"}
    spelled = ("plain", "sp%20ace%231", "quo%22te%27", "javascript%3Aalert%281%29")
    assert {link for link in links if link[0] != "#"} == {f"./episodes/{name}/page.html" for name in spelled}
    for key in keys:
        assert "<script>alert" not in (folder / key / PAGE).read_text()
    rows = [re.sub("<[^>]+>", "|", row) for row in re.findall("<tr>.*?</tr>", page, re.S)]
    words = [[word for word in row.split("|") if word][:3] for row in rows[1:]]
    assert words[0] == ["plain", "broken", "broken"], "what is unsolved comes first"
    assert words[1] == ["javascript:alert(1)", "solved", "finished"] and words[-1][:2] == ["never", "missing"]


def test_pages_of_episodes_are_made_once(tmp_path: Path) -> None:
    folder = tmp_path / EPISODES
    save_trace(trajectory("a"), folder / "a")
    card = score_episodes([FreeGoal("g", key="a")], [trajectory("a")])
    results = {"suite": "phone", "card": card_json(card)}
    episode_report(results, card, folder, "Tasks", tmp_path)
    (folder / "a" / PAGE).write_text("mine")
    episode_report(results, card, folder, "Tasks", tmp_path)
    assert (folder / "a" / PAGE).read_text() == "mine"


def test_show_makes_the_page_again_from_the_folder_alone(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    results, samples, answers, card = run(tmp_path, 9, 3)
    (tmp_path / "results.json").write_text(json.dumps(results))
    (tmp_path / "samples.jsonl").write_text("".join(json.dumps(sample_row(s)) + "\n" for s in samples))
    (tmp_path / "predictions.jsonl").write_text("".join(json.dumps(prediction_row(a)) + "\n" for a in answers))
    assert main(["show", str(tmp_path)]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "report.html")
    whole = grounding_report(results, samples, answers, card).html()
    assert (tmp_path / "report.html").read_text() == whole == saved_report(tmp_path, results, tmp_path).html()
    (tmp_path / "samples.jsonl").unlink()
    assert main(["show", str(tmp_path)]) == 2
    assert "has no samples.jsonl; run its `agentkit eval` again" in capsys.readouterr().err
