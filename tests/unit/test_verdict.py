"""Every status word that is known of a CommServe, and what it means for go or no-go."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pgbackup_tui.backup.progress import progress
from pgbackup_tui.backup.reasons import reason
from pgbackup_tui.backup.task import BackupOptions, Level, compose
from pgbackup_tui.backup.verdict import Ending, Verdict, ending, judge
from pgbackup_tui.commands.exits import ExitStatus, of_jobs
from pgbackup_tui.commserve.wire import JobSubclient, JobSummary
from tests.unit.estates import subclient

OPEN, COMPLETED, WARNINGS, PARTIAL, FAILED = Ending

WORDS = {
    "Running": OPEN,
    "Waiting": OPEN,
    "Pending": OPEN,
    "Suspend": OPEN,
    "Suspended": OPEN,
    "Suspend Pending": OPEN,
    "Kill Pending": OPEN,
    "Kill pending": OPEN,
    "Interrupt Pending": OPEN,
    "Interrupted": OPEN,
    "Queued": OPEN,
    "Failed, restart pending": OPEN,
    "Running (cannot be verified)": OPEN,
    "Abnormal Terminated Cleanup": OPEN,
    "": OPEN,
    "a word of a later release": OPEN,
    "Completed": COMPLETED,
    "Completed w/ one or more warnings": WARNINGS,
    "Completed w/ one or more errors": PARTIAL,
    "Completed w/ one or more errors and warnings": PARTIAL,
    "Completed in a way of a later release": PARTIAL,
    "Committed": PARTIAL,
    "Failed": FAILED,
    "Failed to Start": FAILED,
    "Killed": FAILED,
    "Killed by System": FAILED,
    "No Run": FAILED,
    "Skipped": FAILED,
    "System Killed": FAILED,
    "Backup Failed": FAILED,
    "NO_RUN": FAILED,
    "Aborted": FAILED,
}


@pytest.mark.parametrize(("word", "expected"), WORDS.items())
def test_each_status_word_in_any_case_of_letters(word: str, expected: Ending) -> None:
    assert [ending(spelled) for spelled in (word, word.upper(), word.lower(), f" {word} ")] == [expected] * 4


@pytest.mark.parametrize(
    ("endings", "never_started", "verdict"),
    [
        ([COMPLETED], 0, Verdict.GO),
        ([COMPLETED, WARNINGS], 0, Verdict.GO),
        ([COMPLETED, PARTIAL], 0, Verdict.PARTIAL),
        ([COMPLETED, OPEN], 0, Verdict.UNDECIDED),
        ([PARTIAL, OPEN], 0, Verdict.UNDECIDED),
        ([COMPLETED, FAILED], 0, Verdict.NO_GO),
        ([OPEN, FAILED], 0, Verdict.NO_GO),
        ([COMPLETED], 1, Verdict.NO_GO),
        ([OPEN], 1, Verdict.NO_GO),
        ([], 0, Verdict.UNDECIDED),
        ([], 1, Verdict.NO_GO),
    ],
)
def test_the_verdict_is_as_good_as_the_worst_job(
    endings: list[Ending], never_started: int, verdict: Verdict
) -> None:
    assert judge(endings, never_started=never_started) is verdict


def test_without_a_job_for_every_association_it_is_never_a_go() -> None:
    assert judge([COMPLETED, COMPLETED], never_started=0, unmatched=1) is Verdict.UNDECIDED


AFTER = {
    OPEN: (Verdict.UNDECIDED, ExitStatus.CONTACT_LOST),
    COMPLETED: (Verdict.GO, ExitStatus.DONE),
    WARNINGS: (Verdict.GO, ExitStatus.DONE),
    PARTIAL: (Verdict.PARTIAL, ExitStatus.PARTIAL),
    FAILED: (Verdict.NO_GO, ExitStatus.NO_GO),
}


@pytest.mark.parametrize("warnings_are_partial", [False, True])
@pytest.mark.parametrize("spelled", [str, str.upper, str.lower, str.title], ids=["told", "UPPER", "lower", "Title"])
@pytest.mark.parametrize("word", WORDS)
def test_each_status_word_ends_in_its_verdict_and_its_exit_status(
    word: str, spelled: Callable[[str], str], warnings_are_partial: bool
) -> None:
    task = compose([subclient(1)], BackupOptions(Level.FULL), max_subclients=1)
    told = JobSummary(7, spelled(word), subclient=JobSubclient(2000001), backup_level_name="Full")
    seen = progress(task, [7], {7: told}, warnings_are_partial=warnings_are_partial)
    is_strict = warnings_are_partial and WORDS[word] is WARNINGS
    verdict, status = AFTER[PARTIAL if is_strict else WORDS[word]]
    assert seen.verdict is verdict
    assert of_jobs(seen.verdict, frozenset(job.ending for job in seen.jobs), followed=True) is status
    assert reason(seen)
    assert bool(seen.warnings()) is (WORDS[word] is WARNINGS)


@pytest.mark.parametrize(
    ("asked", "ran", "verdict", "is_said"),
    [
        (Level.FULL, "Full", Verdict.GO, False),
        (Level.FULL, "FULL", Verdict.GO, False),
        (Level.FULL, "Synthetic Full", Verdict.GO, True),
        (Level.FULL, "Incremental", Verdict.PARTIAL, True),
        (Level.FULL, "Transaction Log", Verdict.PARTIAL, True),
        (Level.FULL, "", Verdict.GO, True),
        (Level.SYNTHETIC_FULL, "Synthetic Full", Verdict.GO, False),
        (Level.SYNTHETIC_FULL, "Incremental", Verdict.PARTIAL, True),
        (Level.INCREMENTAL, "Full", Verdict.GO, True),
        (Level.INCREMENTAL, "Incremental", Verdict.GO, False),
        (Level.DIFFERENTIAL, "Incremental", Verdict.GO, True),
    ],
)
def test_the_level_that_ran_counts_and_a_difference_is_said(
    asked: Level, ran: str, verdict: Verdict, is_said: bool
) -> None:
    task = compose([subclient(1)], BackupOptions(asked), max_subclients=1)
    told = JobSummary(7, "Completed", subclient=JobSubclient(2000001), backup_level_name=ran)
    seen = progress(task, [7], {7: told})
    assert (seen.verdict, bool(seen.warnings())) == (verdict, is_said)
