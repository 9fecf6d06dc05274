"""Facts: what is known of one thing, each with its name, as lines."""

from __future__ import annotations

from typing import NamedTuple

from pgbackup_tui.tui.present.log import wrap
from pgbackup_tui.tui.present.pieces import BOXES, Line, Piece, Signs, Tone, fit

_NAME = 12
"""Columns for the name of a fact."""


class Fact(NamedTuple):
    """Something that is known. Both texts are cleaned; without a name it is a heading over those that follow."""

    name: str
    value: str
    tone: Tone = Tone.PLAIN


def lines_of(fact: Fact, width: int, signs: Signs = BOXES) -> list[Line]:
    """The fact in lines of at most ``width`` columns, wrapped beside its name."""
    if not fact.name:
        return [(Piece(part, fact.tone),) for part in wrap(fact.value, width)]
    first, *others = wrap(fact.value, max(8, width - _NAME))
    head = (Piece(fit(fact.name, _NAME - 1, signs) + " ", Tone.DIM), Piece(first, fact.tone))
    return [head, *((Piece(" " * _NAME + more, fact.tone),) for more in others)]
