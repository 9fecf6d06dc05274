"""Row 34 of the fault matrix, and what else makes a job a candidate: user, level, start, by its own clock."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest
from msgspec import structs

from pgbackup_tui.backup.reconcile import sight
from pgbackup_tui.backup.task import Level
from pgbackup_tui.commserve.wire import DamagedRow, JobSubclient, JobSummary, Listing
from tests.faults.lost import NO_DESCRIPTION, job, lost
from tests.faults.rig import BEGIN, PATIENCE, Engineer, Rig


@pytest.mark.parametrize("hours", [-2, 2, -0.02, 0.02], ids=lambda hours: f"{hours:+}h")
async def test_row_34_this_machines_clock_makes_no_difference(
    rig: Rig, engineer: Engineer, hours: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + hours * 3600)
    attempt_id = await lost(rig, engineer, NO_DESCRIPTION)
    monkeypatch.setattr(time, "time", lambda: real() - hours * 3600)
    await engineer.look()
    assert engineer.known().job_ids == tuple(job.id for job in rig.jobs_of(attempt_id))


@pytest.fixture
async def absent(rig: Rig, engineer: Engineer) -> Engineer:
    """Somebody whose request was lost before it was read."""
    await lost(rig, engineer, carried_out=False)
    return engineer


def seen_in(engineer: Engineer, *jobs: JobSummary, descriptions: Mapping[int, str] | None = None) -> set[int]:
    """Which of these jobs are taken for the attempt's, or asked about."""
    attempt = engineer.known()
    number = attempt.associations[0].subclient.subclient_id
    rows = tuple(
        JobSummary(
            found.job_id,
            found.status,
            subclient=JobSubclient(subclient_id=number),
            backup_level_name=found.backup_level_name,
            job_start_time=found.job_start_time,
            job_end_time=found.job_end_time,
            user_name=found.user_name,
        )
        for found in jobs
    )
    seen = sight(attempt, Listing(rows), descriptions or {})
    return {*seen.found.values(), *(asked.job_id for found in seen.to_ask.values() for asked in found)}


@pytest.mark.parametrize(
    ("candidate", "is_one"),
    [
        (job(), True),
        (job(user="ONCALL"), True),
        (job(user=""), True),
        (job(user="dba-2"), False),
        (job(start=BEGIN - 59), True),
        (job(start=BEGIN - 65), False),
        (job(start=BEGIN + PATIENCE + 599), True),
        (job(start=BEGIN + PATIENCE + 610), False),
        (job(level="Incremental"), False),
        (job(level="Synthetic Full"), True),
        (job(level=""), True),
    ],
    ids=[
        "fits",
        "case-of-user",
        "no-user",
        "other-user",
        "early",
        "too-early",
        "late",
        "too-late",
        "other-level",
        "synthetic-full",
        "no-level",
    ],
)
async def test_row_34_what_makes_a_job_a_candidate(absent: Engineer, candidate: JobSummary, is_one: bool) -> None:
    assert (seen_in(absent, candidate) == {1}) is is_one


async def test_a_job_of_another_attempt_is_none_of_this_one(absent: Engineer) -> None:
    assert seen_in(absent, job(), descriptions={1: "pgbackup-tui 20261123T000000-aaaaaaaa by dba@host"}) == set()


async def test_a_damaged_row_and_a_nameless_job_make_a_look_partial(absent: Engineer) -> None:
    attempt = absent.known()
    nameless = JobSummary(5, "Running", job_start_time=int(BEGIN))
    assert not sight(attempt, Listing((), (DamagedRow("jobs", 1, "odd"),)), {}).is_clean
    assert not sight(attempt, Listing((nameless,)), {}).is_clean
    assert not sight(attempt, Listing(()), {}, reaches_back=False).is_clean
    assert sight(attempt, Listing(()), {}).is_clean


@pytest.mark.parametrize(
    ("block_level", "candidates"), [(True, {1}), (False, {1, 2})], ids=["block-level", "plain"]
)
async def test_the_log_backup_behind_a_block_level_full_is_no_second_candidate(
    rig: Rig, engineer: Engineer, block_level: bool, candidates: set[int]
) -> None:
    subclient = structs.replace(rig.subclients[0], block_level=block_level)
    rig.spoil_task("reset", carried_out=False)
    await engineer.press(rig.task(subclient, level=Level.INCREMENTAL))
    promoted = job(1, end=int(BEGIN) + 50)
    behind = job(2, level="Incremental", start=BEGIN + 51)
    assert seen_in(engineer, promoted, behind) == candidates
