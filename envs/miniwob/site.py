"""The pages of MiniWoB++ as the `miniwob` package ships them, served to the browser without a server.

Every request of a page is answered from the package's own folder; whatever is not in there is refused, so no page can
reach the network. The package itself, which drives Selenium, is not imported.
"""

from __future__ import annotations

import mimetypes
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from agentkit.errors import ConfigError

if TYPE_CHECKING:
    from playwright.sync_api import Route

ORIGIN = "http://miniwob.invalid"
"""Never resolves (RFC 2606): a request that slipped past `Site.answer` would go nowhere."""
TEXT = ("text/", "application/javascript", "application/json")


@cache
def shipped_html() -> Path:
    """The folder `html` of the installed package. ConfigError when it is not installed."""
    spec = find_spec("miniwob")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError("the pages are in the package miniwob: pip install 'glint-agents[miniwob]'")
    return Path(spec.submodule_search_locations[0]) / "html"


class Site:
    """Answers the requests of one browser context from `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._files: dict[str, tuple[str, bytes]] = {}

    def answer(self, route: Route) -> None:
        """Give the file, or refuse."""
        found = self.file(route.request.url)
        if found is None:
            route.abort("blockedbyclient")
        else:
            kind, body = found
            route.fulfill(status=200, content_type=kind, body=body)

    def file(self, url: str) -> tuple[str, bytes] | None:
        """Content type and bytes of what `url` names; None for what is elsewhere or does not exist."""
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != ORIGIN:
            return None
        if parts.path not in self._files:
            place = (self.root / unquote(parts.path).lstrip("/")).resolve()
            if not place.is_relative_to(self.root) or not place.is_file():
                return None
            kind = mimetypes.guess_type(place.name)[0] or "application/octet-stream"
            if kind.startswith(TEXT):
                kind += "; charset=utf-8"  # the pages do not declare theirs
            self._files[parts.path] = kind, place.read_bytes()
        return self._files[parts.path]
