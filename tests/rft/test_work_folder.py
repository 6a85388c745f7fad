"""A result folder appears whole or not at all, and one process at a time works on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentkit.errors import ConfigError
from rft.data.work_folder import new_folder


@pytest.mark.parametrize("resume", [False, True])
def test_what_an_exception_leaves(tmp_path: Path, resume: bool) -> None:
    out = tmp_path / "deep" / "out"
    with pytest.raises(KeyboardInterrupt), new_folder(out, resume) as work:
        (work / "images").mkdir()
        (work / "images" / "a").write_text("half")
        raise KeyboardInterrupt
    assert list(out.parent.iterdir()) == ([work] if resume else [])
    with new_folder(out, resume) as work:
        assert [path.name for path in work.iterdir()] == (["images"] if resume else [])
    assert list(out.parent.iterdir()) == [out]


def test_what_a_killed_process_left_is_gone_unless_it_can_be_used(tmp_path: Path) -> None:
    left = tmp_path / ".out.partial"
    (left / "images").mkdir(parents=True)
    (left / "images" / "a").write_text("half")
    (left / "elsewhere").symlink_to(tmp_path / "kept", target_is_directory=True)
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "b").write_text("whole")
    with new_folder(tmp_path / "out") as work:
        assert not list(work.iterdir())
    assert (tmp_path / "kept" / "b").read_text() == "whole"


def test_a_second_worker_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with new_folder(out) as work:
        (work / "a").write_text("first")
        with pytest.raises(ConfigError, match="another run is writing"), new_folder(out):
            pass
        assert (work / "a").read_text() == "first"
    with pytest.raises(ConfigError, match="needs a new folder"), new_folder(out):
        pass


@pytest.mark.parametrize("fails", [False, True])
def test_the_lock_of_a_folder_that_is_gone_is_worth_nothing(
    tmp_path: Path, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other run ends between the opening of its folder and the locking."""
    out = tmp_path / "out"
    other = new_folder(out)
    other.__enter__()

    def end_first(handle: int, operation: int) -> None:
        if fails:
            (tmp_path / ".out.partial").rmdir()
        else:
            other.__exit__(None, None, None)

    monkeypatch.setattr("fcntl.flock", end_first)
    with pytest.raises(ConfigError, match="another run was writing"), new_folder(out):
        pytest.fail("worked in a folder that is gone")
    assert out.exists() != fails
