"""What the console says in its log of backups: outcomes, verdicts, in the server's own words, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from pgbackup_tui.backup.journal.attempts import KnownAttempt
from pgbackup_tui.backup.outcome import Outcome, OutcomeKind
from pgbackup_tui.backup.outlook import Outlook
from pgbackup_tui.backup.progress import TaskProgress
from pgbackup_tui.backup.reconcile import Sighting, waits_for
from pgbackup_tui.backup.verdict import Verdict
from pgbackup_tui.commserve.wire import EventRow, Listing
from pgbackup_tui.times import iso_time
from pgbackup_tui.tui.present.jobs import VERDICTS, task_name, verdict_words
from pgbackup_tui.tui.present.outcome import HEADS, facts
from pgbackup_tui.tui.records import LogStore, Severity
from pgbackup_tui.tui.telling import tell_advice


def tell_outcome(log: LogStore, attempt_id: str, outcome: Outcome) -> None:
    """What became of the CreateTask of an attempt."""
    if outcome.kind is OutcomeKind.ACCEPTED:
        ids = ", ".join(map(str, outcome.job_ids))
        log.add(Severity.GOOD, f"Accepted{facts(outcome)}: {task_name(outcome.task_id, attempt_id)}, jobs {ids}.")
        return
    log.add(Severity.ERROR, f"{HEADS[outcome.kind]}{facts(outcome)}:", outcome.message)
    tell_advice(log, outcome.advice)


def tell_job_action(log: LogStore, words: str, outcome: Outcome) -> None:
    """What became of a suspend, resume or kill; ``words`` names it and the job."""
    if outcome.kind is OutcomeKind.ACCEPTED:
        log.add(Severity.GOOD, f"{words}: taken by the CommServe.")
        return
    unknown = outcome.kind is OutcomeKind.UNKNOWN
    head = "UNKNOWN whether it arrived" if unknown else HEADS[outcome.kind]
    log.add(Severity.ERROR, f"{words}: {head}{facts(outcome)}:", outcome.message)
    tell_advice(log, outcome.advice)


def tell_changes(log: LogStore, before: TaskProgress, now: TaskProgress) -> None:
    """Each job whose status is another one now."""
    for was, job in zip(before.jobs, now.jobs, strict=True):
        if was.status != job.status:
            severity = Severity.ERROR if job.ending.is_failure else Severity.INFO
            reason = f": {job.summary.pending_reason}" if job.summary and job.summary.pending_reason else ""
            log.add(severity, f"job {job.job_id} {job.path}: {job.status}{reason}")


def tell_events(log: LogStore, job_id: int, listing: Listing[EventRow]) -> None:
    """What a job left in the event log, the oldest first."""
    for damaged in listing.damaged:
        log.add(Severity.WARNING, str(damaged))
    for event in listing.rows:
        when = iso_time(event.time_source) or "?"
        log.answer(Severity.INFO, f"job {job_id} {when} {event.event_code_string}: {event.description}")
    if not listing.rows:
        log.answer(Severity.INFO, f"The CommServe has no event of job {job_id}.")


def tell_backups(log: LogStore, known: Sequence[Outlook], now: float) -> None:
    """What is known of each subclient's backups; ``now`` is the CommServe's clock in UNIX seconds."""
    for found in known:
        severity = Severity.INFO if found.last_full is not None else Severity.WARNING
        log.answer(severity, f"{found.subclient.path}: {found.words(now)}")


def tell_verdict(log: LogStore, name: str, seen: TaskProgress) -> None:
    """The word for a task that has ended, by its name, after everything that goes with it."""
    verdict = seen.verdict
    word = VERDICTS[verdict][0]
    severity = {Verdict.GO: Severity.GOOD, Verdict.NO_GO: Severity.ERROR}.get(verdict, Severity.WARNING)
    for warning in seen.warnings():
        log.add(Severity.WARNING, warning)
    for missing in seen.missing:
        log.add(Severity.ERROR, f"never started: {missing.path}")
    log.add(severity, f"{word}: {name}: {verdict_words(seen)}.")


def tell_sighting(log: LogStore, attempt: KnownAttempt, seen: Sighting) -> None:
    """What came of looking for the jobs of an attempt whose answer was lost."""
    name = f"Attempt {attempt.attempt_id}"
    if not attempt.unsettled:
        ids = ", ".join(map(str, attempt.job_ids)) or "none"
        log.add(Severity.GOOD, f"{name} is settled: its jobs are {ids}.")
        return
    if seen.to_ask:
        ids = ", ".join(str(job.job_id) for jobs in seen.to_ask.values() for job in jobs)
        log.add(Severity.WARNING, f"{name}: job {ids} may be its backup. Say so in the history.")
        return
    why = seen.trouble or waits_for(attempt) or "no job of it was found"
    log.add(Severity.WARNING, f"{name} stays unknown: {why}. Settle it in the history.")
