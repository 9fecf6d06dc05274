"""Runs backups against faults drawn by chance, and checks after each run that nothing was lost, doubled or made up.

    python -m tests.faults.campaign --runs 10000 --seed 1

prints the seed and the counts. A run that breaks an invariant prints its own seed, which replays it:

    python -m tests.faults.campaign --replay SEED

In KILLED_SHARE of the runs a real process is killed with SIGKILL, at a write or a sign of life of the transport
that is drawn by chance; the others are in this process, on real sockets. The CommServe's time passes by decision.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.faults.rig import rig_in
from tests.faults.run import Run
from tests.faults.victim import victims

LONGEST = 30.0
"""Seconds after which a run counts as hanging; the longest takes about two."""
_DAY = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Result:
    """What a campaign came to."""

    counts: Counter[str]
    broken: tuple[str, ...]


def campaign(seeds: range | list[int], folder: Path, told: Callable[[int], None] = lambda _: None) -> Result:
    """Plays a run for each seed."""
    counts: Counter[str] = Counter()
    broken = []
    with ExitStack() as stack:
        dying = stack.enter_context(victims())
        rig = stack.enter_context(rig_in(folder, clients=40))
        for number, seed in enumerate(seeds, 1):
            run = Run(seed, rig, dying, counts)
            try:
                asyncio.run(_within(run.play))
            except (AssertionError, TimeoutError) as error:
                broken.append(f"seed {seed}: {str(error) or 'I7: it hangs'}")
            counts["runs"] += 1
            rig.clock.now += _DAY  # whatever ran has ended
            rig.server.posted.clear()
            for one in run.people:
                shutil.rmtree(one.state, ignore_errors=True)
            told(number)
    return Result(counts, tuple(broken))


async def _within(play: Callable[[], Awaitable[None]]) -> None:
    async with asyncio.timeout(LONGEST):
        await play()


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--replay", type=int, help="the seed of one run")
    arguments = parser.parse_args()
    begin = arguments.seed * 1_000_000
    seeds = [arguments.replay] if arguments.replay is not None else range(begin, begin + arguments.runs)

    def tell(number: int) -> None:
        if number % 500 == 0:
            sys.stderr.write(f"{number} runs\n")

    with tempfile.TemporaryDirectory(prefix="campaign-") as folder:
        result = campaign(seeds, Path(folder), tell)
    lines = [f"seed {arguments.seed}", *(f"{count:8,}  {name}" for name, count in sorted(result.counts.items()))]
    lines += [*(f"BROKEN  {words}" for words in result.broken), f"{len(result.broken):8,}  broken invariants"]
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if result.broken else 0


if __name__ == "__main__":
    sys.exit(main())
