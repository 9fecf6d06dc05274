"""Jobs that are followed at a terminal: a bar for each, drawn again where it stands when something has changed."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Sequence
from typing import Protocol, TextIO

from pgbackup_tui.backup.follow import Look
from pgbackup_tui.backup.outlook import seconds_left
from pgbackup_tui.backup.progress import TaskJob
from pgbackup_tui.commands.job_rows import ChangeTeller
from pgbackup_tui.commands.output import columns
from pgbackup_tui.text import clean
from pgbackup_tui.times import clock_time, duration

_BAR = 10
"""Columns of a bar."""
_LEAST_ROWS = 3
_BACK_AND_ERASE = "\x1b[{rows}F\x1b[J"
"""To the beginning of the block, and everything below it away (ECMA-48: CPL, ED)."""
_STALE_AFTER = 2
"""Looks without news after which the age of what is shown is said."""


class Teller(Protocol):
    """Who tells what each look showed."""

    def tell(self, look: Look) -> None: ...


def teller() -> Teller:
    """Bars where stderr is a terminal that can go back up; else one line a change."""
    screen = sys.stderr
    if screen is not None and screen.isatty() and os.environ.get("TERM", "") not in ("", "dumb", "unknown"):
        return ProgressBars(screen)
    return ChangeTeller()


class ProgressBars:
    """Draws a block of lines at the cursor, and again in its place; nothing is sent while nothing has changed."""

    def __init__(self, screen: TextIO) -> None:
        self._screen = screen
        self._drawn: list[str] = []

    def tell(self, look: Look) -> None:
        """Draws this look's block, if it is another one than the last."""
        size = _size_of(self._screen)
        lines = block(look, columns_wide=size.columns, rows_high=size.lines, now=time.time())
        if lines == self._drawn:
            return
        back = _BACK_AND_ERASE.format(rows=len(self._drawn)) if self._drawn else ""
        self._drawn = lines
        try:
            self._screen.write(back + "".join(f"{line}\n" for line in lines))
            self._screen.flush()
        except OSError:
            return  # nobody sees it any more; the work goes on, and its result is printed where it can be


def _size_of(screen: TextIO) -> os.terminal_size:
    """Asked of this terminal: stdout may lead elsewhere, and what a parent exported may be long past."""
    try:
        return os.get_terminal_size(screen.fileno())
    except OSError:
        return shutil.get_terminal_size()


def block(look: Look, *, columns_wide: int, rows_high: int, now: float) -> list[str]:
    """The lines of one look, each cleaned and no wider than the terminal, so that going back up finds its place.

    The open jobs come first; ``now`` is UNIX seconds.
    """
    jobs = sorted(look.progress.jobs, key=lambda job: job.ending.is_final)
    most = max(_LEAST_ROWS, rows_high - 4)
    lines = [_line(job, job.job_id in look.silent, now) for job in jobs[:most]]
    if len(jobs) > most:
        ended = sum(job.ending.is_final for job in jobs[most:])
        lines.append(f"… and {len(jobs) - most} more, {ended} of them ended")
    if look.trouble is not None:
        lines.append(f"No news, trying on: {look.trouble.problem}")
    if look.missed >= _STALE_AFTER and look.as_of:
        lines.append(f"As of {clock_time(look.as_of)}.")
    return [_cut(clean(line), columns_wide - 1) for line in lines]


def _line(job: TaskJob, is_silent: bool, now: float) -> str:
    summary = job.summary
    if summary is None:
        return f"[{' ' * _BAR}]   -    job {job.job_id}  " + (
            "the CommServe does not know it yet" if is_silent else "…"
        )
    percent = 100.0 if job.ending.is_final and job.ending.has_backup else summary.percent_complete
    filled = int(percent / 100 * _BAR)
    words = [f"[{'#' * filled}{'.' * (_BAR - filled)}] {percent:3.0f} %  job {job.job_id}", job.status, job.path]
    left = None if job.ending.is_final else seconds_left(summary, None, now)
    words += [f"about {duration(left)} left"] if left is not None and percent else []
    words += [summary.current_phase_name] if not job.ending.is_final else []
    words += [summary.pending_reason, "the CommServe does not know it any more" if is_silent else ""]
    return "  ".join(filter(None, words))


def _cut(line: str, most: int) -> str:
    """The line in at most so many columns."""
    if columns(line) <= most:
        return line
    kept: Sequence[str] = line
    while kept and columns("".join(kept)) >= most:
        kept = kept[:-1]
    return "".join(kept) + "…"
