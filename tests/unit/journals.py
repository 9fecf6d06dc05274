"""Small journals for tests that need no CommServe."""

from __future__ import annotations

from pathlib import Path

from pgbackup_tui.backup.attempt import Attempt
from pgbackup_tui.backup.journal.journal import Journal
from pgbackup_tui.backup.outcome import Outcome, OutcomeKind
from pgbackup_tui.backup.task import BackupOptions, BackupTask, Level, compose
from pgbackup_tui.backup.where import Where
from tests.unit.estates import subclient

TASK: BackupTask = compose([subclient(1), subclient(2)], BackupOptions(Level.FULL), max_subclients=2)
FIRST, SECOND = TASK.subclients[0].subclient_id, TASK.subclients[1].subclient_id
HERE = Where("https://cs.example.com", "oncall")
NOW = 1_795_403_520.0
"""2026-11-23 03:12:00 UTC."""
ACCEPTED = Outcome(OutcomeKind.ACCEPTED, 5, (7, 8), 200)
REJECTED = Outcome(OutcomeKind.REJECTED)
UNKNOWN = Outcome(OutcomeKind.UNKNOWN, message="cut")


def attempt(number: int = 1) -> Attempt:
    return Attempt(f"20261124T03000{number}-00000000", "jane", "jump-01")


def kept(state: Path, *numbers: int, outcome: Outcome | None = ACCEPTED, now: float = NOW) -> Path:
    """A journal file with these attempts; its path."""
    journal = Journal(state, clock=lambda: now)
    for number in numbers:
        journal.intend(attempt(number), TASK, HERE, b"body")
        if outcome is not None:
            journal.conclude(attempt(number), TASK, outcome)
    journal.close()
    (path,) = journal.folder.iterdir()
    return path
