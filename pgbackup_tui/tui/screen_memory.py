"""What a terminal shows: of a frame that is painted, only the cells that it doesn't show yet have to be sent.

Textual sends whatever a widget says has to be painted, with every colour named in full for each piece of it. Over a
slow line most of that is spent on what is on the screen already: a change of place paints everything four times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from rich.cells import cell_len

from pgbackup_tui.tui.looks import PLAIN, Look, go_on, parse_look

_CONTROL = "\x00-\x1f\x7f-\x9f"
_is_frame = re.compile(rf"(?:\x1b\[[0-9;]*[mH]|\n|[^{_CONTROL}]+)*").fullmatch
"""Text, its looks, and where it goes: nothing else is in what Textual paints."""
_part = re.compile(rf"\x1b\[([0-9;]*)([mH])|([^{_CONTROL}]+)").finditer
_is_aside = re.compile(r"(?:\a|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[\?(?!1049)\d+[hl])*").fullmatch
"""What leaves the screen as it is: the bell, the title, the clipboard, modes; not the way to the other screen."""
_SHORT_GAP = 5
"""Cells that are sent again where something changed on both sides: to go past them takes as many bytes."""


class Cell(NamedTuple):
    """One column of a row."""

    text: str
    """A character with what combines with it; nothing in the second column of a wide one."""
    look: Look

    @property
    def is_certain(self) -> bool:
        """Whether it takes one column on every terminal."""
        return len(self.text) == 1 and (self.text.isascii() or cell_len(self.text) == 1)


Row = list[Cell | None]
"""Cells from the left; None is one that nothing is known of."""


class ScreenMemory:
    """The cells of one terminal, and where its cursor is."""

    def __init__(self) -> None:
        self._rows: dict[int, Row] = {}
        self._cursor: tuple[int, int] | None = None
        self._size: tuple[int, int] | None = None

    def forget(self, size: tuple[int, int] | None = None) -> None:
        """Nothing is known of the screen any more: everything that is painted is sent.

        ``size``, in columns and rows, is known after a change of it; what is painted for a larger screen is cut
        there. A terminal would put the rows below its last one over that one, and the ends of long rows too.
        """
        self._rows.clear()
        self._cursor = None
        self._size = size or self._size

    def changes(self, written: str) -> str:
        """What has to be sent so that the terminal shows what it would after ``written``."""
        if not _is_frame(written):
            if not _is_aside(written):
                self.forget()
            return written
        painted = dict(self._rows)
        cursor = _paint(written, painted, self._cursor, self._size)
        sending = _Sending(self._cursor)
        for number in sorted(painted):
            if painted[number] is not self._rows.get(number):
                sending.row(number, self._rows.get(number, []), painted[number])
        self._rows = painted
        self._cursor = cursor
        return sending.done(cursor)


def _paint(
    written: str, rows: dict[int, Row], cursor: tuple[int, int] | None, size: tuple[int, int] | None
) -> tuple[int, int]:
    """Paints a frame into rows, copies of those that were there; returns where the cursor is then."""
    number, column = cursor or (1, 1)
    look = PLAIN
    own: set[int] = set()
    for found in _part(written):
        parameters, kind, text = found.groups()
        if kind == "m":
            look = parse_look(parameters)
        elif kind == "H":
            number, column = (int(part or "1") for part in f"{parameters};".split(";")[:2])
        else:
            if number not in own:
                own.add(number)
                rows[number] = list(rows.get(number, ()))
            column = _write(rows[number], column, text, look)
            if size is not None:
                del rows[number][size[0] :]
    for below in [found for found in own if size is not None and found > size[1]]:
        del rows[below]
    return number, column


def _write(row: Row, column: int, text: str, look: Look) -> int:
    """Puts a text into a row, and returns the column after it."""
    on_blank = look.of_blank
    cells = [Cell(sign, on_blank if sign == " " else look) for sign in _signs(text)]
    start = column - 1
    row.extend([None] * (start - len(row)))
    row[start : start + len(cells)] = cells
    return column + len(cells)


def _signs(text: str) -> Sequence[str]:
    """The text of each column; what has no column of its own goes with the one before it."""
    if text.isascii():
        return text
    found: list[str] = []
    leading = ""
    for character in text:
        width = cell_len(character)
        if width:
            found += [leading + character, *[""] * (width - 1)]
            leading = ""
        elif found:
            found[-1 if found[-1] else -2] += character
        else:
            leading += character
    return found


class _Sending:
    """Gathers what is sent for one frame."""

    def __init__(self, cursor: tuple[int, int] | None) -> None:
        self._parts: list[str] = []
        self._at = cursor
        self._look = PLAIN

    def row(self, number: int, before: Row, now: Row) -> None:
        """What differs in a row."""
        if before == now:
            return
        spans = _differing(before, now)
        if not all(cell is not None and cell.is_certain for cell in (*before, *now)):
            spans = iter([(0, len(now))])  # where a terminal has the later ones, it alone knows
        for start, end in spans:
            self._cells(number, start, now[start:end])

    def done(self, cursor: tuple[int, int] | None) -> str:
        """All of it, with the cursor where it has to be in the end; nothing where nothing differs."""
        if self._look != PLAIN:
            self._parts.append("\x1b[m")
        if cursor is not None:
            self._go_to(*cursor)
        return "".join(self._parts)

    def _cells(self, number: int, start: int, cells: Row) -> None:
        is_certain = False
        for column, cell in enumerate(cells, start + 1):
            if cell is None or not cell.text:
                is_certain = False
                continue
            if not is_certain:
                self._go_to(number, column)
            sequence, self._look = go_on(self._look, cell.look)
            self._parts += [sequence, cell.text]
            is_certain = cell.is_certain
            self._at = (number, column + 1) if is_certain else None

    def _go_to(self, number: int, column: int) -> None:
        if self._at == (number, column):
            return
        ahead = column - self._at[1] if self._at is not None and self._at[0] == number else 0
        self._parts.append(f"\x1b[{ahead}C" if ahead > 0 else f"\x1b[{number};{column}H")
        self._at = (number, column)


def _differing(before: Row, now: Row) -> Iterator[tuple[int, int]]:
    """The spans of columns that differ, counted from 0; those with few alike between them are one."""
    start = end = -1
    for column, (was, cell) in enumerate(zip_longest(before, now)):
        if was == cell:
            continue
        if start >= 0 and column - end > _SHORT_GAP:
            yield start, end
            start = column
        start = column if start < 0 else start
        end = column + 1
    if start >= 0:
        yield start, end
