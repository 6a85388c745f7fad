"""GPX files: favourites as waypoints, tracks as track points. Reading takes what is sound of whatever is there.

Format: https://www.topografix.com/GPX/1/1/
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from envs.phone.apps.osmand.geography import At

NAMESPACE = "http://www.topografix.com/GPX/1/1"
EXTENSIONS = "https://osmand.net/docs/technical/osmand-file-formats/osmand-gpx"
MAX_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Waypoint:
    name: str
    at: At
    description: str = ""
    group: str = ""
    """Empty for the group "Favorites"."""


def favourites_text(waypoints: Iterable[Waypoint], when: str) -> str:
    rows = "".join(
        f'  <wpt lat="{w.at.lat:.7f}" lon="{w.at.lon:.7f}">\n    <time>{when}</time>\n'
        + f"    <name>{escape(w.name)}</name>\n"
        + (f"    <desc>{escape(w.description)}</desc>\n" if w.description else "")
        + (f"    <type>{escape(w.group)}</type>\n" if w.group else "")
        + "  </wpt>\n"
        for w in waypoints
    )
    return _document("favorites", when, rows)


def track_text(name: str, points: Iterable[At], when: str) -> str:
    rows = "".join(f'      <trkpt lat="{p.lat:.7f}" lon="{p.lon:.7f}" />\n' for p in points)
    return _document(name, when, f"  <trk>\n    <trkseg>\n{rows}    </trkseg>\n  </trk>\n")


def _document(name: str, when: str, rows: str) -> str:
    return (
        "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n"
        f'<gpx version="1.1" creator="OsmAnd 4.6.13" xmlns="{NAMESPACE}" xmlns:osmand="{EXTENSIONS}">\n'
        f"  <metadata>\n    <name>{escape(name)}</name>\n    <time>{when}</time>\n  </metadata>\n{rows}</gpx>\n"
    )


def waypoints(data: bytes) -> list[Waypoint]:
    return [
        Waypoint(_said(wpt, "name"), at, _said(wpt, "desc"), _said(wpt, "type"))
        for wpt in _all(data, "wpt")
        if (at := _at(wpt)) is not None
    ]


def track_points(data: bytes) -> Sequence[At]:
    return [at for point in _all(data, "trk/{*}trkseg/{*}trkpt") if (at := _at(point)) is not None]


def _all(data: bytes, path: str) -> list[ET.Element]:
    """Nothing from a file that is no XML, is too large or declares entities, which GPX has no use for."""
    if len(data) > MAX_BYTES or b"<!" in data.replace(b"<!--", b""):
        return []
    try:
        return ET.fromstring(data).findall(f"{{*}}{path}")  # noqa: S314  without entities
    except ET.ParseError:
        return []


def _at(element: ET.Element) -> At | None:
    try:
        at = At(float(element.get("lat", "")), float(element.get("lon", "")))
    except ValueError:
        return None
    return at if abs(at.lat) <= 90 and abs(at.lon) <= 180 else None


def _said(element: ET.Element, name: str) -> str:
    return (element.findtext(f"{{*}}{name}") or "").strip()
