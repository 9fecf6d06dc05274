"""Bars at a terminal: a block that stays in its place, never wider than the terminal, and quiet without news."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import struct
import termios

import pytest

from pgbackup_tui.backup.follow import Look
from pgbackup_tui.backup.progress import progress
from pgbackup_tui.commands import progress_bars
from pgbackup_tui.commands.job_rows import ChangeTeller
from pgbackup_tui.commands.output import columns
from pgbackup_tui.commands.progress_bars import ProgressBars, block, teller
from pgbackup_tui.commserve.errors import TransportError
from pgbackup_tui.commserve.wire import JobSubclient, JobSummary

NOW = 1_795_403_520.0


def look(*jobs: JobSummary, **others: object) -> Look:
    seen = progress(None, [job.job_id for job in jobs], {job.job_id: job for job in jobs if job.status})
    return Look(seen, **others)  # type: ignore[arg-type]  # Look itself checks the names


def job(job_id: int, status: str = "Running", percent: float = 50.0, name: str = "pg-pay-01") -> JobSummary:
    return JobSummary(
        job_id,
        status,
        percent,
        JobSubclient(1, name, "main", "FSBasedBackupSet", "default"),
        current_phase_name="Backup",
        job_elapsed_time=60,
    )


def shown(seen: Look, wide: int = 200, high: int = 24) -> list[str]:
    return block(seen, columns_wide=wide, rows_high=high, now=NOW)


def test_a_bar_has_progress_status_time_left_phase_and_path() -> None:
    (line,) = shown(look(job(7)))
    path = "pg-pay-01/main/FSBasedBackupSet/default"
    assert line == f"[#####.....]  50 %  job 7  Running  {path}  about 1:00 left  Backup"


def test_what_has_ended_is_full_if_it_left_a_backup_and_comes_last() -> None:
    lines = shown(look(job(7, "Completed", 99), job(8, "Failed", 40), job(9)))
    assert [line[12:38] for line in lines] == [
        "  50 %  job 9  Running  pg",
        " 100 %  job 7  Completed  ",
        "  40 %  job 8  Failed  pg-",
    ]


@pytest.mark.parametrize("wide", [20, 40, 80])
def test_no_line_is_wider_than_the_terminal_whatever_a_name_says(wide: int) -> None:
    lines = shown(look(job(7, name="漢字\x1b[2J\n" * 30), job(8, "漢" * 99)), wide)
    assert len(lines) == 2
    assert max(map(columns, lines)) < wide
    assert all(line.isprintable() for line in lines)


def test_more_jobs_than_rows_are_counted() -> None:
    lines = shown(look(*(job(number) for number in range(1, 51))), high=24)
    assert (len(lines), lines[-1]) == (21, "… and 30 more, 0 of them ended")


def test_trouble_and_the_age_of_what_is_shown_are_said() -> None:
    lines = shown(look(job(7), trouble=TransportError("gone"), missed=2, as_of=NOW, silent=(7,)))
    assert lines[1] == "No news, trying on: gone"
    assert lines[2].startswith("As of ")
    assert "does not know it any more" in lines[0]
    assert len(lines) == 3


def test_the_block_is_drawn_in_its_place_and_only_when_something_has_changed() -> None:
    screen = io.StringIO()
    bars = ProgressBars(screen)
    bars.tell(look(job(7), job(8)))
    first = screen.getvalue()
    assert "\x1b" not in first
    bars.tell(look(job(7), job(8)))
    assert screen.getvalue() == first
    bars.tell(look(job(7, percent=75.0), job(8)))
    assert screen.getvalue().removeprefix(first).startswith("\x1b[2F\x1b[J[#######")


def test_the_terminal_itself_is_asked_for_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    reading, writing = pty.openpty()
    fcntl.ioctl(writing, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    with os.fdopen(reading, "rb"), os.fdopen(writing, "w", encoding="utf-8") as screen:
        ProgressBars(screen).tell(look(job(7)))
        drawn = os.read(reading, 4096).decode()
    assert max(map(columns, drawn.splitlines())) < 40


@pytest.mark.parametrize(
    ("is_terminal", "kind", "expected"),
    [(True, "xterm", ProgressBars), (True, "dumb", ChangeTeller), (False, "xterm", ChangeTeller)],
)
def test_bars_are_for_terminals_that_can_go_back_up(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, kind: str, expected: type
) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: is_terminal)
    monkeypatch.setattr(progress_bars.sys, "stderr", screen)  # type: ignore[attr-defined]  # a module's import
    monkeypatch.setenv("TERM", kind)
    assert isinstance(teller(), expected)
