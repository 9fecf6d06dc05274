"""Where the console's stylesheets are, in a checkout and in an installed wheel, and that they are parsed once."""

from __future__ import annotations

from pathlib import Path

from textual.css.stylesheet import Stylesheet

ORDER = ("layout.tcss", "components.tcss", "narrow.tcss")
"""Later ones rest on earlier ones."""

_PACKAGE = Path(__file__).resolve().parent.parent


def style_path(name: str) -> Path:
    """One file of the styles. Raises FileNotFoundError where the installation is not whole."""
    for folder in (_PACKAGE / "styles", _PACKAGE.parent / "styles"):  # in a wheel; in a checkout, editable or not
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError("The stylesheets of pgbackup-tui are missing: install it again.")


def stylesheet_paths() -> list[Path]:
    """Every stylesheet, in order. Raises FileNotFoundError where the installation is not whole."""
    return [style_path(name) for name in ORDER]


class ParsedOnce(Stylesheet):
    """Rules that are kept as long as their variables stay.

    Textual parses everything anew for a theme, also for the first one, and forgets what it parsed: the first widget
    had it parsed a second time.
    """

    def reparse(self) -> None:
        """Parses what was not parsed with these variables."""
        self.parse()
