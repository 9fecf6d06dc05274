"""A terminal that a person sits at: tmux with a shell in it, keys that go in, and the screen as it is seen."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.running import LONGEST, environment

PROGRAMS = ("tmux", "pv", "script")
SLOW_LINE = "25K"
"""Bytes in a second that a bad line carries."""
PROMPT = "$ "
Size = tuple[int, int]


def missing() -> list[str]:
    """The programs that a pane needs and that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


@dataclass(frozen=True, slots=True)
class Pane:
    """One pane of a tmux server of its own, with nothing of the user's settings, and a shell."""

    sockets: Path
    folder: Path
    """Where the shell is."""
    seen: list[str] = field(default_factory=list)
    """Every screen that was waited for, oldest first."""

    def type(self, *keys: str) -> None:
        """Presses keys, by the names that tmux has for them; what is no name is typed as it is."""
        self.tmux("send-keys", *keys)

    def line(self, words: str) -> None:
        """Types a command line at the shell."""
        self.tmux("send-keys", "-l", words)
        self.type("Enter")

    def run(self, *words: str, slow: bool = False, **variables: str) -> None:
        """Starts the program at the shell, perhaps over a slow line; its exit status is said at its end."""
        setting = [f"{name}={text}" for name, text in variables.items()]
        program = shlex.join(["env", *setting, sys.executable, "-m", "pgbackup_tui", *words])
        if slow:  # script has the keys and the size of this terminal; what it shows goes through the pipe
            # pv would set the modes of a terminal on its standard error, while script does
            program = f"script -qefc {shlex.quote(program)} /dev/null | pv -qL {SLOW_LINE} 2> pv-says"
        # from a file, because a line that is wrapped is not found again when the pane is resized
        (self.folder / "console").write_text(f"set -o pipefail\n{program}\n", encoding="utf-8")
        self.line('bash console; echo "status $?"')

    def paste(self, text: str) -> None:
        """Pastes text, in brackets where the program asked for that."""
        self.tmux("set-buffer", text)
        self.tmux("paste-buffer", "-p")

    def resize(self, size: Size) -> None:
        """Gives the pane another size."""
        self.tmux("resize-window", "-x", str(size[0]), "-y", str(size[1]))

    def screen(self, *, with_codes: bool = False) -> str:
        """What is seen now, a line a row, without trailing blanks."""
        return self.tmux("capture-pane", "-p", *(["-e"] if with_codes else []))

    def until(self, *texts: str) -> str:
        """Waits until all of these are seen, and gives the screen; fails when they don't come."""
        return self.until_so(lambda screen: all(text in screen for text in texts), " and ".join(texts))

    def until_so(self, shown: Callable[[str], bool], meant: str = "") -> str:
        """Waits until the screen is as it is meant to be, and gives it; fails when it doesn't become so."""
        end = time.monotonic() + LONGEST
        while not shown(screen := self.screen()):
            assert time.monotonic() < end, f"{meant} did not come:\n{screen}"
            time.sleep(0.05)
        self.seen.append(screen)
        return screen

    def state(self, *names: str) -> tuple[str, ...]:
        """What tmux knows of the pane, by its names for it."""
        return tuple(self.tmux("display-message", "-p", "\t".join(f"#{{{name}}}" for name in names)).split("\t"))

    def close(self) -> None:
        """Closes the pane, as a person closes a window, and with it its server."""
        self.tmux("kill-pane")

    def tmux(self, *words: str) -> str:
        """Has the server do something; what it prints, without the last line feed."""
        done = subprocess.run(
            ["tmux", "-u", "-L", "person", "-f", "/dev/null", *words],
            env=_surroundings(self.sockets),
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.removesuffix("\n")


@contextmanager
def pane(folder: Path, size: Size) -> Iterator[Pane]:
    """A pane of this size with a shell in ``folder``; whatever runs in it ends with it."""
    with tempfile.TemporaryDirectory(prefix="tmux-") as sockets:  # short: a socket's path has no room
        opened = Pane(Path(sockets), folder)
        width, height = map(str, size)
        shell = f"env PS1={shlex.quote(PROMPT)} bash --norc --noprofile -i"
        session = ["new-session", "-d", "-x", width, "-y", height, "-c", str(folder), shell]
        opened.tmux("start-server", ";", "set", "-g", "status", "off", ";", *session)
        try:
            opened.until_so(lambda screen: screen.startswith(PROMPT.rstrip()), "the prompt")
            yield opened
        finally:
            _end(opened)


def _end(opened: Pane) -> None:
    """Ends the server, as a jump host that goes down does; whatever ran in the pane has to end with it."""
    tmux = ["tmux", "-L", "person"]
    surroundings = _surroundings(opened.sockets)
    asked = subprocess.run(
        [*tmux, "list-panes", "-a", "-F", "#{pane_pid}"],
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    running = [process for shell in asked.stdout.split() for process in _children(shell)]
    subprocess.run([*tmux, "kill-server"], env=surroundings, capture_output=True, check=False)
    end = time.monotonic() + LONGEST
    while left := [process for process in running if Path(f"/proc/{process}").exists()]:
        assert time.monotonic() < end, f"still there without a terminal: {left}"
        time.sleep(0.05)


def _children(process: str) -> list[str]:
    try:
        return Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return []  # it has ended


def _surroundings(sockets: Path) -> dict[str, str]:
    """Of the server and its pane: nothing of the terminal that the tests run in."""
    unwanted = ("TMUX", "TMUX_PANE", "COLORTERM", "NO_COLOR", "SSH_CONNECTION", "SSH_TTY", "COLUMNS", "LINES")
    known = environment(TMUX_TMPDIR=str(sockets), LC_ALL="C.UTF-8")
    return {name: text for name, text in known.items() if name not in unwanted}
