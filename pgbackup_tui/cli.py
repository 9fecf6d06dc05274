"""The command line: reads the words, hands them to a face, and turns whatever happens into an exit status."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from pgbackup_tui.arguments import build_parser, with_command
from pgbackup_tui.errors import PgBackupError

_SIGNALLED = 128
_FAULT = 1


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status; nothing that happens reaches the user as a traceback."""
    _prepare_streams()
    words = list(sys.argv[1:] if argv is None else argv)
    arguments = build_parser().parse_args(with_command(words))
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # Windows has no SIGHUP
            signal.signal(getattr(signal, name), _end)
    try:
        status = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
        return _SIGNALLED + signal.SIGPIPE
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)  # noqa: T201
        return _SIGNALLED + signal.SIGINT
    return status


def _run(arguments: argparse.Namespace) -> int:
    module_name, _, function_name = arguments.run.partition(":")
    face = getattr(importlib.import_module(module_name), function_name)
    from pgbackup_tui.commands.exits import of_error
    from pgbackup_tui.commands.narration import say_error

    try:
        return int(face(arguments))
    except PgBackupError as error:
        say_error(error)
        return of_error(error)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001  # the crash guard
        _tell_crash(error)
        return _FAULT


def _tell_crash(error: Exception) -> None:
    """Where it happened, without values: a message or a local could hold what must not be shown."""
    frames = traceback.extract_tb(error.__traceback__)
    where = "\n".join(f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    print(f"pgbackup-tui has a fault: {type(error).__name__}\n{where}", file=sys.stderr)  # noqa: T201
    print("Please report these lines. Look at the CommServe before asking for a backup again.", file=sys.stderr)  # noqa: T201


def _end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(_SIGNALLED + number)


def _prepare_streams() -> None:
    """A name that the terminal's encoding doesn't have is escaped, rather than end the command."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _forget_stdout() -> None:
    """The reader of a pipe is gone: what is left to write goes nowhere, also at the interpreter's exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
