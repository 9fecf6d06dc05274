"""A line or a few of words; server text in them is literal, whatever it looks like."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class Words(Static):
    """Shows text as it is: never markup, never a link. Paints only when the words change."""

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(Content(text), id=id, classes=classes, markup=False)
        self._said = text

    def say(self, text: str) -> None:
        """Shows other words."""
        if text != self._said:
            self._said = text
            self.update(Content(text))
