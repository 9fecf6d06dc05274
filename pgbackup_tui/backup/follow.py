"""Follows jobs until they have ended: one look for all tasks that are followed, and none while there is none."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from typing import Protocol

from pgbackup_tui.backup.followed import CONTACT_SECONDS, ContactLostError, Followed, Look
from pgbackup_tui.backup.progress import TaskProgress, progress
from pgbackup_tui.backup.rhythm import EARLY_LOOKS, back_off, unwatched, within_budget
from pgbackup_tui.backup.task import BackupTask
from pgbackup_tui.commserve.errors import ApiError, AuthError, CommvaultError, ProtocolError, TransportError
from pgbackup_tui.commserve.jobs import FEW, JobsRead
from pgbackup_tui.errors import CredentialError, PgBackupError

__all__ = ["CONTACT_SECONDS", "ContactLostError", "Follower", "JobSource", "Look", "follow", "identify"]

_LOOK_BACK_MARGIN = 3600
_SLICE = 1.0
"""A wait is this long at most (seconds), and then another: so a sleep of the machine, or a new task, is noticed."""
_SLEPT = 10.0
"""Seconds by which the clock on the wall has to run away from the other one, to tell that the machine slept."""


class JobSource(Protocol):
    """Where the state of jobs is read; ``commserve.Jobs`` is one."""

    async def by_id(self, job_ids: Collection[int], *, look_back: int = ..., few: int = ...) -> JobsRead: ...


class Door(Protocol):
    """A CommServe whose jobs are followed; ``CommServe`` is one."""

    @property
    def jobs(self) -> JobSource: ...

    def least_interval(self) -> float: ...

    async def reconnect(self) -> None: ...


def _no_limit() -> float:
    return 0.0


async def _nothing_to_drop() -> None:
    return


class Follower:
    """Looks at the jobs of any number of tasks, with one look for all of them.

    There is no task in the background: whoever waits for news in :meth:`follow` does the looking for all, one at a
    time, so nothing is asked while nothing is followed.
    """

    def __init__(
        self,
        source: JobSource,
        *,
        least_interval: Callable[[], float] = _no_limit,
        reconnect: Callable[[], Awaitable[None]] = _nothing_to_drop,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """``least_interval``: seconds between two requests that the CommServe's budget wants, asked each time.

        ``reconnect`` drops connections that can't be alive any more. ``clock`` is monotonic, ``wall`` UNIX seconds.
        """
        self._source = source
        self._least_interval = least_interval
        self._reconnect = reconnect
        self._clock = clock
        self._wall = wall
        self._sleep = sleep
        self._jitter = jitter
        self._followed: list[Followed] = []
        self._turn = asyncio.Lock()
        self._due_in = 0.0
        """Seconds until the next look, counted down by whoever waits for it."""
        self._failures = 0
        """Looks in a row that told nothing at all."""
        self._looks = 0
        self._skew = wall() - clock()
        self.is_unwatched = False
        """Whether nobody looks at the screen: then it is looked at less often."""

    @classmethod
    def of(cls, door: Door) -> Follower:
        """A follower of this CommServe's jobs, within its budget."""
        return cls(door.jobs, least_interval=door.least_interval, reconnect=door.reconnect)

    def look_now(self) -> None:
        """Has the next look done at once, as far as the CommServe's budget allows."""
        self._due_in = min(self._due_in, max(EARLY_LOOKS[0], self._least_interval()))

    async def follow(
        self,
        task: BackupTask | None,
        job_ids: Sequence[int],
        *,
        warnings_are_partial: bool = False,
        patience: float | None = CONTACT_SECONDS,
    ) -> AsyncGenerator[Look, None]:
        """A look as soon as there is one, then one after another until every job of the task has ended.

        A look that fails is told and tried again, later and later. Raises AuthError and CredentialError, which no
        waiting cures, and ContactLostError as soon as there was no news of a job for ``patience`` seconds (None:
        never).
        """
        begin = progress(task, job_ids, {}, warnings_are_partial=warnings_are_partial)
        followed = Followed(begin, self._clock(), self._wall(), patience)
        if self._looks:
            self.look_now()
        self._followed.append(followed)
        try:
            while True:
                look = await self._next(followed)
                yield look
                if followed.has_ended:
                    return
        finally:
            self._followed.remove(followed)

    async def _next(self, followed: Followed) -> Look:
        async with self._turn:
            while followed.look is None and followed.failure is None:
                await self._pause()
                await self._look()
        return followed.take()

    async def _pause(self) -> None:
        """Waits until the next look is due; cut short where the machine has slept."""
        while self._due_in > 0:
            step = min(self._due_in, _SLICE)
            await self._sleep(step)
            self._due_in -= step
            if self._has_slept():
                await self._reconnect()
                return

    def _has_slept(self) -> bool:
        """Whether the clock on the wall has jumped ahead: a monotonic one stands still while a machine sleeps."""
        before, self._skew = self._skew, self._wall() - self._clock()
        return self._skew - before > _SLEPT

    async def _look(self) -> None:
        """One look at every open job, and what it told for each task."""
        asked = tuple(self._followed)
        open_jobs = list(dict.fromkeys(job for followed in asked for job in followed.open))
        try:
            read, trouble = await _read(self._source, self._rotated(open_jobs), self._look_back(asked), self._few())
        except (AuthError, CredentialError) as error:
            for followed in asked:
                followed.failure = error
            return
        self._looks += 1
        self._failures = self._failures + 1 if trouble is not None and not read.jobs else 0
        for followed in asked:
            followed.take_in(read, trouble, self._clock(), self._wall())
        self._due_in = self._wait(asked, read, trouble)
        for followed in asked:
            followed.say_when(self._due_in)

    def _few(self) -> int:
        """How many jobs are asked for one by one: where each request counts, one."""
        return 1 if self._least_interval() else FEW

    def _rotated(self, job_ids: list[int]) -> list[int]:
        """Begins elsewhere at each look, so that each job has its turn where not all can be asked for."""
        start = self._looks * FEW % len(job_ids) if len(job_ids) > FEW else 0
        return job_ids[start:] + job_ids[:start]

    def _look_back(self, asked: Sequence[Followed]) -> int:
        now, here = self._clock(), self._wall()
        longest = max((followed.age(now, here) for followed in asked), default=0.0)
        return int(longest) + _LOOK_BACK_MARGIN

    def _wait(self, asked: Sequence[Followed], read: JobsRead, trouble: CommvaultError | None) -> float:
        """Seconds until the next look."""
        now, chance = self._clock(), self._jitter()
        waiting = [followed.interval(now, chance) for followed in asked if not followed.has_ended]
        if not waiting:
            return 0.0
        wait = back_off(self._failures, chance) if self._failures else min(waiting)
        if self.is_unwatched:
            wait = unwatched(wait)
        wait = within_budget(wait, self._least_interval(), read.requests, chance)
        return max(wait, trouble.retry_after or 0.0) if trouble is not None else wait


async def follow(
    source: JobSource,
    task: BackupTask | None,
    job_ids: Sequence[int],
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    jitter: Callable[[], float] = random.random,
) -> AsyncGenerator[Look, None]:
    """Follows the jobs of one task, with a :class:`Follower` of its own."""
    async for look in Follower(source, clock=clock, sleep=sleep, jitter=jitter).follow(task, job_ids):
        yield look


async def identify(
    source: JobSource,
    task: BackupTask,
    job_ids: Sequence[int],
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    warnings_are_partial: bool = False,
) -> TaskProgress:
    """The jobs with their subclients, looked for a few times: a job can take a moment to show itself.

    Raises AuthError, and the last look's error where none of them was answered.
    """
    current = progress(task, job_ids, {}, warnings_are_partial=warnings_are_partial)
    trouble: PgBackupError | None = None
    for pause in (0.0, *EARLY_LOOKS):
        await sleep(pause)
        still_open = [job.job_id for job in current.jobs if not job.ending.is_final]
        read, trouble = await _read(source, still_open, _LOOK_BACK_MARGIN, FEW)
        current = progress(task, job_ids, read.jobs, current, warnings_are_partial=warnings_are_partial)
        if current.all_identified:
            break
    if trouble is not None and all(job.summary is None for job in current.jobs):
        raise trouble
    return current


async def _read(
    source: JobSource, job_ids: Collection[int], look_back: int, few: int
) -> tuple[JobsRead, CommvaultError | None]:
    """One look at the jobs that are open, and why it told less than all, if it did. Raises AuthError."""
    try:
        read = await source.by_id(job_ids, look_back=look_back, few=few)
    except (TransportError, ProtocolError, ApiError) as error:
        return JobsRead(), error
    return read, next(iter(read.failures.values()), None)
