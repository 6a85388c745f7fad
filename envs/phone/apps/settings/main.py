"""The Settings app: a stack of pages, a search over all of them, and the dialogs of their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from envs.phone.app import App, Device
from envs.phone.apps.settings import installed, pages, radio_rows, radios
from envs.phone.apps.settings.keys import HOURS
from envs.phone.apps.settings.preferences import (
    Choice,
    Entry,
    Key,
    Level,
    Link,
    Note,
    Page,
    Preference,
    Section,
    Summary,
    Toggle,
)
from envs.phone.ui import (
    Button,
    Card,
    Column,
    Dialog,
    Header,
    Icon,
    IconButton,
    Line,
    ListItem,
    Radio,
    Screen,
    Slider,
    Spacer,
    Switch,
    Text,
    TextField,
    Widget,
)

INTENTS = {
    "android.settings.SETTINGS": "root",
    "android.settings.WIFI_SETTINGS": "wifi",
    "android.settings.BLUETOOTH_SETTINGS": "bluetooth",
    "android.settings.AIRPLANE_MODE_SETTINGS": "network",
    "android.settings.DISPLAY_SETTINGS": "display",
    "android.settings.SOUND_SETTINGS": "sound",
    "android.settings.LOCATION_SOURCE_SETTINGS": "location",
    "android.settings.DATE_SETTINGS": "date",
    "android.settings.DEVICE_INFO_SETTINGS": "about",
    "android.settings.ACCESSIBILITY_SETTINGS": "accessibility",
    "android.settings.APPLICATION_SETTINGS": "apps",
    "android.settings.LOCALE_SETTINGS": "languages",
}


class SettingsApp(App):
    package = "com.android.settings"
    label = "Settings"
    icon = "cog"
    color = (95, 99, 104)
    activity = ".Settings"

    def __init__(self, device: Device) -> None:
        super().__init__(device)
        self.stop()

    def install(self) -> None:
        """Give every key that is unset its default, and draw the networks and devices around the phone."""
        for (namespace, name), default in pages.defaults().items():
            if self.device.settings.get(namespace, name) is None:
                self.device.settings.put(namespace, name, default)
        radios.install(self.device)

    def start(self, extras: Mapping[str, str]) -> None:
        page = INTENTS.get(extras.get("action", ""))
        if page is not None:
            self.stop()
            if page != "root":
                self.open(page)

    def stop(self) -> None:
        self.stack: list[str] = ["root"]
        self.query: str | None = None
        """The search text; None when search is closed."""
        self.asked: tuple[str, str] | None = None
        """The open dialog: its kind and what it is about (a preference's title, a network, ...)."""
        self.drafts: dict[str, str] = {}

    def back(self) -> bool:
        if self.asked is not None:
            self.close_dialog()
        elif len(self.stack) > 1:
            self.stack.pop()
        elif self.query is not None:
            self.query = None
        else:
            return False
        return True

    def open(self, page: str) -> None:
        self.stack.append(page)

    def ask(self, kind: str, about: str) -> None:
        self.asked, self.drafts = (kind, about), {}

    def close_dialog(self) -> None:
        self.asked, self.drafts = None, {}

    def draft(self, name: str) -> str:
        """What a dialog's text field holds."""
        return self.drafts.get(name, "")

    def drafter(self, name: str) -> Callable[[str], None]:
        return lambda text: self.drafts.__setitem__(name, text)

    def value(self, key: Key) -> str:
        value = self.device.settings.get(key.namespace, key.name)
        return key.default if value is None else value

    def put(self, key: Key, value: str) -> None:
        self.device.settings.put(key.namespace, key.name, value)

    def time_text(self) -> str:
        return self.device.now().strftime("%H:%M" if self.value(HOURS) == "24" else "%-I:%M %p")

    def screen(self) -> Screen:
        page_id = self.stack[-1]
        dialog = self._dialog() if self.asked else None
        if page_id == "root":
            return self._search(dialog) if self.query is not None else self._root(dialog)
        if page_id.startswith("app:"):
            rows = installed.app_rows(self, page_id.removeprefix("app:"))
            return Screen("App info", rows, ".SubSettings", nav="back", dialog=dialog, scroll_key=page_id)
        page = pages.PAGES[page_id]
        return Screen(
            page.title,
            self._rows(page),
            ".SubSettings",
            nav="back",
            actions=[IconButton("magnify", label="Search settings", on_tap=self._open_search)],
            dialog=dialog,
            scroll_key=page_id,
        )

    def _root(self, dialog: Dialog | None) -> Screen:
        hint = Text("Search settings", color="on_surface_variant")
        bar = Card(
            [Line([Icon("magnify"), hint], spread=False, padding=16)],
            on_tap=self._open_search,
            id="search_action_bar",
            label="Search settings",
        )
        return Screen(
            "Settings", [bar, *self._rows(pages.PAGES["root"])], ".Settings", dialog=dialog, scroll_key="root"
        )

    def _open_search(self) -> None:
        self.stack, self.query = ["root"], ""

    def _search(self, dialog: Dialog | None) -> Screen:
        field = TextField(
            id="open_search_view_edit_text",
            hint="Search settings",
            value=self.query or "",
            on_change=lambda text: setattr(self, "query", text),
            autofocus=True,
        )
        needle = (self.query or "").strip().casefold()
        hits = [(t, trail, page) for t, trail, page in self._index() if needle and needle in t.casefold()]
        rows: list[Widget] = [
            ListItem(title=title, subtitle=trail, on_tap=self._opener(page)) for title, trail, page in hits[:20]
        ]
        if needle and not hits:
            rows = [Text("No results", align="center", color="on_surface_variant")]
        return Screen(
            "Search", [Column([field]), *rows], ".SearchActivity", nav="back", dialog=dialog, scroll_key="search"
        )

    def _opener(self, page: str) -> Callable[[], None]:
        return lambda: self.open(page)

    @staticmethod
    def _index() -> Iterator[tuple[str, str, str]]:
        """(title, breadcrumb, page that shows it) of every preference, pages before their rows."""
        for page_id, page in pages.PAGES.items():
            for p in page.preferences:
                if not isinstance(p, Section):
                    target = p.page if isinstance(p, Link) else page_id
                    yield p.title, "Settings" if page_id == "root" else page.title, target

    def _rows(self, page: Page) -> list[Widget]:
        return [row for p in page.preferences for row in self._row(p)] + list(page.build(self) if page.build else ())

    def _row(self, p: Preference) -> list[Widget]:
        if isinstance(p, Section):
            return [Header(text=p.text)]
        if isinstance(p, Level) and not p.in_dialog:
            return [Spacer(12), Text(p.title), self._slider(p)]
        leading = Icon(p.icon) if p.icon else None
        if isinstance(p, Toggle):
            switch = Switch(on=self._is_on(p), on_change=lambda on: self._switch(p, on), label=p.title)
            return [ListItem(title=p.title, subtitle=self._text(p.summary), leading=leading, trailing=switch)]
        if isinstance(p, Link):
            return [
                ListItem(title=p.title, subtitle=self._text(p.summary), leading=leading, on_tap=self._opener(p.page))
            ]
        if isinstance(p, Note):
            return [ListItem(title=p.title, subtitle=self._text(p.summary), leading=leading)]
        return [
            ListItem(
                title=p.title,
                subtitle=self._shown(p),
                leading=leading,
                on_tap=lambda: self.ask("preference", p.title),
            )
        ]

    def _shown(self, p: Choice | Level | Entry) -> str:
        value = self.value(p.key)
        if isinstance(p, Choice):
            return dict(p.options).get(value, value)
        return value if isinstance(p, Entry) else f"{round(100 * self._fraction(p))}%"

    def _is_on(self, p: Toggle) -> bool:
        return p.is_on(self) if p.is_on else self.value(p.key) == p.on

    def _switch(self, p: Toggle, on: bool) -> None:
        if p.write:
            p.write(self, on)
        else:
            self.put(p.key, p.on if on else p.off)

    def _fraction(self, p: Level) -> float:
        try:
            value = float(self.value(p.key))
        except ValueError:  # a value put over adb may be anything
            value = p.low
        return min(max((value - p.low) / (p.high - p.low), 0.0), 1.0)

    def _slider(self, p: Level) -> Slider:
        return Slider(
            self._fraction(p),
            on_change=lambda v: self.put(p.key, str(p.low + round(v * (p.high - p.low)))),
            id=p.id,
            label=p.title,
        )

    def _text(self, summary: Summary) -> str:
        return summary if isinstance(summary, str) else summary(self)

    def _dialog(self) -> Dialog:
        assert self.asked is not None
        kind, about = self.asked
        if kind == "force_stop":
            return installed.force_stop_dialog(self, about)
        if kind != "preference":
            return radio_rows.dialog(self, kind, about)
        p = next(p for p in pages.PAGES[self.stack[-1]].preferences if not isinstance(p, Section) and p.title == about)
        cancel = Button("Cancel", on_tap=self.close_dialog, kind="text")
        if isinstance(p, Choice):
            return Dialog(p.title, [self._option(p, *o) for o in p.options], [cancel], on_dismiss=self.close_dialog)
        if isinstance(p, Level):
            return Dialog(p.title, [self._slider(p)], [], on_dismiss=self.close_dialog)
        assert isinstance(p, Entry)
        text = self.drafts.setdefault("entry", self.value(p.key))
        field = TextField(
            id="edit", value=text, on_change=self.drafter("entry"), on_submit=lambda: self._enter(p), autofocus=True
        )
        clear = IconButton("close-circle-outline", label="Clear", on_tap=lambda: self.drafter("entry")(""))
        ok = Button("OK", on_tap=lambda: self._enter(p), kind="text", enabled=bool(text.strip()))
        return Dialog(p.title, [field, Line([clear], spread=False)], [cancel, ok], on_dismiss=self.close_dialog)

    def _option(self, p: Choice, value: str, name: str) -> ListItem:
        def choose() -> None:
            self.put(p.key, value)
            self.close_dialog()

        return ListItem(title=name, leading=Radio(on=self.value(p.key) == value, on_tap=choose), on_tap=choose)

    def _enter(self, p: Entry) -> None:
        text = self.draft("entry").strip()
        if text:
            self.put(p.key, text)
            self.close_dialog()
