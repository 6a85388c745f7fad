"""The catalogue of apps. A phone installs them in this order: Messages finds the people that Contacts made."""

from envs.phone.app import App
from envs.phone.apps.calendar import Calendar
from envs.phone.apps.camera import Camera
from envs.phone.apps.chrome import Chrome
from envs.phone.apps.clipper import Clipper
from envs.phone.apps.clock import Clock
from envs.phone.apps.contacts import Contacts
from envs.phone.apps.dialer import Dialer
from envs.phone.apps.draw import Draw
from envs.phone.apps.expenses import Expenses
from envs.phone.apps.files import Files
from envs.phone.apps.gallery import Gallery
from envs.phone.apps.joplin import Joplin
from envs.phone.apps.markor import Markor
from envs.phone.apps.messages import Messages
from envs.phone.apps.opentracks import OpenTracks
from envs.phone.apps.osmand import OsmAnd
from envs.phone.apps.recipes import Recipes
from envs.phone.apps.recorder import AudioRecorder
from envs.phone.apps.retro import Retro
from envs.phone.apps.settings import SettingsApp
from envs.phone.apps.tasks import Tasks
from envs.phone.apps.vlc import Vlc

ALL: tuple[type[App], ...] = (SettingsApp, Clock, Contacts, Messages, Files, Markor, Recipes, Expenses)

EVERY: tuple[type[App], ...] = (
    *ALL,
    *(Calendar, Tasks, Joplin, OpenTracks, Retro, Vlc, Dialer, Clipper, OsmAnd, Chrome),
    *(Gallery, Camera, AudioRecorder, Draw),
)
"""`ALL` and the further apps that AndroidWorld's tasks use. The shipped model and the phone's own tasks know `ALL`."""
