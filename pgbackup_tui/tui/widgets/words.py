"""A line or a few of words; server text in them is literal, whatever it looks like."""

from __future__ import annotations

from textual.app import RenderResult
from textual.content import Content
from textual.widgets import Static

from pgbackup_tui.tui.present.log import wrap
from pgbackup_tui.tui.present.pieces import fit


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


class Passage(Words):
    """Words in a box of a fixed size: what has no room there is cut at its end, and the cut is shown."""

    def on_resize(self) -> None:
        self.refresh(layout=True)  # Textual keeps what was rendered for the size before

    def render(self) -> RenderResult:
        width, height = self.content_size
        lines = [part for line in self._said.split("\n") for part in wrap(line, max(1, width))]
        if not height:
            return super().render()
        if len(lines) > height:
            lines = [*lines[: height - 1], fit(f"{lines[height - 1].rstrip()} …", width)]
        return Content("\n".join(line.rstrip() for line in lines))
