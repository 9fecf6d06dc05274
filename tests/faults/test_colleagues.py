"""Row 44 of the fault matrix: two people, or a schedule, on one subclient."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace

import pytest
from msgspec import structs

from pgbackup_tui.backup.guard import AlreadyRunningError, rivals
from pgbackup_tui.backup.outcome import OutcomeKind
from pgbackup_tui.backup.where import Where
from pgbackup_tui.commserve.errors import ApiError, CommvaultError
from pgbackup_tui.commserve.jobs import JobsRead
from pgbackup_tui.commserve.wire import JobSummary, Listing
from tests.faults.lost import job
from tests.faults.rig import BEGIN, USER, Engineer, Rig


async def test_row_44_a_colleagues_running_backup_is_seen_before_anything_is_sent(
    rig: Rig, engineer: Engineer
) -> None:
    colleague = rig.engineer()
    await colleague.press(rig.task())
    with pytest.raises(AlreadyRunningError, match=f"job {colleague.known().job_ids[0]}"):
        await engineer.press(rig.task())
    assert len(rig.server.posted) == 1


async def test_row_44_two_who_sent_in_the_same_moment_are_alarmed_with_both_ids_and_users(
    rig: Rig, engineer: Engineer
) -> None:
    task = rig.task()
    other = rig.start_by_hand(task.subclients[0], user="dba-2")
    nothing = {"path": "Jobs", "times": 1, "answer": {"status": 200, "body": {"jobs": []}}}
    rig.spoil(nothing)  # the look before sending came a moment too early
    outcome = await engineer.press(task)
    async with engineer.commserve() as commserve:
        where = replace(await where_of(engineer), user=USER)
        (alarm,) = await rivals(commserve.jobs, task, outcome.job_ids, where, BEGIN)
    for fact in (f"job {outcome.job_ids[0]} by {USER}", f"job {other} by dba-2", task.subclients[0].path):
        assert fact in alarm


async def where_of(engineer: Engineer) -> Where:
    """The CommServe and the user that an engineer's attempts name."""
    intent = engineer.known().intent
    assert intent is not None
    return Where(intent.origin, intent.asked_as)


async def test_the_automatic_log_backup_is_no_rival(rig: Rig, engineer: Engineer) -> None:
    subclient = structs.replace(rig.subclients[0], block_level=True)
    full, log = job(1, end=int(BEGIN) + 50), job(2, level="Incremental", start=BEGIN + 51, user="system")
    task = rig.task(structs.replace(subclient, subclient_id=1))

    class Jobs:
        async def listing(self, *, look_back: int = 0, active_only: bool = False) -> Listing[JobSummary]:
            return Listing((full, log))

        async def by_id(self, job_ids: Collection[int], *, look_back: int = 0) -> JobsRead:
            return JobsRead()

    assert await rivals(Jobs(), task, [1], Where("x", USER), BEGIN) == ()
    assert (
        len(
            await rivals(
                Jobs(),
                rig.task(structs.replace(task.subclients[0], block_level=False)),
                [1],
                Where("x", USER),
                BEGIN,
            )
        )
        == 1
    )


async def test_a_commserve_that_lists_no_jobs_to_this_user_keeps_nobody_from_a_backup(
    rig: Rig, engineer: Engineer
) -> None:
    refused = {"status": 403, "body": {"errorCode": 9, "errorMessage": "no"}}
    rig.spoil({"path": "Jobs", "answer": refused})
    assert (await engineer.press(rig.task())).kind is OutcomeKind.ACCEPTED
    assert "can't be told" in engineer.warned[0]
    assert json.dumps(engineer.warned)


async def test_a_look_before_that_nobody_answers_sends_nothing(rig: Rig, engineer: Engineer) -> None:
    rig.spoil({"path": "Jobs", "answer": "502"})
    with pytest.raises(CommvaultError) as refused:
        await engineer.press(rig.task())
    assert not isinstance(refused.value, ApiError)
    assert rig.server.posted == []
    assert engineer.journal.read().attempts == ()


DAMAGED = {"status": 200, "body": {"jobs": [{}], "totalRecordsWithoutPaging": 1}}


@pytest.mark.parametrize("answer", ["403", DAMAGED], ids=["refused", "damaged"])
async def test_where_the_list_hides_them_the_journals_own_jobs_are_asked_for_one_by_one(
    rig: Rig, engineer: Engineer, answer: object
) -> None:
    first = await engineer.press(rig.task())
    rig.spoil({"path": "Jobs", "answer": answer})
    with pytest.raises(AlreadyRunningError, match=f"job {first.job_ids[0]}"):
        await engineer.press(rig.task())
    rig.clock.now += 7200
    assert (await engineer.press(rig.task())).kind is OutcomeKind.ACCEPTED
