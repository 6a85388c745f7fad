"""Simple Draw Pro (com.simplemobiletools.draw.pro): a canvas for a finger, brushes and colours, and files of it.

Saving asks for name and format, then Android's document picker for the folder, as the real app does.
"""

from __future__ import annotations

from functools import partial

from PIL import Image

from envs.phone.app import App, Device
from envs.phone.apps.draw.canvas import RGB, Drawing, Stroke, encoded, painted
from envs.phone.apps.draw.save_dialog import SaveImage
from envs.phone.apps.pickers import Asking, ColorChoice, Confirm, SaveDocument
from envs.phone.apps.preferences import Preferences
from envs.phone.ui import Handler, Icon, IconButton, Line, Menu, Picture, Screen, Slider

COLORS: dict[str, RGB] = {
    "Black": (0, 0, 0),
    "Grey": (128, 128, 128),
    "White": (255, 255, 255),
    "Red": (244, 67, 54),
    "Orange": (255, 152, 0),
    "Yellow": (255, 235, 59),
    "Green": (76, 175, 80),
    "Blue": (33, 150, 243),
    "Purple": (156, 39, 176),
    "Brown": (121, 85, 72),
}
THIN, THICK = 0.004, 0.15
"""Widths of the thinnest and the thickest brush, as fractions of the canvas's width."""


class Draw(App):
    package = "com.simplemobiletools.draw.pro"
    label = "Simple Draw Pro"
    icon = "brush"
    color = (0, 150, 136)
    activity = ".activities.MainActivity"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.preferences = Preferences(device.files, self.package)
        self.stop()

    # State

    def install(self) -> None:
        self.stop()

    def stop(self) -> None:
        self.drawing: Drawing = ()
        self.undone: Drawing = ()
        """Strokes taken back, the last one first to return."""
        self.ground: RGB = COLORS["White"]
        self.erasing = False
        self.asking: Asking | None = None
        self.saving: SaveDocument | None = None
        self.menu_open = False
        self._shown = self._size = (1, 1)
        """Of the canvas in pixels: when it was shown last, and when saving began. The keyboard makes it lower since."""

    def back(self) -> bool:
        if self.saving is not None:
            self.saving.back()
        elif self.asking is not None or self.menu_open:
            self.close()
        elif self.erasing:
            self.erasing = False
        else:
            return False
        return True

    @property
    def ink(self) -> RGB:
        kept = self.preferences.text("brush_color")
        return COLORS.get(kept, COLORS["Black"])

    @property
    def brush(self) -> float:
        """0..1 of the way from the thinnest to the thickest."""
        return min(100, max(0, self.preferences.number("brush_size", 10))) / 100

    # The screen

    def screen(self) -> Screen:
        if self.saving is not None:
            return self.saving.screen()
        canvas = Picture(self._paint, on_touch=self.dot, on_stroke=self.stroke, label="Canvas", id="my_canvas")
        eraser = IconButton(
            "brush" if self.erasing else "eraser",
            self.toggle_eraser,
            label="Brush" if self.erasing else "Eraser",
            id="eraser",
        )
        color = self.ground if self.erasing else self.ink
        tools = Line(
            [
                Icon("circle", color=color, label="Current color", id="color_preview"),
                IconButton("palette", self.ask_ink, label="Change color", id="color_picker"),
                eraser,
                IconButton("undo", self.undo, label="Undo", enabled=bool(self.drawing), id="undo"),
                IconButton("redo", self.redo, label="Redo", enabled=bool(self.undone), id="redo"),
            ]
        )
        items: list[tuple[str, Handler]] = [("Clear", self.ask_clear), ("Change background", self.ask_ground)]
        return Screen(
            "Simple Draw",
            [canvas],
            name=self.activity,
            actions=[
                IconButton("content-save", self.ask_save, label="Save", id="menu_save"),
                IconButton("dots-vertical", self.open_menu, label="More options", id="more"),
            ],
            menu=Menu(items, on_dismiss=self.close) if self.menu_open else None,
            dialog=None if self.asking is None else self.asking.dialog(),
            footer=[Slider(self.brush, self.set_brush, label="Stroke width", id="stroke_width_bar"), tools],
            scroll_key="canvas",
        )

    def _paint(self, width: int, height: int, scale: float) -> Image.Image:
        self._shown = (width, height)
        return painted(self.drawing, self.ground, width, height)

    # What taps do

    def dot(self, x: float, y: float) -> None:
        self.stroke(x, y, x, y)

    def stroke(self, x1: float, y1: float, x2: float, y2: float) -> None:
        width = THIN + self.brush * (THICK - THIN)
        self.drawing += (Stroke((x1, y1), (x2, y2), width, None if self.erasing else self.ink),)
        self.undone = ()

    def undo(self) -> None:
        if self.drawing:
            self.drawing, self.undone = self.drawing[:-1], (*self.undone, self.drawing[-1])

    def redo(self) -> None:
        if self.undone:
            self.drawing, self.undone = (*self.drawing, self.undone[-1]), self.undone[:-1]

    def toggle_eraser(self) -> None:
        self.erasing = not self.erasing

    def set_brush(self, value: float) -> None:
        self.preferences.put("brush_size", round(100 * value))

    def open_menu(self) -> None:
        self.menu_open = True

    def close(self) -> None:
        self.asking, self.menu_open = None, False

    def ask_ink(self) -> None:
        self._ask(ColorChoice("Brush color", list(COLORS.items()), self.ink, self._set_ink, self.close))

    def _set_ink(self, color: RGB) -> None:
        self.preferences.put("brush_color", next(name for name, known in COLORS.items() if known == color))
        self.erasing = False

    def ask_ground(self) -> None:
        choice = ColorChoice("Background color", list(COLORS.items()), self.ground, self._set_ground, self.close)
        self._ask(choice)

    def _set_ground(self, color: RGB) -> None:
        self.ground = color

    def ask_clear(self) -> None:
        self._ask(Confirm("Do you want to clear the drawing?", self._clear, self.close))

    def _clear(self) -> None:
        self.drawing = self.undone = ()

    def _ask(self, question: Asking) -> None:
        self.close()
        self.asking = question

    # Saving

    def ask_save(self) -> None:
        self._size = self._shown
        name = f"drawing_{self.device.now():%Y%m%d_%H%M%S}"
        self._ask(SaveImage(name, self.preferences.text("last_save_extension", "png"), self._pick_folder, self.close))

    def _pick_folder(self, name: str, extension: str) -> None:
        self.close()
        self.preferences.put("last_save_extension", extension)
        done = partial(self._save, extension)
        self.saving = SaveDocument(self.device.files, name, f".{extension}", done, self._end_saving)

    def _end_saving(self) -> None:
        self.saving = None

    def _save(self, extension: str, path: str) -> None:
        self.device.files.write(path, encoded(self.drawing, self.ground, self._size, extension))
        self.device.toast("File saved successfully")
