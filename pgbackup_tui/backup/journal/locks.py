"""One process of a user at a time for each subclient: between looking and sending nobody else of them sends."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from pgbackup_tui.backup.journal.processes import Author, this_process
from pgbackup_tui.errors import PathError, RefusedHereError
from pgbackup_tui.paths import create_private, open_private, private_folder, read_private


class LockedError(RefusedHereError):
    """Another process is sending something for the same subclient."""


class _Lock(msgspec.Struct, frozen=True):
    """What is in a lock file."""

    by: Author
    attempt: str
    origin: str
    subclient_id: int


class SubclientLocks:
    """Lock files in a folder. They keep two processes apart, not two people: those have folders of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, origin: str, subclient_id: int) -> Path:
        """The lock of one subclient of one CommServe."""
        return self.folder / hashlib.sha256(f"{origin}|{subclient_id}".encode()).hexdigest()

    @contextmanager
    def hold(self, origin: str, subclient_ids: Collection[int], attempt_id: str) -> Iterator[None]:
        """Holds the locks of all these subclients, or none. Raises LockedError, PathError."""
        private_folder(self.folder.parent)
        private_folder(self.folder)
        with ExitStack() as held:
            for subclient_id in sorted(subclient_ids):
                lock = _Lock(this_process(), attempt_id, origin, subclient_id)
                path = self.path(origin, subclient_id)
                if not self._take(path, lock):
                    self._break_or_refuse(path, lock)
                held.callback(_unlink, path)
            yield

    def _take(self, path: Path, lock: _Lock) -> bool:
        """Takes the lock, if nobody has it. It appears with its content at once: nobody reads half of one."""
        new = self.folder / f".{secrets.token_hex(8)}"
        try:
            with os.fdopen(create_private(new), "wb") as stream:
                stream.write(msgspec.json.encode(lock))
            os.link(new, path)
        except FileExistsError:
            return False
        except OSError as error:
            raise PathError(f"The lock {path} can't be made: {error.strerror}.", "Nothing was sent.") from error
        finally:
            _unlink(new)
        return True

    def _break_or_refuse(self, path: Path, lock: _Lock) -> None:
        """Takes over the lock of a process that has ended; raises LockedError where it has not.

        Looking at the old lock and replacing it has to be one step, or two processes replace each other's.
        """
        with self._alone():
            holder = _holder(path)
            if holder is not None and holder.by.is_gone is not True:
                raise _refusal(path, holder)
            _unlink(path)
            if not self._take(path, lock):
                raise _refusal(path, _holder(path))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        guard = self.folder / ".guard"
        with contextlib.suppress(FileExistsError):
            os.close(create_private(guard))
        descriptor = open_private(guard)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise LockedError(
                "Another process is taking over the lock of one that has ended.", "Nothing was sent. Try again."
            ) from None
        finally:
            os.close(descriptor)


def _holder(path: Path) -> _Lock | None:
    """Who has the lock; None where it is gone, or was never one."""
    try:
        return msgspec.json.decode(read_private(path), type=_Lock)
    except (FileNotFoundError, msgspec.MsgspecError, ValueError):
        return None


def _refusal(path: Path, holder: _Lock | None) -> LockedError:
    who = str(holder.by) if holder else "Another process"
    advice = "Nothing was sent. Wait until it has ended."
    if holder is not None and holder.by.is_gone is None:
        advice = f"It runs on another machine. If you know that it has ended, remove {path}."
    return LockedError(f"{who} is sending a backup for the same subclient now.", advice)


def _unlink(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
