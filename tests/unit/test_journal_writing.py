"""The file of one process: a torn line costs itself alone, and room is kept for what becomes of a request."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pgbackup_tui.backup.journal import processes
from pgbackup_tui.backup.journal.reading import read_journal
from pgbackup_tui.backup.journal.records import Looked
from pgbackup_tui.backup.journal.writing import RESERVE_BYTES, JournalFile
from tests.unit.journals import NOW, attempt

ID = attempt().attempt_id
LOOK = Looked(is_clean=True)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[JournalFile]:
    made = JournalFile(tmp_path / "journal", clock=lambda: NOW)
    yield made
    made.close()


def reserve_of(file: JournalFile) -> Path:
    return file.path.with_suffix(".reserve")


def writes_only(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    """Every write stops behind so many bytes."""
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, content: write(descriptor, content[:limit]))


def test_records_are_counted_from_1(file: JournalFile) -> None:
    assert [file.append(ID, LOOK).sequence for _ in range(3)] == [1, 2, 3]
    assert [record.sequence for record in read_journal(file.path).records] == [1, 2, 3]


def test_whole_lines_follow_each_other_without_a_gap(file: JournalFile) -> None:
    for _ in range(2):
        file.append(ID, LOOK)
    assert [bool(line) for line in file.path.read_bytes().split(b"\n")] == [True, True, False]


def test_a_line_that_was_torn_is_an_error_and_costs_only_itself(
    file: JournalFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        writes_only(patch, 20)
        with pytest.raises(OSError, match=r"\] only a part of the record could be written$") as error:
            file.append(ID, LOOK)
    assert error.value.errno == errno.ENOSPC
    for _ in range(2):
        file.append(ID, LOOK)
    read = read_journal(file.path)
    assert (len(read.records), read.damaged) == (2, 1)
    assert b"\n\n" not in file.path.read_bytes()


def test_what_somebody_else_wrote_into_the_file_is_not_written_over(file: JournalFile) -> None:
    file.append(ID, LOOK)
    with file.path.open("ab") as stream:
        stream.write(b"by hand\n")
    file.append(ID, LOOK)
    read = read_journal(file.path)
    assert (len(read.records), read.damaged) == (2, 1)


def test_on_a_full_disk_a_record_goes_into_the_room_that_was_kept(
    file: JournalFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write

    def full(descriptor: int, content: bytes) -> int:
        if reserve_of(file).exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, content)

    file.reserve()
    monkeypatch.setattr(os, "write", full)
    file.append(ID, LOOK)
    assert len(read_journal(file.path).records) == 1


def test_on_a_full_disk_without_room_kept_a_record_is_tried_once(
    file: JournalFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[bytes] = []

    def full(_descriptor: int, content: bytes) -> int:
        tried.append(content)
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space left"):
            file.append(ID, LOOK)
    assert len(tried) == 1


@pytest.mark.parametrize("can_allocate", [True, False])
def test_the_room_that_is_kept_has_its_whole_size(
    file: JournalFile, monkeypatch: pytest.MonkeyPatch, can_allocate: bool
) -> None:
    if not can_allocate:
        monkeypatch.delattr(os, "posix_fallocate", raising=False)
    file.reserve()
    assert reserve_of(file).stat().st_size == RESERVE_BYTES


def test_room_that_the_system_can_not_allocate_is_an_error_and_leaves_no_file(
    file: JournalFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int, _begin: int, _length: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    with pytest.raises(OSError, match="No space left"):
        file.reserve()
    assert not reserve_of(file).exists()


def test_room_that_could_be_written_only_in_part_is_an_error_and_leaves_no_file(
    file: JournalFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "posix_fallocate", raising=False)
    writes_only(monkeypatch, RESERVE_BYTES - 1)
    with pytest.raises(OSError, match=r"\] no room for the journal$") as error:
        file.reserve()
    assert error.value.errno == errno.ENOSPC
    assert not reserve_of(file).exists()


def test_a_host_whose_name_is_no_file_name_is_written_with_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "local_host", lambda: "jump/01 a.b-c")
    file = JournalFile(tmp_path / "journal", clock=lambda: NOW)
    file.close()
    assert file.path.parent == tmp_path / "journal"
    assert file.path.name.startswith(f"20261123T031200Z-jump_01_a.b-c-{os.getpid()}-")
