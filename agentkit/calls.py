"""The calls of a protocol as a table, and the two directions through it: text -> typed action, action -> text.

A `CallForm` is one row: the call's name, its arguments and their kinds, and how it maps to an action. Whatever
`parse_action` returns is well typed and inside its frame, or `Malformed` with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, get_args

from agentkit.actions import (
    Action,
    CallUser,
    Click,
    Direction,
    DoubleClick,
    Drag,
    Finished,
    Hotkey,
    Hover,
    Launch,
    LongPress,
    Malformed,
    Point,
    Press,
    Scroll,
    Type,
    Wait,
)
from agentkit.frames import Frame
from agentkit.grammar import Call, CallSyntaxError, Value, parse_call, render_call


class Kind(Enum):
    """What an argument may hold."""

    POINT = "two numbers in parentheses"
    TEXT = "a string"
    DIRECTION = "one of 'up', 'down', 'left', 'right'"
    KEYS = "a list of one to three key names"


@dataclass(frozen=True)
class CallForm:
    """One row of a protocol's action table."""

    name: str
    build: Callable[..., Action]
    """Called with the arguments by name, already typed."""
    take: Callable[[Any], Mapping[str, Any] | None]
    """The arguments of an action, None values left out when written; None when the action is not of this form."""
    required: Mapping[str, Kind] = field(default_factory=dict)
    optional: Mapping[str, Kind] = field(default_factory=dict)


def parse_action(text: str, forms: Sequence[CallForm], frame: Frame) -> Action | Malformed:
    """The action that `text`, one call, spells in `frame`."""
    try:
        call = parse_call(text)
        form = next((form for form in forms if form.name == call.name), None)
        if form is None:
            known = ", ".join(form.name for form in forms)
            raise ValueError(f"unknown call {call.name!r}, expected one of {known}")
        return form.build(**_typed(call, form, frame))
    except CallSyntaxError as error:
        return Malformed(f"not a call: {error}")
    except ValueError as error:
        return Malformed(str(error))


def render_action(action: Action, forms: Sequence[CallForm], frame: Frame) -> str:
    """The call that spells `action` in `frame`. ValueError when the table has no form for it."""
    for form in forms:
        taken = form.take(action)
        if taken is not None:
            args = {key: _written(value, frame) for key, value in taken.items() if value is not None}
            return render_call(Call(form.name, args))
    raise ValueError(f"no call among {', '.join(form.name for form in forms)} spells {action}")


def _typed(call: Call, form: CallForm, frame: Frame) -> dict[str, Any]:
    kinds = {**form.required, **form.optional}
    for key in call.args:
        if key not in kinds:
            raise ValueError(f"{call.name} takes {', '.join(kinds) or 'no arguments'}; got an argument {key!r}")
    for key in form.required:
        if key not in call.args:
            raise ValueError(f"{call.name} needs {key} ({kinds[key].value}); it is missing")
    typed = {key: _argument(f"{call.name}({key})", kinds[key], value, frame) for key, value in call.args.items()}
    return {key: value for key, value in typed.items() if value is not None}


def _argument(where: str, kind: Kind, value: Value, frame: Frame) -> Any:
    if kind is Kind.POINT and isinstance(value, tuple) and len(value) == 2 and not isinstance(value[0], str):
        return frame.point(value[0], value[1])  # type: ignore[arg-type]
    if kind is Kind.TEXT and isinstance(value, str):
        return value
    if kind is Kind.DIRECTION and isinstance(value, str) and value in ("", *get_args(Direction)):
        return value or None  # an empty direction says nothing, which beside two points is no contradiction
    if kind is Kind.KEYS and isinstance(value, tuple) and value and all(isinstance(key, str) for key in value):
        return value
    raise ValueError(f"{where} must be {kind.value}, got {_shown(value)}")


def _shown(value: Value) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def _written(value: Any, frame: Frame) -> Value:
    return frame.numbers(value) if isinstance(value, Point) else value


def _plain(action_type: type, arguments: Mapping[str, str]) -> Callable[[Any], Mapping[str, Any] | None]:
    """A `take` for an action whose call arguments are its fields under other names."""
    return lambda action: (
        {argument: getattr(action, name) for argument, name in arguments.items()}
        if isinstance(action, action_type)
        else None
    )


def _key(name: str, key: str) -> CallForm:
    return CallForm(name, lambda: Press(key), lambda a: {} if a == Press(key) else None)  # type: ignore[arg-type]


def _looks_like_url(app: str) -> bool:
    return "://" in app or app.startswith("www.")


def _launch_web(app: str | None = None, url: str | None = None) -> Launch:
    given = [value for value in (app, url) if value]
    if len(given) != 1:
        raise ValueError(f"Launch needs exactly one of app and url, got app={app!r}, url={url!r}")
    return Launch(given[0])


def _take_launch_web(action: Any) -> Mapping[str, Any] | None:
    if not isinstance(action, Launch):
        return None
    return {"url" if _looks_like_url(action.app) else "app": action.app}


def _take_scroll_between(action: Any) -> Mapping[str, Any] | None:
    if not isinstance(action, Scroll) or action.start is None:
        return None
    return {"start": action.start, "end": action.end}


def _take_scroll_direction(action: Any) -> Mapping[str, Any] | None:
    if not isinstance(action, Scroll) or action.direction is None:
        return None
    return {"direction": action.direction}


_PLACE = {"box": Kind.POINT}
_ENDS = {"start": Kind.POINT, "end": Kind.POINT}
_CONTENT = {"content": Kind.TEXT}

CLICK = CallForm("Click", lambda box: Click(box), _plain(Click, {"box": "at"}), _PLACE)
LONG_PRESS = CallForm("LongPress", lambda box: LongPress(box), _plain(LongPress, {"box": "at"}), _PLACE)
HOVER = CallForm("Hover", lambda box: Hover(box), _plain(Hover, {"box": "at"}), _PLACE)
DOUBLE_CLICK = CallForm("DoubleClick", lambda box: DoubleClick(box), _plain(DoubleClick, {"box": "at"}), _PLACE)
DRAG = CallForm("Drag", Drag, _plain(Drag, {"start": "start", "end": "end"}), _ENDS)
SCROLL = CallForm(
    "Scroll",
    Scroll,
    _plain(Scroll, {"start": "start", "end": "end", "direction": "direction"}),
    optional={**_ENDS, "direction": Kind.DIRECTION},
)
SCROLL_BETWEEN = CallForm("Scroll", Scroll, _take_scroll_between, _ENDS)
SCROLL_DIRECTION = CallForm("Scroll", Scroll, _take_scroll_direction, {"direction": Kind.DIRECTION})
TYPE = CallForm("Type", lambda content: Type(content), _plain(Type, {"content": "text"}), _CONTENT)
LAUNCH = CallForm("Launch", Launch, _plain(Launch, {"app": "app"}), {"app": Kind.TEXT})
LAUNCH_WEB = CallForm("Launch", _launch_web, _take_launch_web, optional={"app": Kind.TEXT, "url": Kind.TEXT})
WAIT = CallForm("Wait", Wait, _plain(Wait, {}))
FINISHED = CallForm("Finished", Finished, _plain(Finished, {"content": "content"}), optional=_CONTENT)
CALL_USER = CallForm("CallUser", CallUser, _plain(CallUser, {"content": "content"}), _CONTENT)
PRESS_BACK = _key("PressBack", "back")
PRESS_HOME = _key("PressHome", "home")
PRESS_ENTER = _key("PressEnter", "enter")
PRESS_RECENT = _key("PressRecent", "recent")
HOTKEY = CallForm("Hotkey", Hotkey, _plain(Hotkey, {"keys": "keys"}), {"keys": Kind.KEYS})

_KEYS = (PRESS_BACK, PRESS_HOME, PRESS_ENTER, PRESS_RECENT)
VENUS1 = (CLICK, DRAG, SCROLL, TYPE, LAUNCH, WAIT, FINISHED, CALL_USER, LONG_PRESS, *_KEYS)
"""The 13 calls of UI-Venus-1.0 (arXiv 2508.10833, table 3)."""
VENUS15_MOBILE = (CLICK, DRAG, SCROLL_BETWEEN, TYPE, LAUNCH, WAIT, FINISHED, CALL_USER, LONG_PRESS, *_KEYS)
"""The mobile calls of UI-Venus-1.5 (arXiv 2602.09082)."""
VENUS15_WEB = (
    CLICK, DRAG, SCROLL_DIRECTION, TYPE, LAUNCH_WEB, WAIT, FINISHED, CALL_USER, LONG_PRESS, *_KEYS,
    HOVER, DOUBLE_CLICK, HOTKEY,
)  # fmt: skip
"""The web calls of UI-Venus-1.5; `Type` is followed by ENTER there."""
