"""The console's desk and the journal: what it sends is written down, and the next console goes on with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from pgbackup_tui.backup.journal.attempts import Standing
from pgbackup_tui.backup.outcome import OutcomeKind
from pgbackup_tui.backup.submit import GRACE_SECONDS
from pgbackup_tui.backup.verdict import Verdict
from pgbackup_tui.errors import RefusedHereError
from pgbackup_tui.secret import Secret
from pgbackup_tui.target import Target
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.records import LogStore
from tests.faults.rig import TOKEN, Engineer, Rig


@asynccontextmanager
async def desk_of(rig: Rig, engineer: Engineer) -> AsyncIterator[Desk]:
    """A console's desk with the engineer's journal, connected; between two looks the jobs get on."""

    async def find() -> Target:
        return Target(rig.server.url, Secret(TOKEN), "a test")

    async def sleep(_: float) -> None:
        rig.clock.now += 600
        await asyncio.sleep(0)

    desk = Desk(find, LogStore(), lambda: engineer.journal, sleep=sleep)
    await desk.connect()
    try:
        yield desk
    finally:
        await desk.close()


async def until(holds: Callable[[], bool], desk: Desk) -> None:
    """Waits until the desk has come so far, looking again whenever it changed something."""
    changed = asyncio.Event()
    desk.changed = lambda _: changed.set()
    async with asyncio.timeout(20):
        while not holds():
            await changed.wait()
            changed.clear()


async def test_what_the_console_sends_is_in_the_journal_with_its_verdict(rig: Rig, engineer: Engineer) -> None:
    async with desk_of(rig, engineer) as desk:
        await desk.submit(rig.task(), ())
        await until(lambda: desk.tasks[0].ended, desk)
    (attempt,) = engineer.journal.read().attempts
    assert (attempt.standing, attempt.verdict) == (Standing.ACCEPTED, Verdict.GO)


async def test_a_console_started_again_follows_what_runs_and_finds_what_was_lost(
    rig: Rig, engineer: Engineer
) -> None:
    await engineer.press(rig.task())
    rig.spoil_task("reset")
    await engineer.press(rig.task(rig.subclients[1]))
    async with desk_of(rig, engineer) as desk:
        await until(lambda: len(desk.tasks) == 2 and all(task.ended for task in desk.tasks), desk)
    assert {found.standing for found in engineer.journal.read().attempts} == {Standing.ACCEPTED, Standing.FOUND}
    assert {found.verdict for found in engineer.journal.read().attempts} == {Verdict.GO}


async def test_what_is_not_settled_is_refused_in_the_console_too(rig: Rig, engineer: Engineer) -> None:
    rig.spoil_task("reset", carried_out=False)
    await engineer.press(rig.task())
    rig.spoil({"path": "Jobs", "answer": "502"})
    async with desk_of(rig, engineer) as desk:
        assert desk.dispatch.unsettled(desk.where, rig.task().subclients) == rig.task().subclients
        with pytest.raises(RefusedHereError, match="an earlier request"):
            await desk.submit(rig.task(), ())
    assert len(rig.server.posted) == 1


async def test_a_console_that_is_left_in_flight_waits_for_the_answer(rig: Rig, engineer: Engineer) -> None:
    rig.spoil({"path": "CreateTask", "latency_ms": 100})
    async with desk_of(rig, engineer) as desk:
        pressing = asyncio.create_task(desk.submit(rig.task(), ()))
        assert await asyncio.to_thread(rig.server.has_posted.wait, 10)
        pressing.cancel()
        await asyncio.wait({pressing})
        await desk.dispatch.settle(GRACE_SECONDS)
    (attempt,) = engineer.journal.read().attempts
    assert attempt.ending is not None
    assert attempt.ending.kind == OutcomeKind.ACCEPTED


async def test_a_journal_that_can_not_be_read_is_said_and_nothing_is_sent(rig: Rig, engineer: Engineer) -> None:
    engineer.state.mkdir(mode=0o700)
    (engineer.state / "journal").write_text("")
    async with desk_of(rig, engineer) as desk:
        assert desk.failure is None
        assert any("can't be read" in record.text for record in desk.log.records)
        with pytest.raises(RefusedHereError):
            await desk.submit(rig.task(), ())
    assert rig.server.posted == []
