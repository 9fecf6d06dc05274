"""What proves later that a record was made from these lines of the journal and no others."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from pgbackup_tui.backup.journal.reading import LONGEST_LINE, journal_paths
from pgbackup_tui.errors import PathError
from pgbackup_tui.paths import open_private


@dataclass(frozen=True, slots=True)
class LinesDigest:
    """The lines of one journal file that are of one attempt."""

    file: str
    """The file's name, in the journal's folder."""
    lines: int
    sha256: str
    """Of these lines in their order, each with its LF, damaged ones too: what ``grep -F`` finds, and no more."""


def marker(attempt_id: str) -> str:
    """What stands in each line of this attempt, and in no line of another: ``grep -F`` finds them by it."""
    return f'"attempt":"{attempt_id}"'


def digests(folder: Path, attempt_id: str) -> tuple[LinesDigest, ...]:
    """A digest for each file of the journal that has lines of the attempt, the oldest file first.

    What can't be read is left out: reading the journal has told of it. Raises PathError where the folder can't be
    read.
    """
    found = (_digest(path, marker(attempt_id).encode()) for path in journal_paths(folder))
    return tuple(digest for digest in found if digest is not None and digest.lines)


def _digest(path: Path, wanted: bytes) -> LinesDigest | None:
    digest, lines = hashlib.sha256(), 0
    try:
        with os.fdopen(open_private(path), "rb") as stream:
            while line := stream.readline(LONGEST_LINE):
                if wanted in line:
                    digest.update(line.removesuffix(b"\n") + b"\n")
                    lines += 1
    except (PathError, OSError):
        return None
    return LinesDigest(path.name, lines, digest.hexdigest())
