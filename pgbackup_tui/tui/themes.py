"""The console's themes: colours by what they mean, read from the tokens of the stylesheets."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import BUILTIN_THEMES, Theme
from textual.widget import Widget

from pgbackup_tui.settings.look import THEMES
from pgbackup_tui.tui.stylesheets import style_path

MONO = "mono"
DEFAULT = "dark"
_OF_THE_TERMINAL = ("ansi", MONO)
_TEXTUALS_OWN = ("background", "text")
"""Names that mean something else to Textual, which has them from the theme itself."""


@cache
def tokens() -> Mapping[str, Mapping[str, str]]:
    """For each theme the colour of each meaning. Raises FileNotFoundError where the installation is not whole."""
    return tomllib.loads(style_path("tokens.toml").read_text(encoding="utf-8"))


def themes() -> list[Theme]:
    """Every theme, as Textual takes it: its own widgets get the same colours as ours."""
    return [_theme(name, tokens()[name]) for name in THEMES]


def _theme(name: str, colors: Mapping[str, str]) -> Theme:
    is_ansi = name in _OF_THE_TERMINAL
    variables = dict(BUILTIN_THEMES["ansi-dark"].variables) if is_ansi else {}
    variables |= {meaning: color for meaning, color in colors.items() if meaning not in _TEXTUALS_OWN}
    return Theme(
        name,
        primary=colors["headline"],
        secondary=colors["mark"],
        warning=colors["warn"],
        error=colors["bad"],
        success=colors["good"],
        accent=colors["mark"],
        foreground=colors["text"],
        background=colors["background"],
        surface=colors["background"],
        panel=colors["bar"],
        boost=colors["bar"],
        dark=name != "light",
        ansi=is_ansi,
        variables=variables,
    )


class Colorless(LineFilter):
    """Takes every colour out of what is painted; bold, dim, underlined and reversed stay."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        return [
            Segment(text, None if style is None else style.without_color, control)
            for text, style, control in segments
        ]


def wear_production(headline: Widget, color: str, *, is_ansi: bool) -> None:
    """Shows production in its colour, one of the settings' names; without one, the headline is as everywhere.

    With the terminal's own colours the stylesheet reverses the line, so that its colour of text is its ground.
    """
    headline.set_class(bool(color), "-production")
    styles = headline.styles
    styles.background = styles.color = None
    if color and is_ansi:
        styles.color = f"ansi_{color}"
    elif color:
        ground = Color.parse(tokens()["production"][color])
        styles.background, styles.color = ground, ground.get_contrast_text(1.0)
