"""The jobs of one task: which subclient each backs up, how far it is, and what that means for the task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pgbackup_tui.backup.task import BackupTask, Level
from pgbackup_tui.backup.verdict import Ending, Verdict, ending, judge
from pgbackup_tui.commserve.wire import JobSummary
from pgbackup_tui.estate.model import Subclient, join_path

_FULLS = (Level.FULL, Level.SYNTHETIC_FULL)


@dataclass(frozen=True, slots=True)
class TaskJob:
    """A job of the task, as the CommServe last told it."""

    job_id: int
    summary: JobSummary | None
    """None as long as the CommServe has told nothing of this job."""
    subclient: Subclient | None
    """The association that it backs up; None where it is not known yet, or none that was asked for."""
    asked: Level | None = None
    """The level that was asked for; None for a job that is only looked at."""
    warnings_are_partial: bool = False
    """Whether a job that completed with warnings is less than a success; a profile can say so."""

    @property
    def status(self) -> str:
        """The CommServe's word, empty where it has told none."""
        return self.summary.status if self.summary else ""

    @property
    def ending(self) -> Ending:
        """What its status says of its end; a completed job of a lower level than was asked for is partial."""
        found = ending(self.status)
        if found in (Ending.COMPLETED, Ending.WARNINGS) and self.ran_below:
            return Ending.PARTIAL
        if found is Ending.WARNINGS and self.warnings_are_partial:
            return Ending.PARTIAL
        return found

    @property
    def level(self) -> str:
        """The level that runs, in the CommServe's word; empty where it has told none."""
        return self.summary.backup_level_name if self.summary else ""

    @property
    def ran_below(self) -> bool:
        """Whether a full was asked for, and the job says that it is none."""
        return self.asked in _FULLS and bool(self.level) and "full" not in self.level.casefold()

    @property
    def path(self) -> str:
        """The subclient's path; from the job's own words where it is none that was asked for."""
        if self.subclient is not None:
            return self.subclient.path
        told = self.summary.subclient if self.summary else None
        if told is None:
            return ""
        return join_path(told.client_name, told.instance_name, told.backupset_name, told.subclient_name)

    @property
    def subclient_id(self) -> int | None:
        """What the job says of itself, whether or not it was asked for."""
        told = self.summary.subclient if self.summary else None
        return (told.subclient_id or None) if told else None


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """All jobs of one task at one moment."""

    task: BackupTask | None
    """What was asked for; None for jobs that are only looked at."""
    jobs: tuple[TaskJob, ...]
    warnings_are_partial: bool = False
    """Whether a job that completed with warnings makes the task partial."""

    @property
    def missing(self) -> tuple[Subclient, ...]:
        """The associations that got no job; empty until every job has said which subclient it backs up."""
        if self.task is None or not self.all_identified:
            return ()
        started = {job.subclient_id for job in self.jobs}
        return tuple(chosen for chosen in self.task.subclients if chosen.subclient_id not in started)

    @property
    def never_started(self) -> int:
        """How many associations certainly got no job: fewer than these jobs could cover, whatever they back up."""
        silent = sum(job.subclient_id is None for job in self.jobs)
        return max(0, self.unmatched - silent)

    @property
    def unmatched(self) -> int:
        """How many associations have no job that says it is theirs."""
        if self.task is None:
            return 0
        return len(self.task.subclients) - len({job.subclient_id for job in self.jobs if job.subclient is not None})

    @property
    def all_identified(self) -> bool:
        """Whether every job has said which subclient it backs up."""
        return all(job.subclient_id is not None for job in self.jobs)

    @property
    def all_ended(self) -> bool:
        return all(job.ending.is_final for job in self.jobs)

    @property
    def verdict(self) -> Verdict:
        return judge((job.ending for job in self.jobs), never_started=self.never_started, unmatched=self.unmatched)

    def warnings(self) -> tuple[str, ...]:
        """What a person should know of these jobs whatever the verdict is."""
        found = [
            f"Job {job.job_id} of {job.path}: {job.status}"
            for job in self.jobs
            if ending(job.status) is Ending.WARNINGS
        ]
        if self.task is not None:
            for job in self.jobs:
                found.extend(_against_task(job, self.task))
            asked = len(self.task.subclients)
            if len(self.jobs) > asked:
                found.append(
                    f"The CommServe named {len(self.jobs)} jobs for {asked} subclients: look at all of them."
                )
        return tuple(found)


def _against_task(job: TaskJob, task: BackupTask) -> Iterator[str]:
    """What of this job is not as it was asked for."""
    if job.level and not _same_level(job.level, task.options.level):
        verb = "ran" if job.ending.is_final else "runs"
        yield f"Job {job.job_id} of {job.path} {verb} as {job.level}, not as {task.options.level}."
    if job.ending.has_backup and not job.level:
        yield f"Job {job.job_id} of {job.path} does not say at which level it ran, if as {task.options.level}."
    if job.ending.is_final and job.subclient_id is None:
        yield f"Job {job.job_id} has ended and does not say which subclient it backed up."
    if job.subclient_id is not None and job.subclient is None:
        yield f"Job {job.job_id} backs up subclient {job.subclient_id}, which was not asked for."


def progress(
    task: BackupTask | None,
    job_ids: Sequence[int],
    known: Mapping[int, JobSummary],
    before: TaskProgress | None = None,
    *,
    warnings_are_partial: bool = False,
) -> TaskProgress:
    """The jobs of ``job_ids`` matched to their subclients by what each says of itself, never by order.

    A job that is not in ``known`` keeps what ``before`` knew of it.
    """
    earlier = {job.job_id: job.summary for job in before.jobs} if before else {}
    jobs = []
    for job_id in job_ids:
        summary = known.get(job_id) or earlier.get(job_id)
        told = summary.subclient.subclient_id if summary and summary.subclient else 0
        chosen = task.subclient(told) if task and told else None
        asked = task.options.level if task else None
        jobs.append(TaskJob(job_id, summary, chosen, asked, warnings_are_partial))
    return TaskProgress(task, tuple(jobs), warnings_are_partial)


def _same_level(reported: str, asked: str) -> bool:
    return reported.casefold().replace(" ", "_") == asked.casefold()
