"""The cleaning run as a whole: what it writes, that a killed run is taken up again, and that it needs little memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from agentkit.errors import ConfigError, DataError
from rft.cli import main
from rft.data.clean import config as settings
from rft.data.clean import pipeline
from rft.data.clean.config import CleanConfig
from rft.data.clean.pipeline import clean
from rft.data.clean.sample import ALL, Source, Verdict
from rft.data.rows import read_rows
from rft.data.work_folder import new_folder

BOX = [0.1, 0.1, 0.3, 0.2]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Twelve rows over two drawn screenshots: two duplicates, two contradictions and a broken box among them."""
    for number in range(2):
        image = Image.effect_noise((120, 240), 60 + number).convert("RGB")
        image.save(tmp_path / f"{number}.png")
    rows = [
        {"image": f"{i % 2}.png", "instruction": f"do {i}", "box": [0.1, 0.05 * i, 0.3, 0.05 * i + 0.04]}
        for i in range(8)
    ]
    rows += [rows[0], rows[1], rows[2] | {"box": [0.5, 0.8, 0.9, 0.9]}, rows[3] | {"box": [9, 9, 10, 10]}]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def content(folder: Path) -> dict[str, str]:
    """The files of a result; what differs from run to run by its nature is left out."""
    texts = {path.name: path.read_text() for path in folder.iterdir() if path.name != "report.html"}
    report = json.loads(texts.pop("report.json"))
    for stage in report["stages"]:
        stage.pop("seconds")
    return texts | {"report": json.dumps(report)}


def test_what_is_written(source: Path) -> None:
    out = source.parent / "deep" / "out"
    said: list[str] = []
    report = clean(source, out, CleanConfig(), said.append)
    assert sorted(path.name for path in out.iterdir()) == [
        "changes.jsonl", "dropped.jsonl", "report.html", "report.json", "rows.jsonl",
    ]  # fmt: skip
    assert (report["samples"], report["kept"]) == (12, 7) and json.loads((out / "report.json").read_text()) == report
    dropped = [json.loads(line) for line in (out / "dropped.jsonl").read_text().splitlines()]
    assert {(entry["line"], entry["stage"]) for entry in dropped} == {
        (12, "boxes"), (9, "duplicates"), (10, "duplicates"), (3, "ambiguity"), (11, "ambiguity"),
    }  # fmt: skip
    assert next(e for e in dropped if e["line"] == 3)["other"] == [0.5, 0.8, 0.9, 0.9]
    kept = read_rows(out / "rows.jsonl").rows
    assert [row.image for row in kept[:2]] == [source.parent / "0.png", source.parent / "1.png"]
    page = (out / "report.html").read_text()
    assert page.count("<figure") == 5 and "duplicates: duplicate" in page and "data:image/jpeg" in page
    assert said[0].startswith("load: kept 12") and len(said) == len(report["stages"])
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_the_same_run_writes_the_same(source: Path) -> None:
    first, second = source.parent / "a", source.parent / "b"
    clean(source, first, CleanConfig())
    code = f"from rft.cli import main; main(['data', 'clean', {str(source)!r}, '--out', {str(second)!r}])"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONHASHSEED": "7", "PATH": ""}, timeout=60)
    assert content(first) == content(second)


class Broken:
    """Stands in for a stage and stops half-way, as a killed process does."""

    name = "nesting"
    kinds = ALL

    def run(self, samples: Source, index: object) -> Iterator[Verdict]:
        for number, sample in enumerate(samples()):
            if number == 3:
                raise KeyboardInterrupt
            yield Verdict(sample)


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    real = settings.build
    monkeypatch.setattr(pipeline, "build", lambda name, config: Broken() if name == "nesting" else real(name, config))
    return monkeypatch


def test_an_interrupted_run_leaves_no_result_and_is_taken_up_again(source: Path, breaking: pytest.MonkeyPatch) -> None:
    out = source.parent / "out"
    with pytest.raises(KeyboardInterrupt):
        clean(source, out, CleanConfig())
    assert not out.exists()
    breaking.undo()
    said: list[str] = []
    clean(source, out, CleanConfig(), said.append)
    assert said[0] == "taken up again after ambiguity" and said[1].startswith("nesting:")
    clean(source, source.parent / "whole", CleanConfig())
    assert content(out) == content(source.parent / "whole")


@pytest.mark.parametrize("change", ["input", "settings"])
def test_another_input_or_setting_starts_over(source: Path, breaking: pytest.MonkeyPatch, change: str) -> None:
    out = source.parent / "out"
    with pytest.raises(KeyboardInterrupt):
        clean(source, out, CleanConfig())
    breaking.undo()
    if change == "input":
        source.write_text(source.read_text() + source.read_text().splitlines()[0] + "\n")
    said: list[str] = []
    report = clean(source, out, CleanConfig(seed=1 if change == "settings" else 0), said.append)
    assert said[0].startswith("load: ") and report["samples"] == (13 if change == "input" else 12)


def test_a_killed_process_leaves_no_result(source: Path) -> None:
    out = source.parent / "out"
    code = (
        "import os, sys\nfrom rft.data.clean import pipeline, config\nreal = config.build\n"
        "class Dies:\n    name = 'nesting'\n    kinds = frozenset({'grounding'})\n"
        "    def run(self, samples, index):\n        os.kill(os.getpid(), 9)\n        yield\n"
        "pipeline.build = lambda name, c: Dies() if name == 'nesting' else real(name, c)\n"
        "pipeline.clean(sys.argv[1], sys.argv[2], config.CleanConfig())\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(source), str(out)], timeout=60)
    assert run.returncode == -9 and not out.exists()
    said: list[str] = []
    clean(source, out, CleanConfig(), said.append)
    assert said[0] == "taken up again after ambiguity"
    clean(source, source.parent / "whole", CleanConfig())
    assert content(out) == content(source.parent / "whole")


def test_two_runs_do_not_write_one_folder(source: Path) -> None:
    out = source.parent / "out"
    with new_folder(out), pytest.raises(ConfigError, match="another run is writing"):
        clean(source, out, CleanConfig())


def test_a_stage_that_skips_a_sample_is_found_out(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Skips(Broken):
        def run(self, samples: Source, index: object) -> Iterator[Verdict]:
            yield from (Verdict(sample) for sample in samples() if sample.number != 2)

    real = settings.build
    monkeypatch.setattr(pipeline, "build", lambda name, c: Skips() if name == "nesting" else real(name, c))
    with pytest.raises(AssertionError, match="stage nesting gave no verdict on line 2"):
        clean(source, source.parent / "out", CleanConfig())


def test_rows_and_traces_do_not_mix(source: Path) -> None:
    line = {"id": "t", "goal": "x", "steps": [{"image": None, "action": {"type": "Finished", "content": ""}}]}
    source.write_text(source.read_text() + json.dumps(line) + "\n")
    with pytest.raises(DataError, match="mixes training rows and traces"):
        clean(source, source.parent / "out", CleanConfig())


def test_nothing_left_is_said_plainly(source: Path, capsys: pytest.CaptureFixture) -> None:
    source.write_text("{\n")
    assert main(["data", "clean", str(source), "--out", str(source.parent / "out")]) == 0
    assert "0 of 1 samples kept (0.0%)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--stages", "box"], "unknown stage 'box'; did you mean 'boxes'"),
        (["--budget", "huge"], "unknown budget 'huge'"),
        (["--slack", "2"], r"slack must lie in \[0, 1\], got 2.0"),
        (["--most", "app"], "most takes key=value words"),
        (["--most", "colour=3"], "got colour=3"),
        (["--share", "Click=2"], "got Click=2"),
        (["--scroll", "ac=sideways"], "must be finger or content, got 'sideways'"),
    ],
)
def test_bad_options_are_one_line(
    source: Path, options: list[str], message: str, capsys: pytest.CaptureFixture
) -> None:
    import re

    assert main(["data", "clean", str(source), "--out", str(source.parent / "out"), *options]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert re.search(message, error)
    assert not (source.parent / "out").exists()


def test_a_folder_that_exists_is_left_alone(source: Path, capsys: pytest.CaptureFixture) -> None:
    out = source.parent / "out"
    out.mkdir()
    assert main(["data", "clean", str(source), "--out", str(out)]) == 2
    assert "needs a new folder" in capsys.readouterr().err and not list(out.iterdir())
    assert main(["data", "clean", str(source.parent / "no.jsonl"), "--out", str(source.parent / "b")]) == 2
    assert "cannot read" in capsys.readouterr().err


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys\nfrom rft.cli import main\n"
        "try: main(['data', 'clean', '--help'])\nexcept SystemExit: pass\n"
        "assert not {'torch', 'transformers', 'numpy', 'PIL', 'sqlite3'} & set(sys.modules), sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)


PEAK = """
import re, sys
from pathlib import Path
from rft.data.clean.config import CleanConfig
from rft.data.clean.pipeline import clean
clean(sys.argv[1], sys.argv[2], CleanConfig(most={"app": 10**6, "image": 10**6, "instruction": 10**6}))
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def peak_mib(folder: Path, count: int) -> float:
    """Peak resident memory of cleaning `count` rows with every stage on, in a process of its own. (The peak that
    `getrusage` tells would be that of the process that started it.)"""
    folder.mkdir()
    with (folder / "rows.jsonl").open("w") as file:
        for i in range(count):
            if i % 40 == 0:
                name = f"{i}.png"
                Image.effect_noise((112, 224), 50 + i % 7).convert("RGB").save(folder / name)
            x, y = i % 5 / 5 + 0.01, i % 40 // 5 / 8 + 0.01  # a place of its own on the screen
            row: dict[str, Any] = {"image": name, "instruction": f"open thing number {i} of the list " * 60}
            file.write(json.dumps(row | {"box": [x, y, x + 0.15, y + 0.1], "id": str(i), "app": f"app {i}"}) + "\n")
    run = subprocess.run(
        [sys.executable, "-c", PEAK, str(folder / "rows.jsonl"), str(folder / "out")],
        capture_output=True, text=True, check=True, timeout=280,
    )  # fmt: skip
    assert json.loads((folder / "out" / "report.json").read_text())["kept"] == count
    return int(run.stdout.split()[-1]) / 1024


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the peak from Linux's /proc")
def test_memory_does_not_grow_with_the_data(tmp_path: Path) -> None:
    small, large = peak_mib(tmp_path / "small", 500), peak_mib(tmp_path / "large", 4500)
    assert large - small < 8, (small, large)  # the larger file has 9 MB more
