"""Solutions of the tasks in OsmAnd."""

from __future__ import annotations

from agentkit.actions import Click, Type
from agentkit.errors import EnvError
from envs.androidworld.task import AndroidWorldTask
from envs.phone import oracle
from envs.phone.apps.osmand import OsmAnd
from envs.phone.device import Phone
from envs.phone.oracle import Steps


def _find(phone: Phone, location: str) -> Steps:
    """Search for a place or a pair of coordinates, and open its card on the map."""
    yield from oracle.tap_label(phone, "Search")
    yield Type(location)
    first = next((e for e in phone.elements() if e.id.startswith("place_")), None)
    if first is None:
        raise EnvError(f"the search for {location!r} must find a place; it shows none")
    yield Click(oracle.centre(phone, first))


def _favourite(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from oracle.launch(OsmAnd.label)
    yield from _find(phone, task.params["location"])
    yield from oracle.tap_label(phone, "Add to favorites")
    yield from oracle.tap_id(phone, "save")


def _marker(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from oracle.launch(OsmAnd.label)
    yield from _find(phone, task.params["location"])
    yield from oracle.tap_label(phone, "Add marker")


def _track(phone: Phone, task: AndroidWorldTask) -> Steps:
    yield from oracle.launch(OsmAnd.label)
    yield from oracle.tap_label(phone, "Open menu")
    yield from oracle.tap_text(phone, "Plan a route")
    for location in task.params["waypoints"]:
        yield from _find(phone, location)
        yield from oracle.tap_id(phone, "add_point")
    yield from oracle.tap_id(phone, "done")
    yield from oracle.tap_text(phone, "OK")


SOLUTIONS = {"OsmAndFavorite": _favourite, "OsmAndMarker": _marker, "OsmAndTrack": _track}
