"""Is there a good enough backup already? Then the change can start without another one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pgbackup_tui.backup.past import Past, PastBackup
from pgbackup_tui.backup.task import Level
from pgbackup_tui.backup.verdict import Ending
from pgbackup_tui.estate.model import Subclient
from pgbackup_tui.times import age, span

_FULLS = (Level.FULL, Level.SYNTHETIC_FULL)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What makes a backup good enough."""

    max_age: int
    """Seconds since it was started: what changed after that may not be in it."""
    level: Level | None = None
    """A full counts for every level; None for any level."""
    warnings_are_partial: bool = False


@dataclass(frozen=True, slots=True)
class Existing:
    """What there is of one subclient."""

    subclient: Subclient
    is_enough: bool
    backup: PastBackup | None
    """The newest that is good enough; else the newest of any kind; None where there is none in the list."""
    reason: str
    """Why it is enough, or what is missing; raw."""


def existing(subclients: Iterable[Subclient], past: Past, wanted: Wanted, *, now: float) -> tuple[Existing, ...]:
    """Whether each subclient has a good enough backup at ``now``, the CommServe's clock in UNIX seconds."""
    return tuple(_existing(found, past.get(found.subclient_id, ()), wanted, now) for found in subclients)


def _existing(subclient: Subclient, backups: tuple[PastBackup, ...], wanted: Wanted, now: float) -> Existing:
    doubts = [(backup, _doubt(backup, wanted, now)) for backup in backups]
    good = next((backup for backup, doubt in doubts if not doubt), None)
    if good is not None:
        return Existing(subclient, True, good, f"{good.level or 'a backup'}, {_age(good, now)} old")
    if not doubts:
        return Existing(subclient, False, None, "no backup in the CommServe's list of jobs")
    newest, doubt = doubts[0]
    return Existing(subclient, False, newest, doubt)


def _doubt(backup: PastBackup, wanted: Wanted, now: float) -> str:
    """Why a backup is not good enough; empty where it is."""
    if backup.ending is Ending.OPEN:
        return f"job {backup.job_id} is {backup.status}: not ended"
    if not backup.is_good(warnings_are_partial=wanted.warnings_are_partial):
        return f"job {backup.job_id} is {backup.status}"
    if not _is_of_level(backup, wanted.level):
        return f"job {backup.job_id} is {backup.level or 'of a level that it does not say'}, not {wanted.level}"
    if not backup.started > 0 or now - backup.started > wanted.max_age:
        return f"job {backup.job_id} is too old: {_age(backup, now)}"
    return ""


def _is_of_level(backup: PastBackup, level: Level | None) -> bool:
    if level is None or backup.is_full:
        return True
    return level not in _FULLS and backup.level.casefold().replace(" ", "_") == level.casefold()


def _age(backup: PastBackup, now: float) -> str:
    return span(now - backup.started) if backup.started else "of a start that is not told"


def in_short(rows: Sequence[Existing], what: str, *, now: float) -> str:
    """All rows in one sentence: whether a change could start with what there is. ``what`` is a word for the backup.

    ``now`` is the CommServe's clock in UNIX seconds.
    """
    enough = [row.backup.started for row in rows if row.is_enough and row.backup is not None]
    if not enough:
        return f"No good {what} is there yet."
    oldest = age(min(enough), now=now)
    if len(enough) == len(rows):
        of_each = "It has" if len(rows) == 1 else "Each has"
        return f"{of_each} a good {what} already{', the oldest' if len(rows) > 1 else ','} {oldest}."
    return f"{len(enough)} of {len(rows)} have a good {what} already, the oldest {oldest}."
