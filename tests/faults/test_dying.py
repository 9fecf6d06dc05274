"""Rows 35 to 41, 43 and 46 of the fault matrix: killed, cancelled, without room, without a folder, side by side."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from pgbackup_tui.backup.attempt import new_attempt
from pgbackup_tui.backup.guard import UnsettledError
from pgbackup_tui.backup.journal.attempts import Standing
from pgbackup_tui.backup.journal.journal import NoJournalError
from pgbackup_tui.backup.journal.locks import LockedError
from pgbackup_tui.backup.journal.processes import Author
from pgbackup_tui.backup.journal.writing import RESERVE_BYTES
from pgbackup_tui.backup.outcome import OutcomeKind
from pgbackup_tui.errors import RefusedHereError
from tests.faults.rig import Engineer, Rig
from tests.faults.victim import Victims, victims

ACCEPTED, REJECTED, NOT_SENT, UNKNOWN = OutcomeKind


@pytest.fixture(scope="module")
def dying() -> Iterator[Victims]:
    """Processes to be killed."""
    with victims() as found:
        yield found


async def test_row_35_killed_at_every_write_the_next_start_knows_what_may_have_been_sent(
    rig: Rig, dying: Victims
) -> None:
    """From the first write to the last, and at each sign of life of the transport between."""
    task, moment, states = rig.task(), 0, set()
    while True:
        moment += 1
        engineer = rig.engineer()
        outcome = dying.press(engineer, task, new_attempt(), moment)
        await rig.settle()
        assert engineer.last is not None
        if not dying.was_killed:
            break
        known = engineer.journal.read().attempt(engineer.last.attempt_id)
        jobs = rig.jobs_of(engineer.last.attempt_id)
        if known is None:
            assert rig.posts_of(engineer.last.attempt_id) == 0
            states.add("nothing")
        else:
            states.add(known.standing.value)
            assert known.standing in (Standing.UNKNOWN, Standing.ACCEPTED)
            await engineer.look()
            assert engineer.known().job_ids == tuple(job.id for job in jobs)
            if not jobs:
                with pytest.raises(UnsettledError):
                    await engineer.press(task)
        assert rig.posts_of(engineer.last.attempt_id) <= 1
        rig.clock.now += 7200  # its job has ended by then
    assert outcome is ACCEPTED
    assert states == {"nothing", "unknown", "accepted"}
    assert moment > 20


async def test_row_35_the_lock_of_a_killed_process_keeps_nobody_out(rig: Rig, dying: Victims) -> None:
    engineer, task = rig.engineer(), rig.task()
    for moment in range(1, 60):
        dying.press(engineer, task, new_attempt(), moment)
        locks = engineer.state / "locks"
        if locks.is_dir() and any(len(path.name) == 64 for path in locks.iterdir()):
            break
    assert engineer.journal.read().attempts == ()  # it died before the intent
    assert (await engineer.press(task)).kind is ACCEPTED


@pytest.mark.parametrize("answer", [None, "silence", "reset"])
@pytest.mark.parametrize("steps", [1, 2, 4, 8, 16])
async def test_row_46_cancelled_at_any_moment_the_outcome_is_on_the_disk(
    rig: Rig, engineer: Engineer, answer: str | None, steps: int
) -> None:
    if answer:
        rig.spoil_task(answer)
    attempt = new_attempt()
    pressing = asyncio.create_task(engineer.press(rig.task(), attempt=attempt))
    for _ in range(steps):
        await asyncio.sleep(0)
    pressing.cancel()
    await asyncio.wait({pressing})
    await rig.settle()
    known = engineer.journal.read().attempt(attempt.attempt_id)
    if known is None:
        assert rig.posts_of(attempt.attempt_id) == 0
    else:
        assert known.ending is not None
        assert known.standing is not Standing.IN_FLIGHT
        if rig.jobs_of(attempt.attempt_id):
            assert known.standing in (Standing.UNKNOWN, Standing.ACCEPTED)


async def arrived(rig: Rig) -> None:
    """Waits until a CreateTask has arrived."""
    assert await asyncio.to_thread(rig.server.has_posted.wait, 10)


async def test_row_46_an_answer_that_comes_within_the_grace_is_the_outcome(rig: Rig) -> None:
    engineer = rig.engineer()
    engineer.grace = 10.0
    rig.spoil({"path": "CreateTask", "latency_ms": 100})
    pressing = asyncio.create_task(engineer.press(rig.task()))
    await arrived(rig)
    pressing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pressing
    assert [outcome.kind for outcome in engineer.concluded] == [ACCEPTED]
    assert engineer.known().standing is Standing.ACCEPTED


async def test_row_46_told_to_end_twice_not_a_moment_longer_is_waited(rig: Rig) -> None:
    engineer = rig.engineer()
    engineer.grace = 3600.0
    rig.spoil_task("silence")
    pressing = asyncio.create_task(engineer.press(rig.task()))
    await arrived(rig)
    pressing.cancel()
    await asyncio.sleep(0)
    pressing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pressing
    assert engineer.known().standing is Standing.UNKNOWN


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


async def test_row_43_two_sessions_of_one_user_in_the_same_moment_send_once(rig: Rig, engineer: Engineer) -> None:
    twin = rig.engineer(state=engineer.state)
    rig.spoil({"path": "Jobs", "latency_ms": 20})
    for subclient in rig.subclients[:5]:
        before = len(rig.server.posted)
        task = rig.task(subclient)
        ended = await asyncio.gather(engineer.press(task), twin.press(task), return_exceptions=True)
        assert sorted(type(found).__name__ for found in ended) == ["LockedError", "Outcome"]
        assert len(rig.server.posted) == before + 1


async def test_row_43_what_is_held_by_a_process_that_runs_is_refused_and_named(
    rig: Rig, engineer: Engineer
) -> None:
    task = rig.task()
    async with engineer.commserve() as commserve:
        origin = commserve.address.origin
    with engineer.journal.locks.hold(origin, [task.subclients[0].subclient_id], "another"):
        with pytest.raises(LockedError, match=f"process {os.getpid()}"):
            await engineer.press(task)
        assert isinstance(await engineer.press(rig.task(rig.subclients[1])), object)
    assert (await engineer.press(task)).kind is ACCEPTED


async def test_row_43_a_lock_of_another_host_is_for_a_person_to_remove(rig: Rig, engineer: Engineer) -> None:
    task = rig.task()
    async with engineer.commserve() as commserve:
        path = engineer.journal.locks.path(commserve.address.origin, task.subclients[0].subclient_id)
    path.parent.mkdir(parents=True, mode=0o700)
    path.write_text(
        '{"by":{"host":"elsewhere","user":"jane","uid":1,"pid":1},"attempt":"x","origin":"y","subclient_id":1}'
    )
    with pytest.raises(RefusedHereError) as refused:
        await engineer.press(task)
    assert str(path) in refused.value.advice
    path.unlink()
    assert (await engineer.press(task)).kind is ACCEPTED
