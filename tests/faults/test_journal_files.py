"""Row 41 of the fault matrix, and the journal's own rules: what is damaged hides nothing, what is old goes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pgbackup_tui.backup.attempt import Attempt
from pgbackup_tui.backup.journal import journal as journal_module
from pgbackup_tui.backup.journal import reading
from pgbackup_tui.backup.journal.attempts import Standing, merge
from pgbackup_tui.backup.journal.journal import Journal, open_journal
from pgbackup_tui.backup.journal.processes import Author, this_process
from pgbackup_tui.backup.journal.reading import read_journal, read_journals
from pgbackup_tui.backup.journal.records import (
    DamagedLineError,
    Found,
    Looked,
    NotStarted,
    Record,
    decode_line,
    encode_line,
)
from pgbackup_tui.backup.journal.retention import KEPT_SECONDS, sweep
from pgbackup_tui.backup.outcome import Outcome
from pgbackup_tui.backup.where import Where
from pgbackup_tui.errors import PathError
from tests.unit.journals import FIRST, HERE, REJECTED, SECOND, TASK, UNKNOWN, attempt, kept


def test_a_file_is_its_owners_alone_and_named_for_its_process(tmp_path: Path) -> None:
    path = kept(tmp_path, 1)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    moment, host, pid, _ = path.stem.rsplit("-", 3)
    assert (moment, host, int(pid)) == ("20261123T031200Z", this_process().host, os.getpid())


def test_what_was_written_is_read_whole(tmp_path: Path) -> None:
    kept(tmp_path, 1)
    (found,) = Journal(tmp_path).read().attempts
    assert (found.standing, found.job_ids, found.origin) == (Standing.ACCEPTED, (7, 8), HERE.origin)
    task = found.task()
    assert task is not None
    assert [(one.subclient_id, one.path) for one in task.subclients] == [
        (one.subclient_id, one.path) for one in TASK.subclients
    ]


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_row_41_a_flipped_bit_is_a_damaged_line_and_never_another_record(data: st.DataObject) -> None:
    record = Record("20261124T030000-00000000", 1.5, this_process(), 1, Found({1: 2}, "person"))
    line = bytearray(encode_line(record, 0.0).removesuffix(b"\n"))
    place = data.draw(st.integers(0, len(line) - 1))
    line[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(DamagedLineError):
        decode_line(bytes(line))


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_row_41_bytes_of_any_kind_end_in_no_crash(content: bytes) -> None:
    with pytest.raises(DamagedLineError):
        decode_line(content)


@pytest.mark.parametrize(
    "damage",
    [b"half a line", b"\x00\x01\xff" * 50, b"00000000 {}", b"not json at all"],
    ids=["torn", "binary", "wrong-crc", "text"],
)
def test_row_41_damage_is_counted_and_named_and_the_records_beside_it_are_used(
    tmp_path: Path, damage: bytes
) -> None:
    path = kept(tmp_path, 1, 2)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + damage + b"\n" + b"".join(lines[1:]) + damage)
    known = Journal(tmp_path).read()
    assert [found.standing for found in known.attempts] == [Standing.ACCEPTED] * 2
    (words,) = known.troubles
    assert words.startswith("2 damaged lines in ")
    assert str(path) in words
    assert path.read_bytes().count(damage) == 2  # never rewritten


def test_row_41_a_damaged_outcome_is_unknown_and_blocks(tmp_path: Path) -> None:
    path = kept(tmp_path, 1, outcome=REJECTED)
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    known = Journal(tmp_path).read()
    assert known.blocking(HERE, TASK.subclients) == known.attempts
    assert known.blocking(Where("https://other.example.com", "oncall"), TASK.subclients) == ()


def test_row_41_a_damaged_intent_of_an_unknown_attempt_still_blocks_its_subclients(tmp_path: Path) -> None:
    path = kept(tmp_path, 1, outcome=UNKNOWN)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))
    known = Journal(tmp_path).read()
    assert known.blocking(HERE, TASK.subclients) == known.attempts
    assert {found.subclient.subclient_id for found in known.attempts[0].unsettled} == {FIRST, SECOND}


def test_row_41_a_file_without_measure_is_read_only_at_its_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kept(tmp_path, 1)
    with path.open("ab") as stream:
        stream.write(b"x" * 100_000)
    monkeypatch.setattr(reading, "LARGEST_FILE", 10_000)
    monkeypatch.setattr(reading, "LONGEST_LINE", 5_000)
    read = read_journal(path)
    assert len(read.records) == 2
    assert "only its beginning" in read.trouble


def test_row_41_a_record_of_a_newer_version_is_shown_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pgbackup_tui.backup.journal import records

    kept(tmp_path, 1, outcome=None)
    monkeypatch.setattr(records, "VERSION", 2)
    other = Journal(tmp_path)
    other.note(attempt().attempt_id, Looked(is_clean=True))
    other.close()
    monkeypatch.setattr(records, "VERSION", 1)
    (found,) = Journal(tmp_path).read().attempts
    assert found.is_newer
    assert found.looks == ()


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_row_40_something_else_in_a_files_place_is_named_and_hides_nothing(tmp_path: Path, kind: str) -> None:
    path = kept(tmp_path, 1)
    odd = path.with_name("odd.jsonl")
    if kind == "link":
        odd.symlink_to(path)
    elif kind == "pipe":
        os.mkfifo(odd)
    else:
        odd.mkdir()
    known = Journal(tmp_path).read()
    assert len(known.attempts) == 1
    assert str(odd) in known.troubles[0]


def test_row_40_a_folder_that_can_not_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("")
    with pytest.raises(PathError):
        read_journals(tmp_path / "journal")


def test_the_records_of_an_attempt_are_merged_from_all_processes(tmp_path: Path) -> None:
    kept(tmp_path, 1, outcome=UNKNOWN)
    for content in (Looked(is_clean=True), Found({FIRST: 77}, "window"), NotStarted((FIRST, SECOND))):
        other = Journal(tmp_path)
        other.note(attempt().attempt_id, content)
        other.close()
    (found,) = Journal(tmp_path).read().attempts
    # a job that was found is a fact, whatever a person declared
    assert [one.standing for one in found.associations] == [Standing.FOUND, Standing.NOT_STARTED]
    assert (found.standing, found.job_ids, len(found.looks)) == (Standing.FOUND, (77,), 1)


def test_two_attempts_of_one_second_are_in_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    for moment, name in ((0.1, "20261124T030000-ffffffff"), (0.9, "20261124T030000-00000000")):
        journal = Journal(tmp_path, clock=lambda now=moment: 1_795_403_520.0 + now)  # type: ignore[misc]
        journal.intend(Attempt(name, "jane", "jump-01"), TASK, HERE, b"body")
        journal.close()
    assert [found.attempt_id[-8:] for found in Journal(tmp_path).read().attempts] == ["00000000", "ffffffff"]


def test_an_unknown_attempt_is_found_only_when_each_subclient_is(tmp_path: Path) -> None:
    kept(tmp_path, 1, outcome=UNKNOWN)
    journal = Journal(tmp_path)
    journal.note(attempt().attempt_id, Found({FIRST: 77}, "window"))
    (found,) = journal.read().attempts
    assert found.standing is Standing.UNKNOWN
    assert [one.subclient.subclient_id for one in found.unsettled] == [SECOND]
    journal.note(attempt().attempt_id, Found({SECOND: 78}, "window"))
    assert journal.read().attempts[0].standing is Standing.FOUND


def test_a_process_that_runs_is_in_flight_and_one_that_ended_leaves_it_unknown(tmp_path: Path) -> None:
    kept(tmp_path, 1, outcome=None)
    records = [record for read in read_journals(tmp_path / "journal") for record in read.records]
    assert merge(records)[0].standing is Standing.IN_FLIGHT
    for gone in (Author("jump-02", "jane", 1, 1), Author(this_process().host, "jane", 1, 2**22, "", 5)):
        moved = [Record(one.attempt_id, one.at, gone, one.sequence, one.content) for one in records]
        assert merge(moved)[0].standing is Standing.UNKNOWN


def test_a_pid_that_was_given_to_another_process_is_no_life(tmp_path: Path) -> None:
    here = this_process()
    assert here.is_gone is False
    assert Author(here.host, here.user, here.uid, here.pid, here.boot_id, here.began + 1).is_gone is True
    assert Author(here.host, here.user, here.uid, here.pid, "another-boot", here.began).is_gone is True
    assert Author("elsewhere", here.user, here.uid, here.pid).is_gone is None


def test_old_finished_attempts_of_ended_processes_go_and_everything_else_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Author, "is_gone", True)
    old, new = 1_700_000_000.0, 1_700_000_000.0 + KEPT_SECONDS + 5
    folder = tmp_path / "journal"
    one_file(folder, "finished", [1], REJECTED, old)
    one_file(folder, "unknown", [2], UNKNOWN, old)
    one_file(folder, "young", [3], REJECTED, new - 5)
    one_file(folder, "half", [4], REJECTED, old)
    one_file(folder, "other-half", [4], None, new - 5)
    (folder / "damaged.jsonl").write_bytes((folder / "finished.jsonl").read_bytes() + b"odd\n")
    (folder / "finished.reserve").write_bytes(b"")
    sweep(folder, new)
    assert sorted(path.name for path in folder.iterdir()) == [
        "damaged.jsonl",
        "finished.jsonl",  # its attempt is in the damaged file too
        "half.jsonl",
        "other-half.jsonl",
        "unknown.jsonl",
        "young.jsonl",
    ]
    (folder / "damaged.jsonl").unlink()
    sweep(folder, new)
    assert not (folder / "finished.jsonl").exists()


def one_file(folder: Path, name: str, numbers: list[int], outcome: Outcome | None, now: float) -> None:
    """A journal file of this name, written at ``now``."""
    before = set(folder.iterdir()) if folder.is_dir() else set()
    journal = Journal(folder.parent, clock=lambda: now)
    for number in numbers:
        if outcome is None:
            journal.note(attempt(number).attempt_id, Looked(is_clean=True))
        else:
            journal.intend(attempt(number), TASK, HERE, b"body")
            journal.conclude(attempt(number), TASK, outcome)
    journal.close()
    (path,) = set(folder.iterdir()) - before
    path.rename(folder / f"{name}.jsonl")


def test_a_demo_has_a_state_folder_of_its_own_that_ends_with_it() -> None:
    with open_journal(is_demo=True) as journal:
        journal.intend(attempt(), TASK, HERE, b"body")
        state = journal.state
        assert state.is_dir()
    assert not state.exists()


def test_nothing_is_made_before_there_is_something_to_write(tmp_path: Path) -> None:
    with open_journal(tmp_path / "state") as journal:
        assert journal.read() == journal_module.Known()
    assert not (tmp_path / "state").exists()
