"""Importing as such: the command, the names, and items that are not what their format says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agentkit.errors import ConfigError, DataError
from agentkit.recorded.traces import read_traces
from recorded_files import episode, png
from rft.cli import main
from rft.data.importers import IMPORTERS, make_importer
from rft.data.importers.run import run_import
from tfrecord_files import write_tfrecord


def test_the_command_imports_one_split_and_says_what_it_refused(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    source = write_tfrecord(
        tmp_path / "ac-00000-of-00001",
        [episode(i, [{"action_type": "fly" if i == 3 else "wait"}]) for i in range(1, 5)],
    )
    (tmp_path / "splits.json").write_text(json.dumps({"train": [1, 3], "test": [2]}))
    splits = ["--splits", str(tmp_path / "splits.json"), "--split"]
    base = ["data", "import", "androidcontrol", str(source), "--out", str(tmp_path / "out")]
    assert main([*base, *splits, "train"]) == 0
    assert "1 traces in" in (said := capsys.readouterr().out) and "1 x action fly" in said
    assert [trace.id for trace in read_traces(tmp_path / "out" / "traces.jsonl")] == ["androidcontrol-1"]
    for extra, message in (
        ([*splits, "train"], "--out needs a new folder"),
        ([*splits, "dev"], "has no list 'dev'; it has: train, test"),
        (["--split", "x"], "--splits and --split go together"),
        (["--boxes", "xyxy"], "importer androidcontrol does not take boxes"),
    ):
        assert main([*base, *extra]) == 2
        error = capsys.readouterr().err
        assert message in error and error.count("\n") == 1


def test_every_name_has_its_importer() -> None:
    for name in IMPORTERS:
        make_importer(name)
    with pytest.raises(ConfigError, match="did you mean 'aitw'"):
        make_importer("aitww")


def test_an_item_that_is_not_of_its_format_is_refused_and_the_others_come(tmp_path: Path) -> None:
    """Each file is a JSON episode with a field missing or of another kind."""
    (tmp_path / "in" / "annotations").mkdir(parents=True)
    (tmp_path / "in" / "screenshots").mkdir()
    (tmp_path / "in" / "screenshots" / "a.png").write_bytes(png(1))
    good = {"task_info": {"instruction": "Say hi \ud83d"}, "steps": [{"action": "COMPLETE", "screenshot": "a.png"}]}
    bad = ({"task_info": ["x"]}, {"steps": ["x"]}, {"steps": [5]}, {"device_info": {"w": "wide"}})
    for number, changes in enumerate((good, *bad)):
        (tmp_path / "in" / "annotations" / f"{number}.json").write_text(json.dumps(good | changes))
    report = run_import(make_importer("gui-odyssey"), tmp_path / "in", tmp_path / "out")
    assert report["samples"] == 1 and report["reasons"] == {"item is not of its format": 4}
    refused = [json.loads(line) for line in (tmp_path / "out" / "refused.jsonl").read_text().splitlines()]
    assert [entry["id"] for entry in refused] == ["1", "2", "3", "4"] and "AttributeError" in refused[0]["detail"]
    # Half a surrogate pair does not stop the import; whoever reads the line is told.
    with pytest.raises(DataError, match=r"traces.jsonl line 1: not JSON: .*surrogates"):
        next(read_traces(tmp_path / "out" / "traces.jsonl"))
