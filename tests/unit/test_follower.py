"""One follower for any number of tasks: one look for all, within a budget, on a clock that only sleeping moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import aclosing

import pytest

from pgbackup_tui.backup.follow import ContactLostError, Follower, Look
from pgbackup_tui.backup.rhythm import back_off, within_budget
from pgbackup_tui.backup.task import BackupOptions, Level, compose
from pgbackup_tui.backup.verdict import Verdict
from pgbackup_tui.commserve.errors import ApiError, AuthError, CommvaultError, TransportError
from pgbackup_tui.commserve.jobs import JobsRead
from pgbackup_tui.commserve.wire import JobSubclient, JobSummary
from tests.unit.estates import subclient

ENDS = 100.0
"""When the jobs of these tests end, by the test's clock."""
TASK = compose([subclient(1)], BackupOptions(Level.FULL), max_subclients=1)
DAY = 86400.0


class Machine:
    """A machine's two clocks, and a CommServe whose jobs run until ENDS. It counts what it is asked."""

    def __init__(self, *troubles: CommvaultError) -> None:
        self.now = 0.0
        self.slept_wall = 0.0
        self.troubles: list[CommvaultError] = list(troubles)
        self.ends = ENDS
        self.least = 0.0
        self.requests = 1
        self.reconnects: list[float] = []
        self.asked: list[tuple[float, list[int]]] = []
        self.fews: set[int] = set()

    def clock(self) -> float:
        return self.now

    def wall(self) -> float:
        return 1e9 + self.now + self.slept_wall

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)

    async def reconnect(self) -> None:
        self.reconnects.append(self.now)

    async def by_id(self, job_ids: Collection[int], *, look_back: int = 0, few: int = 3) -> JobsRead:
        self.asked.append((self.now, list(job_ids)))
        self.fews.add(few)
        await asyncio.sleep(0)
        if self.troubles:
            raise self.troubles.pop(0)
        status = "Completed" if self.now >= self.ends else "Running"
        told = JobSubclient(2000001)
        jobs = {n: JobSummary(n, status, subclient=told, backup_level_name="Full") for n in job_ids}
        return JobsRead(jobs, requests=self.requests)

    def follower(self) -> Follower:
        return Follower(
            self,
            least_interval=lambda: self.least,
            reconnect=self.reconnect,
            clock=self.clock,
            wall=self.wall,
            sleep=self.sleep,
            jitter=lambda: 0.5,
        )


async def to_its_end(follower: Follower, job_id: int) -> list[Look]:
    return [look async for look in follower.follow(TASK, [job_id])]


async def test_two_hundred_tasks_are_looked_at_together_and_nothing_is_asked_after_their_end() -> None:
    machine = Machine()
    follower = machine.follower()
    ends = await asyncio.gather(*(to_its_end(follower, job_id) for job_id in range(1, 201)))
    assert {looks[-1].progress.verdict for looks in ends} == {Verdict.GO}
    alone = Machine()
    await to_its_end(alone.follower(), 1)
    assert len(machine.asked) <= len(alone.asked) + 1
    assert len(machine.asked[-1][1]) == 200
    asked = len(machine.asked)
    for _ in range(100):
        await asyncio.sleep(0)
    assert len(machine.asked) == asked


async def test_a_task_that_joins_is_looked_at_within_a_second_and_one_that_leaves_not_at_all() -> None:
    machine = Machine()
    follower = machine.follower()
    async with aclosing(follower.follow(TASK, [1])) as first:
        while machine.now < 50:
            await anext(first)
        async with aclosing(follower.follow(TASK, [2])) as second:
            joined = machine.now
            await anext(second)
            assert machine.now - joined <= 1.0
            assert sorted(machine.asked[-1][1]) == [1, 2]
        await anext(first)
        await anext(first)
        assert machine.asked[-1][1] == [1]


async def test_the_end_of_one_task_ends_no_other() -> None:
    machine = Machine()
    follower = machine.follower()
    async with aclosing(follower.follow(TASK, [1])) as first:
        await anext(first)
    assert (await to_its_end(follower, 2))[-1].progress.verdict is Verdict.GO


async def test_a_machine_that_slept_drops_its_connections_and_looks_at_once() -> None:
    machine = Machine()
    looks = machine.follower().follow(TASK, [1])
    while machine.now < 60:
        await anext(looks)
    machine.slept_wall += 3 * 3600
    before = machine.now
    look = await anext(looks)
    assert machine.now - before <= 1.0
    assert machine.reconnects == [machine.now]
    assert look.as_of == machine.wall()
    await looks.aclose()


async def test_a_clock_that_is_set_back_is_no_sleep() -> None:
    machine = Machine()
    looks = machine.follower().follow(TASK, [1])
    await anext(looks)
    machine.slept_wall -= DAY
    await anext(looks)
    assert machine.reconnects == []
    await looks.aclose()


async def test_ten_minutes_without_a_network_are_waited_out_and_the_age_of_the_data_is_told() -> None:
    machine = Machine()
    looks = machine.follower().follow(TASK, [1])
    first = await anext(looks)
    machine.troubles = [TransportError("gone")] * 20
    seen = [look async for look in looks]
    assert seen[-1].progress.verdict is Verdict.GO
    stale = [look for look in seen if look.trouble]
    assert [look.missed for look in stale] == list(range(1, 21))
    assert {look.as_of for look in stale} == {first.as_of}
    assert machine.now > 400
    waits = [later[0] - before[0] for before, later in zip(machine.asked, machine.asked[1:], strict=False)]
    assert max(waits) <= 60


@pytest.mark.parametrize(("asked_to_wait", "least"), [(8.0, 8.0), (300.0, 300.0)])
async def test_the_servers_own_word_on_when_to_ask_again_counts(asked_to_wait: float, least: float) -> None:
    busy = ApiError("busy", status=429, code=None, message="busy")
    busy.retry_after = asked_to_wait
    machine = Machine(busy)
    looks = machine.follower().follow(TASK, [1])
    look = await anext(looks)
    assert (look.trouble, look.next_in) == (busy, least)
    await anext(looks)
    assert machine.asked[1][0] - machine.asked[0][0] == pytest.approx(least)
    await looks.aclose()


async def test_on_saas_one_task_takes_less_than_120_reads_an_hour() -> None:
    machine = Machine()
    machine.least, machine.ends = 30.0, 3600.0
    looks = await to_its_end(machine.follower(), 1)
    assert looks[-1].progress.verdict is Verdict.GO
    assert 100 < len(machine.asked) < 120
    assert machine.fews == {1}


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_a_budget_is_never_overdrawn_by_chance_or_by_looks_that_take_many_requests(chance: float) -> None:
    assert within_budget(3.0, 30.0, 1, chance) >= 30.0
    assert within_budget(3.0, 30.0, 20, chance) >= 600.0
    assert within_budget(3.0, 0.0, 20, chance) == 3.0


@pytest.mark.parametrize("failures", [1, 2, 7, 100, 100_000])
@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_backing_off_stays_between_a_second_and_a_minute(failures: int, chance: float) -> None:
    assert 1.0 <= back_off(failures, chance) <= 60.0


async def test_a_refused_token_ends_every_task_with_one_request_and_a_new_token_takes_them_up_again() -> None:
    refused = AuthError("no", status=401, code=5, message="Access Denied")
    machine = Machine()
    follower = machine.follower()
    follows = [follower.follow(TASK, [job_id]) for job_id in (1, 2, 3)]
    await asyncio.gather(*(anext(looks) for looks in follows))
    machine.troubles = [refused]
    asked = len(machine.asked)
    ends = await asyncio.gather(*(_drained(looks) for looks in follows))
    assert ends == [refused] * 3
    assert len(machine.asked) <= asked + 2
    assert (await to_its_end(follower, 1))[-1].progress.verdict is Verdict.GO


async def _drained(looks: AsyncIterator[Look]) -> Exception | None:
    try:
        async for _ in looks:
            pass
    except AuthError as error:
        return error
    return None


@pytest.mark.parametrize("patience", [600.0, None])
async def test_patience_is_as_long_as_was_said_and_without_end_where_none_was(patience: float | None) -> None:
    machine = Machine(*[TransportError("gone")] * 100)
    looks = machine.follower().follow(TASK, [1], patience=patience)
    if patience is None:
        assert [look async for look in looks][-1].progress.verdict is Verdict.GO
        return
    with pytest.raises(ContactLostError, match="job 1 for 10 minutes"):
        async for _ in looks:
            pass
    assert 600 < machine.now < 700


async def test_a_screen_that_nobody_looks_at_is_refreshed_every_thirty_seconds() -> None:
    machine = Machine()
    follower = machine.follower()
    looks = follower.follow(TASK, [1])
    follower.is_unwatched = True
    assert (await anext(looks)).next_in >= 30.0
    follower.look_now()
    await anext(looks)
    assert machine.now <= 1.0
    await looks.aclose()


async def test_warnings_count_as_the_profile_says() -> None:
    class Warned(Machine):
        async def by_id(self, job_ids: Collection[int], *, look_back: int = 0, few: int = 3) -> JobsRead:
            status = "Completed w/ one or more warnings"
            told = JobSubclient(2000001)
            return JobsRead({n: JobSummary(n, status, subclient=told, backup_level_name="Full") for n in job_ids})

    machine = Warned()
    verdicts = [
        [look async for look in machine.follower().follow(TASK, [1], warnings_are_partial=strict)][-1].progress
        for strict in (False, True)
    ]
    assert [found.verdict for found in verdicts] == [Verdict.GO, Verdict.PARTIAL]
    assert [len(found.warnings()) for found in verdicts] == [1, 1]
