"""The command line: reads the words, hands them to a face, and turns whatever happens into an exit status."""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any

from pgbackup_tui.arguments import build_parser, with_command
from pgbackup_tui.errors import PgBackupError

_CONSOLE = "pgbackup_tui.tui.launch:run"
_KEYS = "pgbackup_tui.tui.keymap:keymap_of"
_SIGNALLED = 128
_FAULT = 1


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status; nothing that happens reaches the user as a traceback."""
    gc.disable()  # until all is loaded: modules stay, and looking through them for garbage takes a tenth of a start
    try:
        return _main(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:
        _say("Interrupted.")
        return _SIGNALLED + signal.SIGINT
    except Exception as error:  # noqa: BLE001  # the crash guard
        from pgbackup_tui.crash import last_words

        _say(last_words(error))
        return _FAULT


def _main(words: list[str]) -> int:
    _prepare_streams()
    words = with_command(words)
    arguments = build_parser(words).parse_args(words)
    from pgbackup_tui.crash import show_no_values
    from pgbackup_tui.process import close_off

    close_off()
    show_no_values()
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup has it ignored
            signal.signal(number, _end)
    return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    face = _named(arguments.run)
    # A command has no screen, and only the console knows its keys: it is asked where a command has to tell of them.
    arguments.check_keys = lambda look, warn: _named(_KEYS)(look, warn)
    from pgbackup_tui.commands.narration import say_error
    from pgbackup_tui.commands.stdout import finish, forget_stdout
    from pgbackup_tui.process import collect_from_now_on

    if arguments.run != _CONSOLE:  # which goes on loading until it is on the screen
        collect_from_now_on()
    try:
        status = int(face(arguments))
        finish()
    except PgBackupError as error:
        from pgbackup_tui.commands.exits import of_error  # knows every room, so it is slow to import

        say_error(error)
        return of_error(error)
    except BrokenPipeError:
        forget_stdout()
        return _SIGNALLED + signal.SIGPIPE
    except OSError as error:
        forget_stdout()
        _say(f"error: The result can't be written: {error.strerror or type(error).__name__}.")
        return _FAULT
    return status


def _named(place: str) -> Any:
    """The function that ``module:name`` stands for."""
    module_name, _, function_name = place.partition(":")
    return getattr(importlib.import_module(module_name), function_name)


def _say(words: str) -> None:
    with contextlib.suppress(OSError):
        print(words, file=sys.stderr)  # noqa: T201


def _end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(_SIGNALLED + number)


def _prepare_streams() -> None:
    """A letter that the terminal's encoding doesn't have is escaped, rather than end the command."""
    for stream, how in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=how)
