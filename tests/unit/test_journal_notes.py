"""What this process writes: before a request, after it, and again when the disk took it only later."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pgbackup_tui.backup.journal.attempts import Standing
from pgbackup_tui.backup.journal.journal import Journal, NoJournalError
from pgbackup_tui.backup.journal.processes import this_process
from pgbackup_tui.backup.journal.records import Content, Ending, Intent, JobTold, Looked, Record
from pgbackup_tui.backup.journal.writing import JournalFile
from pgbackup_tui.backup.outcome import Outcome, OutcomeKind
from pgbackup_tui.backup.progress import progress
from pgbackup_tui.backup.where import Where
from pgbackup_tui.commserve.wire import JobSubclient, JobSummary
from pgbackup_tui.errors import PathError
from tests.unit.journals import ACCEPTED, FIRST, HERE, NOW, REJECTED, TASK, attempt

ID = attempt().attempt_id
JOB = JobSubclient(FIRST, "pg", "main", "files", "default")
LOOKS = [Looked(is_clean=True, trouble=word) for word in ("one", "two", "three")]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path, clock=lambda: NOW)


@contextmanager
def full_disk() -> Iterator[None]:
    """A disk without room for a record, until the block ends."""

    def no_room(_file: JournalFile, _attempt_id: str, _content: Content) -> Record:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JournalFile, "append", no_room)
        yield


def written(journal: Journal) -> list[tuple[str, Content | None]]:
    """What another process reads."""
    files = Journal(journal.state).read().files
    return [(record.attempt_id, record.content) for read in files for record in read.records]


def test_an_intent_keeps_all_that_tells_the_requests_jobs_from_others(journal: Journal) -> None:
    journal.intend(
        attempt(), TASK, HERE, b"body", server_time=5.5, patience=60.0, retry_of=["earlier"], jobs_before=[3, 4]
    )
    ((_, intent),) = written(journal)
    assert isinstance(intent, Intent)
    assert (intent.origin, intent.asked_as, intent.level) == (HERE.origin, HERE.user, "FULL")
    assert (intent.server_time, intent.patience) == (5.5, 60.0)
    assert (intent.retry_of, intent.jobs_before) == (("earlier",), (3, 4))
    assert intent.body_sha256 == hashlib.sha256(b"body").hexdigest()


def test_an_answer_is_waited_for_two_minutes_unless_told_otherwise(journal: Journal) -> None:
    journal.intend(attempt(), TASK, HERE, b"body")
    ((_, intent),) = written(journal)
    assert isinstance(intent, Intent)
    assert intent.patience == 120.0


def test_an_outcome_keeps_all_that_the_answer_said(journal: Journal) -> None:
    assert journal.conclude(attempt(), TASK, Outcome(OutcomeKind.REJECTED, 5, (7,), 500, 2, "no\nway")) == ""
    ids = tuple(found.subclient_id for found in TASK.subclients)
    assert written(journal) == [(ID, Ending("rejected", ids, 5, (7,), 500, 2, "no⏎way"))]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (PathError("The folder is a symbolic link.", "Move it."), "The folder is a symbolic link."),
        (BlockingIOError(), "BlockingIOError"),
    ],
    ids=["disk", "folder", "without-words"],
)
def test_without_room_for_the_outcome_the_request_is_refused_in_words(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def fails(_file: JournalFile) -> None:
        raise error

    monkeypatch.setattr(JournalFile, "reserve", fails)
    with pytest.raises(NoJournalError) as refusal:
        journal.intend(attempt(), TASK, HERE, b"body")
    assert refusal.value.problem == f"The journal in {journal.folder} can't be written: {words}"
    assert refusal.value.advice.startswith("Nothing was sent. Make it writable, or name another folder")


def test_an_intent_that_is_on_the_disk_though_its_write_failed_is_not_sent(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = JournalFile.append

    def fails_behind_the_line(file: JournalFile, attempt_id: str, content: Content) -> Record:
        record = append(file, attempt_id, content)
        if isinstance(content, Intent):
            raise OSError(errno.EIO, "Input/output error")
        return record

    monkeypatch.setattr(JournalFile, "append", fails_behind_the_line)
    with pytest.raises(NoJournalError, match="Input/output error"):
        journal.intend(attempt(), TASK, HERE, b"body")
    found = Journal(journal.state).read().attempt(ID)
    assert found is not None
    assert found.ending is not None
    assert (found.standing, found.ending.message) == (Standing.NOT_SENT, "The journal can't be written.")


def test_what_could_not_be_written_is_told_and_known_here(journal: Journal) -> None:
    with full_disk():
        words = journal.conclude(attempt(), TASK, ACCEPTED)
    assert words == f"This could not be written to the journal in {journal.folder}: No space left on device"
    found = journal.read().attempt(ID)
    assert found is not None
    assert (found.standing, found.author, found.asked_at) == (Standing.ACCEPTED, this_process(), NOW)
    assert written(journal) == []


def test_what_could_not_be_written_stands_beside_what_could_of_the_same_moment(journal: Journal) -> None:
    journal.intend(attempt(), TASK, HERE, b"body")
    with full_disk():
        journal.conclude(attempt(), TASK, REJECTED)
    found = journal.read().attempt(ID)
    assert found is not None
    assert found.standing is Standing.REJECTED


def test_what_could_not_be_written_is_written_once_and_in_order_with_the_next(journal: Journal) -> None:
    first, second, third = (attempt(number).attempt_id for number in (1, 2, 3))
    with full_disk():
        journal.note(first, LOOKS[0])
        journal.note(second, LOOKS[1])
    assert journal.note(third, LOOKS[2]) == ""
    assert written(journal) == [(first, LOOKS[0]), (second, LOOKS[1]), (third, LOOKS[2])]
    assert [len(found.looks) for found in journal.read().attempts] == [1, 1, 1]


def test_after_closing_the_next_record_begins_a_new_file(journal: Journal) -> None:
    for look in LOOKS[:2]:
        journal.note(ID, look)
        journal.close()
    journal.close()
    assert len(list(journal.folder.iterdir())) == 2


def test_a_verdict_is_written_when_it_is_news_and_only_then(journal: Journal) -> None:
    running, done = (JobSummary(7, status, subclient=JOB) for status in ("Running", "Completed"))
    for told in (running, running, done, done, running):
        assert journal.judge(ID, progress(TASK, [7], {7: told})) == ""
    assert len(written(journal)) == 3


def test_the_same_verdict_on_another_attempt_is_news(journal: Journal) -> None:
    seen = progress(TASK, [7], {})
    journal.judge(ID, seen)
    journal.judge(attempt(2).attempt_id, seen)
    assert [attempt_id for attempt_id, _ in written(journal)] == [ID, attempt(2).attempt_id]


def test_whether_warnings_are_partial_is_kept_with_the_verdict(journal: Journal) -> None:
    journal.judge(ID, progress(TASK, [7], {}, warnings_are_partial=True))
    (found,) = Journal(journal.state).read().attempts
    assert found.seen().warnings_are_partial


def told(journal: Journal, summary: JobSummary | None) -> JobTold:
    """What is kept of a job."""
    journal.judge(ID, progress(TASK, [7], {7: summary} if summary else {}))
    (found,) = Journal(journal.state).read().attempts
    assert found.judged is not None
    (job,) = found.judged.jobs
    return job


def test_of_a_job_that_the_commserve_tells_nothing_of_the_id_is_kept(journal: Journal) -> None:
    assert told(journal, None) == JobTold(7, None, "", "")


def test_a_job_is_kept_with_its_times_and_size_and_without_the_path_that_the_task_has(journal: Journal) -> None:
    summary = JobSummary(
        7,
        "Completed",
        subclient=JOB,
        backup_level_name="Full",
        job_start_time=1,
        job_end_time=2,
        size_of_application=3,
    )
    assert told(journal, summary) == JobTold(7, FIRST, "Completed", "Full", 1, 2, 3)


def test_a_job_that_runs_has_no_end_and_no_size_below_nothing(journal: Journal) -> None:
    summary = JobSummary(7, "Running", subclient=JOB, job_end_time=2, size_of_application=-1)
    assert told(journal, summary) == JobTold(7, FIRST, "Running", "")


def test_of_a_long_reason_the_beginning_is_kept(journal: Journal) -> None:
    reason = told(journal, JobSummary(7, "Waiting", subclient=JOB, pending_reason="x" * 600)).reason
    assert reason == "x" * 500 + "…(+100 characters)"


def test_a_job_of_a_subclient_that_was_not_asked_for_is_kept_with_its_path(journal: Journal) -> None:
    other = JobSubclient(999, "pg\n", "main", "files", "default")
    assert told(journal, JobSummary(7, "Running", subclient=other)).path == "pg⏎/main/files/default"


def test_an_attempt_that_no_record_is_of_is_none(journal: Journal) -> None:
    journal.note(ID, LOOKS[0])
    assert journal.read().attempt("another") is None


def test_a_job_is_of_the_attempt_on_its_own_commserve(journal: Journal) -> None:
    elsewhere = Where("https://other.example.com", "oncall")
    for number, where, job_id in ((1, HERE, 7), (2, HERE, 8), (3, elsewhere, 8)):
        journal.intend(attempt(number), TASK, where, b"body")
        journal.conclude(attempt(number), TASK, Outcome(OutcomeKind.ACCEPTED, 5, (job_id,), 200))
    known = journal.read()
    owners = [known.owner_of(where, job_id) for where in (HERE, elsewhere) for job_id in (7, 8)]
    found = [owner.attempt_id if owner else None for owner in owners]
    assert found == [ID, attempt(2).attempt_id, None, attempt(3).attempt_id]


def test_open_are_the_unfinished_attempts_of_this_commserve_alone(journal: Journal) -> None:
    for number, outcome in ((1, ACCEPTED), (2, REJECTED)):
        journal.intend(attempt(number), TASK, HERE, b"body")
        journal.conclude(attempt(number), TASK, outcome)
    known = journal.read()
    assert [found.attempt_id for found in known.open_on(HERE.origin)] == [ID]
    assert known.open_on("https://other.example.com") == ()
