"""The parts that a line on the screen is made of."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size


class Tone(StrEnum):
    """What a piece of text says by its look; a stylesheet decides how. Never the only sign of anything."""

    PLAIN = "plain"
    DIM = "dim"
    STRONG = "strong"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    MARK = "mark"
    FOUND = "found"


class Piece(NamedTuple):
    """Cleaned text in one tone."""

    text: str
    tone: Tone = Tone.PLAIN


Line = tuple[Piece, ...]


class Part(NamedTuple):
    """Cleaned words, and what a click on them is about; None where it is about nothing."""

    words: str
    target: object = None


class Signs(NamedTuple):
    """The characters that a terminal without box characters needs replaced."""

    opened: str
    closed: str
    full: str
    empty: str
    more: str
    pointer: str


_SHORTEST_HEAD = 8
"""Columns of a path's beginning, without which its end says nothing."""
BOXES = Signs("▾", "▸", "█", "░", "…", "▌")
ASCII = Signs("v", ">", "#", ".", "~", ">")


def fit(text: str, width: int, signs: Signs = BOXES) -> str:
    """``text`` in exactly ``width`` columns; what doesn't fit is cut, and the cut is shown."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + signs.more


def fit_path(path: str, width: int, signs: Signs = BOXES) -> str:
    """A path in exactly ``width`` columns; its end is kept whole if it can be, because paths differ there."""
    head, slash, last = path.rpartition("/")
    room = width - cell_len(slash + last) - 1
    if cell_len(path) <= width or room < _SHORTEST_HEAD:
        return fit(path, width, signs)
    return fit(set_cell_size(head, room) + signs.more + slash + last, width, signs)


def fit_right(text: str, width: int, signs: Signs = BOXES) -> str:
    """Like :func:`fit`, at the right edge."""
    length = cell_len(text)
    return " " * (width - length) + text if length < width else fit(text, width, signs)


def bar(percent: float, width: int, signs: Signs = BOXES) -> str:
    """A progress bar."""
    filled = round(max(0.0, min(100.0, percent)) / 100 * width)
    return signs.full * filled + signs.empty * (width - filled)
