"""What a command says while it works: on stderr, one cleaned line at a time."""

from __future__ import annotations

import contextlib
import sys

from pgbackup_tui.errors import PgBackupError
from pgbackup_tui.text import clean


def say(*parts: str) -> None:
    """One line for the person at the terminal; server text in it may be raw.

    Where nobody reads it any more, it is lost: the work and its result are not.
    """
    with contextlib.suppress(OSError):
        print(clean(" ".join(part for part in parts if part)), file=sys.stderr, flush=True)  # noqa: T201


def say_error(error: PgBackupError) -> None:
    """What is wrong, and on a line of its own what to do about it."""
    say("error:", error.problem)
    if error.advice:
        say("  →", error.advice)


def someone_can_be_asked() -> bool:
    """Whether a question can be put: both ends are a terminal."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def ask_yes(question: str) -> bool:
    """Puts a question; only the whole word yes is a yes."""
    return ask_words(question, "Type yes to go on:").casefold() == "yes"


def ask_words(question: str, prompt: str) -> str:
    """Puts a question, and returns the line that was typed."""
    print(clean(question), clean(prompt), end=" ", file=sys.stderr, flush=True)  # noqa: T201
    return sys.stdin.readline().strip()
