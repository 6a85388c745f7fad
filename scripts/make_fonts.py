"""Rebuild the phone's fonts in envs/phone/assets from two published font packages.

    pip download --no-deps -d fonts fontpkg-roboto==3.15 fonticon-materialdesignicons7==7.2.96
    python scripts/make_fonts.py fonts

Roboto (SIL OFL 1.1) is instanced at three weights and cut to Latin text; Material Design Icons (Apache-2.0) is cut to
the names in scripts/phone_icons.txt. Names that the icon font lacks are reported and left out.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import zipfile
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ASSETS = Path(__file__).parents[1] / "envs" / "phone" / "assets"
NAMES = Path(__file__).with_name("phone_icons.txt")
WEIGHTS = {"Regular": 400, "Medium": 500, "Bold": 700}
TEXT_RANGES = [
    (0x20, 0x7E), (0xA0, 0x17F), (0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026),
    (0x2030, 0x2030), (0x2032, 0x2033), (0x2039, 0x203A), (0x20AC, 0x20AC), (0x2122, 0x2122), (0x2190, 0x2193),
    (0x2212, 0x2212), (0x2248, 0x2248), (0x2260, 0x2260), (0x2264, 0x2265), (0x25CF, 0x25CF), (0xFFFD, 0xFFFD),
]  # fmt: skip


def open_wheel(folder: Path, pattern: str) -> zipfile.ZipFile:
    found = sorted(folder.glob(pattern))
    if not found:
        raise SystemExit(f"no {pattern} in {folder}; see the top of {Path(__file__).name}")
    return zipfile.ZipFile(found[-1])


def subset(font: TTFont, codepoints: set[int], target: Path) -> None:
    """Cut `font` to `codepoints`, without hinting and layout tables (text is laid out by advance widths), and save."""
    options = Options(layout_features=[], hinting=False, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14], notdef_outline=True)
    cutter = Subsetter(options)
    cutter.populate(unicodes=codepoints)
    cutter.subset(font)
    for name in font.getGlyphOrder():  # the icon font stores 0 for all bearings, which moves its glyphs to the left
        glyph = font["glyf"][name]
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = font["hmtx"][name][0], getattr(glyph, "xMin", 0)
    font["head"].modified = font["head"].created  # the same input gives the same bytes
    font.recalcTimestamp = False
    font.save(target)
    print(f"{target.name}: {len(font.getGlyphOrder())} glyphs, {target.stat().st_size:,} bytes")


def make_roboto(wheel: zipfile.ZipFile) -> None:
    source = wheel.read("fontpkg_roboto/files/Roboto[wdth,wght].ttf")
    codepoints = {code for first, last in TEXT_RANGES for code in range(first, last + 1)}
    for name, weight in WEIGHTS.items():
        font = instancer.instantiateVariableFont(TTFont(io.BytesIO(source)), {"wght": weight, "wdth": 100})
        subset(font, codepoints, ASSETS / f"Roboto-{name}.ttf")
    (ASSETS / "LICENSE-Roboto.txt").write_bytes(wheel.read("fontpkg_roboto/LICENSE"))


def make_icons(wheel: zipfile.ZipFile) -> None:
    known = dict(re.findall(r'^    (\w+) = "\\U([0-9a-f]{8})"', wheel.read("fonticon_mdi7/mdi7.py").decode(), re.M))
    wanted = sorted(set(NAMES.read_text().split()))
    codes = {name: int(known[key], 16) for name in wanted if (key := name.replace("-", "_")) in known}
    print("not in the icon font:", " ".join(name for name in wanted if name not in codes) or "none")
    font = TTFont(io.BytesIO(wheel.read("fonticon_mdi7/fonts/materialdesignicons-webfont.ttf")))
    subset(font, set(codes.values()), ASSETS / "MaterialDesignIcons.ttf")
    (ASSETS / "icons.json").write_text(json.dumps(codes, indent=0, sort_keys=True) + "\n")
    (ASSETS / "LICENSE-MaterialDesignIcons.txt").write_bytes(wheel.read("fonticon_mdi7/fonts/LICENSE"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheels", type=Path, help="folder with the two wheels")
    folder: Path = parser.parse_args().wheels
    ASSETS.mkdir(exist_ok=True)
    make_roboto(open_wheel(folder, "fontpkg_roboto-*.whl"))
    make_icons(open_wheel(folder, "fonticon_materialdesignicons7-*.whl"))


if __name__ == "__main__":
    main()
