"""The commands of the phone's shell: one file per family, each with a table of its own."""

from __future__ import annotations

from envs.phone.shell.call import Command
from envs.phone.shell.commands import (
    activity,
    builtin,
    clock,
    content,
    dumpsys,
    expr,
    files,
    filters,
    finding,
    grep,
    hashing,
    input,
    listing,
    package,
    printing,
    process,
    running,
    screen,
    sed,
    service,
    settings,
    sqlite,
    testing,
)

FAMILIES = (
    *(builtin, running, printing, testing, expr, files, listing, finding, grep, filters, sed, hashing, clock, process),
    *(input, screen, activity, package, dumpsys, settings, content, sqlite, service),
)
TABLE: dict[str, Command] = {name: command for family in FAMILIES for name, command in family.TABLE.items()}
