"""What is old and finished is not kept for ever."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from pgbackup_tui.backup.journal.attempts import merge
from pgbackup_tui.backup.journal.processes import Author
from pgbackup_tui.backup.journal.reading import JournalRead, read_journals
from pgbackup_tui.backup.journal.writing import RESERVE_SUFFIX, SUFFIX

KEPT_SECONDS = 90 * 24 * 3600.0
"""After its last record, so long an attempt is kept."""


def sweep(folder: Path, now: float) -> None:
    """Removes files whose attempts are all finished, whole and old, and whose processes have ended.

    A file with a damaged line, or with a record of a newer version, is never removed. What can't be removed stays.
    """
    files = read_journals(folder)
    old = {read.path for read in files if _is_old(read, now)}
    finished = {
        attempt.attempt_id
        for attempt in merge(record for read in files for record in read.records)
        if attempt.is_finished and not attempt.is_newer
    }
    removable = {read.path for read in files if read.path in old and _ids(read) <= finished}
    # An attempt whose records are in several files goes with all of them, or stays whole.
    while held := {path for path in removable if _ids_of(files, path) & _ids_elsewhere(files, removable)}:
        removable -= held
    for path in removable:
        with contextlib.suppress(OSError):
            path.unlink()
    for reserve in folder.glob(f"*{RESERVE_SUFFIX}"):
        _remove_left_over(reserve, files)


def _is_old(read: JournalRead, now: float) -> bool:
    return (
        not read.damaged
        and not read.trouble
        and bool(read.records)
        and all(record.at < now - KEPT_SECONDS for record in read.records)
        and read.records[0].author.is_gone is True
    )


def _ids(read: JournalRead) -> set[str]:
    return {record.attempt_id for record in read.records}


def _ids_of(files: Iterable[JournalRead], path: Path) -> set[str]:
    return {found for read in files if read.path == path for found in _ids(read)}


def _ids_elsewhere(files: Iterable[JournalRead], removable: set[Path]) -> set[str]:
    return {found for read in files if read.path not in removable for found in _ids(read)}


def _remove_left_over(reserve: Path, files: Iterable[JournalRead]) -> None:
    """The room that a process kept and could not give back, because it was killed."""
    writers: list[Author] = [
        read.records[0].author for read in files if read.records and read.path == reserve.with_suffix(SUFFIX)
    ]
    if writers and writers[0].is_gone:
        with contextlib.suppress(OSError):
            reserve.unlink()
