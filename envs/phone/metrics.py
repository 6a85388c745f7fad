"""The screen's geometry: presets of real devices, and the conversion of dp and sp to device pixels."""

from __future__ import annotations

from dataclasses import dataclass

from agentkit.errors import ConfigError


@dataclass(frozen=True, slots=True)
class ScreenSpec:
    width: int
    """Device pixels."""
    height: int
    density: int
    """Dots per inch as Android counts them: 160 makes one dp one pixel."""

    def __post_init__(self) -> None:
        if not (self.width >= 240 and self.height >= 400 and 80 <= self.density <= 640):
            raise ConfigError(f"ScreenSpec needs width >= 240, height >= 400 and density in 80..640, got {self}")
        if min(self.width, self.height) * 160 / self.density < 300:
            raise ConfigError(f"ScreenSpec must be at least 300 dp wide, got {self.width * 160 / self.density:.0f} dp")


SCREENS: dict[str, ScreenSpec] = {
    "small": ScreenSpec(360, 720, 160),
    "medium": ScreenSpec(720, 1440, 320),
    "large": ScreenSpec(1080, 2160, 480),
    "wide": ScreenSpec(420, 840, 160),
    "classic": ScreenSpec(360, 640, 160),
    "tall": ScreenSpec(1080, 2400, 420),
    "tablet": ScreenSpec(1600, 2560, 320),
    "tablet_small": ScreenSpec(800, 1280, 213),
}


def screen_spec(screen: ScreenSpec | str) -> ScreenSpec:
    """The preset of that name, or `screen` itself."""
    if isinstance(screen, ScreenSpec):
        return screen
    try:
        return SCREENS[screen]
    except KeyError:
        raise ConfigError(f"unknown screen {screen!r}, expected one of {sorted(SCREENS)} or a ScreenSpec") from None


@dataclass(frozen=True, slots=True)
class Metrics:
    """What layout needs of a screen. Equal metrics give equal pixels."""

    width: int
    height: int
    scale: float
    """Device pixels per dp."""
    font_scale: float

    @classmethod
    def of(cls, spec: ScreenSpec, font_scale: float) -> Metrics:
        return cls(spec.width, spec.height, spec.density / 160, font_scale)

    def dp(self, length: float) -> int:
        """Device pixels of a length in dp; at least one for anything visible."""
        return max(1, int(length * self.scale + 0.5)) if length > 0 else 0

    def sp(self, size: float) -> int:
        """Pixel size of a font given in sp."""
        return max(6, int(size * self.scale * self.font_scale + 0.5))
