"""What is known of an attempt after a restart: its standing, its jobs, and the verdict on them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pgbackup_tui.backup.journal.attempts import KnownAttempt, Standing
from pgbackup_tui.backup.journal.journal import Journal
from pgbackup_tui.backup.journal.records import Content, Found, JobTold, Judged, Looked, NotStarted
from pgbackup_tui.backup.outcome import Outcome, OutcomeKind
from pgbackup_tui.backup.task import BackupOptions, BackupTask, Level
from pgbackup_tui.backup.verdict import Verdict
from pgbackup_tui.estate.model import Subclient
from tests.unit.estates import subclient
from tests.unit.journals import ACCEPTED, FIRST, HERE, SECOND, TASK, UNKNOWN, attempt

DONE = JobTold(7, FIRST, "Completed", "Full")
WARNED = JobTold(8, SECOND, "Completed w/ one or more warnings", "Full")


def known(
    state: Path, *contents: Content, outcome: Outcome | None = ACCEPTED, task: BackupTask = TASK
) -> KnownAttempt:
    """The attempt with these records behind its outcome, as a new start of the program reads it."""
    journal = Journal(state)
    journal.intend(attempt(), task, HERE, b"body")
    if outcome is not None:
        journal.conclude(attempt(), task, outcome)
    for content in contents:
        journal.note(attempt().attempt_id, content)
    journal.close()
    (found,) = Journal(state).read().attempts
    return found


def without_intent(state: Path, *contents: Content, outcome: Outcome | None = None) -> KnownAttempt:
    """The same where the line of the intent is damaged."""
    known(state, *contents, outcome=outcome)
    (path,) = (state / "journal").iterdir()
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))
    (found,) = Journal(state).read().attempts
    return found


def standings(found: KnownAttempt) -> list[Standing]:
    return [one.standing for one in found.associations]


@pytest.mark.parametrize(("is_strict", "verdict"), [(True, Verdict.PARTIAL), (False, Verdict.GO)])
def test_warnings_count_after_a_restart_as_they_did_when_the_jobs_were_judged(
    tmp_path: Path, is_strict: bool, verdict: Verdict
) -> None:
    found = known(tmp_path, Judged("partial", (DONE, WARNED), warnings_are_partial=is_strict))
    assert found.seen().verdict is verdict


def test_jobs_that_were_never_judged_are_undecided(tmp_path: Path) -> None:
    seen = known(tmp_path).seen()
    assert [job.job_id for job in seen.jobs] == [7, 8]
    assert (seen.verdict, seen.warnings_are_partial) == (Verdict.UNDECIDED, False)


def test_each_job_is_seen_as_it_was_told(tmp_path: Path) -> None:
    told = JobTold(7, FIRST, "Failed", "Incremental", 100, 200, 300, "no room", "pg/main/files/odd")
    job = known(tmp_path, Judged("no_go", (told,))).seen().jobs[0]
    summary = job.summary
    assert summary is not None
    assert (summary.job_id, job.subclient_id, job.status, job.level) == (7, FIRST, "Failed", "Incremental")
    assert (summary.job_start_time, summary.job_end_time, summary.size_of_application) == (100, 200, 300)
    assert summary.pending_reason == "no room"


def test_a_job_of_a_subclient_that_was_not_asked_for_keeps_its_own_path(tmp_path: Path) -> None:
    told = JobTold(7, 999, "Completed", "Full", path="a b/c/d/e")
    assert known(tmp_path, Judged("undecided", (told,))).seen().jobs[0].path == "a b/c/d/e"


def test_a_job_whose_path_was_not_kept_has_an_empty_one(tmp_path: Path) -> None:
    assert (
        known(tmp_path, Judged("undecided", (JobTold(7, 999, "Completed", "Full"),))).seen().jobs[0].path == "///"
    )


def test_a_job_that_names_no_subclient_is_matched_to_none(tmp_path: Path) -> None:
    found = known(tmp_path, Judged("undecided", (DONE, JobTold(8, None, "Running", ""))))
    assert [(job.subclient_id, job.path) for job in found.seen().jobs] == [
        (FIRST, TASK.subclients[0].path),
        (None, ""),
    ]


def test_a_job_belongs_to_the_subclient_that_it_named(tmp_path: Path) -> None:
    found = known(tmp_path, Judged("undecided", (DONE, JobTold(8, None, "Running", ""))))
    assert [one.job_id for one in found.associations] == [7, None]


def test_a_subclient_that_got_no_job_is_missing_and_the_others_stay_accepted(tmp_path: Path) -> None:
    found = known(tmp_path, Judged("no_go", (DONE,), missing=(SECOND,)))
    assert standings(found) == [Standing.ACCEPTED, Standing.MISSING]
    assert found.standing is Standing.ACCEPTED


def test_a_job_that_shows_itself_later_is_missing_no_more(tmp_path: Path) -> None:
    found = known(tmp_path, Judged("no_go", (DONE,), missing=(SECOND,)), Judged("go", (DONE, WARNED)))
    assert standings(found) == [Standing.ACCEPTED, Standing.ACCEPTED]
    assert found.verdict is Verdict.GO


def test_a_subclient_of_an_unknown_request_is_not_settled_by_being_missing(tmp_path: Path) -> None:
    found = known(tmp_path, Judged("no_go", (), missing=(SECOND,)), outcome=UNKNOWN)
    assert standings(found) == [Standing.UNKNOWN, Standing.UNKNOWN]


def test_an_accepted_task_of_which_every_job_is_missing_was_still_accepted(tmp_path: Path) -> None:
    found = known(tmp_path, Judged("no_go", (), missing=(FIRST, SECOND)))
    assert found.standing is Standing.ACCEPTED
    assert found.is_finished


def test_a_request_without_an_outcome_is_settled_by_declaring_all_of_it_not_started(tmp_path: Path) -> None:
    found = known(tmp_path, NotStarted((FIRST, SECOND)), outcome=None)
    assert found.standing is Standing.NOT_STARTED
    assert found.unsettled == ()


def test_an_attempt_of_which_only_a_look_is_left_is_unknown(tmp_path: Path) -> None:
    found = without_intent(tmp_path, Looked(is_clean=True))
    assert found.standing is Standing.UNKNOWN
    assert not found.is_finished


def test_an_attempt_without_its_intent_can_not_be_asked_for_again(tmp_path: Path) -> None:
    found = without_intent(tmp_path, outcome=UNKNOWN)
    assert (found.task(), found.origin) == (None, "")


def test_the_subclients_of_a_damaged_intent_are_known_by_their_ids_alone(tmp_path: Path) -> None:
    found = without_intent(tmp_path, outcome=UNKNOWN)
    assert [one.subclient for one in found.associations] == [
        Subclient(0, "?", 0, "?", 0, "?", number, f"id {number}") for number in (FIRST, SECOND)
    ]


def test_a_task_is_read_back_as_it_was_asked_for(tmp_path: Path) -> None:
    one = subclient(3, display_name="Payments", block_level=True)
    options = BackupOptions(Level.INCREMENTAL, with_data=True, notify=True, ticket="CHG1")
    task = BackupTask((one,), options, resubmits=44)
    assert known(tmp_path, task=task).task() == task


@pytest.mark.parametrize(
    "options",
    [BackupOptions(Level.FULL, with_data=True), BackupOptions(Level.FULL, notify=True)],
    ids=["with_data", "notify"],
)
def test_each_option_of_a_task_is_read_back_by_itself(tmp_path: Path, options: BackupOptions) -> None:
    task = replace(TASK, options=options)
    assert known(tmp_path, task=task).task() == task


def test_a_found_job_is_the_attempts_though_its_outcome_is_lost(tmp_path: Path) -> None:
    found = known(tmp_path, Found({FIRST: 77, SECOND: 78}, "marker"), outcome=None)
    assert (found.standing, found.job_ids) == (Standing.FOUND, (77, 78))


def test_job_ids_of_an_answer_that_was_no_acceptance_are_not_the_attempts(tmp_path: Path) -> None:
    found = known(tmp_path, outcome=Outcome(OutcomeKind.UNKNOWN, job_ids=(7,)))
    assert found.job_ids == ()
