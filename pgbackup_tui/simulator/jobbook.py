"""The jobs of a world: those started in it and those of its past, and what has become of each by now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pgbackup_tui.simulator.entities import Behaviour, Named, Subclient
from pgbackup_tui.simulator.history import FIRST_LIVE_JOB, FIRST_LIVE_TASK, History, size_of
from pgbackup_tui.simulator.jobs import (
    LEAVES_A_BACKUP,
    Action,
    Job,
    Level,
    Mark,
    Standing,
    Status,
    script_for,
    stand,
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for: everything of a task but the subclients."""

    level: Level
    user: Named
    with_data: bool = False
    description: str = ""
    notify: bool = False
    suspended: bool = False


class JobBook:
    """Starts jobs and says where they stand.

    One subclient runs one job at a time: a second one is accepted, and queues until the first is over.
    Which job may begin when is settled in the order of their ids, as often as somebody looks (`advance`); how often
    that is makes no difference to the result.
    """

    def __init__(self, history: History, job_seconds: float, every_job: Behaviour | None = None) -> None:
        self.history = history
        self._job_seconds = job_seconds
        self._every_job = every_job
        """What becomes of every job; None: what its subclient says."""
        self._jobs: dict[int, Job] = {}
        self._of_subclient: defaultdict[int, list[int]] = defaultdict(list)
        self._active: dict[int, Standing] = {}
        self._over: dict[int, Standing] = {}
        self._begun: dict[int, float] = {}
        self._free: dict[int, float] = {}
        """By subclient: since when no job has held it."""
        self._next_job = FIRST_LIVE_JOB
        self._next_task = FIRST_LIVE_TASK

    def start(self, subclients: list[Subclient], wish: Wish, now: float) -> tuple[int, list[Job]]:
        """One task with a job for each subclient; the task's id and the jobs."""
        task_id = self._next_task
        self._next_task += 1
        jobs = [self._start_one(subclient, wish, task_id, now) for subclient in subclients]
        self.advance(now)
        return task_id, jobs

    def _start_one(self, subclient: Subclient, wish: Wish, task_id: int, now: float) -> Job:
        job_id = self._next_job
        self._next_job += 1
        # The first backup of a subclient is a full one, whatever was asked for.
        level = wish.level if self.last_backup(subclient) else Level.FULL
        job = Job(
            id=job_id,
            task_id=task_id,
            subclient=subclient,
            level=level,
            submitted=now,
            user=wish.user,
            script=script_for(self._every_job or subclient.behaviour, self._job_seconds),
            size=size_of(subclient, job_id, level, with_data=wish.with_data),
            with_data=wish.with_data,
            description=wish.description,
            notify=wish.notify,
            marks=(Mark(now, Action.SUSPEND),) if wish.suspended else (),
        )
        self._jobs[job_id] = job
        self._of_subclient[subclient.id].append(job_id)
        self._active[job_id] = Standing(Status.WAITING)
        return job

    def act(self, job: Job, action: Action, now: float) -> None:
        """Suspend, resume or kill a job that is not over."""
        self._jobs[job.id] = replace(job, marks=(*job.marks, Mark(now, action)))
        self.advance(now)

    def advance(self, now: float) -> None:
        """Settle where each job stands at `now`."""
        holder: dict[int, int] = {}
        for job_id in list(self._active):
            job = self._jobs[job_id]
            key = job.subclient.id
            if job_id not in self._begun and key not in holder:
                self._begun[job_id] = max(job.submitted, self._free.get(key, 0.0))
            where = stand(job, self._begun.get(job_id), holder.get(key, 0), now)
            if where.ended is None:
                self._active[job_id] = where
                holder.setdefault(key, job_id)
            else:
                del self._active[job_id]
                self._over[job_id] = where
                self._free[key] = max(where.ended, self._free.get(key, 0.0))

    def job(self, job_id: int) -> Job | None:
        return self._jobs.get(job_id) or self.history.job(job_id)

    def standing(self, job: Job) -> Standing:
        """Where a job stood when the book was last advanced."""
        return job.over or self._active.get(job.id) or self._over[job.id]

    def begun(self, job: Job) -> float:
        """When the job's own time began."""
        return self._begun.get(job.id, job.submitted)

    def active(self) -> list[int]:
        """Ids, newest first."""
        return sorted(self._active, reverse=True)

    def finished(self, ended_since: float) -> Iterator[int]:
        """Ids, newest first: of jobs that were started here, then of those of the past."""
        for job_id in sorted(self._over, reverse=True):
            if (self._over[job_id].ended or 0.0) >= ended_since:
                yield job_id
        yield from self.history.newest_first(ended_since)

    def finished_of(self, subclient: Subclient) -> Iterator[int]:
        """Ids of the jobs of one subclient that are over, newest first."""
        for job_id in reversed(self._of_subclient.get(subclient.id, [])):
            if job_id in self._over:
                yield job_id
        yield from self.history.of(subclient)

    def last_finished(self, subclients: Iterable[Subclient]) -> Job | None:
        """The newest job of any of these that is over. Only this one is made, as lists of instances need many."""
        newest = max((next(self.finished_of(s), 0) for s in subclients), default=0)
        return self.job(newest)

    def last_backup(self, subclient: Subclient) -> Job | None:
        """The newest job that left a backup behind."""
        for job_id in self.finished_of(subclient):
            job = self.job(job_id)
            if job and self.standing(job).status in LEAVES_A_BACKUP:
                return job
        return None
