"""Files that a person asks for with a key: new, of mode 0600, in the working folder or else in the home folder."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from pgbackup_tui.paths import create_private
from pgbackup_tui.tui.records import LogStore, Severity


async def export(what: str, name: str, lines: Callable[[], Iterable[str]], log: LogStore) -> None:
    """Writes what ``lines`` gives, line breaks included, and says where; ``what`` is its subject: ``The log``."""
    for where, find in (("the working folder", Path.cwd), ("the home folder", Path.home)):
        try:
            path = find() / name
            # In a thread: a folder on the network may take its time, and keys must not wait for it.
            await asyncio.to_thread(_write, path, lines())
        except OSError as error:
            log.answer(Severity.WARNING, f"{what} can't be written to {where}: {error.strerror}.")
        except RuntimeError:
            log.answer(Severity.WARNING, f"{what} can't be written to the home folder: there is none.")
        else:
            log.answer(Severity.INFO, f"{what} was written to {path}.")
            return


def _write(path: Path, lines: Iterable[str]) -> None:
    """Writes a new file of the user's own, whole or not at all. Raises OSError."""
    descriptor = create_private(path)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.writelines(lines)
    except OSError:
        path.unlink(missing_ok=True)
        raise
