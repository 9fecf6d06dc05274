"""The places that hand a token over: a descriptor, or a command of the user's."""

from __future__ import annotations

import contextlib
import os
import select
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Sequence

from pgbackup_tui.credentials.token import MAX_LENGTH, parse_token
from pgbackup_tui.errors import CredentialError
from pgbackup_tui.secret import Secret

TOKEN_VARIABLE = "PGBACKUP_TUI_TOKEN"  # noqa: S105  # the variable's name
COMMAND_SECONDS = 30.0
"""How long a token command, or whoever writes to a descriptor, may take."""
_MOST_READ = 2 * MAX_LENGTH
_END_SECONDS = 1.0
"""How long a command may live on after its output has ended, and still be asked for its exit status."""


def from_descriptor(descriptor: int, what: str = "token") -> str:
    """What is written on an inherited descriptor, which is closed. Raises CredentialError."""
    where = f"file descriptor {descriptor}"
    try:
        with os.fdopen(descriptor, "rb", buffering=0) as stream:
            content = _read_in_time(stream.fileno(), where, lambda: False)
    except OSError as error:
        raise CredentialError(
            f"The {what} can't be read from {where}: {error.strerror}.",
            f"Open it in the shell, for instance: {descriptor}< {what}-file",
        ) from error
    return _text(content, where)


def split_command(command: str) -> tuple[str, ...]:
    """The words of a command, as a shell would split them. Raises CredentialError."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise CredentialError(
            f"The token command can't be split into words: {error}.", "Check its quotes."
        ) from error
    if not words:
        raise CredentialError("The token command is empty.", "Give a command, for instance: pass show commvault")
    return tuple(words)


def from_command(words: Sequence[str]) -> Secret:
    """The token that a command prints within COMMAND_SECONDS. Raises CredentialError."""
    source = command_source(words)
    return parse_token(_text(_output(words, source), source), source)


def command_source(words: Sequence[str]) -> str:
    """The command as a source: its name alone, since an argument of it may be secret."""
    return f"the command {words[0]}"


def _output(words: Sequence[str], source: str) -> bytes:
    """What the command prints. It gets no shell, no input and a session of its own, and is ended when late."""
    try:
        process = subprocess.Popen(  # noqa: S603  # the user's own command, as words
            list(words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if name != TOKEN_VARIABLE},
            start_new_session=True,
        )
    except OSError as error:
        # Its name is not repeated: with a pair of quotes too many, it is the token.
        raise CredentialError(
            f"The token command can't be run: {error.strerror}.", "Check its name, its path and its quotes."
        ) from error
    with process:
        assert process.stdout is not None  # noqa: S101  # a pipe was asked for
        try:
            content = _read_in_time(process.stdout.fileno(), source, lambda: process.poll() is not None)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_END_SECONDS)  # its output can end a moment before itself
            has_ended = process.poll() is not None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    if has_ended and process.returncode != 0:
        raise CredentialError(
            f"{source} ended with exit status {process.returncode}.", "Run it by hand to see what it says."
        )
    return content


def _read_in_time(descriptor: int, source: str, is_over: Callable[[], bool]) -> bytes:
    """Everything up to the end, or up to when ``is_over``, or as much as can't be a token any more.

    A command can leave a child behind that keeps the pipe open; what was printed by then is the token.
    """
    content = b""
    end = time.monotonic() + COMMAND_SECONDS
    while len(content) <= _MOST_READ:
        over = is_over()
        ready, _, _ = select.select([descriptor], [], [], 0 if over else 0.05)
        if ready:
            chunk = os.read(descriptor, _MOST_READ)
            if not chunk:
                break
            content += chunk
        elif over:
            break
        elif time.monotonic() > end:
            raise CredentialError(
                f"{source} gave no token within {COMMAND_SECONDS:.0f} s.", "Try by hand to see what it waits for."
            )
    return content


def _text(content: bytes, source: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise CredentialError(f"What {source} gave is not text.", "Give the secret alone, as text.") from None
