"""Stylesheets that are parsed once."""

from __future__ import annotations

from textual.css.stylesheet import Stylesheet


class ParsedOnce(Stylesheet):
    """Rules that are kept as long as their variables stay.

    Textual parses everything anew for a theme, also for the first one, and forgets what it parsed: the first widget
    had it parsed a second time.
    """

    def reparse(self) -> None:
        """Parses what was not parsed with these variables."""
        self.parse()
