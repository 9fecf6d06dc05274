"""Long work on the event loop, in pieces that nobody has to wait for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from itertools import islice
from typing import Any, TypeVar

Made = TypeVar("Made")

_TURN = 0.004
"""Seconds of work after which the loop gets its turn: a key waits less than a frame for it."""
_PIECE = 16
"""Small things made between two looks at the clock: to look after each of them takes as long as to make some."""


async def in_turns(things: Iterable[Made], turned: Callable[[], None] = lambda: None) -> AsyncIterator[Made]:
    """``things``, with a turn for everything else on the loop after every few milliseconds.

    ``turned`` is called before each such turn.
    """
    begun = time.perf_counter()
    for thing in things:
        yield thing
        if time.perf_counter() - begun > _TURN:
            turned()
            await asyncio.sleep(0)
            begun = time.perf_counter()


async def gently(things: Iterable[Made]) -> list[Made]:
    """All of ``things``, which an iterator makes; before them and between them the loop answers keys."""
    made: list[Made] = []
    pending = iter(things)
    until = 0.0
    while True:
        if time.perf_counter() >= until:
            await asyncio.sleep(0)
            until = time.perf_counter() + _TURN
        piece = list(islice(pending, _PIECE))
        if not piece:
            return made
        made += piece


async def let_go(things: list[Any]) -> None:
    """Empties a list whose things nobody else has: tens of thousands are freed in turns, and not in one piece."""
    async for _ in in_turns(range(len(things))):
        things.pop()
