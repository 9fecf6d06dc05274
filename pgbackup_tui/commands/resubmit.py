"""``pgbackup-tui resubmit``: jobs that left no backup are started again, each as a new attempt."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from pgbackup_tui.backup.journal.journal import Known
from pgbackup_tui.backup.progress import progress
from pgbackup_tui.backup.resubmit import resubmit_task
from pgbackup_tui.backup.task import BackupTask
from pgbackup_tui.backup.where import Where
from pgbackup_tui.commands.backup_report import BackupReport
from pgbackup_tui.commands.connection import Connection, connection, same_connection
from pgbackup_tui.commands.exits import ExitStatus
from pgbackup_tui.commands.job_actions import result_words
from pgbackup_tui.commands.job_rows import print_jobs
from pgbackup_tui.commands.narration import ask_yes, say, say_error, someone_can_be_asked
from pgbackup_tui.commands.output import print_json, print_table
from pgbackup_tui.commands.sending import look_at_jobs, require_free, start, write_down
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.commserve.jobs import JobsRead
from pgbackup_tui.errors import PgBackupError, RefusedHereError, UsageError
from pgbackup_tui.text import counted

_DONE = "resubmitted"


def run(arguments: argparse.Namespace) -> int:
    """Starts the jobs again, each at most once, after a question; ends at the first that is not taken.

    All of them are looked at before: if one can't be resubmitted, none is. What was sent is told however this ends.
    """
    job_ids: list[int] = list(dict.fromkeys(arguments.job_ids))
    if not arguments.yes and not someone_can_be_asked():
        raise UsageError("Nobody can be asked here, and --yes was not given.", "Nothing was sent. Add --yes.")
    words = same_connection(arguments)
    with connection(arguments, changes=True) as connected:
        read, where = connected.run(lambda commserve: _read(connected, commserve, job_ids))
        tasks = _tasks(job_ids, read, connected.journal.read(), where)
        reports = [BackupReport(is_demo=arguments.demo, connection_words=words) for _ in tasks]
        for task, report in zip(tasks, reports, strict=True):
            require_free(task, connected, report, is_asked=not arguments.yes)
        if not arguments.yes:
            _confirm(connected, job_ids, read)
        try:
            _start_each(connected, tasks, reports, arguments.look)
        finally:
            _print(job_ids, reports, as_json=arguments.json)
    return max((report.exit_status for report in reports if _is_tried(report)), default=ExitStatus.DONE)


async def _read(connected: Connection, commserve: CommServe, job_ids: Sequence[int]) -> tuple[JobsRead, Where]:
    read = await commserve.jobs.by_id(job_ids, few=len(job_ids))
    for failure in read.failures.values():
        raise failure
    return read, connected.where(commserve)


def _tasks(job_ids: Sequence[int], read: JobsRead, known: Known, where: Where) -> list[BackupTask]:
    """A task for each job. Raises UsageError, RefusedHereError."""
    tasks: dict[int, BackupTask] = {}
    for job_id in job_ids:
        job = read.jobs.get(job_id)
        if job is None:
            raise UsageError(f"The CommServe knows no job {job_id}.", "Check the ids; jobs age out in time.")
        task = resubmit_task(job, known, where)
        number = task.subclients[0].subclient_id
        if number in tasks:
            raise UsageError(
                f"Jobs {tasks[number].resubmits} and {job_id} are of the same subclient.",
                "Nothing was sent. Resubmit one of them.",
            )
        tasks[number] = task
    return list(tasks.values())


def _confirm(connected: Connection, job_ids: Sequence[int], read: JobsRead) -> None:
    print_jobs(progress(None, job_ids, read.jobs))
    target = connected.target
    if not ask_yes(f"Resubmit {counted(len(job_ids), 'job')} on {target.where} as {target.user}?"):
        raise RefusedHereError("Not confirmed; nothing was sent.")


def _start_each(
    connected: Connection, tasks: Sequence[BackupTask], reports: Sequence[BackupReport], look_seconds: float
) -> None:
    for task, report in zip(tasks, reports, strict=True):
        try:
            if not start(task, connected, report, look_seconds):
                return
        except PgBackupError as error:
            report.failure = error
            say_error(error)
            return
        look_at_jobs(task, connected, report)
        write_down(connected, report)


def _is_tried(report: BackupReport) -> bool:
    return report.outcome is not None or report.failure is not None


def _print(job_ids: Sequence[int], reports: Sequence[BackupReport], *, as_json: bool) -> None:
    """What became of each that was tried, on stdout; and on stderr what is to be done about it."""
    tried = [(job_id, report) for job_id, report in zip(job_ids, reports, strict=True) if _is_tried(report)]
    if as_json:
        print_json([_as_json(job_id, report) for job_id, report in tried])
    else:
        print_table(("JOB", "RESULT"), [(str(job_id), _words(report)) for job_id, report in tried])
    for _, report in tried:
        for warning in report.all_warnings():
            if warning not in report.said:
                say(f"warning: {warning}")
        if report.exit_status is ExitStatus.UNKNOWN:
            report.say_how_to_settle()
        report.say_how_to_go_on()
    left = ", ".join(map(str, job_ids[len(tried) :]))
    if tried and left:
        say(f"Not sent after that: {left}.")


def _as_json(job_id: int, report: BackupReport) -> dict[str, object]:
    job_ids = report.outcome.job_ids if report.outcome else ()
    return {
        "job_id": job_id,
        "attempt": report.attempt_id,
        "outcome": report.outcome_word,
        "new_job_id": job_ids[0] if job_ids else None,
        "words": _words(report),
    }


def _words(report: BackupReport) -> str:
    if report.outcome is None:
        return report.failure.problem if report.failure else ""
    new = f" as job {report.outcome.job_ids[0]}" if report.outcome.job_ids else ""
    return result_words(report.outcome, f"{_DONE}{new}")
