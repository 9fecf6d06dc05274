"""Rows 30, 31, 57 and 59 of the fault matrix, over the socket: jobs are followed whatever comes between."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from pgbackup_tui.backup.follow import Follower, Look
from pgbackup_tui.backup.task import BackupOptions, BackupTask, Level, compose
from pgbackup_tui.backup.verdict import Verdict
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.commserve.errors import AuthError, TransportError
from pgbackup_tui.secret import Secret
from tests.faults.rig import TOKEN, Engineer, Rig, rig_in

JOB_SECONDS = 300.0
MANY = 200


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A CommServe with more subclients than one page of a careless client holds jobs."""
    with rig_in(tmp_path_factory.mktemp("large"), clients=240, job_seconds=JOB_SECONDS) as rig:
        yield rig


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Rig]:
    with rig_in(tmp_path, job_seconds=JOB_SECONDS) as rig:
        yield rig


def sleeper(rig: Rig) -> Callable[[float], Awaitable[None]]:
    """Sleeping that lets time pass on the CommServe, at once."""

    async def sleep(seconds: float) -> None:
        rig.clock.now += seconds
        await asyncio.sleep(0)

    return sleep


def follower(rig: Rig, commserve: CommServe) -> Follower:
    return Follower(
        commserve.jobs,
        least_interval=commserve.least_interval,
        reconnect=commserve.reconnect,
        clock=rig.clock,
        wall=rig.clock,
        sleep=sleeper(rig),
        jitter=lambda: 0.5,
    )


def started(rig: Rig, count: int) -> tuple[BackupTask, list[int]]:
    chosen = rig.subclients[:count]
    assert len(chosen) == count
    task = compose(chosen, BackupOptions(Level.FULL), max_subclients=count)
    return task, [rig.start_by_hand(found) for found in chosen]


class Counted:
    """The requests that arrive at a CommServe from now on, and the looks that they were for."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.before = len(rig.server.received)

    def paths(self) -> Counter[str]:
        return Counter(request.path.rsplit("/api/", 1)[-1] for request in self.rig.server.received[self.before :])


async def test_two_hundred_jobs_of_one_task_take_one_request_a_look(large: Rig) -> None:
    task, job_ids = started(large, MANY)
    counted = Counted(large)
    async with large.engineer().commserve() as commserve:
        looks = [look async for look in follower(large, commserve).follow(task, job_ids)]
    assert looks[-1].progress.verdict is Verdict.GO
    assert len(looks) > 20
    assert counted.paths().total() <= 1.2 * len(looks)


async def test_two_hundred_tasks_take_one_request_a_look_too(large: Rig) -> None:
    task, job_ids = started(large, MANY)
    counted = Counted(large)
    async with large.engineer().commserve() as commserve:
        shared = follower(large, commserve)

        async def follow_one(position: int) -> list[Look]:
            own = compose([task.subclients[position]], task.options, max_subclients=1)
            return [look async for look in shared.follow(own, [job_ids[position]])]

        ends = await asyncio.gather(*map(follow_one, range(MANY)))
    assert {looks[-1].progress.verdict for looks in ends} == {Verdict.GO}
    looked = max(map(len, ends))
    assert looked > 20
    assert counted.paths().total() <= 1.2 * (looked + 2)  # those that joined late have seen fewer


@pytest.mark.parametrize(
    "body",
    [
        {"jobs": [], "totalRecordsWithoutPaging": 0},
        {"jobs": []},
        {},
        {"jobs": [{"jobSummary": {"jobId": "x"}}], "totalRecordsWithoutPaging": 1},
    ],
    ids=["empty", "no-total", "no-list", "damaged"],
)
async def test_row_31_what_a_list_leaves_out_is_asked_for_by_its_id(quick: Rig, body: object) -> None:
    task, job_ids = started(quick, 6)
    quick.spoil({"path": "Jobs", "answer": {"status": 200, "body": body}})
    counted = Counted(quick)
    async with quick.engineer().commserve() as commserve:
        looks = [look async for look in follower(quick, commserve).follow(task, job_ids)]
    assert looks[-1].progress.verdict is Verdict.GO
    assert {look.silent for look in looks} == {()}
    assert set(counted.paths()) == {"Jobs", *(f"Job/{job_id}" for job_id in job_ids)}


async def test_row_30_jobs_that_vanish_from_a_large_task_are_no_success_and_no_flood(large: Rig) -> None:
    task, job_ids = started(large, MANY)
    async with large.engineer().commserve() as commserve:
        nothing = {"status": 200, "body": {"jobs": [], "totalRecordsWithoutPaging": 0}}
        large.spoil({"path": "Jobs", "answer": nothing}, {"path": "Job/*", "answer": nothing})
        async with aclosing(follower(large, commserve).follow(task, job_ids)) as looks:
            for _ in range(5):
                counted = Counted(large)
                look = await anext(looks)
                assert look.progress.verdict is Verdict.UNDECIDED
                assert 0 < len(look.silent) <= 20
                assert counted.paths().total() <= 21
    large.spoil()


async def test_row_57_a_token_that_ends_is_renewed_once_and_following_goes_on(quick: Rig) -> None:
    task, job_ids = started(quick, 6)

    class Again:
        asked = 0

        async def renew(self, refused: Secret) -> Secret | None:
            self.asked += 1
            return Secret(TOKEN)

    async with quick.engineer().commserve() as commserve:
        again = Again()
        commserve.session.renewal = again
        refused = {"status": 401, "body": {"errorCode": 5, "errorMessage": "Access Denied"}}
        quick.spoil({"path": "Jobs", "after": 3, "times": 1, "answer": refused})
        looks = [look async for look in follower(quick, commserve).follow(task, job_ids)]
    assert (looks[-1].progress.verdict, again.asked) == (Verdict.GO, 1)
    assert not [look for look in looks if look.trouble]


async def test_row_57_a_token_that_can_not_be_renewed_ends_following_without_a_verdict(quick: Rig) -> None:
    task, job_ids = started(quick, 6)
    seen: list[Look] = []
    async with quick.engineer().commserve() as commserve:
        refused = {"status": 401, "body": {"errorCode": 5, "errorMessage": "Access Denied"}}
        quick.spoil({"path": "Jobs", "after": 3, "answer": refused})

        async def watch() -> None:
            async for look in follower(quick, commserve).follow(task, job_ids):
                seen.append(look)

        with pytest.raises(AuthError):
            await watch()
    assert {look.progress.verdict for look in seen} == {Verdict.UNDECIDED}


async def test_row_59_a_network_gone_for_ten_minutes_is_waited_out(quick: Rig, engineer: Engineer) -> None:
    task, job_ids = started(quick, 6)
    down = [False]

    class Cut:
        """A way to the CommServe that can be cut."""

        def __init__(self, commserve: CommServe) -> None:
            self.commserve = commserve

        async def by_id(self, job_ids: object, *, look_back: int = 0, few: int = 3) -> object:
            if down[0]:
                raise TransportError("The network is unreachable.")
            return await self.commserve.jobs.by_id(job_ids, look_back=look_back, few=few)  # type: ignore[arg-type]

    async with quick.engineer().commserve() as commserve:
        shared = follower(quick, commserve)
        shared._source = Cut(commserve)  # type: ignore[assignment]
        looks: list[Look] = []
        begun = quick.clock.now
        async for look in shared.follow(task, job_ids):
            looks.append(look)
            down[0] = 60 < quick.clock.now - begun < 660
    assert looks[-1].progress.verdict is Verdict.GO
    stale = [look for look in looks if look.trouble]
    assert max(look.missed for look in stale) > 5
    assert {look.progress.verdict for look in stale} == {Verdict.UNDECIDED}
    assert quick.clock.now - begun < 660 + 70


async def test_busy_with_a_retry_after_is_left_alone_for_so_long(quick: Rig) -> None:
    task, job_ids = started(quick, 6)
    busy = {"status": 429, "headers": {"Retry-After": "45"}, "body": "slow down"}
    quick.spoil({"path": "Jobs", "times": 1, "answer": busy})
    counted = Counted(quick)
    async with (
        quick.engineer().commserve() as commserve,
        aclosing(follower(quick, commserve).follow(task, job_ids)) as looks,
    ):
        look = await anext(looks)
        assert (look.trouble is not None, look.next_in) == (True, 45.0)
        assert counted.paths() == {"Jobs": 1}
        assert (await anext(looks)).trouble is None
