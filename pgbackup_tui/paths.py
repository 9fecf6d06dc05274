"""The user's own folders: where they are, and that nobody else can read or redirect what is in them."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from pgbackup_tui.errors import PathError

STATE_VARIABLE = "PGBACKUP_TUI_STATE_DIR"
APP = "pgbackup-tui"

_FOLDER_MODE = 0o700
_FILE_MODE = 0o600
_NEVER_WAITING = getattr(os, "O_NONBLOCK", 0)
"""For a reader of something that could be a pipe: it would wait for a writer for ever."""
_NEVER_THROUGH_A_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


def state_folder(given: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Where the journal and the locks are: as given, as the variable says, else the user's state folder.

    Only names it; :func:`private_folder` makes it.
    """
    named = given or (Path(environ[STATE_VARIABLE]) if environ.get(STATE_VARIABLE) else None)
    if named is not None:
        return named.expanduser().absolute()
    from platformdirs import user_state_path

    return user_state_path(APP, appauthor=False)


def settings_file() -> Path:
    """The user's settings file, which need not exist."""
    from platformdirs import user_config_path

    return user_config_path(APP, appauthor=False) / "settings.toml"


def private_folder(folder: Path) -> Path:
    """The folder, made with mode 0700 where it is missing.

    Raises PathError for what another user could have put there or could change: a symbolic link, another owner,
    a folder that others may write to.
    """
    try:
        folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise PathError(
            f"The folder {folder} can't be made: {error.strerror}.",
            f"Make it writable, or name another one with --state-dir or {STATE_VARIABLE}.",
        ) from error
    _require_own(folder, found)
    if not stat.S_ISDIR(found.st_mode):
        raise PathError(f"{folder} is not a folder.", "Move it away, or name another folder.")
    if found.st_mode & 0o022:
        raise PathError(f"Others may write to the folder {folder}.", f"Take that from them: chmod 700 {folder}")
    return folder


def create_private(path: Path, flags: int = os.O_WRONLY) -> int:
    """A descriptor of a new file of mode 0600. Raises FileExistsError where anything has that name, OSError."""
    return os.open(path, flags | os.O_CREAT | os.O_EXCL | _NEVER_THROUGH_A_LINK, _FILE_MODE)


def open_private(path: Path) -> int:
    """A descriptor to read a file of the user's own with. Raises FileNotFoundError, PathError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _NEVER_THROUGH_A_LINK | _NEVER_WAITING)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise PathError(
            f"{path} can't be read: {error.strerror}.", "Look at it, its owner and its mode."
        ) from error
    try:
        found = os.fstat(descriptor)
        _require_own(path, found)
        if found.st_mode & 0o022:
            raise PathError(f"Others may write to {path}.", f"Take that from them: chmod 600 {path}")
        if not stat.S_ISREG(found.st_mode):
            raise PathError(f"{path} can't be read: it has to be a file.", "Move it away.")
    except PathError:
        os.close(descriptor)
        raise
    return descriptor


def read_private(path: Path) -> bytes:
    """What is in a file of the user's own. Raises FileNotFoundError, PathError."""
    with os.fdopen(open_private(path), "rb") as stream:
        try:
            return stream.read()
        except OSError as error:
            raise PathError(f"{path} can't be read: {error.strerror}.", "It has to be a file.") from error


def write_new(path: Path, content: bytes) -> None:
    """Puts ``content`` into a new file, mode 0600. Raises PathError, also where anything has that name already."""
    try:
        descriptor = create_private(path)
    except FileExistsError:
        if path.is_dir():
            raise PathError(f"{path} is a folder.", "Nothing was written; name a new file in it.") from None
        raise PathError(f"{path} is there already.", "Nothing was written; name another file.") from None
    except OSError as error:
        raise PathError(f"{path} can't be written: {error.strerror}.", "Name another file.") from error
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise PathError(f"{path} can't be written: {error.strerror}.", "Name another file.") from error


def replace_private(path: Path, content: bytes) -> None:
    """Puts ``content`` in the file's place at once, mode 0600: a reader finds the old or the new, whole.

    Raises PathError; the old content is then still there.
    """
    private_folder(path.parent)
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(create_private(new), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise PathError(f"{path} can't be written: {error.strerror}.", "Nothing was changed.") from error


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder last: a new file is lost with the power if only its content was synced."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _require_own(path: Path, found: os.stat_result) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise PathError(f"{path} is a symbolic link.", "Put the real thing in its place.")
    if hasattr(os, "geteuid") and found.st_uid != os.geteuid():
        raise PathError(f"{path} belongs to another user.", "Use one of your own.")
