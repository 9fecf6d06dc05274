"""What this terminal can do, found out before Textual is imported, because Textual reads its settings once."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import NamedTuple, TextIO

from pgbackup_tui.errors import UsageError

_DUMB = ("", "dumb", "unknown")
_DEBUGGING = ("TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEBUG", "TEXTUAL_DRIVER", "TEXTUAL_SCREENSHOT")
"""Switches that write what is on the screen to files, load code, or open a port."""
_SIZE = ("COLUMNS", "LINES")
"""What a parent says of the terminal's size: it is not told again when the terminal is made another size."""


class Terminal(NamedTuple):
    """The terminal that the program was started on."""

    is_terminal: bool
    """Both ends: what is typed and what is shown."""
    kind: str
    """$TERM."""
    over_ssh: bool
    in_tmux: bool
    no_color: bool
    """$NO_COLOR is set to anything (no-color.org)."""
    few_colors: bool
    """No more than the terminal's own 16 are known to work."""
    encoding: str

    @classmethod
    def inspect(cls, environ: Mapping[str, str], keyboard: TextIO | None, screen: TextIO | None) -> Terminal:
        """Looks at the environment and the streams; asks the terminal nothing."""
        kind = environ.get("TERM", "")
        return cls(
            is_terminal=all(stream is not None and stream.isatty() for stream in (keyboard, screen)),
            kind=kind,
            over_ssh=bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY")),
            in_tmux=bool(environ.get("TMUX")),
            no_color=bool(environ.get("NO_COLOR")),
            few_colors="256color" not in kind and environ.get("COLORTERM") not in ("truecolor", "24bit"),
            encoding=(getattr(screen, "encoding", None) or "ascii").lower(),
        )

    @property
    def is_ascii_only(self) -> bool:
        """Whether box characters would come out as something else."""
        return "utf" not in self.encoding

    def theme(self, preferred: str) -> str:
        """The theme to begin with: as $NO_COLOR says, else as the person prefers, else as much as is possible."""
        if self.no_color:
            return "mono"
        return preferred or ("ansi" if self.few_colors else "dark")

    def require_screen(self) -> None:
        """Raises UsageError, pointing at the command line, where the console can't be shown."""
        if not self.is_terminal:
            raise UsageError(
                "The console needs a terminal, and this is none (a pipe, a file or a job without one).",
                "Without a terminal, use the commands: pgbackup-tui --help",
            )
        if self.kind in _DUMB:
            raise UsageError(
                f"The console can't be shown on this terminal (TERM is “{self.kind}”).",
                "Use the commands instead: pgbackup-tui --help; or set TERM to what the terminal really is.",
            )

    def prepare(self, environ: MutableMapping[str, str]) -> None:
        """Sets what Textual reads at import: calm by default on a slow line; the user's own settings win."""
        for name in list(environ):
            if name.startswith(_DEBUGGING) and (name in _DEBUGGING or name.startswith("TEXTUAL_SCREENSHOT")):
                del environ[name]
        for name in _SIZE:
            environ.pop(name, None)
        environ.setdefault("TEXTUAL_ANIMATIONS", "none")
        environ.pop("NO_COLOR", None)  # Textual makes grey of it; the theme has no colour at all
        environ.pop("TEXTUAL_THEME", None)
        if self.over_ssh:
            environ.setdefault("TEXTUAL_FPS", "15")
            environ.setdefault("TEXTUAL_SMOOTH_SCROLL", "0")
            environ.setdefault("ESCDELAY", "200")
