"""The dialogs with which an app asks for a time of day and for a date."""

from envs.phone.apps.pickers.date_picker import DatePicker
from envs.phone.apps.pickers.time_picker import TimePicker, time_text

__all__ = ["DatePicker", "TimePicker", "time_text"]
