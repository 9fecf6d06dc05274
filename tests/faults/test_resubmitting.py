"""A resubmit is sent at most once, and found again without a mark of its own in its job."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from pgbackup_tui.backup.guard import AlreadyRunningError
from pgbackup_tui.backup.journal.attempts import Standing
from pgbackup_tui.backup.journal.locks import LockedError
from pgbackup_tui.backup.outcome import OutcomeKind
from pgbackup_tui.backup.resubmit import resubmit_task
from pgbackup_tui.backup.task import BackupTask, Level
from pgbackup_tui.backup.where import Where
from pgbackup_tui.errors import RefusedHereError
from pgbackup_tui.simulator.entities import Named
from pgbackup_tui.simulator.jobbook import Wish
from pgbackup_tui.simulator.jobs import Action
from pgbackup_tui.simulator.jobs import Level as SimulatedLevel
from tests.faults.lost import NO_DESCRIPTION, job
from tests.faults.rig import USER, Engineer, Rig

LOST: dict[str, object] = {"path": "Job/*/action/Resubmit", "times": 1, "answer": "reset"}


async def killed(rig: Rig, engineer: Engineer) -> int:
    """A job of the engineer's that somebody killed half an hour ago."""
    job_id = (await engineer.press(rig.task())).job_ids[0]
    world = rig.server.world
    with world.lock:
        found = world.jobs.job(job_id)
        assert found is not None
        world.jobs.act(found, Action.KILL, world.advance())
    rig.clock.now += 1800
    return job_id


async def again(engineer: Engineer, job_id: int) -> BackupTask:
    """The task of starting a job again, as a process that starts now makes it."""
    async with engineer.commserve() as commserve:
        told = await commserve.jobs.one(job_id)
        assert told is not None
        return resubmit_task(told, engineer.journal.read(), Where(commserve.address.origin, USER))


def posts(rig: Rig) -> int:
    """How many requests to resubmit a job arrived."""
    return sum("/action/Resubmit" in request.path for request in rig.server.received)


async def test_the_intent_is_on_the_disk_before_the_request(rig: Rig, engineer: Engineer) -> None:
    job_id = await killed(rig, engineer)
    first, task = engineer.known().attempt_id, await again(engineer, job_id)
    rig.spoil({**LOST, "answer": "silence", "carried_out": False})
    rig.server.has_posted.clear()
    resubmitting = asyncio.create_task(engineer.press(task))
    assert await asyncio.to_thread(rig.server.has_posted.wait, 10)
    intent = engineer.known().intent
    assert intent is not None
    assert (intent.resubmits, intent.retry_of, intent.level) == (job_id, (first,), "FULL")
    assert [told.subclient_id for told in intent.associations] == [rig.subclients[0].subclient_id]
    assert (await resubmitting).kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize("rules", [(), (NO_DESCRIPTION,)], ids=["descriptions", "no-descriptions"])
async def test_a_lost_answer_is_found_although_the_job_carries_the_first_ones_words(
    rig: Rig, engineer: Engineer, rules: tuple[dict[str, object], ...]
) -> None:
    task = await again(engineer, await killed(rig, engineer))
    rig.spoil(LOST)
    assert (await engineer.press(task)).kind is OutcomeKind.UNKNOWN
    rig.spoil(*rules)
    assert (await engineer.look()).by == "window"
    new = max(found.id for found in rig.started())
    assert (engineer.known().standing, engineer.known().job_ids) == (Standing.FOUND, (new,))


async def test_the_job_of_another_attempt_is_not_taken_for_that_of_a_resubmit(rig: Rig, engineer: Engineer) -> None:
    task = await again(engineer, await killed(rig, engineer))
    rig.spoil({**LOST, "carried_out": False})
    await engineer.press(task)
    wish = Wish(SimulatedLevel.FULL, Named(77, USER), description="pgbackup-tui another by ben@desk")
    with rig.server.world.lock:
        number = task.subclients[0].subclient_id
        world = rig.server.world
        world.jobs.start([world.estate.subclients[number]], wish, world.clock())
    seen = await engineer.look()
    assert (seen.found, seen.to_ask) == ({}, {})
    assert engineer.known().standing is Standing.UNKNOWN


async def test_a_running_backup_or_a_lock_refuses_it(rig: Rig, engineer: Engineer) -> None:
    task = await again(engineer, await killed(rig, engineer))
    number = task.subclients[0].subclient_id
    origin = engineer.known().origin
    with engineer.journal.locks.hold(origin, [number], "another"), pytest.raises(LockedError):
        await engineer.press(task)
    rig.start_by_hand(rig.subclients[0])
    with pytest.raises(AlreadyRunningError):
        await engineer.press(task)
    assert posts(rig) == 0


async def test_two_in_the_same_moment_are_one(rig: Rig, engineer: Engineer) -> None:
    task = await again(engineer, await killed(rig, engineer))
    other = rig.engineer(state=engineer.state)
    ends = await asyncio.gather(engineer.press(task), other.press(task), return_exceptions=True)
    assert posts(rig) == 1
    assert sum(isinstance(end, RefusedHereError) for end in ends) == 1


async def test_what_the_colleague_started_is_no_attempt_of_ones_own(rig: Rig, tmp_path: Path) -> None:
    job_id = await killed(rig, rig.engineer())
    engineer = rig.engineer()
    await engineer.press(await again(engineer, job_id))
    intent = engineer.known().intent
    assert intent is not None
    assert (intent.resubmits, intent.retry_of) == (job_id, ())
    assert intent.associations[0].client_id == rig.subclients[0].client_id


@pytest.mark.parametrize(
    ("level", "words"),
    [("", "does not say at which level"), ("Transaction Log", "“Transaction Log”, which is none")],
)
async def test_a_job_whose_level_can_not_be_looked_for_is_refused(
    engineer: Engineer, level: str, words: str
) -> None:
    with pytest.raises(RefusedHereError, match=words):
        resubmit_task(job(level=level, status="Failed"), engineer.journal.read(), Where("https://cs", USER))


async def test_the_level_is_the_one_that_ran(engineer: Engineer) -> None:
    told = job(level="Synthetic Full", status="Killed by System")
    task = resubmit_task(told, engineer.journal.read(), Where("https://cs", USER))
    assert (task.options.level, task.resubmits) == (Level.SYNTHETIC_FULL, 1)
