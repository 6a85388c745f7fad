"""Camera (com.android.camera2): photos into Pictures, videos into Movies, where Android's own camera app puts them.

A photo is what the viewfinder shows, a video has a frame of it for every second that was filmed.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from functools import partial

from PIL import Image

from envs.phone.app import App, Device
from envs.phone.apps.camera.scenery import scenery
from envs.phone.apps.carrying import free_path
from envs.phone.apps.listing import entries
from envs.phone.apps.preferences import Preferences
from envs.phone.mp4 import video
from envs.phone.ui import Icon, IconButton, Line, ListItem, Picture, Screen, Text, Widget

PHOTOS, VIDEOS = "/sdcard/Pictures", "/sdcard/Movies"
GALLERY = "com.simplemobiletools.gallery.pro"
PHOTO_SIZE, VIDEO_SIZE = (960, 1280), (360, 480)
LONGEST_S = 120
"""Seconds after which filming leaves out what follows: the phone's storage is memory."""
FLASH = {"off": "flash-off", "auto": "flash-auto", "on": "flash"}
MODES = ("Camera", "Video")
FILMING = {"android.media.action.VIDEO_CAMERA", "android.media.action.VIDEO_CAPTURE"}


class Camera(App):
    package = "com.android.camera2"
    label = "Camera"
    icon = "camera"
    color = (96, 125, 139)
    activity = "com.android.camera.CameraLauncher"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.preferences = Preferences(device.files, self.package)
        self.stop()

    # State

    def install(self) -> None:
        self.stop()

    def stop(self) -> None:
        self.mode = "Camera"
        self.choosing = False
        """The list of modes is open."""
        self.filming: dt.datetime | None = None
        """When the video that is being taken began."""

    def start(self, extras: Mapping[str, str]) -> None:
        action = extras.get("action", "")
        if action.startswith("android.media.action."):
            self.set_mode("Video" if action in FILMING else "Camera")

    def pause(self) -> None:
        """A video ends where the app is left."""
        self.end_video()

    def back(self) -> bool:
        if self.choosing:
            self.choosing = False
        elif self.filming is not None:
            self.end_video()
        else:
            return False
        return True

    @property
    def front(self) -> bool:
        """The camera on the side of the screen is used."""
        return self.preferences.flag("pref_camera_id_key")

    @property
    def grid(self) -> bool:
        return self.preferences.flag("pref_camera_grid_lines")

    @property
    def flash(self) -> str:
        kept = self.preferences.text("pref_camera_flashmode_key")
        return kept if kept in FLASH else "auto"

    def newest(self) -> str:
        """Path of the photo or video taken last; "" while there is none."""
        taken = [
            row
            for folder, mark in ((PHOTOS, "IMG_"), (VIDEOS, "VID_"))
            for row in entries(self.device.files, folder)
            if row.name.startswith(mark)
        ]
        return max(taken, key=lambda row: (row.modified, row.name)).path if taken else ""

    # The screen

    def screen(self) -> Screen:
        if self.choosing:
            icons = ("camera", "video")
            rows = [
                ListItem(mode, leading=Icon(icon), on_tap=partial(self.set_mode, mode), selected=mode == self.mode)
                for mode, icon in zip(MODES, icons, strict=True)
            ]
            return Screen("Mode", rows, name=self.activity, nav="back", scroll_key="modes")
        second = self.device.now().second
        finder = Picture(
            lambda width, height, scale: scenery(width, height, second, self.front, self.grid),
            label="Viewfinder",
            id="preview_overlay",
        )
        return Screen(
            self.mode,
            [finder],
            name=self.activity,
            nav="none" if self.filming else "menu",
            on_nav=self.choose_mode,
            actions=[] if self.filming else self._options(),
            footer=self._footer(),
            scroll_key="viewfinder",
        )

    def _options(self) -> list[IconButton]:
        mark, state = ("view-grid", "on") if self.grid else ("view-grid-outline", "off")
        flash = IconButton(FLASH[self.flash], self.turn_flash, label=f"Flash {self.flash}", id="flash_toggle_button")
        lines = IconButton(mark, self.toggle_grid, label=f"Grid lines {state}", id="grid_lines_toggle_button")
        return [flash, lines] if self.mode == "Camera" and not self.front else [lines]

    def _footer(self) -> list[Widget]:
        if self.filming is not None:
            elapsed = int((self.device.now() - self.filming).total_seconds())
            timer = Text(f"{elapsed // 60:02d}:{elapsed % 60:02d}", align="center", color="error", id="recording_time")
            return [timer, Line([IconButton("stop-circle", self.end_video, label="Stop", id="shutter_button")])]
        shutter = (
            IconButton("camera-iris", self.take_photo, label="Shutter", id="shutter_button")
            if self.mode == "Camera"
            else IconButton("record-circle", self.begin_video, label="Start recording", id="shutter_button")
        )
        side = "front" if self.front else "back"
        return [
            Line(
                [
                    IconButton(
                        "image-multiple", self.show_newest, label="Most recent photo", id="rounded_thumbnail_view"
                    ),
                    shutter,
                    IconButton(
                        "camera-switch", self.turn_around, label=f"{side.capitalize()} camera", id="camera_toggle"
                    ),
                ]
            )
        ]

    # What taps do

    def choose_mode(self) -> None:
        self.choosing = True

    def set_mode(self, mode: str) -> None:
        self.end_video()
        self.mode, self.choosing = mode, False

    def turn_flash(self) -> None:
        modes = list(FLASH)
        self.preferences.put("pref_camera_flashmode_key", modes[(modes.index(self.flash) + 1) % len(modes)])

    def toggle_grid(self) -> None:
        self.preferences.put("pref_camera_grid_lines", not self.grid)

    def turn_around(self) -> None:
        self.preferences.put("pref_camera_id_key", not self.front)

    def take_photo(self) -> None:
        now = self.device.now()
        self._save(PHOTOS, f"IMG_{now:%Y%m%d_%H%M%S}.jpg", self._jpeg(now, PHOTO_SIZE))

    def begin_video(self) -> None:
        self.filming = self.device.now()

    def end_video(self) -> None:
        begin, self.filming = self.filming, None
        if begin is None:
            return
        seconds = min(LONGEST_S, max(1, int((self.device.now() - begin).total_seconds())))
        frames = [self._jpeg(begin + dt.timedelta(seconds=second), VIDEO_SIZE) for second in range(seconds)]
        self._save(VIDEOS, f"VID_{begin:%Y%m%d_%H%M%S}.mp4", video(frames, VIDEO_SIZE))

    def show_newest(self) -> None:
        path = self.newest()
        if not path:
            self.device.toast("No photos yet")
            return
        try:
            self.device.start(GALLERY, {"action": "android.intent.action.VIEW", "data": f"file://{path}"})
        except KeyError:
            self.device.toast("No app found to open this file")

    def _jpeg(self, when: dt.datetime, size: tuple[int, int]) -> bytes:
        return _encoded(scenery(*size, when.second, self.front))

    def _save(self, folder: str, name: str, data: bytes) -> None:
        self.device.files.make_dirs(folder)
        self.device.files.write(free_path(self.device.files, folder, name), data)


def _encoded(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()
