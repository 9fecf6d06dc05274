"""Copies that arrive where they can be pasted, over SSH and in a multiplexer too, and what is known of each way.

The terminal's own clipboard is reached by an escape sequence (OSC 52) that no terminal answers, and many ignore.
tmux drops it unless it is told otherwise, so there the text goes into tmux's own buffer. And whatever the way, the
text is in a file of the user's own as well.
"""

from __future__ import annotations

import base64
import os
import shlex
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pgbackup_tui.errors import ClipboardError, PathError
from pgbackup_tui.paths import replace_private
from pgbackup_tui.text import clean

VARIABLE = "PGBACKUP_TUI_CLIPBOARD"
FILE_NAME = "copied.txt"
"""In the state folder; each copy takes the place of the one before."""
MOST_BYTES = 74_994
"""Of a text for OSC 52: in base64, with its begin and its end, that makes the 100,000 bytes that terminals take."""

_COMMAND_SECONDS = 3.0
_OWN_VARIABLES = "PGBACKUP_TUI_"
_BEGIN, _END = "\x1b]52;c;", "\a"
_SCREEN_BEGIN, _SCREEN_END = "\x1bP", "\x1b\\"
_SCREEN_BYTES = 240
"""GNU screen hands on what is in a device control string, and old ones have room for 256 bytes in it."""

Write = Callable[[str], None]
"""Writes to the terminal itself, whatever stdout is. Raises OSError where there is none."""


class Way(Protocol):
    """Something that takes a copy."""

    def take(self, text: str, write: Write) -> str:
        """Where the copy is now, as far as that is known. Raises ClipboardError."""


@dataclass(frozen=True, slots=True)
class Tmux:
    """tmux's own buffer, and, where tmux may, the clipboard of the terminal that it is shown on."""

    def take(self, text: str, write: Write) -> str:  # noqa: ARG002  # as every way
        try:
            _feed(("tmux", "load-buffer", "-w", "-"), text)
        except ClipboardError:  # older than 3.2, it has no -w
            _feed(("tmux", "load-buffer", "-"), text)
        return "in tmux's buffer, prefix ] pastes it"


@dataclass(frozen=True, slots=True)
class Osc52:
    """The clipboard of the terminal, by an escape sequence."""

    in_screen: bool = False
    """Whether GNU screen is in between, and has to be told to hand it on."""

    def take(self, text: str, write: Write) -> str:
        number = len(text.encode())
        if number > MOST_BYTES:
            raise ClipboardError(f"{number:,} bytes are too many for OSC 52: terminals take {MOST_BYTES:,}.")
        try:
            write(self.sequence(text))
        except OSError as error:
            raise ClipboardError(f"There is no terminal to send it to: {error.strerror}.") from error
        return "sent to the terminal by OSC 52, which it may ignore"

    def sequence(self, text: str) -> str:
        """What the terminal is sent. Nothing in ``text`` can be anything else to it: it is base64."""
        whole = f"{_BEGIN}{base64.b64encode(text.encode()).decode()}{_END}"
        if not self.in_screen:
            return whole
        parts = (whole[start : start + _SCREEN_BYTES] for start in range(0, len(whole), _SCREEN_BYTES))
        return "".join(f"{_SCREEN_BEGIN}{part}{_SCREEN_END}" for part in parts)


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the user's, which reads the copy on its stdin: wl-copy, xclip, clip.exe."""

    line: str

    def take(self, text: str, write: Write) -> str:  # noqa: ARG002  # as every way
        try:
            words = shlex.split(self.line)
        except ValueError as error:
            raise ClipboardError(f"{VARIABLE} can't be split into words: {error}.") from error
        _feed(words, text)
        return f"handed to {words[0]}"


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of a copy."""

    words: str
    """Everything that is known of it, for the person who asked."""
    as_asked: bool
    """Whether it went the first way, and into the file."""


def ways(environ: Mapping[str, str]) -> tuple[Way, ...]:
    """The ways to try, the best first; none where the file is all that is wanted."""
    wanted = environ.get(VARIABLE, "").strip()
    terminal = Osc52(in_screen=bool(environ.get("STY")))
    if wanted in ("", "tmux"):
        return (Tmux(), terminal) if wanted or environ.get("TMUX") else (terminal,)
    named: dict[str, tuple[Way, ...]] = {"osc52": (terminal,), "file": ()}
    return named.get(wanted, (Command(wanted),))


def copy(what: str, text: str, state: Path, write: Write, environ: Mapping[str, str] = os.environ) -> Copied:
    """Puts ``text`` where it can be pasted, and into a file of the folder ``state``; ``what`` is its name.

    May take some seconds. A control character other than a line break is replaced by its picture, so that what is
    pasted into a shell can't type. Raises ClipboardError where it can be put nowhere, not even into the file.
    """
    text = "\n".join(clean(line, limit=len(line)) for line in text.split("\n"))
    troubles = []
    places = []
    for way in ways(environ):
        try:
            places.append(way.take(text, write))
            break
        except ClipboardError as error:
            troubles.append(error.problem)
    file = state / FILE_NAME
    try:
        replace_private(file, text.encode())
        places.append(f"in the file {file}")
    except PathError as error:
        troubles.append(error.problem)
    if not places:
        raise ClipboardError(f"Nothing was copied of {what}.", " ".join(troubles))
    return Copied(" ".join([f"Copied {what}: {'; '.join(places)}.", *troubles]), as_asked=not troubles)


def _feed(words: list[str] | tuple[str, ...], text: str) -> None:
    """Runs a command on ``text``, with nothing of this program's own in its environment. Raises ClipboardError.

    Its output is not waited for: a command that keeps a clipboard stays in the background, and has it open.
    """
    try:
        done = subprocess.run(  # noqa: S603  # tmux, or the user's own command, as words
            words,
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={name: value for name, value in os.environ.items() if not name.startswith(_OWN_VARIABLES)},
            start_new_session=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ClipboardError(f"{words[0]} did not take it within {_COMMAND_SECONDS:.0f} s.") from error
    except OSError as error:
        raise ClipboardError(f"{words[0]} can't be run: {error.strerror}.") from error
    if done.returncode:
        raise ClipboardError(f"{words[0]} did not take it: it ended with exit status {done.returncode}.")
