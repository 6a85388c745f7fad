"""One loader for every configuration dataclass: defaults < YAML file < flags.

A field `max_new_tokens` is the YAML key `max_new_tokens` and the flag `--max-new-tokens`; its help is the docstring on
the line below it. Unknown keys are errors that name the closest known one.
"""

from __future__ import annotations

import argparse
import ast
import dataclasses
import inspect
import itertools
import types
import typing
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

from agentkit.closest import unknown
from agentkit.errors import ConfigError

C = TypeVar("C")


def field_docs(config: type) -> dict[str, str]:
    """Field name to the docstring written below it, base classes included."""
    docs: dict[str, str] = {}
    for cls in reversed(config.__mro__[:-1]):
        body = ast.parse(inspect.cleandoc("\n" + inspect.getsource(cls))).body[0].body  # type: ignore[attr-defined]
        for here, below in itertools.pairwise(body):
            if isinstance(here, ast.AnnAssign) and isinstance(here.target, ast.Name) and _is_text(below):
                docs[here.target.id] = inspect.cleandoc(below.value.value)  # type: ignore[attr-defined]
    return docs


def add_flags(parser: argparse.ArgumentParser, config: type) -> None:
    """Add `--config` and one flag per field. Only flags that were given appear in the parsed namespace."""
    parser.add_argument("--config", metavar="FILE", help="YAML file of settings; flags win over it")
    add_field_flags(parser, config)


def add_field_flags(parser: argparse._ActionsContainer, config: type, beyond: type | None = None) -> None:
    """Add one flag per field of `config`, or per field that `beyond`, a base of it, does not have."""
    docs, kinds = field_docs(config), _kinds(config)
    known = {field.name for field in dataclasses.fields(beyond)} if beyond else set()
    for field in dataclasses.fields(config):
        if field.name in known:
            continue
        kind, default = kinds[field.name], _default(field)
        options: dict[str, Any] = {"default": argparse.SUPPRESS, "dest": f"set_{field.name}"}
        if kind is bool:
            options["action"] = argparse.BooleanOptionalAction
        elif get_origin(kind) is Literal:
            options["choices"] = get_args(kind)
        elif _is(kind, tuple):
            options |= {"nargs": "+", "metavar": "NAME"}
        elif _is(kind, dict):
            options |= {"nargs": "+", "metavar": "KEY=VALUE"}
        else:
            options |= {"type": kind, "metavar": {int: "N", float: "X"}.get(kind, "TEXT")}
        shown = "" if default in ("", (), {}, None) else f" (default: {default})"
        parser.add_argument(
            f"--{field.name.replace('_', '-')}", help=(docs[field.name] + shown).replace("%", "%%"), **options
        )


def load(config: type[C], file: str | Path | None = None, flags: dict[str, Any] | None = None) -> C:
    """The configuration from its defaults, then `file` (YAML), then `flags`. Raises ConfigError."""
    merged = {**(read_yaml(config, file) if file else {}), **(flags or {})}
    return build(config, merged)


def given(args: argparse.Namespace) -> dict[str, Any]:
    """The flags that were given on the command line, as field values for `load`."""
    out = {}
    for name, value in vars(args).items():
        if name.startswith("set_"):
            out[name[4:]] = value
    return out


def build(config: type[C], values: dict[str, Any]) -> C:
    """Check names and types of `values` and make the dataclass; its own range checks run too."""
    kinds = _kinds(config)
    for name in values:
        if name not in kinds:
            raise ConfigError(unknown("setting", name, kinds))
    return config(**{name: _convert(name, kinds[name], value) for name, value in values.items()})


def read_yaml(config: type, file: str | Path) -> dict[str, Any]:
    """The mapping in `file`, its keys checked against `config`."""
    import yaml

    try:
        values = yaml.safe_load(Path(file).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"cannot read the configuration file {file}: {error}") from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(f"{file}: expected a mapping of settings, got {type(values).__name__}")
    for name in values:
        if name not in _kinds(config):
            raise ConfigError(f"{file}: {unknown('setting', str(name), _kinds(config))}")
    return values


def to_yaml(config: Any) -> str:
    """The whole configuration as YAML that `load` reads back to an equal one."""
    import yaml

    values = {f.name: getattr(config, f.name) for f in dataclasses.fields(config)}
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True)


def _convert(name: str, kind: Any, value: Any) -> Any:
    if _is(kind, dict):
        return key_values(name, value)
    if _is(kind, tuple):
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, (list, tuple)) or not all(isinstance(item, str) for item in items):
            raise ConfigError(f"{name} must be a list of names, got {value!r}")
        return tuple(items)
    if get_origin(kind) is Literal:
        # YAML 1.1 reads a bare on/off as a boolean.
        value = {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value
        if value not in get_args(kind):
            raise ConfigError(f"{name} must be one of {', '.join(get_args(kind))}; got {value!r}")
        return value
    if kind is float and isinstance(value, (int, str)) and not isinstance(value, bool):
        # YAML 1.1 reads 1e-5, without a dot, as text.
        try:
            return float(value)
        except ValueError:
            pass
    if type(value) is not kind:
        raise ConfigError(f"{name} must be of type {kind.__name__}, got {value!r}")
    return value


def key_values(name: str, value: Any) -> dict[str, Any]:
    """A mapping from YAML as it is, or from `key=value` words whose values are read as YAML. Raises ConfigError."""
    import yaml

    if isinstance(value, dict):
        return value
    out: dict[str, Any] = {}
    for word in value if isinstance(value, (list, tuple)) else [value]:
        key, equals, text = str(word).partition("=")
        if not equals or not key:
            raise ConfigError(f"{name} takes key=value words, got {word!r}")
        try:
            item = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ConfigError(f"{name}: cannot read the value of {word!r}: {error}") from error
        out[key] = _number(item)
    return out


def _number(item: Any) -> Any:
    """`1e-5` as a number: YAML 1.1 calls it text."""
    if isinstance(item, str):
        try:
            return float(item)
        except ValueError:
            return item
    return item


def _kinds(config: type) -> dict[str, Any]:
    hints = typing.get_type_hints(config)
    return {field.name: hints[field.name] for field in dataclasses.fields(config)}


def _is(kind: Any, origin: type) -> bool:
    return kind is origin or (get_origin(kind) is origin and not isinstance(kind, types.UnionType))


def _default(field: dataclasses.Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else field.default


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
