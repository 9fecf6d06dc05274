"""How a task is sent: nothing that is in doubt before, nothing lost after, whatever signal comes."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from pgbackup_tui.backup.attempt import new_attempt
from pgbackup_tui.backup.follow import identify
from pgbackup_tui.backup.guard import UnsettledError, require_idle, rivals
from pgbackup_tui.backup.journal.attempts import KnownAttempt, Standing
from pgbackup_tui.backup.outcome import Outcome, OutcomeKind
from pgbackup_tui.backup.reconcile import Sighting, look, look_for
from pgbackup_tui.backup.submit import Listener, Submission, submit
from pgbackup_tui.backup.task import BackupTask
from pgbackup_tui.commands.backup_report import BackupReport
from pgbackup_tui.commands.connection import Connection
from pgbackup_tui.commands.narration import say
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.commserve.errors import CommvaultError
from pgbackup_tui.errors import PathError
from pgbackup_tui.times import iso_time

_SIGNALLED = 128


def require_free(task: BackupTask, connected: Connection, report: BackupReport, *, is_asked: bool) -> None:
    """Refuses an earlier request that is not settled; before a question also a backup that is running.

    An unknown attempt is looked for first. What runs is looked at again, and for good, when the task is sent.
    Raises UnsettledError, AlreadyRunningError, CommvaultError, PathError.
    """

    async def check(commserve: CommServe) -> None:
        known = connected.journal.read()
        for trouble in known.troubles:
            report.warn(trouble)
        for attempt in known.blocking(connected.where(commserve), task.subclients):
            say_sighting(attempt, await look(commserve, connected.journal, attempt, known))
        blocked = connected.journal.read().blocking(connected.where(commserve), task.subclients)
        if blocked:
            raise UnsettledError(blocked)
        if is_asked:
            await require_idle(commserve.jobs, task)

    connected.run(check)


def start(task: BackupTask, connected: Connection, report: BackupReport, look_seconds: float) -> bool:
    """Sends the task, and looks for its jobs if the answer is lost; whether jobs are known to have been started."""
    send(task, connected, report)
    if report.outcome is not None and report.outcome.kind is OutcomeKind.UNKNOWN:
        search(connected, report, look_seconds)
    if report.outcome is None or report.outcome.kind is not OutcomeKind.ACCEPTED:
        return False
    look_for_rivals(connected, report)
    return True


def send(task: BackupTask, connected: Connection, report: BackupReport) -> None:
    """Sends the task, once; the report has what became of it, however this ends."""
    attempt = new_attempt()

    def intended() -> None:
        report.task, report.attempt_id = task, attempt.attempt_id
        report.outcome = Outcome(
            OutcomeKind.UNKNOWN, message="The program was stopped while the request was under way."
        )

    def concluded(outcome: Outcome) -> None:
        report.outcome = outcome

    def waiting(seconds: float) -> None:
        say(f"Told to end: waiting up to {seconds:.0f} s for the answer. Once more gives it up.")

    listener = Listener(intended, concluded, report.warn, waiting)
    ended_by: list[int] = []

    async def hand_in(commserve: CommServe) -> None:
        where = connected.where(commserve)
        with _signals_cancel(ended_by.append):
            await submit(commserve, Submission(task, attempt, where, connected.journal, listener=listener))

    try:
        connected.run(hand_in)
    except asyncio.CancelledError:
        raise SystemExit(_SIGNALLED + (ended_by or [signal.SIGTERM])[0]) from None


def search(connected: Connection, report: BackupReport, seconds: float) -> None:
    """Looks for the jobs of a request whose answer was lost; found whole, it counts as accepted."""
    outcome, attempt_id = report.outcome, report.attempt_id
    if outcome is None or attempt_id is None:
        return
    say(f"{outcome.message} Looking for its jobs on the CommServe, {seconds:.0f} s at most.")

    async def search_there(commserve: CommServe) -> tuple[KnownAttempt | None, Sighting]:
        return await look_for(commserve, connected.journal, attempt_id, seconds=seconds)

    try:
        attempt, seen = connected.run(search_there)
    except (CommvaultError, PathError) as error:
        report.warn(f"Its jobs could not be looked for: {error.problem}")
        return
    if attempt is None:
        return
    say_sighting(attempt, seen)
    if not attempt.unsettled and attempt.standing is Standing.FOUND:
        report.warn(f"The answer was lost; the jobs were found on the CommServe. {outcome.message}")
        report.outcome = Outcome(
            OutcomeKind.ACCEPTED, outcome.task_id, attempt.job_ids, outcome.http_status, message=outcome.message
        )
    elif attempt.job_ids:
        report.outcome = replace(outcome, job_ids=attempt.job_ids)


def look_for_rivals(connected: Connection, report: BackupReport) -> None:
    """Warns of backups that somebody else started on the same subclients in the same moment."""
    task, outcome = report.task, report.outcome
    if task is None or outcome is None or report.attempt_id is None:
        return
    attempt_id = report.attempt_id

    async def check(commserve: CommServe) -> tuple[str, ...]:
        attempt = connected.journal.read().attempt(attempt_id)
        intent = attempt.intent if attempt else None
        sent_at, before = (intent.server_time, intent.jobs_before) if intent else (None, ())
        return await rivals(commserve.jobs, task, outcome.job_ids, connected.where(commserve), sent_at, before)

    try:
        for alarm in connected.run(check):
            report.warn(alarm)
    except (CommvaultError, PathError) as error:
        report.warn(f"Whether somebody else started the same can't be told: {error.problem}")


def look_at_jobs(task: BackupTask, connected: Connection, report: BackupReport) -> None:
    """Which job backs up which subclient; the backup goes on whether or not this can be seen."""
    outcome, strict = report.outcome, connected.target.warnings_are_partial
    job_ids = outcome.job_ids if outcome is not None else ()

    async def read(commserve: CommServe) -> None:
        report.progress = await identify(commserve.jobs, task, job_ids, warnings_are_partial=strict)

    try:
        connected.run(read)
    except CommvaultError as error:
        report.warnings.append(f"The jobs were accepted but could not be looked at: {error.problem}")


def write_down(connected: Connection, report: BackupReport) -> None:
    """What is known of the jobs, for the journal."""
    if report.progress is not None and report.attempt_id is not None:
        trouble = connected.journal.judge(report.attempt_id, report.progress)
        if trouble:
            report.warn(trouble)


def say_sighting(attempt: KnownAttempt, seen: Sighting) -> None:
    """What one look for an attempt's jobs showed, a line each."""
    paths = {found.subclient.subclient_id: found.subclient.path for found in attempt.associations}
    for subclient_id, job_id in seen.found.items():
        say(f"Attempt {attempt.attempt_id}: job {job_id} is its backup of {paths.get(subclient_id, subclient_id)}.")
    for subclient_id, jobs in seen.to_ask.items():
        for job in jobs:
            user = job.user_name.user_name if job.user_name else "an unknown user"
            say(
                f"Attempt {attempt.attempt_id}: job {job.job_id} by {user}, {job.backup_level_name}, "
                f"{iso_time(job.job_start_time) or 'start not told'}, may be its backup of "
                f"{paths.get(subclient_id, subclient_id)}."
            )
    if seen.trouble:
        say(f"Attempt {attempt.attempt_id}: {seen.trouble}")
    elif seen.is_clean and not seen.found and not seen.to_ask:
        say(f"Attempt {attempt.attempt_id}: no job of it so far.")


@contextmanager
def _signals_cancel(told: Callable[[int], None]) -> Iterator[None]:
    """While a request is in flight, a signal cancels the task that sends it, so that it can be concluded first."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    before = {}

    def end(number: int) -> None:
        told(number)
        if task is not None:
            task.cancel()

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup has it ignored
            before[number] = signal.getsignal(number)
            loop.add_signal_handler(number, end, number)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
