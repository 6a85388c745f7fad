"""The dialogs with which an app asks for a time of day, a date, one of several things, a file and the like."""

from envs.phone.apps.pickers.choices import Asking, Choice, ColorChoice, Confirm, LineOfText, Ticks
from envs.phone.apps.pickers.date_picker import DatePicker
from envs.phone.apps.pickers.folder_picker import FolderPicker
from envs.phone.apps.pickers.save_document import SaveDocument
from envs.phone.apps.pickers.time_picker import TimePicker, time_text

__all__ = [
    "Asking",
    "Choice",
    "ColorChoice",
    "Confirm",
    "DatePicker",
    "FolderPicker",
    "LineOfText",
    "SaveDocument",
    "Ticks",
    "TimePicker",
    "time_text",
]
