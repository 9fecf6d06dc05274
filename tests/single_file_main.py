"""What stands at the front of the single file: unpacks it where only its user can write, and starts the program.

Python can't load a compiled module out of an archive, so everything is unpacked once, under the checksum of it
all: into the user's cache, or else the user's runtime folder. Where neither can be had (a home that is read-only,
or a disk that is full or may hold no programs) it is a new folder of mode 0700 in the temporary folder, which goes
when the program ends; a name there that others could foresee is never used.

``tests.build_single_file`` puts this file and ``facts.py`` into the archive. Pythons that are too old for the rest
read it as well, to say so: it is written for 3.6.
"""

import atexit
import importlib
import os
import shutil
import stat
import sys
import tempfile
import zipfile
from pathlib import Path
from types import ModuleType

NAME = "pgbackup-tui"
INSIDE = "site"
"""What is unpacked of the archive."""


def start(archive: Path, facts: ModuleType) -> int:
    """Puts the unpacked program in the archive's place on the module path, and runs it. Raises SystemExit."""
    require_fitting_python(facts)
    sys.path[0] = str(unpacked(archive, facts.CHECKSUM) / INSIDE)
    from pgbackup_tui.cli import main

    return main()


def require_fitting_python(facts: ModuleType) -> None:
    """Ends with what is needed where the compiled modules can't be loaded. Raises SystemExit."""
    here = (sys.implementation.name, tuple(sys.version_info[:2]), sys.platform, os.uname().machine)
    wanted = (facts.IMPLEMENTATION, facts.PYTHON, facts.PLATFORM, facts.MACHINE)
    if here != wanted:
        sys.exit(f"{NAME}: this file is for {_words(*wanted)}; this is {_words(*here)}.")


def _words(implementation: str, version: "tuple[int, ...]", platform: str, machine: str) -> str:
    return f"{implementation} {'.'.join(map(str, version))} on {platform} {machine}"


def unpacked(archive: Path, checksum: str) -> Path:
    """The folder with what is in the archive, unpacked now where it was not before. Raises SystemExit."""
    for base in bases():
        try:
            base.mkdir(mode=0o700, parents=True, exist_ok=True)
            if is_private(base) and may_hold_programs(base):
                if not (base / checksum).is_dir():
                    unpack_to(archive, base / checksum)
                return base / checksum
        except OSError:  # read-only, full, or no folder at all: the next one
            continue
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"{NAME}-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        extract(archive, folder)
    except OSError as error:
        sys.exit(f"{NAME}: there is no folder to unpack it in: {error}. Name one with XDG_CACHE_HOME or TMPDIR.")
    return folder


def bases() -> "list[Path]":
    """The folders in which it is looked for, in order; they need not exist."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111  # Path's can raise
    named = map(Path, filter(None, (cache, os.environ.get("XDG_RUNTIME_DIR"))))
    return [folder / NAME for folder in named if folder.is_absolute()]


def is_private(folder: Path) -> bool:
    """Whether it is the user's own and closed to others, and nobody but root could put another in its place."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        return False
    return not any(_is_others(above.lstat()) for above in folder.resolve().parents)


def _is_others(found: os.stat_result) -> bool:
    writable = found.st_mode & 0o022 and not found.st_mode & stat.S_ISVTX
    return bool(writable) or found.st_uid not in (0, os.geteuid())


def may_hold_programs(folder: Path) -> bool:
    """Whether a compiled module can be loaded from there."""
    return not os.statvfs(folder).f_flag & os.ST_NOEXEC


def unpack_to(archive: Path, folder: Path) -> None:
    """Unpacks beside it and renames, so that a half unpacked one is never used. Raises OSError, SystemExit."""
    beside = Path(tempfile.mkdtemp(prefix="unpacking-", dir=folder.parent))
    try:
        extract(archive, beside)
        beside.rename(folder)
    except OSError:
        if not folder.is_dir():  # else another process was quicker
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def extract(archive: Path, folder: Path) -> None:
    """Raises OSError, and SystemExit where the archive is not whole."""
    if sys.stderr is not None and sys.stderr.isatty():
        print(f"{NAME}: unpacking itself into {folder.parent}", file=sys.stderr)  # noqa: T201
    before = os.umask(0o077)
    try:
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(folder, [name for name in opened.namelist() if name.startswith(f"{INSIDE}/")])
    except zipfile.BadZipFile:
        sys.exit(f"{NAME}: {archive} is damaged; copy it again.")
    finally:
        os.umask(before)


if __name__ == "__main__":
    sys.exit(start(Path(sys.path[0]), importlib.import_module("facts")))
