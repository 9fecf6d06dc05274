"""What became of a task, in the log."""

from __future__ import annotations

from pgbackup_tui.backup.outcome import Outcome, OutcomeKind
from pgbackup_tui.backup.verdict import Verdict
from pgbackup_tui.tui.followed import FollowedTask
from pgbackup_tui.tui.present.jobs import VERDICTS
from pgbackup_tui.tui.present.outcome import HEADS, facts
from pgbackup_tui.tui.records import LogStore, Severity


def tell_outcome(log: LogStore, outcome: Outcome) -> None:
    """What became of the request."""
    if outcome.kind is OutcomeKind.ACCEPTED:
        ids = ", ".join(map(str, outcome.job_ids))
        task_id = outcome.task_id or "?"
        log.add(Severity.GOOD, f"Accepted{facts(outcome)}: task {task_id}, jobs {ids}.")
        return
    log.add(Severity.ERROR, f"{HEADS[outcome.kind]}{facts(outcome)}:", outcome.message)
    if outcome.advice:
        log.add(Severity.INFO, f"→ {outcome.advice}")


def tell_verdict(log: LogStore, followed: FollowedTask) -> None:
    """What its jobs came to."""
    verdict = followed.progress.verdict
    word, _, reason = VERDICTS[verdict]
    severity = {Verdict.GO: Severity.GOOD, Verdict.NO_GO: Severity.ERROR}.get(verdict, Severity.WARNING)
    for warning in followed.progress.warnings():
        log.add(Severity.WARNING, warning)
    for missing in followed.progress.missing:
        log.add(Severity.ERROR, f"never started: {missing.path}")
    log.add(severity, f"{word}: task {followed.outcome.task_id or '?'}: {reason}.")
