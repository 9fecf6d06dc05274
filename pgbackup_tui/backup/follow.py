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
from pgbackup_tui.commserve.wire import JobSummary

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
"""Without an answer for so long, contact counts as lost."""


class JobSource(Protocol):
    """Where the state of jobs is read; ``commserve.Jobs`` is one."""

    async def by_id(self, job_ids: Collection[int], *, look_back: int = ...) -> dict[int, JobSummary]: ...


class ContactLostError(CommvaultError):
    """The CommServe did not answer for too long while its jobs were followed."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the jobs showed."""

    progress: TaskProgress
    trouble: CommvaultError | None = None
    """Why this look told nothing new; the progress is then the last known."""


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
    ContactLostError.
    """
    begun = contact = clock()
    current = progress(task, job_ids, {})
    failures = looks = 0
    while True:
        try:
            known = await source.by_id(_still_open(current), look_back=int(clock() - begun) + _LOOK_BACK_MARGIN)
        except (TransportError, ProtocolError, ApiError) as error:
            failures += 1
            if clock() - contact > CONTACT_SECONDS:
                raise ContactLostError(
                    f"The CommServe did not answer for {CONTACT_SECONDS / 60:.0f} minutes: {error.problem}",
                    "The jobs go on without us. Look again with: pgbackup-tui jobs " + " ".join(map(str, job_ids)),
                ) from error
            yield Look(current, error)
        else:
            failures, contact = 0, clock()
            current = progress(task, job_ids, known, current)
            yield Look(current)
            if current.all_ended:
                return
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

    Raises the last look's error where none of them was answered.
    """
    current = progress(task, job_ids, {})
    answered = False
    failure: CommvaultError | None = None
    for pause in (0.0, *_EARLY_LOOKS):
        await sleep(pause)
        try:
            known: Mapping[int, JobSummary] = await source.by_id(_still_open(current), look_back=_LOOK_BACK_MARGIN)
        except (TransportError, ProtocolError, ApiError) as error:
            failure = error
            continue
        answered = True
        current = progress(task, job_ids, known, current)
        if current.all_identified:
            break
    if not answered and failure is not None:
        raise failure
    return current


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
