"""What keeps a backup from being sent: an earlier request that is not settled, or one that is running already."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from pgbackup_tui.backup.journal.attempts import KnownAttempt, Standing
from pgbackup_tui.backup.journal.journal import Known
from pgbackup_tui.backup.task import BackupTask
from pgbackup_tui.backup.verdict import ending
from pgbackup_tui.backup.where import Where
from pgbackup_tui.commserve.errors import ApiError, ProtocolError
from pgbackup_tui.commserve.jobs import JobsRead
from pgbackup_tui.commserve.wire import JobSummary, Listing
from pgbackup_tui.errors import RefusedHereError
from pgbackup_tui.estate.model import Subclient
from pgbackup_tui.times import iso_time

_JUST_ENDED = 600
"""Seconds: a job that ended longer ago can't be taken for one that is started now."""
MARGIN_SECONDS = 60.0
"""How far a job's start may lie before the moment of sending: clocks of one installation differ so much."""


class JobList(Protocol):
    """Where jobs are listed; ``commserve.Jobs`` is one."""

    async def listing(self, *, look_back: int = ..., active_only: bool = ...) -> Listing[JobSummary]: ...

    async def by_id(self, job_ids: Collection[int], *, look_back: int = ...) -> JobsRead: ...


class UnsettledError(RefusedHereError):
    """Nobody knows whether an earlier request for one of these subclients started a backup."""

    def __init__(self, attempts: Sequence[KnownAttempt]) -> None:
        super().__init__(
            "Not sent: an earlier request is not settled. " + " ".join(map(_unsettled_words, attempts)),
            " or ".join(how_to_settle(attempt) for attempt in attempts[:1]),
        )
        self.attempts = tuple(attempts)


class AlreadyRunningError(RefusedHereError):
    """A backup of one of these subclients is running."""

    def __init__(self, running: Sequence[RunningJob]) -> None:
        super().__init__(
            "Not sent, because a backup is running already: " + "; ".join(map(str, running)) + ".",
            f"Follow it with: pgbackup-tui jobs {' '.join(str(found.job.job_id) for found in running)} --follow",
        )
        self.running = tuple(running)


@dataclass(frozen=True, slots=True)
class RunningJob:
    """A job that is active on a subclient."""

    job: JobSummary
    subclient: Subclient

    def __str__(self) -> str:
        user = self.job.user_name.user_name if self.job.user_name else ""
        return f"job {self.job.job_id} ({self.job.status}){f' by {user}' if user else ''} on {self.subclient.path}"


@dataclass(frozen=True, slots=True)
class JobsOn:
    """The jobs of some subclients, in one moment."""

    running: tuple[RunningJob, ...] = ()
    job_ids: tuple[int, ...] = ()
    """Those that run and those that have just ended: none of them can be of a request that is sent afterwards."""
    untold: str = ""
    """What could not be told."""


def how_to_settle(attempt: KnownAttempt) -> str:
    """The lines that settle an attempt, for a person to run."""
    if attempt.standing is Standing.IN_FLIGHT:
        return f"{attempt.author} has it under way: wait until it has ended."
    line = f"pgbackup-tui resolve {attempt.attempt_id}"
    return (
        f"Settle it first: {line} looks for its jobs; "
        f"{line} --attach JOBID takes your word for them, and {line} --not-started for there being none."
    )


def require_settled(known: Known, where: Where, task: BackupTask) -> None:
    """Raises UnsettledError where an earlier request for one of these subclients is not settled.

    Raises RefusedHereError where the journal can't tell: a line that can't be read could be such a request.
    """
    for read in known.files:
        if read.may_hide_a_request:
            raise RefusedHereError(
                f"Not sent: {' '.join(read.words())} A request whose end nobody knows may stand in it.",
                f"Mend the file; or, when you have looked at the CommServe's jobs, move it away: "
                f"mv {read.path} {read.path}.damaged",
            )
    found = known.blocking(where, task.subclients)
    if found:
        raise UnsettledError(found)


def require_not_resubmitted(known: Known, where: Where, task: BackupTask) -> None:
    """Raises RefusedHereError where the job that this task starts again was started again before."""
    attempt = resubmit_of(known, where, task.resubmits) if task.resubmits is not None else None
    if attempt is not None:
        jobs = " ".join(map(str, attempt.job_ids))
        raise RefusedHereError(
            f"Not sent: job {task.resubmits} was resubmitted already, as job {jobs}, "
            f"by attempt {attempt.attempt_id}.",
            f"Look at that one: pgbackup-tui jobs {jobs}",
        )


def resubmit_of(known: Known, where: Where, job_id: int) -> KnownAttempt | None:
    """The attempt that has started this job again, if one did."""
    for attempt in known.attempts:
        intent = attempt.intent
        if attempt.job_ids and intent is not None and (intent.origin, intent.resubmits) == (where.origin, job_id):
            return attempt
    return None


def retried(known: Known, where: Where, task: BackupTask) -> tuple[str, ...]:
    """The attempts that this task repeats: the one whose job it starts again, if it does; and the last ones on
    these subclients, if declared not started.
    """
    owner = known.owner_of(where, task.resubmits) if task.resubmits is not None else None
    found: dict[str, None] = {owner.attempt_id: None} if owner is not None else {}
    for subclient in task.subclients:
        last = _last_of(known.attempts, where.origin, subclient.subclient_id)
        if last is not None and last[1] is Standing.NOT_STARTED:
            found[last[0]] = None
    return tuple(found)


async def jobs_on(jobs: JobList, subclients: Iterable[Subclient]) -> JobsOn:
    """What runs on these subclients now, or has just ended there. Raises CommvaultError."""
    chosen = {subclient.subclient_id: subclient for subclient in subclients}
    listing = await jobs.listing(look_back=_JUST_ENDED)
    here = [job for job in listing.rows if job.subclient and job.subclient.subclient_id in chosen]
    running = tuple(
        RunningJob(job, chosen[job.subclient.subclient_id])
        for job in here
        if job.subclient and not ending(job.status).is_final
    )
    untold = f"{listing.damaged[0]}: it could be a job of these subclients." if listing.damaged else ""
    return JobsOn(running, tuple(job.job_id for job in here), untold)


async def require_idle(
    jobs: JobList, task: BackupTask, shown: Collection[int] = (), own: Mapping[int, Subclient] | None = None
) -> JobsOn:
    """What is on the task's subclients; raises AlreadyRunningError where a job runs that is none of ``shown``.

    A CommServe that lists no jobs to this user, or lists one that can't be read, keeps nobody from a backup, and
    ``untold`` says so; but then ``own``, jobs that this user's journal has open there, are asked for one by one.
    Raises CommvaultError where no CommServe answers.
    """
    try:
        found = await jobs_on(jobs, task.subclients)
    except ApiError as error:
        found = JobsOn(untold=f"What is running on these subclients can't be told: {error.problem}")
    if found.untold and own:
        found = replace(found, running=(*found.running, *await _still_open(jobs, own)))
    news = [running for running in found.running if running.job.job_id not in shown]
    if news:
        raise AlreadyRunningError(news)
    return found


def own_jobs(known: Known, where: Where, task: BackupTask) -> dict[int, Subclient]:
    """Jobs of earlier attempts on these subclients that were not seen to end, as far as the journals know."""
    found = {}
    for attempt in known.open_on(where.origin):
        for one in attempt.associations:
            if task.subclient(one.subclient.subclient_id) is not None:
                jobs = attempt.job_ids if one.job_id is None else (one.job_id,)
                found.update(dict.fromkeys(jobs, one.subclient))
    return found


async def _still_open(jobs: JobList, own: Mapping[int, Subclient]) -> tuple[RunningJob, ...]:
    """Those that have not ended; one that can't be read counts as such."""
    try:
        read = await jobs.by_id(list(own))
    except (ApiError, ProtocolError):
        return tuple(RunningJob(JobSummary(job_id, "not told"), found) for job_id, found in own.items())
    unread = {job_id: JobSummary(job_id, "not told") for job_id in (*read.failures, *read.unasked)}
    return tuple(
        RunningJob(job, own[job_id])
        for job_id, job in (read.jobs | unread).items()
        if not ending(job.status).is_final
    )


async def rivals(
    jobs: JobList,
    task: BackupTask,
    own: Collection[int],
    where: Where,
    since: float | None,
    before: Collection[int] = (),
) -> tuple[str, ...]:
    """Alarms: other backups of these subclients since the moment of sending, by the CommServe's clock.

    ``before`` are jobs that were there already when it was looked before sending.

    Between looking and sending there is a moment in which somebody else can do the same. Raises CommvaultError.
    """
    if since is None:
        return ()
    listing = await jobs.listing()
    mine = {job.subclient.subclient_id: job for job in listing.rows if job.job_id in own and job.subclient}
    found = []
    for job in listing.rows:
        ours = mine.get(job.subclient.subclient_id) if job.subclient else None
        if ours is None or job.job_id in own or job.job_id in before or job.job_start_time < since - MARGIN_SECONDS:
            continue
        subclient = task.subclient(job.subclient.subclient_id) if job.subclient else None
        if subclient is None or follows_by_itself(job, ours, subclient):
            continue
        others = job.user_name.user_name if job.user_name else "an unknown user"
        found.append(
            f"ALARM: two backups of {subclient.path} were started: job {ours.job_id} by {where.user} "
            f"and job {job.job_id} by {others} ({job.backup_level_name or 'level not told'}, "
            f"{iso_time(job.job_start_time) or 'start not told'})."
        )
    return tuple(found)


def follows_by_itself(job: JobSummary, full: JobSummary, subclient: Subclient) -> bool:
    """Whether ``job`` is the log backup that a CommServe starts by itself behind a block-level full.

    Source: documentation.commvault.com, 11.16, performing block-level full backup for PostgreSQL databases.
    """
    is_behind = bool(full.job_end_time) and job.job_start_time >= full.job_end_time and ending(full.status).is_final
    return subclient.block_level and is_full(full) and not is_full(job) and is_behind


def is_full(job: JobSummary) -> bool:
    """Whether the job says of itself that it is a full backup, synthetic ones included."""
    return "full" in job.backup_level_name.casefold()


def _unsettled_words(attempt: KnownAttempt) -> str:
    paths = ", ".join(found.subclient.path for found in attempt.unsettled[:3])
    more = f" and {len(attempt.unsettled) - 3} more" if len(attempt.unsettled) > 3 else ""
    when = iso_time(int(attempt.asked_at)) or "?"
    if attempt.standing is Standing.IN_FLIGHT:
        return f"Attempt {attempt.attempt_id} of {when} is under way for {paths}{more}."
    return f"Nobody knows whether attempt {attempt.attempt_id} of {when} started {paths}{more}."


def _last_of(attempts: Iterable[KnownAttempt], origin: str, subclient_id: int) -> tuple[str, Standing] | None:
    """The newest attempt on a subclient, and where it stands there."""
    for attempt in attempts:
        for found in attempt.associations:
            if attempt.origin == origin and found.subclient.subclient_id == subclient_id:
                return attempt.attempt_id, found.standing
    return None
