"""ScreenSpot's layouts as published, written small, and every way in which a copy of one can be wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from agentkit.actions import Box, Click, Point, Refusal, Wait
from agentkit.errors import ConfigError, DataError, EnvError
from agentkit.types import Ending, Env, Reply, Step, Task, Trajectory
from envs.grounding.pictures import load_image
from envs.grounding.suite import load_suite
from envs.still import GroundingTask, StillImage

WIDTH, HEIGHT = 200, 400


def picture(path: Path, size: tuple[int, int] = (WIDTH, HEIGHT)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (30, 60, 90)).save(path)


def row(bbox: list[float], image: str = "a.png", **more: Any) -> dict[str, Any]:
    base = {"img_filename": image, "bbox": bbox, "instruction": "open Wi-Fi", "data_type": "text", "data_source": "ios"}
    return base | more


def original(root: Path, rows: dict[str, list[dict[str, Any]]], version: int = 2) -> Path:
    """ScreenSpot as SeeClick (1) and OS-Copilot (2) publish it."""
    for platform, content in rows.items():
        suffix = "_v2" if version == 2 else ""
        (root / f"screenspot_{platform}{suffix}.json").write_text(json.dumps(content))
    picture(root / ("screenspotv2_image" if version == 2 else "screenspot_imgs") / "a.png")
    return root


def variants(root: Path, rows: list[dict[str, Any]], name: str = "mobile") -> Path:
    """The copy of v2 with corners, and ScreenSpot-Pro: same layout."""
    (root / "annotations").mkdir()
    (root / "annotations" / f"{name}.json").write_text(json.dumps(rows))
    picture(root / "images" / "a.png")
    return root


def pro_row(bbox: list[float], key: str, **more: Any) -> dict[str, Any]:
    return {
        "img_filename": "a.png", "bbox": bbox, "instruction": "open the layers panel", "instruction_cn": "图层",
        "id": key, "application": "blender", "platform": "windows", "img_size": [WIDTH, HEIGHT], "ui_type": "icon",
        "group": "Creative",
    } | more  # fmt: skip


def test_version_one(tmp_path: Path) -> None:
    files = {
        "mobile": [row([20, 40, 100, 80])],
        "desktop": [row([0, 0, 200, 400], data_type="icon", data_source="macos")],
        "web": [row([10, 20, 4, 4], data_source="shop")],
    }
    suite = load_suite("screenspot", original(tmp_path, files, version=1))
    assert suite.box_format == "xywh"
    first = {sample.id: sample for sample in suite.samples}["screenspot_mobile:0"]
    assert first.target == Box(0.1, 0.1, 0.6, 0.3)
    assert first.groups == {"platform": "mobile", "ui_type": "text", "source": "ios"}
    assert Path(first.image) == tmp_path / "screenspot_imgs" / "a.png"
    assert [sample.groups["platform"] for sample in suite.samples] == ["desktop", "mobile", "web"]
    assert any("samples: 1272 published, 3 here" in note for note in suite.notes)


def test_version_two_original_is_sizes(tmp_path: Path) -> None:
    """In the second row the width is smaller than x, which two corners could not be."""
    suite = load_suite("screenspot-v2", original(tmp_path, {"mobile": [row([20, 40, 60, 80]), row([100, 40, 50, 80])]}))
    assert suite.box_format == "xywh"
    assert [sample.target for sample in suite.samples] == [Box(0.1, 0.1, 0.4, 0.3), Box(0.5, 0.1, 0.75, 0.3)]
    assert "boxes are xywh: proved by 1 of 2 rows" in suite.notes


def test_version_two_variants_is_corners(tmp_path: Path) -> None:
    """In the second row x plus a width of 180 would leave the image."""
    rows = [pro_row([20, 40, 60, 80], "m_0"), pro_row([100, 40, 180, 80], "m_1", ui_type="text")]
    suite = load_suite("screenspot-v2", variants(tmp_path, rows))
    assert suite.box_format == "xyxy"
    assert [sample.target for sample in suite.samples] == [Box(0.1, 0.1, 0.3, 0.2), Box(0.5, 0.1, 0.9, 0.2)]
    assert [sample.id for sample in suite.samples] == ["m_0", "m_1"]


def test_pro(tmp_path: Path) -> None:
    suite = load_suite("screenspot-pro", variants(tmp_path, [pro_row([20, 40, 60, 80], "windows_0")], "blender"))
    (sample,) = suite.samples
    assert (suite.box_format, sample.target) == ("xyxy", Box(0.1, 0.1, 0.3, 0.2))
    assert sample.groups == {
        "platform": "windows", "ui_type": "icon", "group": "Creative", "application": "blender",
    }  # fmt: skip


def test_mixed_rows_are_refused_with_their_numbers(tmp_path: Path) -> None:
    rows = [row([20, 40, 60, 80]), row([100, 40, 50, 80]), row([120, 40, 190, 80])]
    root = original(tmp_path, {"mobile": rows})
    with pytest.raises(DataError, match=r"contradict.*_v2\.json:1\).*_v2\.json:2\)"):
        load_suite("screenspot-v2", root)
    with pytest.raises(DataError, match=r":1: bbox .* read as xyxy is empty"):
        load_suite("screenspot-v2", root, box_format="xyxy")
    forced = load_suite("screenspot-v2", root, box_format="xywh")
    assert forced.samples[2].target == Box(0.6, 0.1, 1.0, 0.3)
    assert {"boxes are xywh: forced by the caller", "1 boxes reach past their image and were clamped to it"} <= set(
        forced.notes
    )


def test_mixed_files_are_refused(tmp_path: Path) -> None:
    files = {"mobile": [row([100, 40, 50, 80])], "web": [row([120, 40, 190, 80])]}
    with pytest.raises(DataError, match="contradict"):
        load_suite("screenspot-v2", original(tmp_path, files))


def test_nothing_proved_is_refused_not_guessed(tmp_path: Path) -> None:
    root = original(tmp_path, {"mobile": [row([20, 40, 60, 80])]})
    with pytest.raises(DataError, match="--box-format"):
        load_suite("screenspot-v2", root)
    assert load_suite("screenspot-v2", root, box_format="xyxy").samples[0].target == Box(0.1, 0.1, 0.3, 0.2)


def test_another_suite_under_the_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="screenspot-pro is published as xyxy"):
        load_suite("screenspot-pro", variants(tmp_path, [pro_row([100, 40, 50, 80], "a")]))


def test_missing_and_damaged_images_are_listed(tmp_path: Path) -> None:
    root = original(tmp_path, {"mobile": [row([100, 40, 50, 80], f"{i}.png") for i in range(9)] + [row([1, 1, 1, 1])]})
    (root / "screenspotv2_image" / "0.png").write_bytes(b"not a picture")
    with pytest.raises(DataError, match=r"9 of 10 images.*:0 0\.png \(unreadable.*:1 1\.png \(missing\)") as caught:
        load_suite("screenspot-v2", root)
    assert str(caught.value).count(".png") == 5 + 1  # the unreadable one is named twice: by us and by its reader


def test_a_truncated_image_fails_when_shown(tmp_path: Path) -> None:
    whole = tmp_path / "a.png"
    Image.effect_noise((200, 400), 80).save(whole)
    whole.write_bytes(whole.read_bytes()[:3000])
    with pytest.raises(DataError, match=r"cannot read image .*a\.png"):
        load_image(whole)


def test_a_box_slightly_outside_is_clamped_and_far_outside_refused(tmp_path: Path) -> None:
    near = load_suite("screenspot-v2", original(tmp_path, {"mobile": [row([110, 40, 92, 20])]}))
    assert near.samples[0].target == Box(0.55, 0.1, 1.0, 0.15)
    assert "1 boxes reach past their image and were clamped to it" in near.notes
    original(tmp_path, {"mobile": [row([110, 40, 92, 20]), row([150, 380, 9, 80])]})
    with pytest.raises(DataError, match=r":1: bbox \[150, 380, 9, 80\] leaves its 200x400 image in either format"):
        load_suite("screenspot-v2", tmp_path)
    original(tmp_path, {"mobile": [row([20, 40, 60, 430])]})
    with pytest.raises(DataError, match=r":0: bbox .* read as xyxy leaves its 200x400 image"):
        load_suite("screenspot-v2", tmp_path)
    original(tmp_path, {"mobile": [row([250, 40, 9, 9])]})
    with pytest.raises(DataError, match=r":0: bbox \[250, 40, 9, 9\] .* outside of its 200x400"):
        load_suite("screenspot-v2", tmp_path, "xywh")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bbox": [1, 2, 3]}, "four numbers"),
        ({"bbox": [1, 2, 3, "4"]}, "four numbers"),
        ({"bbox": [1, 2, 3, True]}, "four numbers"),
        ({"bbox": [1, 2, float("nan"), 4]}, "four numbers"),
        ({"instruction": " "}, "`instruction`"),
        ({"img_filename": None}, "`img_filename`"),
        ({"img_filename": "../secret.png"}, "leaves the data folder"),
        ({"ui_type": "picture"}, "'text' or 'icon'"),
        ({"img_size": [100, 100]}, r"states \[100, 100\] pixels, but a.png measures"),
        ({"img_size": 3}, r"`img_size` must be \[width, height\]"),
    ],
)
def test_bad_rows_are_named(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    rows = [pro_row([20, 40, 60, 80], "a"), pro_row([20, 40, 60, 80], "b") | change]
    with pytest.raises(DataError, match=message) as caught:
        load_suite("screenspot-pro", variants(tmp_path, rows))
    assert "mobile.json:1" in str(caught.value) or "leaves the data folder" in str(caught.value)


def test_twin_ids_unknown_names_and_empty_folders(tmp_path: Path) -> None:
    root = variants(tmp_path, [pro_row([20, 40, 60, 80], "a"), pro_row([20, 40, 60, 80], "a")])
    with pytest.raises(DataError, match="share the id 'a'"):
        load_suite("screenspot-pro", root)
    with pytest.raises(DataError, match="no annotation files of screenspot under"):
        load_suite("screenspot", root)
    with pytest.raises(DataError, match="is not a directory"):
        load_suite("screenspot", root / "nowhere")
    with pytest.raises(ConfigError, match="unknown suite"):
        load_suite("screenspot-v3", root)
    with pytest.raises(ConfigError, match="box format"):
        load_suite("screenspot", root, "cxcywh")
    (root / "annotations" / "mobile.json").write_text("{}")
    with pytest.raises(DataError, match="expected a list"):
        load_suite("screenspot-pro", root)
    (root / "annotations" / "mobile.json").write_text("[")
    with pytest.raises(DataError, match="JSONDecodeError"):
        load_suite("screenspot-pro", root)


def test_subset_is_seeded_and_said(tmp_path: Path) -> None:
    suite = load_suite("screenspot-pro", variants(tmp_path, [pro_row([20, 40, 60, 80], str(i)) for i in range(50)]))
    few = suite.subset(7, seed=1)
    assert few.samples == suite.subset(7, seed=1).samples != suite.subset(7, seed=2).samples
    assert [int(sample.id) for sample in few.samples] == sorted(int(sample.id) for sample in few.samples)
    assert "subset of 7 of 50" in few.notes[-1]
    assert suite.subset(0) is suite
    with pytest.raises(ConfigError, match="limit"):
        suite.subset(-1)


def test_one_click_on_a_still(tmp_path: Path) -> None:
    suite = load_suite("screenspot-pro", variants(tmp_path, [pro_row([20, 40, 60, 80], "a")]))
    task, env = GroundingTask(suite.samples[0]), StillImage()
    assert isinstance(env, Env)
    assert isinstance(task, Task)
    with pytest.raises(EnvError, match="before reset"):
        env.step(Wait())
    shown = env.reset(task)
    assert (shown.image.size, shown.ended) == ((WIDTH, HEIGHT), False)
    assert env.step(Click(Point(0.2, 0.15))).ended
    assert env.verdict() == {"click": [0.2, 0.15]}

    def score(*actions: Any) -> float:
        steps = tuple(Step(shown, Reply("", action)) for action in actions)
        return task.score(Trajectory("a", task.goal, steps, Ending.ENDED))["success"]

    assert score(Click(Point(0.2, 0.15))) == 1.0
    assert score(Click(Point(0.2, 0.25))) == score(Refusal()) == score() == 0.0
