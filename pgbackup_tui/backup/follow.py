"""Follows the jobs of one task until they have ended."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pgbackup_tui.backup.progress import TaskProgress, progress
from pgbackup_tui.backup.task import BackupTask
from pgbackup_tui.commserve.errors import ApiError, CommvaultError, ProtocolError, TransportError
from pgbackup_tui.commserve.jobs import JobsRead

_EARLY_LOOKS = (0.5, 1.0, 2.0)
"""Seconds before the first looks: a job shows itself within moments."""
_RHYTHM = ((30.0, 3.0), (600.0, 10.0))
"""Until so many seconds after the start, so many seconds between looks."""
_LATE_INTERVAL = 30.0
_JITTER = 0.2
_BACK_OFF = 60.0
"""Longest wait (seconds) between looks while the CommServe can't be reached."""
_LOOK_BACK_MARGIN = 3600
CONTACT_SECONDS = 1800.0
"""Without news of a job for so long, contact counts as lost."""


class JobSource(Protocol):
    """Where the state of jobs is read; ``commserve.Jobs`` is one."""

    async def by_id(self, job_ids: Collection[int], *, look_back: int = ...) -> JobsRead: ...


class ContactLostError(CommvaultError):
    """The CommServe told nothing of a job for too long."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the jobs showed."""

    progress: TaskProgress
    trouble: CommvaultError | None = None
    """Why this look told nothing new of some or all jobs, which are then as last known."""
    silent: tuple[int, ...] = ()
    """Open jobs that the CommServe does not know, although it answers."""


async def follow(
    source: JobSource,
    task: BackupTask | None,
    job_ids: Sequence[int],
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    jitter: Callable[[], float] = random.random,
) -> AsyncIterator[Look]:
    """A look at once, then one after another until every job has ended.

    A look that fails is told and tried again, later and later. Raises AuthError, which no waiting cures, and
    ContactLostError as soon as there was no news of a job for CONTACT_SECONDS.
    """
    begun = clock()
    last_news = dict.fromkeys(job_ids, begun)
    current = progress(task, job_ids, {})
    failures = looks = 0
    while True:
        read, trouble = await _read(source, current, int(clock() - begun) + _LOOK_BACK_MARGIN)
        last_news.update(dict.fromkeys(read.jobs, clock()))
        current = progress(task, job_ids, read.jobs, current)
        waiting = _still_open(current)
        failures = failures + 1 if trouble is not None and not read.jobs else 0
        silent = tuple(job for job in waiting if job not in read.jobs and job not in read.failures)
        yield Look(current, trouble, silent if trouble is None or read.jobs else ())
        if not waiting:
            return
        _require_news(waiting, last_news, clock(), trouble)
        await sleep(_wait(looks, failures, clock() - begun, jitter()))
        looks += 1


async def identify(
    source: JobSource,
    task: BackupTask,
    job_ids: Sequence[int],
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> TaskProgress:
    """The jobs with their subclients, looked for a few times: a job can take a moment to show itself.

    Raises AuthError, and the last look's error where none of them was answered.
    """
    current = progress(task, job_ids, {})
    trouble: CommvaultError | None = None
    for pause in (0.0, *_EARLY_LOOKS):
        await sleep(pause)
        read, trouble = await _read(source, current, _LOOK_BACK_MARGIN)
        current = progress(task, job_ids, read.jobs, current)
        if current.all_identified:
            break
    if trouble is not None and all(job.summary is None for job in current.jobs):
        raise trouble
    return current


async def _read(source: JobSource, current: TaskProgress, look_back: int) -> tuple[JobsRead, CommvaultError | None]:
    """One look at the jobs that are open, and why it told less than all, if it did. Raises AuthError."""
    try:
        read = await source.by_id(_still_open(current), look_back=look_back)
    except (TransportError, ProtocolError, ApiError) as error:
        return JobsRead(), error
    return read, next(iter(read.failures.values()), None)


def _require_news(
    waiting: Sequence[int], last_news: Mapping[int, float], now: float, trouble: CommvaultError | None
) -> None:
    """Raises ContactLostError if nothing was told of an open job for too long."""
    lost = [job_id for job_id in waiting if now - last_news[job_id] > CONTACT_SECONDS]
    if lost:
        why = trouble.problem if trouble else "it answers, but does not know them."
        ids, minutes = ", ".join(map(str, lost)), f"{CONTACT_SECONDS / 60:.0f} minutes"
        raise ContactLostError(
            f"The CommServe told nothing of job {ids} for {minutes}: {why}",
            "Look for them on the CommServe: pgbackup-tui jobs --all",
        )


def _still_open(current: TaskProgress) -> list[int]:
    return [job.job_id for job in current.jobs if not job.ending.is_final]


def _wait(looks: int, failures: int, elapsed: float, chance: float) -> float:
    """Seconds until the next look; ``chance`` is between 0 and 1."""
    if failures:
        return min(_BACK_OFF, 2.0 ** (failures - 1)) * max(chance, 0.1)
    if looks < len(_EARLY_LOOKS):
        return _EARLY_LOOKS[looks]
    interval = next((seconds for until, seconds in _RHYTHM if elapsed < until), _LATE_INTERVAL)
    return interval * (1 + _JITTER * (2 * chance - 1))
