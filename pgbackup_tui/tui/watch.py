"""Follows the tasks of one console, and keeps what was last known of each. Knows nothing of the screen."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pgbackup_tui.backup.follow import ContactLostError, Door, Follower
from pgbackup_tui.backup.journal.journal import Journal
from pgbackup_tui.backup.outcome import Outcome
from pgbackup_tui.backup.outlook import Estimate, estimates
from pgbackup_tui.backup.past import Past
from pgbackup_tui.backup.progress import TaskProgress, progress
from pgbackup_tui.backup.task import BackupTask
from pgbackup_tui.commserve.errors import AuthError, CommvaultError
from pgbackup_tui.tui.narration import tell_changes, tell_verdict
from pgbackup_tui.tui.present.jobs import VERDICTS, task_name
from pgbackup_tui.tui.records import LogStore, Severity
from pgbackup_tui.tui.telling import tell_error


class Since(NamedTuple):
    """What the CommServe called a job, and when that was first seen (UNIX seconds)."""

    status: str
    seen_at: float


@dataclass(slots=True, eq=False)
class FollowedTask:
    """A task that was accepted, and its jobs as last told."""

    task: BackupTask
    outcome: Outcome
    progress: TaskProgress
    as_of: float
    """When the CommServe last told something (UNIX seconds)."""
    attempt_id: str
    estimates: Mapping[int, Estimate] = field(default_factory=dict)
    """What earlier backups took, by subclient."""
    was_sent_now: bool = False
    """Whether this person has just asked for it, and it was not taken up from an earlier run."""
    since: Mapping[int, Since] = field(default_factory=dict)
    """How long each job is what it is, by its id."""
    trouble: str = ""
    """Why it tells nothing now."""
    ended: bool = False
    given_up: bool = False
    """Whether it is not followed any more although its jobs have not ended."""

    def backed_up(self) -> set[int]:
        """The ids of the clients on which a job left a backup."""
        left = (job for job in self.progress.jobs if job.ending.is_final and not job.ending.is_failure)
        return {job.subclient.client_id for job in left if job.subclient is not None}

    @property
    def name(self) -> str:
        """What a person calls it: the task by its id, or the attempt where the CommServe told no id."""
        return task_name(self.outcome.task_id, self.attempt_id)

    @property
    def verdict_words(self) -> str:
        """The word for it, and its name: ``GO: task 71945``."""
        return f"{VERDICTS[self.progress.verdict][0]}: {self.name}"


@dataclass(slots=True)
class Watch:
    """The tasks of one console, the newest first."""

    log: LogStore
    journal: Journal
    news: Callable[[], None]
    """Called when something that is shown has changed."""
    fault: Callable[[BaseException], None]
    """Called with what should not have happened."""
    judged: Callable[[FollowedTask], None] = lambda _: None
    """Called when a task has its verdict, with the words for that."""
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = random.random
    warnings_are_partial: bool = False
    """Whether a job that completed with warnings is less than a success, as the profile says."""
    tasks: list[FollowedTask] = field(default_factory=list)
    _looks: tuple[Door, Follower] | None = None
    """Of the CommServe that tasks are followed on."""
    _following: set[asyncio.Task[None]] = field(default_factory=set)

    def begin(
        self,
        door: Door,
        task: BackupTask,
        outcome: Outcome,
        attempt_id: str,
        past: Past | None = None,
        *,
        sent_now: bool = False,
    ) -> None:
        """Follows the jobs of a task from now on; all tasks on one CommServe share its looks.

        ``past`` are earlier backups, which tell how long these may take.
        """
        begun = progress(task, outcome.job_ids, {})
        known = estimates(task, past or {})
        followed = FollowedTask(task, outcome, begun, self.clock(), attempt_id, known, sent_now)
        self.tasks.insert(0, followed)
        following = asyncio.create_task(self._follow(self._follower(door), followed))
        self._following.add(following)
        following.add_done_callback(self._has_stopped)
        self.news()

    def open_jobs(self) -> list[int]:
        """The jobs that are followed and have not ended, as far as is known."""
        return [
            job.job_id
            for followed in self.tasks
            if not followed.ended and not followed.given_up
            for job in followed.progress.jobs
            if not job.ending.is_final
        ]

    def stall(self, why: str) -> None:
        """Nothing is told of any open task for now; what was last known stays, with its age."""
        for followed in self.tasks:
            if not followed.ended:
                followed.trouble = why
        self.news()

    async def close(self) -> None:
        """Ends the following; the jobs on the CommServe go on."""
        for following in list(self._following):
            following.cancel()
        await asyncio.gather(*self._following, return_exceptions=True)

    def _follower(self, door: Door) -> Follower:
        if self._looks is None or self._looks[0] is not door:
            follower = Follower(
                door.jobs,
                least_interval=door.least_interval,
                reconnect=door.reconnect,
                clock=self.monotonic,
                wall=self.clock,
                sleep=self.sleep,
                jitter=self.jitter,
            )
            self._looks = (door, follower)
        return self._looks[1]

    def _has_stopped(self, following: asyncio.Task[None]) -> None:
        self._following.discard(following)
        error = None if following.cancelled() else following.exception()
        if error is not None:
            self.fault(error)

    async def _follow(self, follower: Follower, followed: FollowedTask) -> None:
        looks = follower.follow(
            followed.task, followed.outcome.job_ids, warnings_are_partial=self.warnings_are_partial
        )
        try:
            async for look in looks:
                self._take_look(followed, look.progress, look.trouble)
        except (AuthError, ContactLostError) as error:
            followed.trouble, followed.given_up = error.problem, True
            tell_error(self.log, error, "Following stopped: ")
        else:
            followed.ended = True
            trouble = self.journal.judge(followed.attempt_id, followed.progress)
            if trouble:
                self.log.add(Severity.WARNING, trouble)
            tell_verdict(self.log, followed.name, followed.progress)
            self.judged(followed)
        self.news()

    def _take_look(self, followed: FollowedTask, seen: TaskProgress, trouble: CommvaultError | None) -> None:
        tell_changes(self.log, followed.progress, seen)
        if trouble is None:
            followed.as_of = self.clock()
            followed.since = _since(followed.since, seen, followed.as_of)
        elif followed.trouble != trouble.problem:
            self.log.add(Severity.WARNING, f"No news of {followed.name}: {trouble.problem}")
        followed.trouble = trouble.problem if trouble else ""
        followed.progress = seen
        self.news()


def _since(before: Mapping[int, Since], seen: TaskProgress, now: float) -> dict[int, Since]:
    """For each job the moment from which on it was seen as what it is now."""
    found = {}
    for job in seen.jobs:
        known = before.get(job.job_id)
        found[job.job_id] = known if known is not None and known.status == job.status else Since(job.status, now)
    return found
