"""Rows 38 to 40 of the fault matrix: no room on the disk, and a state folder that can't be trusted."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from pgbackup_tui.backup.journal.attempts import Standing
from pgbackup_tui.backup.journal.journal import NoJournalError
from pgbackup_tui.backup.journal.processes import Author
from pgbackup_tui.backup.journal.writing import RESERVE_BYTES
from pgbackup_tui.backup.outcome import OutcomeKind
from tests.faults.rig import Engineer, Rig

ACCEPTED, REJECTED, NOT_SENT, UNKNOWN = OutcomeKind


class FullDisk:
    """A disk that is full from the moment it is said to be, but for what is given back."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, has_reserve: bool) -> None:
        self.is_full = False
        self._has_reserve = has_reserve
        self._write, self._unlink = os.write, os.unlink
        monkeypatch.setattr(os, "write", self.write)
        monkeypatch.setattr(os, "unlink", self.unlink)

    def write(self, descriptor: int, content: bytes) -> int:
        if self.is_full:
            self._write(descriptor, content[:9])  # as a full disk does: a part, then an error
            raise OSError(errno.ENOSPC, "No space left on device")
        return self._write(descriptor, content)

    def unlink(self, path: str | Path, **named: int) -> None:
        self._unlink(path, **named)
        if self._has_reserve and str(path).endswith(".reserve"):
            self.is_full = False


async def test_row_38_a_disk_that_is_full_before_the_intent_sends_nothing(
    rig: Rig, engineer: Engineer, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FullDisk(monkeypatch, has_reserve=False)
    disk.is_full = True
    with pytest.raises(NoJournalError, match="No space left"):
        await engineer.press(rig.task())
    assert rig.server.posted == []


async def test_row_38_an_intent_that_may_be_on_the_disk_all_the_same_blocks_nobody(
    rig: Rig, engineer: Engineer, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync, journal = os.fsync, engineer.journal

    def fails_for_the_intent(descriptor: int) -> None:
        found = os.fstat(descriptor)
        if stat.S_ISREG(found.st_mode) and found.st_size < RESERVE_BYTES:
            raise OSError(errno.EIO, "Input/output error")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fails_for_the_intent)
    with pytest.raises(NoJournalError, match="Input/output"):
        await engineer.press(rig.task(), journal=journal)
    monkeypatch.setattr(os, "fsync", fsync)
    assert (await engineer.press(rig.task(), journal=journal)).kind is ACCEPTED
    assert len(rig.server.posted) == 1


async def test_row_38_without_room_for_the_outcome_nothing_is_sent(
    rig: Rig, engineer: Engineer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int, _begin: int, _length: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(NoJournalError, match="No space left"):
        await engineer.press(rig.task())
    assert rig.server.posted == []
    assert engineer.journal.read().attempts == ()


async def test_row_39_the_outcome_is_written_into_the_room_that_was_kept(
    rig: Rig, engineer: Engineer, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FullDisk(monkeypatch, has_reserve=True)
    fill_at_task(rig, disk)
    assert (await engineer.press(rig.task())).kind is ACCEPTED
    assert engineer.known().standing is Standing.ACCEPTED
    assert engineer.warned == []
    (read,) = engineer.journal.read().files
    assert read.damaged == 1  # the part that was written before the disk was full


async def test_row_39_what_can_not_be_written_is_told_and_the_next_start_calls_it_unknown(
    rig: Rig, engineer: Engineer, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FullDisk(monkeypatch, has_reserve=False)
    fill_at_task(rig, disk)
    journal = engineer.journal
    outcome = await engineer.press(rig.task(), journal=journal)
    assert (outcome.kind, [found.kind for found in engineer.concluded]) == (ACCEPTED, [ACCEPTED])
    assert "No space left" in engineer.warned[0]
    assert engineer.last is not None
    here = journal.read().attempt(engineer.last.attempt_id)
    assert here is not None
    assert here.standing is Standing.ACCEPTED  # this process knows it
    monkeypatch.setattr(Author, "is_gone", True)
    assert engineer.known().standing is Standing.UNKNOWN  # the next one does not
    disk.is_full = False
    await engineer.look()
    assert engineer.known().job_ids == outcome.job_ids


def fill_at_task(rig: Rig, disk: FullDisk) -> None:
    """The disk is full from the moment in which the CommServe reads the task."""
    create = rig.server.posted

    class Filling(list[bytes]):
        def append(self, body: bytes) -> None:
            disk.is_full = True
            super().append(body)

    rig.server.posted = Filling(create)


async def test_row_40_a_state_folder_behind_a_link_is_refused(rig: Rig, engineer: Engineer, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    engineer.state.symlink_to(tmp_path / "real")
    with pytest.raises(NoJournalError, match="symbolic link"):
        await engineer.press(rig.task())
    assert rig.server.posted == []


@pytest.mark.parametrize("name", ["journal", "locks"])
@pytest.mark.parametrize("fault", ["file", "link", "open", "foreign"])
async def test_row_40_a_folder_that_can_not_be_trusted_is_refused(
    rig: Rig, engineer: Engineer, name: str, fault: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    engineer.state.mkdir(mode=0o700)
    folder = engineer.state / name
    if fault == "file":
        folder.write_text("")
    elif fault == "link":
        folder.symlink_to(tmp_path)
    else:
        folder.mkdir()
        folder.chmod(0o777 if fault == "open" else 0o700)
    if fault == "foreign":
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(NoJournalError):
        await engineer.press(rig.task())
    assert rig.server.posted == []
