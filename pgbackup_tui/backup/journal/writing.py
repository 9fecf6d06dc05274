"""The one file that this process writes: every record is on the disk before anything follows from it."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from pgbackup_tui.backup.journal.processes import Author, this_process
from pgbackup_tui.backup.journal.records import Content, Record, encode_line
from pgbackup_tui.paths import create_private, private_folder, sync_folder

SUFFIX = ".jsonl"
RESERVE_SUFFIX = ".reserve"
RESERVE_BYTES = 64 * 1024
"""Kept aside on the disk, so that what became of a request can be written even when the disk is full by then."""
_LF = b"\n"


class JournalFile:
    """An append-only file of this process alone, so that no other writer's torn line can touch its own.

    Every method raises PathError or OSError where it can't do its work; whoever asked decides what follows.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.author: Author = this_process()
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(clock()))
        host = "".join(letter if letter.isalnum() or letter in "-." else "_" for letter in self.author.host)
        self.path = private_folder(folder) / (f"{moment}-{host}-{self.author.pid}-{secrets.token_hex(4)}{SUFFIX}")
        self._reserve = self.path.with_suffix(RESERVE_SUFFIX)
        self._sequence = 0
        self._is_torn = False
        """Whether the last write stopped in the middle of a line."""
        self._descriptor = create_private(self.path, os.O_WRONLY | os.O_APPEND)
        try:
            sync_folder(folder)
        except OSError:
            self.close()
            raise

    def append(self, attempt_id: str, content: Content) -> Record:
        """Writes one record and returns when it is on the disk."""
        self._sequence += 1
        record = Record(attempt_id, self._clock(), self.author, self._sequence, content)
        line = encode_line(record, time.monotonic())
        try:
            self._write(line)
        except OSError:
            if not self._release():
                raise
            self._write(line)  # into the room that was kept for it
        return record

    @property
    def is_gone(self) -> bool:
        """Whether somebody took the file away, so that what is written would be lost with it."""
        return os.fstat(self._descriptor).st_nlink == 0

    def reserve(self) -> None:
        """Keeps room for the record that will follow the next one."""
        if self._reserve.exists():
            return
        descriptor = create_private(self._reserve)
        try:
            _fill(descriptor)
            os.fsync(descriptor)
        except OSError:
            self._reserve.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """Gives the room back; what was written stays."""
        os.close(self._descriptor)
        self._release()

    def _release(self) -> bool:
        """Gives the room back; whether there was any."""
        try:
            self._reserve.unlink()
        except OSError:
            return False
        return True

    def _write(self, line: bytes) -> None:
        # Behind a line that was torn, a new one begins: only the torn one is lost to its reader.
        whole = _LF + line if self._is_torn else line
        self._is_torn = True
        written = os.write(self._descriptor, whole)
        if written != len(whole):
            raise OSError(28, "only a part of the record could be written")
        self._is_torn = False
        os.fsync(self._descriptor)


def _fill(descriptor: int) -> None:
    """Takes RESERVE_BYTES of the disk."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, RESERVE_BYTES)
    elif os.write(descriptor, bytes(RESERVE_BYTES)) < RESERVE_BYTES:
        raise OSError(28, "no room for the journal")
