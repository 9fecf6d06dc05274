"""Themes: every text can be read on what it stands on, and any of them can be worn while the console runs."""

from __future__ import annotations

import pytest
from textual.color import Color

from pgbackup_tui.arguments import build_parser
from pgbackup_tui.settings.look import THEMES
from pgbackup_tui.settings.values import COLORS
from pgbackup_tui.tui.themes import tokens
from tests.driver import ConsoleDriver, console_on, demo

READABLE = 4.5
"""WCAG 2 AA, for text of any size."""
ON_THE_GROUND = ("text", "quiet", "good", "warn", "bad", "mark")
PAIRS = [
    *((ink, ground) for ink in ON_THE_GROUND for ground in ("background", "cursor", "cursor-idle")),
    *((ink, "bar") for ink in ("text", "quiet", "warn")),
    ("headline-text", "headline"),
    ("found-text", "found"),
]


def luminance(color: Color) -> float:
    parts = [part / 255 for part in color.rgb]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_every_text_has_enough_contrast_to_what_it_stands_on(theme: str, ink: str, ground: str) -> None:
    assert contrast(tokens()[theme][ink], tokens()[theme][ground]) >= READABLE


@pytest.mark.parametrize("name", COLORS)
def test_the_words_of_production_can_be_read_in_every_colour(name: str) -> None:
    ground = tokens()["production"][name]
    assert contrast(ground, Color.parse(ground).get_contrast_text(1.0).hex) >= READABLE


def test_every_theme_gives_every_meaning_a_colour() -> None:
    for name in THEMES:
        assert set(tokens()[name]) == set(tokens()["dark"])


def test_the_command_line_knows_the_themes_of_the_settings() -> None:
    for name in THEMES:
        assert build_parser().parse_args(["demo", "--theme", name]).theme == name


def colors_painted(console: ConsoleDriver) -> set[str]:
    strips = console.app.screen._compositor.render_strips()
    styles = [segment.style for strip in strips for segment in strip if segment.style]
    return {color.name for style in styles for color in (style.color, style.bgcolor) if color}


@pytest.mark.parametrize("theme", THEMES)
async def test_a_theme_is_worn_from_the_palette_on(theme: str) -> None:
    begun_in = "dark" if theme != "dark" else "light"
    async with console_on(demo(), theme=begun_in) as console:
        offered = {found.title: found.callback for found in console.app.get_system_commands(console.app.screen)}
        assert f"theme {begun_in}" not in offered
        offered[f"theme {theme}"]()
        await console.pilot.pause()
        painted = colors_painted(console)
        if theme in ("ansi", "mono"):
            assert not [name for name in painted if name.startswith("#")]
        else:
            assert tokens()[theme]["background"] in painted
