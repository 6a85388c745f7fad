"""Scripted solutions of AndroidWorld's tasks on the simulated phone, by the task's class name.

Each is a generator of actions over the verbs of `envs.phone.oracle`: it reads the screen, not the state, except for the
task's parameters. One that scores 1.0 proves that the task can be solved through the screen.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from agentkit.actions import Action
from envs.androidworld.solutions import (
    browser,
    calendar,
    camera,
    clock,
    contacts,
    draw,
    expenses,
    files,
    gallery,
    joplin,
    markor,
    messages,
    opentracks,
    osmand,
    recipes,
    recorder,
    retro,
    settings,
    tasks,
    vlc,
)
from envs.androidworld.task import AndroidWorldTask
from envs.phone.device import Phone

Solution: TypeAlias = Callable[[Phone, AndroidWorldTask], Iterator[Action]]
SOLUTIONS: dict[str, Solution] = {
    **browser.SOLUTIONS,
    **calendar.SOLUTIONS,
    **camera.SOLUTIONS,
    **clock.SOLUTIONS,
    **contacts.SOLUTIONS,
    **draw.SOLUTIONS,
    **expenses.SOLUTIONS,
    **files.SOLUTIONS,
    **gallery.SOLUTIONS,
    **joplin.SOLUTIONS,
    **markor.SOLUTIONS,
    **messages.SOLUTIONS,
    **opentracks.SOLUTIONS,
    **osmand.SOLUTIONS,
    **recipes.SOLUTIONS,
    **recorder.SOLUTIONS,
    **retro.SOLUTIONS,
    **settings.SOLUTIONS,
    **tasks.SOLUTIONS,
    **vlc.SOLUTIONS,
}
