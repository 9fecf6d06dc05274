"""Rows 35, 43 and 46 of the fault matrix: killed, cancelled, side by side."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import pytest

from pgbackup_tui.backup.attempt import new_attempt
from pgbackup_tui.backup.guard import UnsettledError
from pgbackup_tui.backup.journal.attempts import Standing
from pgbackup_tui.backup.journal.locks import LockedError
from pgbackup_tui.backup.outcome import OutcomeKind
from pgbackup_tui.errors import RefusedHereError
from tests.faults.rig import Engineer, Rig
from tests.faults.victim import Victims, victims

ACCEPTED, REJECTED, NOT_SENT, UNKNOWN = OutcomeKind


@pytest.fixture(scope="module")
def dying() -> Iterator[Victims]:
    """Processes to be killed."""
    with victims() as found:
        yield found


async def test_row_35_killed_at_every_write_the_next_start_knows_what_may_have_been_sent(
    rig: Rig, dying: Victims
) -> None:
    """From the first write to the last, and at each sign of life of the transport between."""
    task, moment, states = rig.task(), 0, set()
    while True:
        moment += 1
        engineer = rig.engineer()
        outcome = dying.press(engineer, task, new_attempt(), moment)
        await rig.settle()
        assert engineer.last is not None
        if not dying.was_killed:
            break
        known = engineer.journal.read().attempt(engineer.last.attempt_id)
        jobs = rig.jobs_of(engineer.last.attempt_id)
        if known is None:
            assert rig.posts_of(engineer.last.attempt_id) == 0
            states.add("nothing")
        else:
            states.add(known.standing.value)
            assert known.standing in (Standing.UNKNOWN, Standing.ACCEPTED)
            await engineer.look()
            assert engineer.known().job_ids == tuple(job.id for job in jobs)
            if not jobs:
                with pytest.raises(UnsettledError):
                    await engineer.press(task)
        assert rig.posts_of(engineer.last.attempt_id) <= 1
        rig.clock.now += 7200  # its job has ended by then
    assert outcome is ACCEPTED
    assert states == {"nothing", "unknown", "accepted"}
    assert moment > 20


async def test_row_35_the_lock_of_a_killed_process_keeps_nobody_out(rig: Rig, dying: Victims) -> None:
    engineer, task = rig.engineer(), rig.task()
    for moment in range(1, 60):
        dying.press(engineer, task, new_attempt(), moment)
        locks = engineer.state / "locks"
        if locks.is_dir() and any(len(path.name) == 64 for path in locks.iterdir()):
            break
    assert engineer.journal.read().attempts == ()  # it died before the intent
    assert (await engineer.press(task)).kind is ACCEPTED


@pytest.mark.parametrize("answer", [None, "silence", "reset"])
@pytest.mark.parametrize("steps", [1, 2, 4, 8, 16])
async def test_row_46_cancelled_at_any_moment_the_outcome_is_on_the_disk(
    rig: Rig, engineer: Engineer, answer: str | None, steps: int
) -> None:
    if answer:
        rig.spoil_task(answer)
    attempt = new_attempt()
    pressing = asyncio.create_task(engineer.press(rig.task(), attempt=attempt))
    for _ in range(steps):
        await asyncio.sleep(0)
    pressing.cancel()
    await asyncio.wait({pressing})
    await rig.settle()
    known = engineer.journal.read().attempt(attempt.attempt_id)
    if known is None:
        assert rig.posts_of(attempt.attempt_id) == 0
    else:
        assert known.ending is not None
        assert known.standing is not Standing.IN_FLIGHT
        if rig.jobs_of(attempt.attempt_id):
            assert known.standing in (Standing.UNKNOWN, Standing.ACCEPTED)


async def arrived(rig: Rig) -> None:
    """Waits until a CreateTask has arrived."""
    assert await asyncio.to_thread(rig.server.has_posted.wait, 10)


async def test_row_46_an_answer_that_comes_within_the_grace_is_the_outcome(rig: Rig) -> None:
    engineer = rig.engineer()
    engineer.grace = 10.0
    rig.spoil({"path": "CreateTask", "latency_ms": 100})
    pressing = asyncio.create_task(engineer.press(rig.task()))
    await arrived(rig)
    pressing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pressing
    assert [outcome.kind for outcome in engineer.concluded] == [ACCEPTED]
    assert engineer.known().standing is Standing.ACCEPTED


async def test_row_46_told_to_end_twice_not_a_moment_longer_is_waited(rig: Rig) -> None:
    engineer = rig.engineer()
    engineer.grace = 3600.0
    rig.spoil_task("silence")
    pressing = asyncio.create_task(engineer.press(rig.task()))
    await arrived(rig)
    pressing.cancel()
    await asyncio.sleep(0)
    pressing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pressing
    assert engineer.known().standing is Standing.UNKNOWN


async def test_row_43_two_sessions_of_one_user_in_the_same_moment_send_once(rig: Rig, engineer: Engineer) -> None:
    twin = rig.engineer(state=engineer.state)
    rig.spoil({"path": "Jobs", "latency_ms": 20})
    for subclient in rig.subclients[:5]:
        before = len(rig.server.posted)
        task = rig.task(subclient)
        ended = await asyncio.gather(engineer.press(task), twin.press(task), return_exceptions=True)
        assert sorted(type(found).__name__ for found in ended) == ["LockedError", "Outcome"]
        assert len(rig.server.posted) == before + 1


async def test_row_43_what_is_held_by_a_process_that_runs_is_refused_and_named(
    rig: Rig, engineer: Engineer
) -> None:
    task = rig.task()
    async with engineer.commserve() as commserve:
        origin = commserve.address.origin
    with engineer.journal.locks.hold(origin, [task.subclients[0].subclient_id], "another"):
        with pytest.raises(LockedError, match=f"process {os.getpid()}"):
            await engineer.press(task)
        assert isinstance(await engineer.press(rig.task(rig.subclients[1])), object)
    assert (await engineer.press(task)).kind is ACCEPTED


async def test_row_43_a_lock_of_another_host_is_for_a_person_to_remove(rig: Rig, engineer: Engineer) -> None:
    task = rig.task()
    async with engineer.commserve() as commserve:
        path = engineer.journal.locks.path(commserve.address.origin, task.subclients[0].subclient_id)
    path.parent.mkdir(parents=True, mode=0o700)
    path.write_text(
        '{"by":{"host":"elsewhere","user":"jane","uid":1,"pid":1},"attempt":"x","origin":"y","subclient_id":1}'
    )
    with pytest.raises(RefusedHereError) as refused:
        await engineer.press(task)
    assert str(path) in refused.value.advice
    path.unlink()
    assert (await engineer.press(task)).kind is ACCEPTED
