"""Every status word that is known of a CommServe, and what it means for go or no-go."""

from __future__ import annotations

import pytest

from pgbackup_tui.backup.verdict import Ending, Verdict, ending, judge

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
