"""A task whose jobs the console follows."""

from __future__ import annotations

from dataclasses import dataclass

from pgbackup_tui.backup.outcome import Outcome
from pgbackup_tui.backup.progress import TaskProgress
from pgbackup_tui.backup.task import BackupTask


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
