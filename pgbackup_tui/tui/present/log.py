"""A record of the log as lines, wrapped to the pane's width."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from rich.cells import cell_len

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
_is_narrow = re.compile("[ -~\u00a1-\u02ff\u2010-\u2027\u2190-\u21ff\u2400-\u2426]*").fullmatch
"""Latin letters, quotation marks, arrows: a column each, without a look at each of them."""
_EMOJI_SELECTOR = "\N{VARIATION SELECTOR-16}"


def lines(record: Record, width: int, *, ascii_only: bool = False) -> list[Line]:
    """The record in lines of at most ``width`` columns; nothing of it is cut."""
    mark = MARKS[record.severity]
    if ascii_only:
        mark = _ASCII_MARKS.get(mark, mark)
    tone = TONES[record.severity]
    first, *others = wrap(record.text, _room(width))
    # Mark and text are one piece: each change of tone costs as many bytes on the line as half of the text.
    head: Line = (Piece(f"{record.clock} ", Tone.DIM), Piece(f"{mark} {first}", tone))
    return [head, *((Piece(" " * (_CLOCK + _MARK) + more, tone),) for more in others)]


def with_found(line: Line, words: str) -> Line:
    """The line with every place that has ``words`` in it set apart, without regard to case."""
    if not words:
        return line
    sought = re.compile(f"({re.escape(words)})", re.IGNORECASE)
    return tuple(
        Piece(part, Tone.FOUND if place % 2 else piece.tone)
        for piece in line
        for place, part in enumerate(sought.split(piece.text))
        if part
    )


def selected(line: Line, pointer: str) -> Line:
    """A line of a record, with a bar where there is a blank after the clock."""
    (text, tone), *others = line
    return (Piece(text[: _CLOCK - 1] + pointer + text[_CLOCK:], tone), *others)


def height(record: Record, width: int) -> int:
    """How many lines the record takes, without making them."""
    return heights((record,), width)[0]


def heights(records: Sequence[Record], width: int) -> list[int]:
    """The same of many at once, which costs a third of asking for each."""
    room = _room(width)
    texts = [record.text for record in records]
    return [1 if len(text) <= room and text.isascii() else 1 + sum(1 for _ in _cuts(text, room)) for text in texts]


def wrap(text: str, width: int) -> list[str]:
    """``text`` in parts of at most ``width`` columns, broken at spaces where there are any.

    Every character is kept, the spaces at the breaks too, so that what is copied from the screen is what was said.
    """
    starts = [0, *_cuts(text, width)]
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _room(width: int) -> int:
    """Columns for the text, beside the clock and the mark."""
    return max(8, width - _CLOCK - _MARK)


def _cuts(text: str, width: int) -> Iterator[int]:
    """Where each part but the first begins."""
    # How many columns the text takes up to each character; None where it is one each.
    columns = None if text.isascii() or _is_narrow(text) else [0, *accumulate(map(_columns, text))]
    start, length, least = 0, len(text), width // 3
    while (length - start if columns is None else columns[-1] - columns[start]) > width:
        end = start + width
        if columns is not None:
            end = max(start + 1, bisect_right(columns, columns[start] + width) - 1)
        space = text.rfind(" ", start + 1, end)
        start = space + 1 if space - start > least else end
        yield start


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    """What a character takes at most: a selector has no columns, but makes the sign before it an emoji of two."""
    return 1 if character == _EMOJI_SELECTOR else cell_len(character)
