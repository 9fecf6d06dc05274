"""Long work on the event loop, in pieces that nobody has to wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TypeVar

Made = TypeVar("Made")

_AT_ONCE = 200
"""Things that are made before the loop may do something else: of those made here, a few milliseconds' worth."""


async def gently(things: Iterable[Made]) -> list[Made]:
    """All of ``things``, which an iterator makes; before them and between them the loop answers keys."""
    made: list[Made] = []
    await asyncio.sleep(0)
    for thing in things:
        made.append(thing)
        if len(made) % _AT_ONCE == 0:
            await asyncio.sleep(0)
    return made
