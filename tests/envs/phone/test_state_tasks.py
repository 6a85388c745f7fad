"""Tasks in SMS Messenger, Files and Markor: doing something near the goal, or more than it, earns nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from envs.phone.env import PhoneEnv
from envs.phone.tasks.base import PhoneTask
from envs.phone.tasks.files import (
    CopyFile,
    CountFiles,
    CreateFolder,
    DeleteFile,
    FindFile,
    LargestFile,
    MoveFile,
    RenameFile,
)
from envs.phone.tasks.messages import (
    CountReceived,
    DeleteConversation,
    DeleteMessage,
    ForwardMessage,
    ReadCode,
    ReplyToNewest,
    SendMessage,
    SendMessageToContact,
    WhoWrote,
)
from envs.phone.tasks.notes import (
    AppendToNote,
    CountNotes,
    CreateNote,
    CreateNoteFolder,
    DeleteNewestNote,
    DeleteNote,
    MoveNote,
    ReadPrice,
    RenameNote,
)
from envs.phone.telephony import Box, Telephony


def solve(env: PhoneEnv, task: PhoneTask) -> None:
    """Carry out the oracle's actions."""
    for action in task.oracle(env.phone):
        observation = env.step(action)
        assert "last_error" not in observation.info, (action, observation.info)


def other_number(p: dict[str, Any]) -> dict[str, Any]:
    return {"number": next(row[0] for row in p["history"] if row[0] != p["number"])}


def other_message(p: dict[str, Any]) -> dict[str, Any]:
    number, message, *_ = next(r for r in p["history"] if r[1] != p["message"])
    return {"number": number, "message": message}


def other_file(p: dict[str, Any]) -> dict[str, Any]:
    names = [path.rpartition("/")[2] for path in p["tree"] if path.startswith(f"{p['folder']}/")]
    return {"name": next(name for name in names if name != p["name"])}


def other_note(p: dict[str, Any]) -> dict[str, Any]:
    return {"name": next(name for name in p["notes"] if name != p["name"] and not name.endswith("/"))}


WRONG: dict[type[PhoneTask], Callable[[dict[str, Any]], dict[str, Any]]] = {
    SendMessage: lambda p: {"message": p["message"] + " Bye"},
    SendMessageToContact: lambda p: dict(zip(("name", "number"), p["book"][1], strict=True)),
    ReplyToNewest: lambda p: {"message": p["message"].lower() + "!"},
    ForwardMessage: lambda p: {"target": "+12015550100"},
    DeleteConversation: other_number,
    DeleteMessage: other_message,
    DeleteFile: other_file,
    MoveFile: lambda p: {
        "target": next(f for f in ("Podcasts", "Movies", "Music") if f not in (p["target"], p["folder"]))
    },
    CopyFile: other_file,
    RenameFile: lambda p: {"suffix": p["suffix"] + "s"},
    CreateFolder: lambda p: {"name": p["name"] + "s"},
    CreateNote: lambda p: {"text": p["text"] + " More."},
    DeleteNote: other_note,
    DeleteNewestNote: other_note,
    AppendToNote: lambda p: {"line": p["line"].rstrip(".!?")},
    RenameNote: other_note,
    CreateNoteFolder: lambda p: {"folder": p["folder"][:-1]},
    MoveNote: lambda p: {"folder": next(n[:-1] for n in p["notes"] if n.endswith("/") and n[:-1] != p["folder"])},
}


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("template", WRONG, ids=lambda t: t.__name__)
def test_solving_for_other_parameters_scores_nothing(template: type[PhoneTask], seed: int) -> None:
    task = template.generate(seed)
    near = dataclasses.replace(task, params={**task.params, **WRONG[template](dict(task.params))})
    env = PhoneEnv(screen="small")
    env.reset(task)
    solve(env, near)
    assert near.check(env.phone, ()) == 1.0
    assert env.verdict()["success"] == 0.0


@pytest.mark.parametrize(
    ("template", "right", "wrong"),
    [
        (ReadCode, lambda p: p["code"], lambda p: p["decoys"][0]),
        (CountReceived, lambda p: str(p["count"]), lambda p: str(p["count"] + 1)),
        (WhoWrote, lambda p: p["number"], lambda p: other_number(p)["number"]),
        (LargestFile, lambda p: p["name"], lambda p: other_file(p)["name"]),
        (CountFiles, lambda p: str(p["count"]), lambda p: str(p["count"] - 1)),
        (FindFile, lambda p: p["folder"], lambda p: "Download"),
        (ReadPrice, lambda p: p["price"], lambda p: p["decoys"][0]),
        (CountNotes, lambda p: str(p["count"]), lambda p: str(p["count"] + 1)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_question_needs_its_answer_and_that_alone(template, right, wrong) -> None:
    task = template.generate(5)
    env = PhoneEnv(screen="small")
    env.reset(task)
    good, bad = right(task.params), wrong(task.params)
    assert task.check(env.phone, (f"It is {good}.",)) == 1.0
    assert task.check(env.phone, (bad,)) == 0.0
    assert task.check(env.phone, (f"{bad} or {good}",)) == 0.0
    assert task.check(env.phone, ()) == 0.0


def test_damage_on_the_way_to_an_answer_counts() -> None:
    task = ReadCode.generate(1)
    env = PhoneEnv(screen="small")
    env.reset(task)
    Telephony(env.phone.files).insert(task.params["number"], "Hello", env.phone.now(), Box.SENT)
    assert task.check(env.phone, (task.params["code"],)) == 0.0


def test_sending_twice_is_not_sending_once() -> None:
    task = SendMessage.generate(1)
    env = PhoneEnv(screen="small")
    env.reset(task)
    solve(env, task)
    Telephony(env.phone.files).insert(task.params["number"], task.params["message"], env.phone.now(), Box.SENT)
    assert env.verdict()["success"] == 0.0
