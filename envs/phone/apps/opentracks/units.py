"""Lengths, speeds and durations in the words of OpenTracks, imperial or metric, and the kinds of activity."""

from __future__ import annotations

UNIT_SYSTEMS = {"IMPERIAL": "Imperial (mi, ft)", "METRIC": "Metric (km, m)"}
"""Stored value -> name. The first is that of a phone in American English."""
MILE_M, FOOT_M = 1609.344, 0.3048
DEFAULT_ICON = "map-marker-path"
ACTIVITIES = {
    "biking": "bike",
    "climbing": "carabiner",
    "cross-country skiing": "ski-cross-country",
    "cycling": "bike",
    "driving": "car",
    "hiking": "hiking",
    "inline skating": "rollerblade",
    "kayaking": "kayaking",
    "mountain biking": "bike-pedal-mountain",
    "paddling": "kayaking",
    "road biking": "bike-fast",
    "rowing": "rowing",
    "running": "run",
    "sailing": "sail-boat",
    "skate boarding": "skateboard",
    "skateboarding": "skateboard",
    "skiing": "ski",
    "snow boarding": "snowboard",
    "snowboarding": "snowboard",
    "surfing": "surfing",
    "swimming": "swim",
    "trail hiking": "hiking",
    "trail running": "run-fast",
    "walking": "walk",
}
"""Kind of activity -> icon."""
SPEEDS = {"bik": 5.2, "cycl": 5.2, "run": 2.7, "ski": 4.0, "skat": 3.3, "driv": 11.0, "sail": 3.0, "swim": 0.8}
"""Part of a kind's name -> usual speed in m/s; others go at walking pace."""
WALKING = 1.35


def activity_icon(kind: str) -> str:
    return ACTIVITIES.get(kind.strip().casefold(), DEFAULT_ICON)


def usual_speed(kind: str) -> float:
    """Metres per second."""
    return next((speed for part, speed in SPEEDS.items() if part in kind.casefold()), WALKING)


def distance_text(metres: float, imperial: bool) -> str:
    """ "3.11 mi" or, up to one mile, "328.08 ft"; "5.00 km" or, up to one kilometre, "100.00 m"."""
    large, small, names = (MILE_M, FOOT_M, ("mi", "ft")) if imperial else (1000.0, 1.0, ("km", "m"))
    return f"{metres / large:.2f} {names[0]}" if metres > large else f"{metres / small:.2f} {names[1]}"


def height_text(metres: float, imperial: bool) -> str:
    return f"{metres / FOOT_M:.0f} ft" if imperial else f"{metres:.0f} m"


def speed_text(metres_per_s: float, imperial: bool) -> str:
    per_hour = metres_per_s * 3600 / (MILE_M if imperial else 1000)
    return f"{per_hour:.1f} {'mph' if imperial else 'km/h'}"


def duration_text(ms: int) -> str:
    """ "4:05", or with hours "1:04:05"."""
    seconds = max(0, ms) // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"
