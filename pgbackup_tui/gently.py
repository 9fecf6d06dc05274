"""Long work on the event loop, in pieces that nobody has to wait for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from typing import TypeVar

Made = TypeVar("Made")

_TURN = 0.004
"""Seconds of work after which the loop gets its turn: a key waits less than a frame for it."""


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
    await asyncio.sleep(0)
    return [thing async for thing in in_turns(things)]
