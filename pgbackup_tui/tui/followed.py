"""A task whose jobs the console follows."""

from __future__ import annotations

from dataclasses import dataclass

from pgbackup_tui.backup.outcome import Outcome
from pgbackup_tui.backup.progress import TaskProgress
from pgbackup_tui.backup.task import BackupTask
from pgbackup_tui.backup.verdict import Verdict
from pgbackup_tui.tui.present.jobs import VERDICTS
from pgbackup_tui.tui.records import LogStore, Severity


@dataclass(slots=True, eq=False)
class FollowedTask:
    """A task that was accepted, and its jobs as last told."""

    task: BackupTask
    outcome: Outcome
    progress: TaskProgress
    as_of: float
    """When the CommServe last told something (UNIX seconds)."""
    attempt_id: str = ""
    trouble: str = ""
    """Why it tells nothing now."""
    ended: bool = False


def tell_verdict(log: LogStore, followed: FollowedTask) -> None:
    """What its jobs came to, in the log."""
    verdict = followed.progress.verdict
    word, _, reason = VERDICTS[verdict]
    severity = {Verdict.GO: Severity.GOOD, Verdict.NO_GO: Severity.ERROR}.get(verdict, Severity.WARNING)
    for warning in followed.progress.warnings():
        log.add(Severity.WARNING, warning)
    for missing in followed.progress.missing:
        log.add(Severity.ERROR, f"never started: {missing.path}")
    log.add(severity, f"{word}: task {followed.outcome.task_id or '?'}: {reason}.")
