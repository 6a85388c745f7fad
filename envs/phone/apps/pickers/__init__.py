"""The dialogs with which an app asks for a time of day, a date, one of several things and the like."""

from envs.phone.apps.pickers.choices import Asking, Choice, ColorChoice, Confirm, LineOfText, Ticks
from envs.phone.apps.pickers.date_picker import DatePicker
from envs.phone.apps.pickers.time_picker import TimePicker, time_text

__all__ = [
    "Asking",
    "Choice",
    "ColorChoice",
    "Confirm",
    "DatePicker",
    "LineOfText",
    "Ticks",
    "TimePicker",
    "time_text",
]
