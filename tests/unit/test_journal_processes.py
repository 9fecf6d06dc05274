"""Whether the process that wrote something still runs: told from what the system says, whatever it is called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pgbackup_tui.backup.journal import processes
from pgbackup_tui.backup.journal.processes import Author, this_process

BEGAN = 555


def says(folder: Path, *, name: bytes = b"python3", state: bytes = b"S") -> None:
    """What /proc tells of this process, in a folder in its place."""
    stat = folder / str(os.getpid()) / "stat"
    stat.parent.mkdir()
    between = b" ".join(b"%d" % number for number in range(1, 19))
    stat.write_bytes(b"%d (%s) %s %s %d 0 0\n" % (os.getpid(), name, state, between, BEGAN))


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(processes, "_PROC", tmp_path)
    return tmp_path


def author(began: int = BEGAN) -> Author:
    here = this_process()
    return Author(here.host, here.user, here.uid, here.pid, here.boot_id, began)


def test_a_process_is_known_by_its_user_and_by_when_it_began(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    here = this_process()
    assert (here.uid, here.pid) == (4711, os.getpid())
    assert here.began > 0


def test_on_a_system_without_user_ids_the_id_is_0(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "jane")
    monkeypatch.delattr(os, "getuid")
    assert this_process().uid == 0


@pytest.mark.parametrize(
    "name", [b"python3", b"a) Z 1 (b", b"caf\xe9", b""], ids=["plain", "bracket", "latin-1", "none"]
)
def test_a_process_that_runs_is_not_gone_whatever_it_is_called(proc: Path, name: bytes) -> None:
    says(proc, name=name)
    assert this_process().began == BEGAN
    assert author().is_gone is False
    assert author(BEGAN + 1).is_gone is True


@pytest.mark.parametrize("state", [b"Z", b"X"])
def test_a_process_that_only_waits_to_be_fetched_is_gone(proc: Path, state: bytes) -> None:
    says(proc, state=state)
    assert author().is_gone is True


@pytest.mark.usefixtures("proc")
def test_where_the_system_tells_nothing_a_process_that_answers_is_not_gone() -> None:
    assert this_process().began == 0
    assert author().is_gone is False


def test_a_process_that_wrote_no_beginning_is_not_gone_as_long_as_its_pid_is_there(proc: Path) -> None:
    says(proc)
    assert author(began=0).is_gone is False
