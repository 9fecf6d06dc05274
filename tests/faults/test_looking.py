"""Rows 29 to 33 of the fault matrix: jobs as they are told late, wrongly, in part, or twice."""

from __future__ import annotations

import pytest

from pgbackup_tui.backup.follow import Look, follow
from pgbackup_tui.backup.journal.attempts import Standing
from pgbackup_tui.backup.journal.records import NotStarted
from pgbackup_tui.backup.outcome import OutcomeKind
from pgbackup_tui.backup.reconcile import look_for, waits_for
from pgbackup_tui.backup.verdict import Verdict
from pgbackup_tui.commserve.server_clock import ServerClock
from tests.faults.lost import NO_DESCRIPTION, lost
from tests.faults.rig import BEGIN, PATIENCE, USER, Engineer, Rig

JOB_FIELDS = [
    "jobId",
    "status",
    "subclient",
    "backupLevelName",
    "jobStartTime",
    "userName",
    "percentComplete",
    "jobDescription",
]


@pytest.mark.parametrize("value", [None, "", [], {}, -1, "x" * 1000, True, 1e300], ids=repr)
@pytest.mark.parametrize("name", JOB_FIELDS)
async def test_row_29_a_wrong_type_in_a_job_finds_no_wrong_job(
    rig: Rig, engineer: Engineer, name: str, value: object
) -> None:
    row = {
        "jobId": 99,
        "status": "Running",
        "subclient": {"subclientId": rig.subclients[0].subclient_id},
        "backupLevelName": "Full",
        "jobStartTime": int(BEGIN),
        "userName": {"userName": "somebody-else"},
    }
    listing = {"jobs": [{"jobSummary": row | {name: value}}], "totalRecordsWithoutPaging": 1}
    answer: dict[str, object] = {"path": "Jobs", "answer": {"status": 200, "body": listing}}
    await lost(rig, engineer, answer, NO_DESCRIPTION, carried_out=False)
    seen = await engineer.look()
    assert seen.found == {} or name == "userName"
    assert engineer.known().standing is Standing.UNKNOWN
    assert waits_for(engineer.known())


@pytest.mark.parametrize("answer", [{"jobs": []}, {}], ids=["no-records", "no-list"])
async def test_row_30_a_job_that_vanishes_is_followed_on_and_never_a_success(
    rig: Rig, engineer: Engineer, answer: object
) -> None:
    outcome = await engineer.press(rig.task())
    rig.spoil({"path": "Job/*", "after": 1, "times": 2, "answer": {"status": 200, "body": answer}})
    seen = await followed(rig, engineer, outcome.job_ids)
    assert [found.silent for found in seen[:4]] == [(), outcome.job_ids, outcome.job_ids, ()]
    assert seen[-1].progress.verdict is Verdict.GO


async def test_row_30_a_status_that_nobody_knows_is_no_end(rig: Rig, engineer: Engineer) -> None:
    outcome = await engineer.press(rig.task())
    row = {"jobId": outcome.job_ids[0], "status": "Reticulating"}
    odd = {"status": 200, "body": {"jobs": [{"jobSummary": row}]}}
    rig.spoil({"path": "Job/*", "times": 3, "answer": odd})
    seen = await followed(rig, engineer, outcome.job_ids)
    assert [found.progress.verdict for found in seen[:3]] == [Verdict.UNDECIDED] * 3
    assert seen[-1].progress.verdict is Verdict.GO


async def followed(rig: Rig, engineer: Engineer, job_ids: tuple[int, ...]) -> list[Look]:
    """Every look until the jobs have ended; each wait is an hour of the CommServe's."""

    async def sleep(_: float) -> None:
        rig.clock.now += 900

    async with engineer.commserve() as commserve:
        looks = follow(commserve.jobs, rig.task(), job_ids, clock=lambda: 0.0, sleep=sleep)
        return [look async for look in looks]


async def test_row_31_a_list_in_pages_that_shift_misses_no_job(rig: Rig, engineer: Engineer) -> None:
    attempt_id = await lost(rig, engineer)
    for subclient in rig.subclients[1:] * 30:
        rig.start_by_hand(subclient)
    await engineer.look()
    (job,) = rig.jobs_of(attempt_id)
    assert engineer.known().job_ids == (job.id,)


@pytest.mark.parametrize(
    "rule",
    [
        {"path": "Jobs", "answer": "502"},
        {"path": "Jobs", "answer": "html"},
        {"path": "Jobs", "answer": "403"},
        {"path": "Jobs", "answer": "silence"},
        {"path": "Jobs", "answer": {"status": 200, "body": {"jobs": [{"jobSummary": {"jobId": "x"}}]}}},
        {"path": "Jobs", "answer": {"status": 200, "body": {"jobs": [None]}}},
    ],
    ids=["502", "html", "403", "silence", "damaged-row", "null-row"],
)
async def test_row_32_a_look_that_fails_or_is_partial_proves_nothing(
    rig: Rig, engineer: Engineer, rule: dict[str, object]
) -> None:
    await lost(rig, engineer, rule, carried_out=False)
    rig.clock.now += PATIENCE + 1
    for _ in range(4):
        seen = await engineer.look()
        assert (seen.is_clean, seen.found) == (False, {})
        assert seen.trouble
    assert waits_for(engineer.known()).startswith("0 of 3")
    assert engineer.known().standing is Standing.UNKNOWN


async def test_row_33_two_candidates_are_for_a_person_to_choose_from(rig: Rig, engineer: Engineer) -> None:
    attempt_id = await lost(rig, engineer, NO_DESCRIPTION)
    (mine,) = rig.jobs_of(attempt_id)
    other = rig.start_by_hand(rig.subclients[0], user=USER)
    seen = await engineer.look()
    assert seen.found == {}
    assert {job.job_id for jobs in seen.to_ask.values() for job in jobs} == {mine.id, other}
    assert engineer.known().standing is Standing.UNKNOWN


async def test_row_33_the_marker_tells_two_candidates_apart(rig: Rig, engineer: Engineer) -> None:
    attempt_id = await lost(rig, engineer)
    rig.start_by_hand(rig.subclients[0], user=USER)
    await engineer.look()
    assert engineer.known().job_ids == tuple(job.id for job in rig.jobs_of(attempt_id))


async def test_row_33_without_a_marker_the_only_job_of_user_level_and_time_is_it(
    rig: Rig, engineer: Engineer
) -> None:
    rig.start_by_hand(rig.subclients[1], user=USER)
    attempt_id = await lost(rig, engineer, NO_DESCRIPTION)
    rig.start_by_hand(rig.subclients[0], user="somebody-else")
    rig.start_by_hand(rig.subclients[0], user=USER, level="INCREMENTAL")
    seen = await engineer.look()
    assert seen.by == "window"
    assert engineer.known().job_ids == tuple(job.id for job in rig.jobs_of(attempt_id))


async def test_looking_goes_on_until_its_limit_and_waits_for_nothing_real(rig: Rig, engineer: Engineer) -> None:
    attempt_id = await lost(rig, engineer, carried_out=False)
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with engineer.commserve() as commserve:
        attempt, _ = await look_for(
            commserve, engineer.journal, attempt_id, seconds=15, clock=lambda: sum(slept), sleep=sleep
        )
    assert slept == [0.5, 1.0, 2.0, 4.0, 4.0]
    assert attempt is not None
    assert (attempt.standing, len(attempt.looks)) == (Standing.UNKNOWN, 6)


async def test_a_job_that_shows_itself_late_is_found_by_a_later_look(rig: Rig, engineer: Engineer) -> None:
    none: dict[str, object] = {"path": "Jobs", "times": 2, "answer": {"status": 200, "body": {"jobs": []}}}
    attempt_id = await lost(rig, engineer, none)
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with engineer.commserve() as commserve:
        attempt, _ = await look_for(commserve, engineer.journal, attempt_id, clock=lambda: sum(slept), sleep=sleep)
    assert attempt is not None
    assert (attempt.standing, len(slept)) == (Standing.FOUND, 2)


async def test_sending_again_is_a_retry_of_what_was_declared_not_started(rig: Rig, engineer: Engineer) -> None:
    attempt_id = await lost(rig, engineer, carried_out=False)
    number = rig.task().subclients[0].subclient_id
    journal = engineer.journal
    journal.note(attempt_id, NotStarted((number,)))
    assert (await engineer.press(rig.task())).kind is OutcomeKind.ACCEPTED
    intent = engineer.known().intent
    assert intent is not None
    assert intent.retry_of == (attempt_id,)


async def test_a_clean_look_before_the_patience_is_over_proves_nothing(rig: Rig, engineer: Engineer) -> None:
    await lost(rig, engineer, carried_out=False)
    for _ in range(5):
        await engineer.look()
    assert "prove nothing" in waits_for(engineer.known())
    rig.clock.now += PATIENCE + 1
    assert "prove nothing" in waits_for(engineer.known())  # no look since
    await engineer.look()
    assert waits_for(engineer.known()) == ""


async def test_a_server_that_tells_no_time_leaves_it_to_a_person(
    rig: Rig, engineer: Engineer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ServerClock, "now", lambda _: None)
    attempt_id = await lost(rig, engineer, NO_DESCRIPTION)
    seen = await engineer.look()
    assert seen.found == {}
    assert [job.job_id for jobs in seen.to_ask.values() for job in jobs] == [
        job.id for job in rig.jobs_of(attempt_id)
    ]
    assert waits_for(engineer.known())
