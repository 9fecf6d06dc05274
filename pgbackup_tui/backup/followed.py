"""One task that is followed, and what the looks at its jobs have told so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pgbackup_tui.backup.progress import TaskProgress, progress
from pgbackup_tui.backup.rhythm import interval
from pgbackup_tui.commserve.errors import CommvaultError
from pgbackup_tui.commserve.jobs import JobsRead
from pgbackup_tui.errors import PgBackupError

CONTACT_SECONDS = 1800.0
"""Without news of a job for so long, contact counts as lost."""


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
    as_of: float | None = None
    """When every job that is still open was last told (UNIX seconds, this machine's clock); None: one never was."""
    missed: int = 0
    """Looks in a row that told nothing of the job that is the longest without news: from 2 on it is stale."""
    next_in: float = 0.0
    """Seconds until the next look."""


class Followed:
    """A task and its jobs, between two looks."""

    def __init__(self, begin: TaskProgress, now: float, wall: float, patience: float | None) -> None:
        """``now`` is the monotonic clock, ``wall`` UNIX seconds; ``patience`` as for ``Follower.follow``."""
        self.progress = begin
        self.look: Look | None = None
        """The newest look that nobody has taken yet."""
        self.failure: PgBackupError | None = None
        """What ends the following once the last look was taken."""
        self._begun, self._begun_wall = now, wall
        self._patience = patience
        self._looks = 0
        ids = [job.job_id for job in begin.jobs]
        self._last_news = dict.fromkeys(ids, now)
        self._as_of: dict[int, float] = {}
        self._missed = dict.fromkeys(ids, 0)

    @property
    def open(self) -> list[int]:
        """The jobs that have not ended, as far as is known."""
        return [job.job_id for job in self.progress.jobs if not job.ending.is_final]

    @property
    def has_ended(self) -> bool:
        return not self.open

    def age(self, now: float, wall: float) -> float:
        """Seconds since it is followed, by the clock that says more: one of them stands still in a sleep."""
        return max(0.0, now - self._begun, wall - self._begun_wall)

    def interval(self, now: float, chance: float) -> float:
        """Seconds until it should be looked at again."""
        return interval(self._looks - 1, now - self._begun, chance)

    def take(self) -> Look:
        """The newest look. Raises what ended the following, once there is no look left to take."""
        if self.look is None:
            assert self.failure is not None  # noqa: S101  # it is waited for until one of them is there
            raise self.failure
        look, self.look = self.look, None
        return look

    def take_in(self, read: JobsRead, trouble: CommvaultError | None, now: float, wall: float) -> None:
        """Takes in what a look told, and why it told less than all, if it did."""
        before = self.progress
        ids = [job.job_id for job in before.jobs]
        asked = self.open
        told = {job_id: read.jobs[job_id] for job_id in asked if job_id in read.jobs}
        self.progress = progress(before.task, ids, told, before, warnings_are_partial=before.warnings_are_partial)
        self._looks += 1
        for job_id in asked:
            self._missed[job_id] += 1
        for job_id in told:
            self._last_news[job_id], self._as_of[job_id], self._missed[job_id] = now, wall, 0
        failed = next((read.failures[job_id] for job_id in asked if job_id in read.failures), None)
        trouble = failed or (None if read.jobs else trouble)
        self.look = self._look(read, trouble)
        self.failure = self._lost(now, trouble)

    def say_when(self, seconds: float) -> None:
        """Notes in the look how long the next one takes to come."""
        if self.look is not None:
            look = self.look
            self.look = Look(look.progress, look.trouble, look.silent, look.as_of, look.missed, seconds)

    def _look(self, read: JobsRead, trouble: CommvaultError | None) -> Look:
        still = self.open
        spoken = {*read.jobs, *read.failures, *read.unasked}
        silent = tuple(job_id for job_id in still if job_id not in spoken)
        as_of = min(
            (self._as_of.get(job_id, 0.0) for job_id in still), default=max(self._as_of.values(), default=0)
        )
        return Look(
            self.progress,
            trouble,
            silent if trouble is None or read.jobs else (),
            as_of or None,
            max((self._missed[job_id] for job_id in still), default=0),
        )

    def _lost(self, now: float, trouble: CommvaultError | None) -> ContactLostError | None:
        """The error that ends the following, if nothing was told of an open job for too long."""
        if self._patience is None:
            return None
        return contact_lost(self.open, self._last_news, now, self._patience, trouble)


def contact_lost(
    still_open: list[int],
    last_news: Mapping[int, float],
    now: float,
    patience: float,
    trouble: CommvaultError | None,
) -> ContactLostError | None:
    """The error for open jobs of which nothing was told for more than ``patience`` seconds, if there are any."""
    lost = [job_id for job_id in still_open if now - last_news[job_id] > patience]
    if not lost:
        return None
    why = trouble.problem if trouble else "it answers, but does not know them."
    ids, minutes = ", ".join(map(str, lost)), f"{patience / 60:.0f} minutes"
    return ContactLostError(
        f"The CommServe told nothing of job {ids} for {minutes}: {why}",
        "Look for them on the CommServe: pgbackup-tui jobs --all",
    )
