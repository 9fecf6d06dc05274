"""A hundred thousand lines in the log of a console: what it takes to have them there, and to search them."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator, Sequence

from pgbackup_tui.tui.records import Severity, Wanted
from pgbackup_tui.tui.widgets.log_view import LogView
from tests.benchmarks.measure import Measure, Scale, Sides, at_most, benchmark
from tests.driver import demo
from tests.wire import line

_SEARCHED = "137 mb"
_TO_TAKE_IN = 0.3
_TO_FILTER = 0.1
"""Seconds."""
_PASS = 0.0125
"""Seconds that one plain pass over the texts takes on a machine on which these limits were set."""


@benchmark("log")
def log(scale: Scale) -> Iterator[Measure]:
    """Against one plain pass over the same texts, which no search can do without."""
    count = scale.of(whole=100_000, smoke=2_000)
    texts = [f"job {3587112 + n} pg-{n * 7919:x}/main: Running, {n * 104729 % 997} MB" for n in range(count)]
    taking, filtering = asyncio.run(_in_console(texts, rounds=scale.of(whole=7, smoke=1)))
    for what, sides, limit in (
        (f"{count:,} lines taken in and measured", taking, _TO_TAKE_IN),
        (f"a search over {count:,} lines", filtering, _TO_FILTER),
    ):
        yield Measure(what, at_most(limit), sides.seconds, "s", f"CPU time, median of {len(sides.ours)}")
        yield Measure(f"{what}, against a pass", at_most(limit / _PASS), sides.ratio, "x", sides.shown)


async def _in_console(texts: Sequence[str], rounds: int) -> tuple[Sides, Sides]:
    """CPU seconds to take the lines in, and to narrow them to some; each beside a pass."""
    taken, filtered, passes = [], [], []
    async with line(demo()) as (console, _):
        gc.freeze()  # as the program does when it starts
        view = console.app.query_one(LogView)
        for _ in range(rounds + 1):
            passes.append(_seconds_of_pass(texts))
            view.show_only(Wanted())
            await _seconds_until_complete(view, 0.0)
            begun = time.process_time()
            console.desk.log.add(Severity.INFO, *texts)
            view.show_new()
            taken.append(await _seconds_until_complete(view, begun))
            begun = time.process_time()
            view.show_only(Wanted.from_words(Severity.DETAIL, _SEARCHED))
            filtered.append(await _seconds_until_complete(view, begun))
    theirs = tuple(passes[1:])
    return Sides(tuple(taken[1:]), theirs), Sides(tuple(filtered[1:]), theirs)


async def _seconds_until_complete(view: LogView, begun: float) -> float:
    while not view.is_complete:  # noqa: ASYNC110  # the loop is what is measured
        await asyncio.sleep(0)
    return time.process_time() - begun


def _seconds_of_pass(texts: Sequence[str]) -> float:
    begun = time.process_time()
    assert sum(_SEARCHED in text.casefold() for text in texts)
    return time.process_time() - begun
