"""How long the event loop is held: what one callback does before anything else can answer a key."""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from pgbackup_tui.process import collect_from_now_on, collect_old_garbage_when_asked

_TURNS = 200_000
_ROUNDS = 7


@contextmanager
def watched_loop() -> Iterator[list[float]]:
    """The holds of the loop, in seconds of this thread's own work: a neighbour's load is not in them."""
    holds: list[float] = []
    run = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        begun = time.thread_time()
        run(handle)
        holds.append(time.thread_time() - begun)

    with patch.object(asyncio.Handle, "_run", timed):
        yield holds


@contextmanager
def collector_of_the_console() -> Iterator[None]:
    """Garbage is collected as in a console that was started: this process's own past is not looked through."""
    thresholds = gc.get_threshold()
    gc.collect()
    collect_from_now_on()
    collect_old_garbage_when_asked()
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def known_work() -> float:
    """Seconds that a fixed piece of work takes here: what holds are compared to, on whatever machine."""
    return statistics.median(_counting() for _ in range(_ROUNDS))


def _counting() -> float:
    begun = time.thread_time()
    total = 0
    for number in range(_TURNS):
        total += number
    assert total
    return time.thread_time() - begun
