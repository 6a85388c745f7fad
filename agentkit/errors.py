"""Every error that Glint raises on purpose, named by the boundary it crossed.

GlintError
├── PolicyError        the model or its endpoint failed
├── EnvError           the device, browser or data behind an environment failed
│   └── DeviceLost     ... and will not come back without a reconnect
├── DataError          a file or row is not what its format says
└── ConfigError        a setting is unknown or out of range
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class GlintError(Exception):
    """Base of all; its text says what was wrong, what was expected and what was received."""


class PolicyError(GlintError):
    pass


class EnvError(GlintError):
    pass


class DeviceLost(EnvError):
    pass


class DataError(GlintError):
    pass


class ConfigError(GlintError):
    pass


@contextmanager
def boundary(error: type[GlintError], what: str) -> Iterator[None]:
    """Convert whatever escapes the block into `error`, once; a GlintError passes through as it is."""
    try:
        yield
    except GlintError:
        raise
    except Exception as cause:
        raise error(f"{what}: {type(cause).__name__}: {cause}") from cause
