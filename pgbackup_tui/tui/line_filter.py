"""The last line of defence: whatever a widget was given, no control character reaches the terminal."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from pgbackup_tui.text import clean

_TO_ASCII = str.maketrans(
    {
        "…": "~",
        "“": '"',
        "”": '"',
        "→": ">",
        "·": ".",
        "█": "#",
        "░": ".",
        "▾": "v",
        "▸": ">",
        "▌": ">",
        "✗": "x",
        "●": "*",
        "▐": " ",
        "⏎": "$",
        "│": "|",
        "─": "-",
        "↑": "^",
        "↓": "v",
        "←": "<",
        **dict.fromkeys("▁▂▃▄▅▆▇", "|"),  # the ends of a scroll bar
    }
)


class ControlFilter(LineFilter):
    """Replaces, in every painted segment, what a terminal would obey; and what an ASCII terminal can't show."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._ascii_only = ascii_only

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        return [self._clean(segment) for segment in segments]

    def _clean(self, segment: Segment) -> Segment:
        text, style, control = segment
        if control is not None or (text.isprintable() and not self._ascii_only):
            return segment
        shown = clean(text, limit=len(text))
        if self._ascii_only:
            shown = "".join(c if c.isascii() else "?" * cell_len(c) for c in shown.translate(_TO_ASCII))
        return Segment(shown, style, control)
