"""Where estates are kept: a file for each CommServe, profile and user, in a folder of the user's own."""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from pgbackup_tui.errors import PathError
from pgbackup_tui.estate.cache import (
    LARGEST,
    Header,
    KeptEstate,
    NotUsedError,
    Owner,
    decode,
    decode_header,
    encode,
)
from pgbackup_tui.paths import open_private, private_folder, replace_private
from pgbackup_tui.secret import Secret

_FOLDER = "estates"
_SUFFIX = ".jsonl"
KEPT_SECONDS = 90 * 24 * 3600.0
"""After its last writing, so long a file of any CommServe is kept."""


@dataclass(frozen=True, slots=True)
class EstateFiles:
    """The kept estates of one state folder."""

    state: Path

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return self.state / _FOLDER

    def path_of(self, owner: Owner) -> Path:
        """The owner's file, whether or not there is one."""
        return self.folder / f"{_key(owner.origin, owner.profile)}-{_key(owner.user)}{_SUFFIX}"

    def paths_of(self, origin: str, profile: str) -> list[Path]:
        """The files of every user of a CommServe."""
        return sorted(self.folder.glob(f"{_key(origin, profile)}-*{_SUFFIX}"))

    def recall_by_token(self, origin: str, profile: str, token: Secret) -> KeptEstate | None:
        """What this token's user was shown last, as far as that can be told without asking the CommServe.

        Raises NotUsedError where there is nothing but files that can't be used.
        """
        trouble: NotUsedError | None = None
        for path in self.paths_of(origin, profile):
            try:
                header = read_header(path)
                if header.proof.holds_for(token):
                    return _read(path, Owner(origin, profile, header.owner.user))
            except NotUsedError as error:
                trouble = error
        if trouble is not None:
            raise trouble
        return None

    def recall(self, owner: Owner) -> KeptEstate | None:
        """What this user was shown last. Raises NotUsedError where that can't be used."""
        path = self.path_of(owner)
        try:
            is_there = path.exists()
        except OSError as error:  # in a folder that can't be entered
            raise NotUsedError("unreadable") from error
        return _read(path, owner) if is_there else None

    def keep(self, kept: KeptEstate) -> None:
        """Writes a file in the place of the owner's last one. Raises NotUsedError for too much, PathError."""
        content = encode(kept)
        private_folder(self.state)
        replace_private(self.path_of(kept.header.owner), content)
        self._sweep(kept.header.listed_at)

    def forget(self, origin: str, profile: str) -> int:
        """Removes what is kept of a CommServe, of every user; returns how many files. Raises PathError."""
        found = self.paths_of(origin, profile)
        for path in found:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise PathError(f"{path} can't be removed: {error.strerror}.", f"Remove it: rm {path}") from error
        return len(found)

    def _sweep(self, now: float) -> None:
        """Removes what nobody has opened for long. What can't be removed stays."""
        for path in self.folder.glob(f"*{_SUFFIX}"):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < now - KEPT_SECONDS:
                    path.unlink()


def read_header(path: Path) -> Header:
    """What a file says of itself. Raises NotUsedError."""
    return decode_header(_content(path, only_first_line=True))


def _read(path: Path, owner: Owner) -> KeptEstate:
    kept = decode(_content(path))
    if kept.header.owner != owner:
        raise NotUsedError("foreign")
    return kept


def _content(path: Path, *, only_first_line: bool = False) -> bytes:
    try:
        with os.fdopen(open_private(path), "rb") as stream:
            if os.fstat(stream.fileno()).st_size > LARGEST:
                raise NotUsedError("too large")
            return stream.readline().rstrip(b"\n") if only_first_line else stream.read(LARGEST)
    except FileNotFoundError as error:
        raise NotUsedError("gone") from error
    except PathError as error:
        raise NotUsedError("foreign") from error
    except OSError as error:
        raise NotUsedError("unreadable") from error


def _key(*words: str) -> str:
    """A file name for words that can be none."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]
