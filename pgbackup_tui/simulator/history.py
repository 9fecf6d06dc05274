"""The nights before the world's beginning: scheduled full backups, each made only when somebody looks at it.

Night 0 is the one just past. A night's jobs start one after the other over ten hours, in an order shuffled by the
seed, so that the ages of the last backups look like a real company's. Ids rise with the time of the start.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from pgbackup_tui.simulator.entities import Named, Past, Subclient
from pgbackup_tui.simulator.estate import Estate
from pgbackup_tui.simulator.jobs import DATA, Job, Level, Script, Standing, Status

FIRST_LIVE_JOB = 3_587_112
"""The id of the first job that is started in the world; every job of the past has a smaller one."""
FIRST_LIVE_TASK = 71_945
NIGHTS = 3
LAST_GOOD_NIGHT = 9
"""When a subclient whose nights fail was last backed up."""
DAY = 86_400
NIGHT_LASTS = 10 * 3600
SINCE_LAST_NIGHT = 2 * 3600
LONGEST = 3600
SCHEDULE_USER = Named(1, "admin")
UNREACHABLE = "The client could not be reached during the backup window."
NO_SCRIPT = Script(())


@dataclass(frozen=True, slots=True)
class _Night:
    age: int
    """In days."""
    order: tuple[Subclient, ...]
    first_id: int
    failing: bool
    """Whether this is one of the nights that fail for a subclient with Past.FAILING."""


class History:
    """The finished jobs of the past."""

    def __init__(self, estate: Estate, seed: int, began: float) -> None:
        self._began = int(began)
        kept = [s for s in estate.subclients.values() if s.past is not Past.NEVER]
        random.Random(seed).shuffle(kept)  # noqa: S311 - an order that is the same each time, not a secret
        order = tuple(kept)
        old = tuple(s for s in kept if s.past is Past.FAILING)
        self._rank = {subclient.id: rank for rank, subclient in enumerate(order)}
        self._nights = [
            _Night(age, order, FIRST_LIVE_JOB - (age + 1) * len(order), failing=True) for age in range(NIGHTS)
        ]
        first_id = FIRST_LIVE_JOB - NIGHTS * len(order) - len(old)
        self._old_night = _Night(LAST_GOOD_NIGHT, old, first_id, failing=False)
        self._old_rank = {subclient.id: rank for rank, subclient in enumerate(old)}

    def job(self, job_id: int) -> Job | None:
        for night in (*self._nights, self._old_night):
            if 0 <= job_id - night.first_id < len(night.order):
                return self._make(night, job_id - night.first_id)
        return None

    def newest_first(self, ended_since: float) -> Iterator[int]:
        """Ids of jobs that ended at `ended_since` or later. The walk ends where no job can be young enough."""
        for night in (*self._nights, self._old_night):
            for rank in range(len(night.order) - 1, -1, -1):
                start = self._start(night, rank)
                if start + LONGEST < ended_since:
                    return
                if start + self._seconds(night.first_id + rank) >= ended_since:
                    yield night.first_id + rank

    def of(self, subclient: Subclient) -> Iterator[int]:
        """Ids of the jobs of one subclient, newest first."""
        if (rank := self._rank.get(subclient.id)) is not None:
            yield from (night.first_id + rank for night in self._nights)
        if (rank := self._old_rank.get(subclient.id)) is not None:
            yield self._old_night.first_id + rank

    def _start(self, night: _Night, rank: int) -> int:
        before_end = NIGHT_LASTS * (len(night.order) - 1 - rank) // len(night.order)
        return self._began - night.age * DAY - SINCE_LAST_NIGHT - before_end

    @staticmethod
    def _seconds(job_id: int) -> int:
        """Between five minutes and an hour, scattered over the ids."""
        return 300 + job_id * 7919 % (LONGEST - 300)

    def _make(self, night: _Night, rank: int) -> Job:
        subclient = night.order[rank]
        job_id, start = night.first_id + rank, self._start(night, rank)
        ended, phases = float(start + self._seconds(job_id)), ((0.0, DATA),)
        if night.failing and subclient.past is Past.FAILING:
            over = Standing(Status.FAILED, reason=UNREACHABLE, done=0.4, ended=ended, phases=phases)
        else:
            over = Standing(Status.COMPLETED, done=1.0, ended=ended, phases=phases)
        return Job(
            id=job_id,
            task_id=FIRST_LIVE_TASK - 1 - night.age,
            subclient=subclient,
            level=Level.FULL,
            submitted=start,
            user=SCHEDULE_USER,
            script=NO_SCRIPT,
            size=size_of(subclient, job_id, Level.FULL, with_data=True),
            scheduled=True,
            over=over,
        )


def size_of(subclient: Subclient, job_id: int, level: Level, *, with_data: bool) -> int:
    """What a backup reads: never quite the same twice, and the same for the same id."""
    share = 1.0 if level in (Level.FULL, Level.SYNTHETIC_FULL) else 0.12 if with_data else 0.02
    return int(subclient.size * share * (0.97 + job_id * 613 % 1000 / 16_000))
