"""What is known before a backup is started: the last one, how long this one may take, and what is due anyway."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from pgbackup_tui.backup.past import Past, PastBackup
from pgbackup_tui.backup.task import BackupTask, Level
from pgbackup_tui.backup.verdict import Ending
from pgbackup_tui.commserve.wire import JobSummary
from pgbackup_tui.estate.model import Subclient
from pgbackup_tui.text import size
from pgbackup_tui.times import age, duration, span

DUE_SOON = 2 * 3600
"""Seconds: a schedule that starts within them is said."""
_MOST_COUNTED = 5
"""Earlier backups that an estimate is made of."""
_FULLS = (Level.FULL, Level.SYNTHETIC_FULL)
_LEAST_PERCENT = 5.0
"""From so many per cent on a job's own rate says more than earlier jobs do."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a backup may take: the median of earlier ones of the same kind."""

    seconds: int
    size_bytes: int
    jobs: int
    """How many earlier ones it is made of."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known of one subclient before a backup of it. Times in UNIX seconds by the CommServe's clock."""

    subclient: Subclient
    last_full: PastBackup | None
    """The newest full that completed, warnings included; None where the list of jobs has none."""
    running: PastBackup | None
    estimate: Estimate | None
    """None without an earlier backup of this kind."""
    next_due: int | None
    """When a schedule starts the next one; None where the CommServe doesn't tell."""

    def is_due_soon(self, now: float) -> bool:
        """Whether a schedule starts a backup of it so soon that the two may meet."""
        return self.next_due is not None and now <= self.next_due <= now + DUE_SOON

    def words(self, now: float) -> str:
        """All of it on one line; ``now`` in UNIX seconds. Raw."""
        return "; ".join(self._words(now))

    def _words(self, now: float) -> Iterator[str]:
        full = self.last_full
        if full is None:
            yield "no full is known"
        else:
            took = f" in {span(full.seconds)}" if full.seconds is not None else ""
            yield f"last full {age(full.started, now=now)}" + (
                f" ({size(full.size_bytes)}{took})" if full.size_bytes else ""
            )
        if self.estimate is not None:
            yield f"about {span(self.estimate.seconds)}, {size(self.estimate.size_bytes)}"
        if self.running is not None:
            yield f"job {self.running.job_id} is {self.running.status} on it"
        if self.is_due_soon(now):
            yield f"due by schedule in {span((self.next_due or 0) - now)}"


def outlook(subclients: Iterable[Subclient], past: Past, level: Level) -> tuple[Outlook, ...]:
    """What is known of each subclient before it is backed up at ``level``."""
    return tuple(_outlook(found, past.get(found.subclient_id, ()), level) for found in subclients)


def estimates(task: BackupTask, past: Past) -> dict[int, Estimate]:
    """What each backup of a task may take, by its subclient's id; those without an earlier one are not in it."""
    known = outlook(task.subclients, past, task.options.level)
    return {found.subclient.subclient_id: found.estimate for found in known if found.estimate is not None}


def in_short(outlooks: Sequence[Outlook]) -> str:
    """What all of them together may take, by earlier jobs; jobs of one task run side by side. Empty if unknown."""
    known = [found.estimate for found in outlooks if found.estimate is not None]
    if not known:
        return ""
    longest = duration(max(estimate.seconds for estimate in known))
    read = size(sum(estimate.size_bytes for estimate in known))
    if len(outlooks) == 1:
        return f"It may take about {longest}, {read}."
    of = "" if len(known) == len(outlooks) else f" (known of {len(known)} of {len(outlooks)})"
    return f"The longest may take about {longest}, {read} in all{of}."


def seconds_left(job: JobSummary, estimate: Estimate | None, now: float) -> float | None:
    """How long a job still runs, by its own rate, else by earlier jobs; None where neither tells.

    ``now`` is the CommServe's clock in UNIX seconds.
    """
    spent = job.job_elapsed_time or (now - job.job_start_time if job.job_start_time else 0.0)
    percent = job.percent_complete
    if spent > 0 and percent >= _LEAST_PERCENT:
        return spent * (100.0 - percent) / percent
    return max(0.0, estimate.seconds - spent) if estimate is not None else None


def _outlook(subclient: Subclient, backups: tuple[PastBackup, ...], level: Level) -> Outlook:
    good = [backup for backup in backups if backup.is_good()]
    alike = [backup for backup in good if backup.is_full == (level in _FULLS)]
    return Outlook(
        subclient,
        next((backup for backup in good if backup.is_full), None),
        next((backup for backup in backups if backup.ending is Ending.OPEN), None),
        _estimate([backup for backup in alike if backup.seconds is not None][:_MOST_COUNTED]),
        subclient.next_backup,
    )


def _estimate(backups: list[PastBackup]) -> Estimate | None:
    if not backups:
        return None
    seconds = median(backup.seconds or 0 for backup in backups)
    return Estimate(round(seconds), round(median(backup.size_bytes for backup in backups)), len(backups))
