"""A line or a few of words; server text in them is literal, whatever it looks like."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from pgbackup_tui.tui.present.pieces import Line, Tone


class Words(Static):
    """Shows text as it is: never markup, never a link. Paints only when the words change."""

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(Content(text), id=id, classes=classes, markup=False)
        self._said: object = text

    def say(self, text: str) -> None:
        """Shows other words."""
        if text != self._said:
            self._said = text
            self.update(Content(text))

    def say_line(self, line: Line) -> None:
        """Shows a line of pieces; their tones are strong or not, colour is for lists."""
        if line != self._said:
            self._said = line
            parts = [(piece.text, "bold" if piece.tone is not Tone.PLAIN else "") for piece in line]
            self.update(Content.assemble(*parts))
