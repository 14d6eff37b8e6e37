"""The look keeps its promises: contrast in both themes, few bytes, class names in one place."""

import re
from itertools import product
from pathlib import Path

import brotli
import pytest

ROOT = Path(__file__).parent.parent
STYLES = (ROOT / "assets" / "portal.css").read_text(encoding="utf-8")
TOKENS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#\w{3,6}), (#\w{3,6})\);", STYLES
    )
}
GROUNDS = ("page", "surface", "fill")
TEXTS = [
    *product(("ink", "ink-soft", "spruce"), GROUNDS),
    *product(("amber", "rowan", "aurora"), ("page", "surface")),
    ("amber", "amber-fill"),
    ("rowan", "rowan-fill"),
    ("heather", "heather-fill"),
    *product(("ink",), ("amber-fill", "rowan-fill", "aurora-fill", "heather-fill")),
    ("on-spruce", "spruce"),
    ("on-spruce", "spruce-deep"),
    ("on-rowan", "rowan"),
    ("on-rowan", "rowan-deep"),
    ("on-aurora", "aurora"),
    ("page", "ink"),
]
PARTS = [*product(("edge",), GROUNDS), ("amber-line", "surface"), ("aurora", "page")]


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_on_every_ground_it_stands_on(theme: str) -> None:
    weak = {
        pair: round(_contrast(TOKENS[pair[0]][theme], TOKENS[pair[1]][theme]), 2)
        for pair in TEXTS
        if _contrast(TOKENS[pair[0]][theme], TOKENS[pair[1]][theme]) < 4.5
    }
    assert not weak


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_parts_of_controls_can_be_told_from_their_ground(theme: str) -> None:
    for part, ground in PARTS:
        assert _contrast(TOKENS[part][theme], TOKENS[ground][theme]) >= 3, (part, ground)


def test_the_look_stays_light() -> None:
    assert len(brotli.compress(STYLES.encode())) < 9_000
    fonts = list((ROOT / "assets" / "fonts").glob("*.woff2"))
    assert fonts
    assert sum(font.stat().st_size for font in fonts) < 20_000


def test_pages_hold_no_class_names() -> None:
    pages = (ROOT / "portal" / "web" / "pages").glob("*.py")
    assert not [page.name for page in pages if "class_name" in page.read_text(encoding="utf-8")]
