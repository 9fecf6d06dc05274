"""Reads the journals of all processes: what is damaged is counted and named, and hides nothing beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from pgbackup_tui.backup.journal.records import DamagedLineError, Record, decode_line
from pgbackup_tui.backup.journal.writing import SUFFIX
from pgbackup_tui.errors import PathError
from pgbackup_tui.paths import open_private
from pgbackup_tui.text import counted

LONGEST_LINE = 8 * 1024 * 1024
"""Bytes; a task with many thousand subclients is shorter."""
LARGEST_FILE = 64 * 1024 * 1024
"""Bytes; what stands behind them was not written by this program."""


@dataclass(frozen=True, slots=True)
class JournalRead:
    """One file of a journal."""

    path: Path
    records: tuple[Record, ...] = ()
    damaged: int = 0
    """Lines that can't be read."""
    trouble: str = ""
    """Why the file, or its end, could not be read at all."""
    may_hide_a_request: bool = False
    """Whether what can't be read could be the last that is known of a request: what was sent, and nothing after it.

    A line in the middle hides none, because what became of its request stands behind it; nor does an end that was
    torn while it was written, because nothing is sent before a line is whole.
    """

    def words(self) -> Iterator[str]:
        """What is wrong with the file, for a person."""
        if self.damaged:
            yield f"{counted(self.damaged, 'damaged line')} in {self.path}: what it said is lost; the rest is used."
        if self.trouble:
            yield f"The journal {self.path} can't be read: {self.trouble}"


def read_journals(folder: Path) -> tuple[JournalRead, ...]:
    """Every file of the folder, the oldest first; none where there is no folder. Raises PathError."""
    return tuple(map(read_journal, journal_paths(folder)))


def journal_paths(folder: Path) -> tuple[Path, ...]:
    """The files of the folder, the oldest first; none where there is no folder. Raises PathError."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.name.endswith(SUFFIX))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise PathError(
            f"The journal {folder} can't be read: {error.strerror}.", "Look at its owner and its mode."
        ) from error
    return tuple(folder / name for name in names)


def read_journal(path: Path) -> JournalRead:
    """One file; never raises for what is in it."""
    found = _Lines()
    try:
        with os.fdopen(open_private(path), "rb") as stream:
            _read_lines(stream, found)
    except FileNotFoundError:
        return JournalRead(path, trouble="it is gone.")
    except PathError as error:
        found.trouble = error.problem
    except OSError as error:
        found.trouble = f"{error.strerror}."
    hides = bool(found.trouble) or found.ends_damaged
    return JournalRead(path, tuple(found.records), found.damaged, found.trouble, hides)


@dataclass(slots=True)
class _Lines:
    records: list[Record] = field(default_factory=list)
    damaged: int = 0
    trouble: str = ""
    ends_damaged: bool = False


def _read_lines(stream: BinaryIO, found: _Lines) -> None:
    left = LARGEST_FILE
    while line := stream.readline(LONGEST_LINE):
        left -= len(line)
        if left < 0:
            found.trouble = f"it is larger than {LARGEST_FILE // 1024**2} MiB; only its beginning was read."
            return
        if not line.strip():
            continue
        try:
            found.records.append(decode_line(line.removesuffix(b"\n")))
            found.ends_damaged = False
        except DamagedLineError:
            found.damaged += 1
            found.ends_damaged = line.endswith(b"\n")
