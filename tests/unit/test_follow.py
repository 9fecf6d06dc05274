"""Jobs are matched to subclients by what they say of themselves, and followed to their end on a test clock."""

from __future__ import annotations

import itertools
from collections.abc import Collection

import pytest

from pgbackup_tui.backup.follow import ContactLostError, Look, follow, identify
from pgbackup_tui.backup.progress import progress
from pgbackup_tui.backup.task import BackupOptions, Level, compose
from pgbackup_tui.backup.verdict import Verdict
from pgbackup_tui.commserve.errors import AuthError, CommvaultError, TransportError
from pgbackup_tui.commserve.jobs import JobsRead
from pgbackup_tui.commserve.wire import JobSubclient, JobSummary
from tests.unit.estates import subclient

TASK = compose([subclient(1), subclient(2), subclient(3)], BackupOptions(Level.FULL), max_subclients=9)
IDS = (11, 12, 13)


def job(job_id: int, number: int, status: str = "Running", level: str = "Full") -> JobSummary:
    return JobSummary(job_id, status, subclient=JobSubclient(2000000 + number), backup_level_name=level)


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


class Source:
    """Tells one answer after another; the last one for ever."""

    def __init__(self, *answers: list[JobSummary] | CommvaultError) -> None:
        self.answers = list(answers)
        self.asked: list[list[int]] = []

    async def by_id(self, job_ids: Collection[int], *, look_back: int = 0, few: int = 3) -> JobsRead:
        self.asked.append(list(job_ids))
        told = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(told, CommvaultError):
            raise told
        return JobsRead({found.job_id: found for found in told if found.job_id in job_ids})


async def followed(source: Source, clock: Clock | None = None) -> list[Look]:
    clock = clock or Clock()
    return [look async for look in follow(source, TASK, IDS, clock=clock, sleep=clock.sleep, jitter=lambda: 0.5)]


def test_jobs_find_their_subclients_whatever_their_order() -> None:
    shown = progress(TASK, IDS, {11: job(11, 3), 12: job(12, 1), 13: job(13, 2)})
    assert [(found.job_id, found.subclient_id) for found in shown.jobs] == [
        (11, 2000003),
        (12, 2000001),
        (13, 2000002),
    ]
    assert shown.missing == ()


def test_an_association_without_a_job_is_missing_and_the_verdict_no_go() -> None:
    shown = progress(TASK, (11, 12), {11: job(11, 3, "Completed"), 12: job(12, 1, "Completed")})
    assert [found.subclient_id for found in shown.missing] == [2000002]
    assert shown.verdict is Verdict.NO_GO


def test_missing_is_not_claimed_while_a_job_has_not_said_what_it_backs_up() -> None:
    shown = progress(TASK, (11, 12), {11: job(11, 3)})
    assert shown.missing == ()
    assert shown.never_started == 1
    assert shown.verdict is Verdict.NO_GO


def test_two_jobs_of_one_subclient_leave_the_other_missing() -> None:
    shown = progress(TASK, IDS, {11: job(11, 1), 12: job(12, 1), 13: job(13, 2)})
    assert [found.subclient_id for found in shown.missing] == [2000003]


def test_a_job_of_a_subclient_that_was_not_asked_for_is_said() -> None:
    shown = progress(TASK, IDS, {11: job(11, 1), 12: job(12, 2), 13: job(13, 99)})
    assert [words for words in shown.warnings() if "not asked for" in words]


def test_the_level_that_runs_is_said_where_it_is_not_the_level_asked_for() -> None:
    shown = progress(TASK, IDS, {11: job(11, 1, level="Incremental"), 12: job(12, 2), 13: job(13, 3)})
    assert shown.warnings() == (f"Job 11 of {TASK.subclients[0].path} runs as Incremental, not as FULL.",)


def test_completed_jobs_that_do_not_say_what_they_backed_up_are_no_go_ahead() -> None:
    silent = JobSummary(12, "Completed")
    shown = progress(TASK, IDS, {11: job(11, 1, "Completed"), 12: silent, 13: job(13, 3, "Completed")})
    assert shown.verdict is Verdict.UNDECIDED
    assert [words for words in shown.warnings() if "does not say" in words]


def test_a_stranger_and_silent_jobs_can_not_cover_every_association() -> None:
    known = {11: job(11, 999, "Completed"), 12: JobSummary(12, "Completed"), 13: JobSummary(13, "Completed")}
    shown = progress(TASK, IDS, known)
    assert (shown.never_started, shown.verdict) == (1, Verdict.NO_GO)


def test_a_full_that_ran_as_an_incremental_is_only_partial() -> None:
    jobs = {number: job(number, number - 10, "Completed", level="Incremental") for number in IDS}
    assert progress(TASK, IDS, jobs).verdict is Verdict.PARTIAL


async def test_following_ends_when_every_job_has_ended_and_asks_only_for_open_ones() -> None:
    source = Source(
        [job(11, 1), job(12, 2), job(13, 3)],
        [job(11, 1, "Completed"), job(12, 2), job(13, 3)],
        [job(12, 2, "Completed"), job(13, 3, "Completed")],
    )
    looks = await followed(source)
    assert looks[-1].progress.verdict is Verdict.GO
    assert source.asked == [[11, 12, 13], [11, 12, 13], [12, 13]]


async def test_a_job_that_vanishes_is_never_taken_for_a_success() -> None:
    clock = Clock()
    source = Source([job(11, 1, "Completed"), job(12, 2, "Completed"), job(13, 3)], [])
    seen: list[Look] = []

    async def watch() -> None:
        async for look in follow(source, TASK, IDS, clock=clock, sleep=clock.sleep, jitter=lambda: 0.5):
            seen.append(look)

    with pytest.raises(ContactLostError, match="job 13"):
        await watch()
    assert {look.progress.verdict for look in seen} == {Verdict.UNDECIDED}
    assert seen[-1].silent == (13,)
    assert 1800 < clock.now < 2000


async def test_a_job_that_can_not_be_read_hides_nothing_of_the_others() -> None:
    class Partly(Source):
        async def by_id(self, job_ids: Collection[int], *, look_back: int = 0, few: int = 3) -> JobsRead:
            read = await super().by_id(job_ids)
            if len(self.asked) < 3:
                read.failures[13] = TransportError("damaged")
            return read

    source = Partly([job(11, 1, "Completed"), job(12, 2, "Completed")], [], [job(13, 3, "Completed")])
    looks = await followed(source)
    assert [found.status for found in looks[0].progress.jobs] == ["Completed", "Completed", ""]
    assert looks[0].trouble is not None
    assert looks[-1].progress.verdict is Verdict.GO


async def test_a_network_that_was_gone_for_minutes_is_waited_out() -> None:
    gone = [TransportError("gone")] * 12
    source = Source([job(11, 1), job(12, 2), job(13, 3)], *gone, [job(n, n - 10, "Completed") for n in IDS])
    clock = Clock()
    looks = await followed(source, clock)
    assert looks[-1].progress.verdict is Verdict.GO
    assert sum(look.trouble is not None for look in looks) == 12
    assert max(clock.sleeps) <= 60
    assert clock.now > 120


async def test_contact_lost_for_good_names_the_jobs() -> None:
    with pytest.raises(ContactLostError) as lost:
        await followed(Source(TransportError("gone")))
    assert "job 11, 12, 13" in lost.value.problem


async def test_a_refused_token_ends_following_at_once() -> None:
    refused = AuthError("no", status=401, code=5, message="Access Denied")
    with pytest.raises(AuthError):
        await followed(Source(refused))


async def test_looks_are_close_at_first_and_far_apart_later() -> None:
    clock = Clock()
    source = Source([job(n, n - 10) for n in IDS])
    seen: list[float] = []
    async for _ in follow(source, TASK, IDS, clock=clock, sleep=clock.sleep, jitter=lambda: 0.5):
        seen.append(clock.now)
        if clock.now > 1200:
            break
    waits = [later - before for before, later in itertools.pairwise(seen)]
    assert waits[:5] == [0.5, 1.0, 2.0, 3.0, 3.0]
    assert waits[-1] == 30.0
    assert 10.0 in waits


async def test_identifying_waits_for_jobs_that_show_themselves_late() -> None:
    clock = Clock()
    source = Source([], [job(11, 1)], [job(11, 1), job(12, 2), job(13, 3)])
    shown = await identify(source, TASK, IDS, sleep=clock.sleep)
    assert shown.all_identified
    assert len(source.asked) == 3


async def test_identifying_without_any_answer_tells_why() -> None:
    clock = Clock()
    with pytest.raises(TransportError, match="gone"):
        await identify(Source(TransportError("gone")), TASK, IDS, sleep=clock.sleep)
