"""What is read of a journal: whole lines that are what was written, and plain words for everything else."""

from __future__ import annotations

import errno
import hashlib
import zlib
from pathlib import Path

import pytest

from pgbackup_tui.backup.journal import reading
from pgbackup_tui.backup.journal.checksum import LinesDigest, digests, marker
from pgbackup_tui.backup.journal.processes import this_process
from pgbackup_tui.backup.journal.reading import read_journal, read_journals
from pgbackup_tui.backup.journal.records import DamagedLineError, Looked, Record, decode_line, encode_line
from pgbackup_tui.errors import PathError
from tests.unit.journals import NOW, attempt, kept

ID = attempt().attempt_id
RECORD = Record(ID, NOW + 0.25, this_process(), 3, Looked(is_clean=True, server_time=5.5, trouble="none"))


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def test_a_line_is_read_as_the_record_that_was_written() -> None:
    assert decode_line(encode_line(RECORD, 1.5).removesuffix(b"\n")) == RECORD


def test_a_line_has_its_moment_in_utc_and_the_monotonic_clock() -> None:
    line = encode_line(RECORD, 1.5)
    assert b'"ts":"2026-11-23T03:12:00.250+00:00"' in line
    assert b'"mono":1.5' in line


def test_a_line_with_another_checksum_says_so() -> None:
    with pytest.raises(DamagedLineError, match=r"^the checksum does not fit$"):
        decode_line(b"00000000 {}")


def test_a_line_with_its_own_checksum_that_is_no_record_says_why() -> None:
    with pytest.raises(DamagedLineError, match=r"^it can't be read: Object missing required field"):
        decode_line(b"%08x {}" % zlib.crc32(b"{}"))


def test_a_whole_file_hides_nothing(tmp_path: Path) -> None:
    read = read_journal(kept(tmp_path, 1))
    assert (len(read.records), read.damaged, read.trouble, read.may_hide_a_request) == (2, 0, "", False)


@pytest.mark.parametrize(
    ("place", "end", "hides"),
    [(2, b"\n", True), (2, b"", False), (1, b"\n", False)],
    ids=["whole-at-the-end", "torn-at-the-end", "in-the-middle"],
)
def test_only_a_whole_line_that_is_damaged_at_the_end_can_hide_a_request(
    tmp_path: Path, place: int, end: bytes, hides: bool
) -> None:
    path = kept(tmp_path, 1)
    lines = lines_of(path)
    lines.insert(place, b"odd" + end)
    path.write_bytes(b"".join(lines))
    read = read_journal(path)
    assert (len(read.records), read.damaged) == (2, 1)
    assert read.may_hide_a_request is hides


def test_behind_an_empty_line_the_records_are_read_too(tmp_path: Path) -> None:
    path = kept(tmp_path, 1)
    path.write_bytes(b"\n \n".join(lines_of(path)))
    read = read_journal(path)
    assert (len(read.records), read.damaged) == (2, 0)


def test_a_file_of_exactly_the_largest_size_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(tmp_path, 1)
    monkeypatch.setattr(reading, "LARGEST_FILE", path.stat().st_size)
    assert (len(read_journal(path).records), read_journal(path).trouble) == (2, "")


def test_of_a_larger_file_the_limit_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(tmp_path, 1)
    monkeypatch.setattr(reading, "LARGEST_FILE", 3 * 1024**2)
    with path.open("r+b") as stream:
        stream.truncate(3 * 1024**2 + 1)
    read = read_journal(path)
    assert read.trouble == "it is larger than 3 MiB; only its beginning was read."
    assert (len(read.records), read.may_hide_a_request) == (2, True)


def test_a_line_without_end_is_taken_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(tmp_path, 1)
    path.write_bytes(path.read_bytes() + b"x" * 10_000)
    monkeypatch.setattr(reading, "LONGEST_LINE", 5_000)
    assert read_journal(path).damaged == 2


def test_a_file_that_is_gone_meanwhile_is_named(tmp_path: Path) -> None:
    gone = tmp_path / "gone.jsonl"
    read = read_journal(gone)
    assert (read.path, read.trouble, list(read.words())) == (
        gone,
        "it is gone.",
        [f"The journal {gone} can't be read: it is gone."],
    )


def test_a_file_that_the_disk_does_not_give_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_path: Path) -> int:
        raise OSError(errno.EIO, "Input/output error")

    path = kept(tmp_path, 1)
    monkeypatch.setattr(reading, "open_private", fails)
    read = read_journal(path)
    assert (read.trouble, read.may_hide_a_request) == ("Input/output error.", True)


def test_a_folder_that_can_not_be_read_says_why_and_what_to_look_at(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    folder.write_text("")
    with pytest.raises(PathError) as error:
        read_journals(folder)
    assert error.value.problem == f"The journal {folder} can't be read: Not a directory."
    assert error.value.advice == "Look at its owner and its mode."


def test_the_checksum_is_of_the_attempts_own_lines_in_the_files_that_have_any(tmp_path: Path) -> None:
    path = kept(tmp_path, 1, 2)
    (path.parent / "other.jsonl").write_bytes(b"of nothing\n")
    (path.parent / "other.jsonl").chmod(0o600)
    (path.parent / "unreadable.jsonl").symlink_to(path)
    own = [line for line in lines_of(path) if marker(ID).encode() in line]
    expected = LinesDigest(path.name, 2, hashlib.sha256(b"".join(own)).hexdigest())
    assert len(own) == 2
    assert digests(path.parent, ID) == (expected,)
