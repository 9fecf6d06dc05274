"""Starting a job again that left no backup: as a new attempt, on the subclient and at the level that it says."""

from __future__ import annotations

from pgbackup_tui.backup.guard import require_not_resubmitted
from pgbackup_tui.backup.journal.attempts import KnownAttempt
from pgbackup_tui.backup.journal.journal import Known
from pgbackup_tui.backup.task import BackupOptions, BackupTask, Level
from pgbackup_tui.backup.verdict import Ending, ending
from pgbackup_tui.backup.where import Where
from pgbackup_tui.commserve.wire import JobSubclient, JobSummary
from pgbackup_tui.errors import RefusedHereError
from pgbackup_tui.estate.model import Subclient

_WHY_NOT = {
    Ending.OPEN: "it has not ended",
    Ending.COMPLETED: "its backup is there",
    Ending.WARNINGS: "its backup is there, with warnings",
    Ending.PARTIAL: "some of its backup is there",
}


def resubmit_task(job: JobSummary, known: Known, where: Where) -> BackupTask:
    """The task of starting this job again; what the journal knows of its attempt goes with it.

    Raises RefusedHereError for a job that has not ended, that left a backup, that was started again before, or that
    does not say which backup it is: a request whose answer is lost is looked for by that.
    """
    how = ending(job.status)
    if not how.is_failure:
        raise _refusal(job, f"is {job.status or 'in a state that it does not say'}: {_WHY_NOT[how]}", how)
    owner = known.owner_of(where, job.job_id)
    subclient = _subclient(job, owner)
    if subclient is None:
        raise _refusal(job, "does not say which subclient it is of", how)
    word = job.backup_level_name.upper().replace(" ", "_")
    if word not in set(Level):
        shown = f"“{job.backup_level_name}”, which is none of a PostgreSQL backup"
        raise _refusal(job, f"has the level {shown}" if word else "does not say at which level it ran", how)
    task = BackupTask((subclient,), _options(Level(word), owner), resubmits=job.job_id)
    require_not_resubmitted(known, where, task)
    return task


def _refusal(job: JobSummary, why: str, how: Ending) -> RefusedHereError:
    if how is Ending.OPEN:
        advice = f"Only a job that left no backup is started again: pgbackup-tui jobs {job.job_id} --follow"
    else:
        number = job.subclient.subclient_id if job.subclient else 0
        advice = f"For another backup: pgbackup-tui backup id:{number or 'SUBCLIENT'} --level L"
    return RefusedHereError(f"Not sent: job {job.job_id} {why}.", advice)


def _subclient(job: JobSummary, owner: KnownAttempt | None) -> Subclient | None:
    """The subclient as it was asked for, or in the job's own words; None where the job does not say it."""
    told = job.subclient
    if told is None or told.subclient_id <= 0:
        return None
    task = owner.task() if owner is not None else None
    asked = task.subclient(told.subclient_id) if task is not None else None
    return asked or _in_its_own_words(told)


def _in_its_own_words(told: JobSubclient) -> Subclient:
    return Subclient(
        told.client_id,
        told.client_name,
        told.instance_id,
        told.instance_name,
        told.backupset_id,
        told.backupset_name,
        told.subclient_id,
        told.subclient_name,
    )


def _options(level: Level, owner: KnownAttempt | None) -> BackupOptions:
    """At this level; the ticket and the options are those that the job was asked for with, where that is known."""
    intent = owner.intent if owner is not None else None
    if intent is None:
        return BackupOptions(level)
    return BackupOptions(level, intent.with_data, intent.notify, ticket=intent.ticket)
