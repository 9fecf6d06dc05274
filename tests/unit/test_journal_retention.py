"""What is swept: old files of ended processes and finished attempts, and the room that a dead process kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from pgbackup_tui.backup.journal.journal import Journal
from pgbackup_tui.backup.journal.processes import Author
from pgbackup_tui.backup.journal.retention import KEPT_SECONDS, sweep
from tests.unit.journals import HERE, NOW, REJECTED, TASK, attempt, kept

LATER = NOW + KEPT_SECONDS + 1


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every process that wrote something has ended."""
    monkeypatch.setattr(Author, "is_gone", True)


@pytest.mark.usefixtures("ended")
def test_an_old_finished_file_goes_when_it_is_the_only_one(tmp_path: Path) -> None:
    path = kept(tmp_path, 1, outcome=REJECTED)
    sweep(path.parent, LATER)
    assert not path.exists()


@pytest.mark.usefixtures("ended")
def test_a_file_of_one_record_goes_like_every_other(tmp_path: Path) -> None:
    journal = Journal(tmp_path, clock=lambda: NOW)
    journal.conclude(attempt(), TASK, REJECTED)
    sweep(journal.folder, LATER)
    journal.close()
    assert list(journal.folder.iterdir()) == []


@pytest.mark.usefixtures("ended")
@pytest.mark.parametrize(("age", "stays"), [(KEPT_SECONDS, True), (KEPT_SECONDS + 0.5, False)])
def test_a_file_is_kept_for_the_whole_time(tmp_path: Path, age: float, stays: bool) -> None:
    path = kept(tmp_path, 1, outcome=REJECTED)
    sweep(path.parent, NOW + age)
    assert path.exists() is stays


@pytest.mark.parametrize("life", [False, None], ids=["runs", "another-machine"])
def test_a_file_whose_process_may_still_run_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, life: bool | None
) -> None:
    monkeypatch.setattr(Author, "is_gone", life)
    path = kept(tmp_path, 1, outcome=REJECTED)
    sweep(path.parent, LATER)
    assert path.exists()


@pytest.mark.usefixtures("ended")
def test_what_can_not_be_removed_stays_without_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_path: Path) -> None:
        raise PermissionError

    path = kept(tmp_path, 1, outcome=REJECTED)
    reserve = path.with_suffix(".reserve")
    reserve.write_bytes(b"")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refused)
        sweep(path.parent, LATER)
    assert path.exists()
    assert reserve.exists()


@pytest.mark.usefixtures("ended")
def test_room_that_a_dead_process_kept_is_given_back_beside_a_file_without_records(tmp_path: Path) -> None:
    journal = Journal(tmp_path, clock=lambda: NOW)
    journal.conclude(attempt(), TASK, REJECTED)
    (path,) = journal.folder.iterdir()
    journal.close()
    reserve = path.with_suffix(".reserve")
    for empty in (reserve, path.with_name("empty.jsonl")):
        empty.touch(0o600)
    sweep(path.parent, NOW)
    assert (path.exists(), reserve.exists()) == (True, False)


def test_room_that_a_running_process_keeps_stays(tmp_path: Path) -> None:
    journal = Journal(tmp_path, clock=lambda: NOW)
    journal.intend(attempt(), TASK, HERE, b"body")
    sweep(journal.folder, LATER)
    assert len(list(journal.folder.glob("*.reserve"))) == 1
    journal.close()


@pytest.mark.usefixtures("ended")
def test_room_of_which_nobody_knows_whose_it_is_stays(tmp_path: Path) -> None:
    path = kept(tmp_path, 1)
    stray = path.with_name("stray.reserve")
    stray.write_bytes(b"")
    sweep(path.parent, NOW)
    assert stray.exists()
