"""The page: hostile text stays text, nothing leaves the file, marks land where the numbers say."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

import pytest
from PIL import Image

from agentkit.actions import (
    Box,
    CallUser,
    Click,
    Finished,
    LongPress,
    Malformed,
    Point,
    Press,
    Refusal,
    Scroll,
    Type,
    Wait,
)
from agentkit.errors import DataError
from agentkit.report import Report, Shot, grounding_shots
from agentkit.report.charts import running_mean, short, ticks
from agentkit.report.markup import Markup, tag
from agentkit.report.pictures import picture
from agentkit.scoring import (
    EpisodeCard,
    GroundingCard,
    GroundingSample,
    NoTarget,
    Polygon,
    Prediction,
    Rate,
    card_of_results,
    score_episode,
    score_grounding,
)
from agentkit.tasks import FreeGoal
from agentkit.types import Ending, Observation, Reply, Step, Trajectory

EVIL = """</section><script>alert(1)</script><img src=x onerror="alert(2)"> " ' & \x00 \ud800"""
VOID = {"meta", "img", "br", "rect", "circle", "line", "path", "polyline", "polygon"}


class Page(HTMLParser):
    """Collects elements, checks nesting, and remembers where attributes point."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(html)
        assert self.open == [], f"unclosed: {self.open}"

    def handle_starttag(self, name: str, attributes: list) -> None:
        self.names.append(name)
        self.attributes += attributes
        if name not in VOID:
            self.open.append(name)

    def handle_startendtag(self, name: str, attributes: list) -> None:
        self.names.append(name)
        self.attributes += attributes

    def handle_endtag(self, name: str) -> None:
        if name not in VOID:
            assert self.open.pop() == name

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def screen(path: Path | None = None, size: tuple[int, int] = (90, 200)) -> Image.Image:
    image = Image.new("RGB", size, (240, 240, 245))
    if path is not None:
        image.save(path)
    return image


def grounding(
    tmp_path: Path, hits: int, count: int = 20
) -> tuple[list[GroundingSample], list[Prediction], GroundingCard]:
    image = str(tmp_path / "a.png")
    screen(Path(image))
    samples = [
        GroundingSample(
            str(i), image, EVIL, Box(0, 0, 0.5, 0.5), {"platform": EVIL if i % 2 else "web", "ui_type": "icon"}
        )
        for i in range(count - 1)
    ]
    samples.append(GroundingSample("last", image, "nothing there", NoTarget(), {"platform": "web", "ui_type": "icon"}))
    answers = [Prediction(s.id, Click(Point(0.2, 0.2) if i < hits else Point(0.9, 0.9)), EVIL, 0.1, {EVIL: 3})
               for i, s in enumerate(samples[:-2])]  # fmt: skip
    answers.append(Prediction(samples[-2].id, Malformed(EVIL), EVIL))
    return samples, answers, score_grounding(samples, answers)


def run(ending: Ending = Ending.FINISHED, key: str = "free") -> Trajectory:
    actions = [
        Click(Point(0.5, 0.5)),
        Scroll(Point(0.5, 0.8), Point(0.5, 0.2)),
        Type(EVIL),
        Malformed(EVIL),
        CallUser(EVIL),
    ]
    steps = tuple(Step(Observation(screen()), Reply(EVIL, action, thought=EVIL)) for action in [*actions, Finished()])
    return Trajectory(key, EVIL, steps, ending, Observation(screen()), fault=EVIL)


def episodes() -> EpisodeCard:
    goals = [FreeGoal(EVIL, key=f"{EVIL}{i}") for i in range(3)]
    runs = [run(Ending.BROKEN if i == 2 else Ending.FINISHED, goal.key) for i, goal in enumerate(goals)]
    results = [score_episode(goal, trajectory) for goal, trajectory in zip(goals, runs, strict=True)]
    return card_of_results([(goal.key, f"t{i}") for i, goal in enumerate(goals)], results, {EVIL: Rate(0, 3)})


@pytest.fixture
def page(tmp_path: Path) -> str:
    samples, answers, card = grounding(tmp_path, 12)
    worse = grounding(tmp_path, 3)[2]
    report = Report(EVIL, EVIL, {EVIL: EVIL})
    report.add_card(EVIL, card, notes=[EVIL], lead=EVIL).add_comparison(EVIL, {EVIL: worse, "after": card})
    report.add_comparison("three", {"a": worse, EVIL: card, "c": card, "episodes": episodes()})
    report.add_curve(EVIL, [{"step": i, EVIL: i * i} for i in range(30)], {EVIL: [EVIL]})
    report.add_gallery(EVIL, grounding_shots(samples, answers, card)).add_gallery("none", [])
    report.add_card("episodes", episodes()).add_episodes(EVIL, [(run(), 1.0), (run(Ending.BROKEN), None)])
    report.add_episode(run(), 0.0).add_text(EVIL, EVIL).add_table(EVIL, [EVIL, "b"], [(EVIL, 1)])
    return report.write(tmp_path / "out" / "report.html").read_text("utf-8")


def test_hostile_text_stays_text(page: str) -> None:
    found = Page(page)
    assert not {"iframe", "object", "link", "base", "form"} & set(found.names)
    assert found.names.count("script") == 1, "the package's own"
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert found.names.count("section") == 11
    shown = "".join(found.words)
    assert shown.count("<script>alert(1)</script>") > 30
    assert "\x00" not in page
    assert "\ufffd" in page


def test_nothing_leaves_the_file(page: str) -> None:
    found = Page(page)
    for name, value in found.attributes:
        if name in ("src", "href", "data", "action", "xlink:href"):
            assert value is not None and value.startswith(("#", "data:image/jpeg;base64,")), (name, value)
    assert "url(" not in page and "@import" not in page
    policy = [value for name, value in found.attributes if name == "content" and value and "default-src" in value]
    own = resources.files("agentkit.report").joinpath("gallery.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
    assert f"<script>{own}</script>" in page
    assert policy == [f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"]
    assert "innerHTML" not in own and "eval" not in own and "insertAdjacent" not in own


def test_a_page_without_a_gallery_has_no_script() -> None:
    html = Report("t").add_text("a", "b").html()
    assert "<script" not in html and "script-src" not in html


def test_pages_are_reproducible_and_written_whole(tmp_path: Path) -> None:
    def build(name: str) -> bytes:
        samples, answers, card = grounding(tmp_path, 5)
        report = Report("t").add_card("c", card).add_gallery("g", grounding_shots(samples, answers, card, seed=4))
        return report.write(tmp_path / name).read_bytes()

    assert build("a.html") == build("b.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "a.png", "b.html"]


def test_markup_escapes_everything_but_itself() -> None:
    assert tag("p", "<b>") == "<p>&lt;b&gt;</p>"
    assert tag("p", tag("b", "&")) == "<p><b>&amp;</b></p>"
    assert tag("i", title='"><x', hidden=False, open=True) == '<i title="&quot;&gt;&lt;x" open></i>'
    assert isinstance(tag("p"), Markup)
    assert tag("rect", x=0.123456, stroke_width=1.0) == '<rect x="0.12" stroke-width="1"/>'


def test_marks_land_on_the_shrunk_picture() -> None:
    """A 100x400 screen shown at a quarter of its size: places scale with it."""
    html = picture(screen(size=(100, 400)), 100, Box(0.2, 0.5, 0.4, 0.75), Click(Point(0.6, 0.25)), good=False)
    assert 'viewBox="0 0 25 100"' in html
    gold = re.search(r'<rect class="gold" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', html)
    assert gold is not None and [float(v) for v in gold.groups()] == [5, 50, 5, 25]
    assert re.search(r'<circle class="dot bad" cx="15" cy="25"', html)
    shown = Image.open(io.BytesIO(base64.b64decode(re.search(r"base64,([^\"]+)", html)[1])))
    assert shown.size == (25, 100)


def test_tiny_targets_of_large_screens_are_zoomed() -> None:
    """The crop's own pixels prove that the mark is on the target: the target is painted red."""
    image = Image.new("RGB", (2000, 1000))
    image.paste((255, 0, 0), (1500, 400, 1520, 420))
    box = Box(0.75, 0.4, 0.76, 0.42)
    html = picture(image, 560, box, Click(Point(0.72, 0.5)), good=False, zoom=True)
    x, y, width, height = (
        float(v)
        for v in re.search(r'class="gold" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', html).groups()
    )
    shown = Image.open(io.BytesIO(base64.b64decode(re.search(r"base64,([^\"]+)", html)[1])))
    assert width > 15, "20 of 2000 pixels at full view would be under 6"
    red, green, _ = shown.getpixel((round(x + width / 2), round(y + height / 2)))
    assert red > 150 and green < 90


@pytest.mark.parametrize("target", [None, NoTarget(), Polygon((Point(0, 0), Point(1, 0), Point(0.5, 1)))])
@pytest.mark.parametrize(
    "answer", [None, Refusal(), Scroll(direction="up"), LongPress(Point(1, 1)), Wait(), Press("back")]
)
def test_every_target_and_answer_can_be_drawn(target: object, answer: object) -> None:
    Page(picture(screen(), 60, target, answer, zoom=True))


def test_gallery_draw_is_seeded_and_honest(tmp_path: Path) -> None:
    samples, answers, card = grounding(tmp_path, 12)
    shots = grounding_shots(samples, answers, card, limit=50)
    assert [shot.good for shot in shots] == [False] * len(shots)
    assert len(shots) == 7  # 19 answered, 12 right; the sample without a prediction has nothing to show
    assert all(shot.good for shot in grounding_shots(samples, answers, card, wrong=False))


def test_missing_pictures_are_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot read image"):
        Report("t").add_gallery("g", [Shot(tmp_path / "nowhere.png", "x")])


def test_curves_read_a_growing_file(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_text(
        '{"step": 1, "reward": 0.5}\n{"step": 2, "reward": NaN}\n{"step": 3, "reward": 0.75}\n{"step": 4, "re'
    )
    html = Report("t").add_curve("c", path, ["reward"]).html()
    assert "0.75" in html
    with pytest.raises(DataError, match="the numbers there are reward, step"):
        Report("t").add_curve("c", path, ["loss"])
    path.write_text('{"step": 1}\nnot json\n')
    with pytest.raises(DataError, match="not JSON"):
        Report("t").add_curve("c", path, ["step"])


def test_chart_arithmetic() -> None:
    assert running_mean([2.0, 2.0, 2.0], 0.9) == pytest.approx([2, 2, 2])
    assert running_mean([1.0, 0.0], 0.5) == pytest.approx([1.0, 1 / 3])
    assert ticks(0, 1, 5) == [0, 0.25, 0.5, 0.75, 1.0]
    assert ticks(3, 3, 5)[0] < 3 < ticks(3, 3, 5)[-1]
    assert [short(v) for v in (0, 0.951234, 12, 123456, 4e-7, 1234.5)] == ["0", "0.951", "12", "1.2e5", "4e-7", "1234"]


def test_a_comparison_needs_two() -> None:
    with pytest.raises(ValueError, match="at least two runs"):
        Report("t").add_comparison("c", {"only": episodes()})
