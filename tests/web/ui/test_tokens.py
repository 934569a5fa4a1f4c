"""Contrast of every pair of colours that meet, in both themes (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re

import pytest

from parkplace.web.build import ROOT
from parkplace.web.ui.kinds import BANDS

TEXT, SHAPE = 4.5, 3.0
TOKENS = (ROOT / "assets" / "tokens.css").read_text()


def colour(name: str, theme: str) -> str:
    found = re.search(rf"--{name}: (?:light-dark\((#\w+), (#\w+)\)|(#\w+));", TOKENS)
    assert found, name
    light, dark, both = found.groups()
    return both or (light if theme == "light" else dark)


def luminance(hexadecimal: str) -> float:
    parts = [int(hexadecimal[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["board", "paper"])
@pytest.mark.parametrize("ink", ["ink", "soft", "wrong"])
def test_text_can_be_read(theme: str, ground: str, ink: str) -> None:
    assert contrast(colour(ink, theme), colour(ground, theme)) >= TEXT


@pytest.mark.parametrize("ground", [*BANDS, "go", "danger"])
def test_text_on_colours_can_be_read(ground: str) -> None:
    assert contrast(colour("on-band", "light"), colour(ground, "light")) >= TEXT


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["board", "paper", "land"])
def test_outlines_and_focus_can_be_seen(theme: str, ground: str) -> None:
    for line in ("ink", "focus"):
        assert contrast(colour(line, theme), colour(ground, theme)) >= SHAPE


def test_the_logo_can_be_read() -> None:
    assert contrast(colour("logo-ink", "light"), colour("logo", "light")) >= TEXT
