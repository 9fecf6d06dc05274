"""A record of the log as lines, wrapped to the pane's width."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from pgbackup_tui.tui.present.pieces import Line, Piece, Tone
from pgbackup_tui.tui.records import MARKS, Record, Severity

TONES = {
    Severity.DETAIL: Tone.DIM,
    Severity.INFO: Tone.PLAIN,
    Severity.GOOD: Tone.GOOD,
    Severity.WARNING: Tone.WARN,
    Severity.ERROR: Tone.BAD,
}
_CLOCK = 9
_MARK = 2
_ASCII_MARKS = {"✗": "x", "·": "."}


def lines(record: Record, width: int, *, ascii_only: bool = False) -> list[Line]:
    """The record in lines of at most ``width`` columns; nothing of it is cut."""
    mark = MARKS[record.severity]
    if ascii_only:
        mark = _ASCII_MARKS.get(mark, mark)
    tone = TONES[record.severity]
    room = max(8, width - _CLOCK - _MARK)
    first, *others = wrap(record.text, room)
    head: Line = (Piece(f"{record.clock} ", Tone.DIM), Piece(f"{mark} ", tone), Piece(first, tone))
    return [head, *((Piece(" " * (_CLOCK + _MARK) + more, tone),) for more in others)]


def wrap(text: str, width: int) -> list[str]:
    """``text`` in parts of at most ``width`` columns, broken at spaces where there are any.

    Every character is kept, the spaces at the breaks too, so that what is copied from the screen is what was said.
    """
    parts: list[str] = []
    while cell_len(text) > width:
        cut = len(set_cell_size(text, width).rstrip("\0"))
        while cell_len(text[:cut]) > width:
            cut -= 1
        space = text.rfind(" ", 1, cut)
        if space > width // 3:
            cut = space + 1
        parts.append(text[:cut])
        text = text[cut:]
    return [*parts, text]
