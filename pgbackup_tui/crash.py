"""What is left of a crash: a short word for the user, and a report without values in a file of the user's own."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

from pgbackup_tui import __version__


def show_no_values() -> None:
    """From now on nothing that Python or a library says by itself reaches the terminal with a value in it.

    A message, a local or a logged header can hold the token, so exceptions that nobody catches are named by their
    type, and log records go nowhere. httpx and httpcore would log every header of an answer.
    """
    sys.excepthook = lambda kind, _error, _trace: _say(kind)
    threading.excepthook = lambda thrown: _say(thrown.exc_type)
    sys.unraisablehook = lambda thrown: _say(thrown.exc_type)
    logging.getLogger().addHandler(logging.NullHandler())
    for library in ("httpx", "httpcore"):
        logging.getLogger(library).setLevel(logging.WARNING)


def _say(kind: type[BaseException] | None) -> None:
    name = kind.__name__ if kind is not None else "an exception"
    with contextlib.suppress(OSError, ValueError, AttributeError):  # there may be no stderr any more
        print(f"pgbackup-tui: {name} was raised where nobody expected it.", file=sys.stderr)  # noqa: T201


def report_text(error: BaseException) -> str:
    """Where it happened: types, files, lines and functions; no local, no message, no line of data.

    A message can quote what a server sent, and a local can hold a token, so neither is in it.
    """
    parts = [f"pgbackup-tui {__version__}, {time.strftime('%Y-%m-%dT%H:%M:%S%z')}"]
    seen: BaseException | None = error
    while seen is not None:
        parts.append(f"{type(seen).__module__}.{type(seen).__qualname__}")
        for frame in traceback.extract_tb(seen.__traceback__):
            parts.append(f"  {frame.filename}:{frame.lineno} in {frame.name}")
        seen = seen.__cause__ or seen.__context__ or _wrapped(seen)
    return "\n".join(parts) + "\n"


def write_report(error: BaseException) -> Path | None:
    """The report in a new file that only this user can read; None where none can be written."""
    try:
        descriptor, name = tempfile.mkstemp(prefix="pgbackup-tui-crash-", suffix=".txt")  # mkstemp makes it 0600
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(report_text(error))
    except OSError:
        return None
    return Path(name)


def last_words(error: BaseException) -> str:
    """What the user sees, when the terminal is theirs again."""
    path = write_report(error)
    root = _root(error)
    where = f"Where it happened is in {path}." if path else "No report could be written."
    return (
        f"pgbackup-tui has a fault ({type(root).__name__}) and ended. {where}\n"
        "Jobs that were started go on. Look at them on the CommServe before asking for a backup again."
    )


def _root(error: BaseException) -> BaseException:
    """What it all came from."""
    cause = error.__cause__ or _wrapped(error)
    return error if cause is None else _root(cause)


def _wrapped(error: BaseException) -> BaseException | None:
    """What failed in a worker, which Textual's WorkerFailed carries."""
    inner = getattr(error, "error", None)
    return inner if isinstance(inner, BaseException) and inner is not error else None
