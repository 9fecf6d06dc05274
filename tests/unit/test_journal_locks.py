"""The locks of subclients: while one process sends, no other does; what a dead one left stops nobody."""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from pgbackup_tui.backup.journal.locks import LockedError, SubclientLocks
from pgbackup_tui.backup.journal.processes import Author, this_process
from pgbackup_tui.errors import PathError

ORIGIN = "https://cs.example.com"
ATTEMPT, LATER = "20261124T030001-00000000", "20261124T030002-00000000"


@pytest.fixture
def locks(tmp_path: Path) -> SubclientLocks:
    folder = tmp_path / "locks"
    folder.mkdir(mode=0o700)
    return SubclientLocks(folder)


@dataclass
class Left:
    """What a process that is not this one left in a lock file."""

    by: Author
    attempt: str = ATTEMPT
    origin: str = ORIGIN
    subclient_id: int = 7


def gone() -> Author:
    """A process of an earlier run of this machine."""
    here = this_process()
    return Author(here.host, "joe", here.uid, here.pid, "an-earlier-boot")


def elsewhere() -> Author:
    return Author("jump-02", "joe", 1000, 4711)


def leave(locks: SubclientLocks, content: bytes, subclient_id: int = 7) -> Path:
    path = locks.path(ORIGIN, subclient_id)
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def left_by(author: Author) -> bytes:
    return msgspec.json.encode(Left(author))


def refused(locks: SubclientLocks, *subclient_ids: int) -> LockedError:
    with pytest.raises(LockedError) as refusal, locks.hold(ORIGIN, subclient_ids, LATER):
        pass
    return refusal.value


def files(locks: SubclientLocks) -> set[str]:
    return {path.name for path in locks.folder.iterdir()} - {".guard"}


def held(locks: SubclientLocks, *subclient_ids: int) -> AbstractContextManager[None]:
    return locks.hold(ORIGIN, subclient_ids, ATTEMPT)


def test_a_second_holder_is_refused_and_told_who_is_first(locks: SubclientLocks) -> None:
    with held(locks, 7):
        refusal = refused(locks, 7)
    assert refusal.problem == f"{this_process()} is sending a backup for the same subclient now."
    assert refusal.advice == "Nothing was sent. Wait until it has ended."


def test_a_lock_says_whose_it_is_and_for_which_attempt(locks: SubclientLocks) -> None:
    with held(locks, 7):
        written = msgspec.json.decode(locks.path(ORIGIN, 7).read_bytes(), type=Left)
    assert written == Left(this_process())


def test_a_refused_holder_leaves_the_lock_of_the_first_alone(locks: SubclientLocks) -> None:
    with held(locks, 7):
        before = locks.path(ORIGIN, 7).read_bytes()
        refused(locks, 7)
        assert locks.path(ORIGIN, 7).read_bytes() == before
        refused(locks, 7)


def test_who_is_refused_one_subclient_holds_none_of_the_others(locks: SubclientLocks) -> None:
    with held(locks, 7):
        refused(locks, 6, 7, 8)
        assert files(locks) == {locks.path(ORIGIN, 7).name}


def test_a_lock_ends_with_its_block_even_when_that_ends_in_an_error(locks: SubclientLocks) -> None:
    with pytest.raises(ZeroDivisionError), held(locks, 7, 8):
        raise ZeroDivisionError
    assert files(locks) == set()


def test_the_same_number_on_another_commserve_is_another_subclient(locks: SubclientLocks) -> None:
    with held(locks, 7), locks.hold("https://other.example.com", [7], LATER):
        assert len(files(locks)) == 2


def test_the_lock_of_a_process_that_has_ended_is_taken_over(locks: SubclientLocks) -> None:
    path = leave(locks, left_by(gone()))
    with held(locks, 7):
        assert msgspec.json.decode(path.read_bytes(), type=Left) == Left(this_process())
        refused(locks, 7)
    assert files(locks) == set()


def test_the_lock_of_a_process_on_another_machine_is_kept_and_its_file_named(locks: SubclientLocks) -> None:
    path = leave(locks, left_by(elsewhere()))
    refusal = refused(locks, 7)
    assert refusal.problem == "process 4711 of joe@jump-02 is sending a backup for the same subclient now."
    assert refusal.advice == f"It runs on another machine. If you know that it has ended, remove {path}."
    assert path.exists()


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\x00", b'{"by":'], ids=["empty", "other", "binary", "half"])
def test_a_file_that_is_no_lock_is_replaced_by_one(locks: SubclientLocks, content: bytes) -> None:
    leave(locks, content)
    with held(locks, 7):
        refused(locks, 7)


def test_a_lock_behind_a_link_is_an_error_and_not_replaced(locks: SubclientLocks, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(left_by(gone()))
    path = locks.path(ORIGIN, 7)
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PathError, match="can't be read"), held(locks, 7):
        pass
    assert path.is_symlink()


def test_who_takes_over_a_lock_in_the_same_moment_as_another_is_refused(
    locks: SubclientLocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(locks, left_by(gone()))

    others = iter((gone(), elsewhere()))

    def another_was_first(_new: Path, _path: Path) -> None:
        leave(locks, left_by(next(others)))
        raise FileExistsError

    monkeypatch.setattr(os, "link", another_was_first)
    refusal = refused(locks, 7)
    assert refusal.problem.startswith("process 4711 of joe@jump-02 ")
    assert str(locks.path(ORIGIN, 7)) in refusal.advice


def test_a_lock_that_is_taken_and_gone_again_is_another_process(
    locks: SubclientLocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def another_was_first(_new: Path, _path: Path) -> None:
        raise FileExistsError

    monkeypatch.setattr(os, "link", another_was_first)
    refusal = refused(locks, 7)
    assert refusal.problem == "Another process is sending a backup for the same subclient now."
    assert refusal.advice == "Nothing was sent. Wait until it has ended."


def test_two_who_would_take_over_are_kept_apart(locks: SubclientLocks) -> None:
    path = leave(locks, left_by(gone()))
    with (locks.folder / ".guard").open("wb") as guard:
        Path(guard.name).chmod(0o600)
        fcntl.flock(guard, fcntl.LOCK_EX)
        refusal = refused(locks, 7)
    assert refusal.problem == "Another process is taking over the lock of one that has ended."
    assert refusal.advice == "Nothing was sent. Try again."
    assert path.read_bytes() == left_by(gone())


def test_a_folder_that_can_not_be_written_is_an_error_that_names_the_lock(
    locks: SubclientLocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(_new: Path, _path: Path) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "link", read_only)
    with pytest.raises(PathError) as refusal, held(locks, 7):
        pass
    assert refusal.value.problem == f"The lock {locks.path(ORIGIN, 7)} can't be made: Read-only file system."
    assert refusal.value.advice == "Nothing was sent."
    assert files(locks) == set()


def test_a_lock_that_somebody_took_away_meanwhile_is_no_error(locks: SubclientLocks) -> None:
    with held(locks, 7):
        locks.path(ORIGIN, 7).unlink()
    assert files(locks) == set()
