"""Questions to the person at the terminal: what they type is read from the terminal, secrets without an echo."""

from __future__ import annotations

import getpass
import sys
import warnings
from collections.abc import Sequence

from pgbackup_tui.commands.narration import someone_can_be_asked
from pgbackup_tui.errors import CredentialError, UsageError
from pgbackup_tui.secret import Secret
from pgbackup_tui.text import clean

_TERMINAL_LINE = 4095
"""Bytes; a terminal cuts a longer line without a word."""


def require_someone(missing: str, advice: str) -> None:
    """Raises UsageError where nobody can be asked for what is ``missing``."""
    if not someone_can_be_asked():
        raise UsageError(f"{missing}, and nobody can be asked here.", advice)


def ask_line(question: str, default: str = "") -> str:
    """One line; empty for the default. Raises UsageError where the person ends the input."""
    shown_default = f" [{default}]" if default else ""
    print(clean(question) + clean(shown_default) + ":", end=" ", file=sys.stderr, flush=True)  # noqa: T201
    line = sys.stdin.readline()
    if not line:
        raise UsageError("The question was not answered.", "Nothing was changed.")
    return line.strip() or default


def ask_choice(question: str, choices: Sequence[str], default: int = 0) -> int:
    """The position of the choice, by its number."""
    while True:
        answer = ask_line(question, str(default + 1))
        if answer.isascii() and answer.isdigit() and len(answer) < 4 and 0 < int(answer) <= len(choices):
            return int(answer) - 1


def ask_secret(question: str) -> Secret:
    """One line from the terminal itself, not shown while it is typed. Raises CredentialError."""
    try:
        with warnings.catch_warnings():
            # without a terminal that can hide it, getpass would only warn and read on
            warnings.simplefilter("error", getpass.GetPassWarning)
            typed = getpass.getpass(f"{clean(question)}: ")
    except (getpass.GetPassWarning, EOFError, OSError):
        raise CredentialError(
            "A secret can't be read here without being shown.", "Use --token-fd, --token-command or --password-fd."
        ) from None
    if len(typed.encode(errors="replace")) >= _TERMINAL_LINE:
        raise CredentialError("The terminal cut the line short.", "Give so long a secret by --token-fd N.")
    return Secret(typed)
