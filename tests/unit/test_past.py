"""What earlier backups mean: whether one is enough already, and what the next one may take."""

from __future__ import annotations

import pytest

from pgbackup_tui.backup.existing import Wanted, existing
from pgbackup_tui.backup.outlook import Estimate, outlook, seconds_left
from pgbackup_tui.backup.past import PastBackup, by_subclient
from pgbackup_tui.backup.task import Level
from pgbackup_tui.commserve.wire import JobSubclient, JobSummary
from tests.unit.estates import subclient

NOW = 1_795_403_520
HOUR = 3600
ONE = subclient(1)
GIB = 1024**3


def job(
    job_id: int, age: float, status: str = "Completed", level: str = "Full", *, hours: float = 0.5, number: int = 1
) -> JobSummary:
    """A job that was started ``age`` hours before NOW."""
    started = NOW - int(age * HOUR)
    return JobSummary(
        job_id,
        status,
        subclient=JobSubclient(2000000 + number),
        backup_level_name=level,
        job_start_time=started,
        job_end_time=started + int(hours * HOUR),
        size_of_application=job_id * GIB,
    )


@pytest.mark.parametrize(
    ("jobs", "wanted", "enough", "words"),
    [
        ([job(1, 3)], Wanted(4 * HOUR), 1, "Full, 3 h old"),
        ([job(1, 4)], Wanted(4 * HOUR), 1, "Full"),
        ([job(1, 4.01)], Wanted(4 * HOUR), 0, "job 1 is too old: 4 h"),
        ([], Wanted(4 * HOUR), 0, "no backup"),
        ([job(1, 3, number=2)], Wanted(4 * HOUR), 0, "no backup"),
        ([job(1, 3, "Failed")], Wanted(4 * HOUR), 0, "job 1 is Failed"),
        ([job(1, 3, "Committed")], Wanted(4 * HOUR), 0, "job 1 is Committed"),
        ([job(1, 3, "Running")], Wanted(4 * HOUR), 0, "job 1 is Running: not ended"),
        ([job(1, 3, "Reticulating")], Wanted(4 * HOUR), 0, "not ended"),
        ([job(2, 1, "Failed"), job(1, 3)], Wanted(4 * HOUR), 1, "Full, 3 h old"),
        ([job(1, 3, "Completed w/ one or more warnings")], Wanted(4 * HOUR), 1, "Full"),
        ([job(1, 3, "Completed w/ one or more warnings")], Wanted(4 * HOUR, None, True), 0, "warnings"),
        ([job(1, 3, "Completed w/ one or more errors")], Wanted(4 * HOUR), 0, "errors"),
        ([job(2, 1, level="Incremental"), job(1, 9)], Wanted(4 * HOUR, Level.FULL), 0, "Incremental, not FULL"),
        ([job(1, 1, level="Synthetic Full")], Wanted(4 * HOUR, Level.FULL), 1, "Synthetic Full"),
        ([job(1, 1, level="Full")], Wanted(4 * HOUR, Level.INCREMENTAL), 1, "Full"),
        ([job(1, 1, level="INCREMENTAL")], Wanted(4 * HOUR, Level.INCREMENTAL), 1, "INCREMENTAL"),
        ([job(1, 1, level="Incremental")], Wanted(4 * HOUR), 1, "Incremental"),
        ([job(1, 1, level="")], Wanted(4 * HOUR, Level.FULL), 0, "does not say"),
    ],
)
def test_only_a_whole_young_backup_of_the_level_is_enough(
    jobs: list[JobSummary], wanted: Wanted, enough: int, words: str
) -> None:
    (found,) = existing([ONE], by_subclient(jobs), wanted, now=NOW)
    assert found.is_enough is bool(enough)
    assert words in found.reason


def test_a_job_without_a_start_is_never_young() -> None:
    told = JobSummary(1, "Completed", subclient=JobSubclient(2000001), backup_level_name="Full")
    assert not existing([ONE], by_subclient([told]), Wanted(HOUR), now=NOW)[0].is_enough


def test_jobs_are_sorted_by_their_start_and_each_is_one_backup() -> None:
    found = by_subclient([job(1, 9), job(3, 1), job(2, 5), job(3, 1), JobSummary(9, "Completed")])
    assert {number: [one.job_id for one in backups] for number, backups in found.items()} == {2000001: [3, 2, 1]}


def test_before_a_full_the_last_one_is_known_and_the_estimate_is_the_median_of_its_kind() -> None:
    jobs = [
        job(9, 0.2, "Running"),
        job(8, 2, level="Incremental", hours=0.1),
        job(7, 24, hours=1),
        job(6, 48, "Failed"),
        job(5, 72, hours=2),
        job(4, 96, hours=9),
    ]
    due = subclient(1, next_backup=NOW + 600)
    (found,) = outlook([due], by_subclient(jobs), Level.FULL)
    assert isinstance(found.last_full, PastBackup)
    assert (found.last_full.job_id, found.running and found.running.job_id) == (7, 9)
    assert found.estimate == Estimate(2 * HOUR, 5 * GIB, 3)
    assert found.words(NOW) == (
        "last full 24 h ago (7.0 GiB in 1 h); about 2 h, 5.0 GiB; job 9 is Running on it; due by schedule in 10 min"
    )
    (log,) = outlook([ONE], by_subclient(jobs), Level.INCREMENTAL)
    assert (log.estimate, log.next_due) == (Estimate(360, 8 * GIB, 1), None)


def test_of_a_subclient_that_was_never_backed_up_nothing_is_made_up() -> None:
    (found,) = outlook([ONE], {}, Level.FULL)
    assert (found.last_full, found.running, found.estimate) == (None, None, None)
    assert found.words(NOW) == "no full is known"


@pytest.mark.parametrize(
    ("percent", "elapsed", "estimate", "left"),
    [
        (50.0, 600, None, 600.0),
        (50.0, 600, Estimate(9999, 1, 1), 600.0),
        (1.0, 600, Estimate(1000, 1, 1), 400.0),
        (1.0, 6000, Estimate(1000, 1, 1), 0.0),
        (1.0, 600, None, None),
        (0.0, 0, None, None),
    ],
)
def test_the_time_left_is_by_the_jobs_own_rate_and_before_that_by_earlier_jobs(
    percent: float, elapsed: int, estimate: Estimate | None, left: float | None
) -> None:
    told = JobSummary(1, "Running", percent, job_elapsed_time=elapsed)
    assert seconds_left(told, estimate, NOW) == left
