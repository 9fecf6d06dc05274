"""The lists of jobs: their defaults, pages and filters; and the jobs of the past."""

from __future__ import annotations

import time
from typing import Any

import pytest

from pgbackup_tui.simulator.world import World
from tests.simulator.asking import Asker, Clock, subclient_at

MAIN, SECOND = "pg-pay-01/main", "pg-pay-02/main"
HOUR, DAY = 3600, 86_400


def ids(answer: Any) -> list[int]:
    return [row["jobSummary"]["jobId"] for row in answer["jobs"]]


def search(ask: Asker, category: int | str = 0, *, paging: Any = None, **wanted: Any) -> Any:
    return ask.post("Jobs", {"category": category, "pagingConfig": paging or {}, "jobFilter": wanted})


def test_an_unknown_job_is_a_200_without_records(ask: Asker) -> None:
    assert ask.get("Job/99") == {"totalRecordsWithoutPaging": 0, "jobs": []}
    assert ask.post("JobDetails", {"jobId": 99})["error"]["errList"][0]["errorCode"] == 2


def test_the_details_of_a_job_have_numbers_as_texts_where_the_api_has(ask: Asker) -> None:
    (started,) = ask.backup(MAIN)
    detail = ask.post("JobDetails", {"jobId": started, "showAttempt": True})["job"]["jobDetail"]["detailInfo"]
    assert [type(detail[name]) for name in ("sizeOfApplication", "transferTime", "savingsPercent")] == [str] * 3
    assert ask.post("JobDetails", {"jobId": str(started)})["job"]


def test_get_job_gives_a_hundred_rows_by_default_newest_first(ask: Asker) -> None:
    for _ in range(60):
        ask.backup(MAIN)
    answer = ask.get("Job")
    assert len(answer["jobs"]) == 100
    assert answer["totalRecordsWithoutPaging"] > 100
    assert ids(answer) == sorted(ids(answer), reverse=True)


@pytest.mark.parametrize("headers", [True, False])
def test_get_job_is_paged_by_headers_or_by_parameters(ask: Asker, headers: bool) -> None:
    everything = ids(ask.get("Job"))
    page = ask.get("Job", headers={"limit": "3", "offset": "2"}) if headers else ask.get("Job?limit=3&offset=2")
    assert ids(page) == everything[2:5]
    assert page["totalRecordsWithoutPaging"] == ask.get("Job")["totalRecordsWithoutPaging"]


def test_post_jobs_gives_twenty_rows_and_five_hours_by_default(ask: Asker, clock: Clock) -> None:
    for _ in range(25):
        ask.backup(MAIN)
    answer = search(ask)
    assert len(answer["jobs"]) == 20
    total = search(ask, 2)["totalRecordsWithoutPaging"]
    assert 0 < total < search(ask, 2, completedJobLookupTime=30 * HOUR)["totalRecordsWithoutPaging"]
    clock.forward(5 * HOUR)
    assert search(ask, 2)["totalRecordsWithoutPaging"] == 25


def test_every_page_of_post_jobs_together_is_every_job_once(ask: Asker) -> None:
    seen: list[int] = []
    total = search(ask, completedJobLookupTime=20 * DAY)["totalRecordsWithoutPaging"]
    while len(seen) < total:
        paging = {"offset": len(seen), "limit": 7, "sortField": "jobId", "sortDirection": 1}
        seen += ids(search(ask, paging=paging, completedJobLookupTime=20 * DAY))
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == total


def test_sort_direction_0_is_oldest_first_and_other_fields_sort_too(ask: Asker) -> None:
    started = ask.backup(MAIN, SECOND)
    assert ids(search(ask, 1, paging={"sortDirection": 0})) == sorted(started)
    assert ids(search(ask, 1, paging={"sortDirection": 1})) == sorted(started, reverse=True)
    by_name = search(ask, 1, paging={"sortField": "destClientName", "sortDirection": 0})
    assert [row["jobSummary"]["destClientName"] for row in by_name["jobs"]] == ["pg-pay-01", "pg-pay-02"]


@pytest.mark.parametrize(("active", "finished"), [(1, 2), ("ACTIVE", "finished")])
def test_the_category_parts_active_from_finished_jobs(ask: Asker, clock: Clock, active: Any, finished: Any) -> None:
    (over,) = ask.backup(SECOND)
    clock.forward(200)
    (running,) = ask.backup(MAIN)
    assert ids(search(ask, active)) == [running]
    assert ids(search(ask, finished))[0] == over
    assert ids(ask.get("Job?jobCategory=Active")) == [running]
    assert ids(ask.get("Job?jobCategory=Finished"))[0] == over


def test_jobs_are_filtered_by_client_status_entity_and_type(ask: Asker, clock: Clock) -> None:
    (failed,) = ask.backup("pg-fail-01/main")
    clock.forward(200)
    (first,), (second,) = ask.backup(MAIN), ask.backup(SECOND)
    assert ids(search(ask, 1, clientList=[{"clientId": 1002}])) == [second]
    assert ids(search(ask, statusList=["failed"])) == [failed]
    assert ids(search(ask, 1, entity={"subclientId": subclient_at(ask.world, MAIN).id})) == [first]
    assert ids(search(ask, jobTypeList=["Restore"])) == []
    assert ids(ask.get("Job?clientId=1001&jobCategory=Active&jobFilter=Backup,Restore")) == [first]
    assert ids(ask.get("Job?jobFilter=Restore")) == []


@pytest.mark.parametrize(
    "body",
    [
        {"category": 7},
        {"category": "SOME"},
        {"pagingConfig": []},
        {"jobFilter": {"clientList": {}}},
        {"jobFilter": 1},
    ],
)
def test_a_search_of_the_wrong_shape_is_refused(ask: Asker, body: Any) -> None:
    assert ask.response("POST", "Jobs", body).status == 400


def test_active_jobs_come_from_the_cache_with_its_filters(ask: Asker) -> None:
    (first,), (second,) = ask.backup(MAIN), ask.backup(SECOND)
    assert ids(ask.get("Jobs/active?fl=jobs.jobSummary")) == [second, first]
    found = ask.get("Jobs/active?&fl=jobs.jobSummary&fq=jobs.jobSummary.subclient.clientName:startsWith:pg-pay-01")
    assert (ids(found), found["filterQueryCount"]) == ([first], 1)
    assert ids(ask.get(f"Jobs/active?fq=jobs.jobSummary.jobId:gteq:{second}")) == [second]


def test_the_past_of_a_subclient_is_three_scheduled_full_backups(ask: Asker, clock: Clock) -> None:
    rows = [
        row["jobSummary"]
        for row in ask.get("Job?clientId=1002")["jobs"]
        if row["jobSummary"]["backupSetName"] == "FSBasedBackupSet"
    ]
    assert [row["userName"]["userName"] for row in rows] == ["admin"] * 3
    assert {row["backupLevelName"] for row in rows} == {"Full"}
    starts = [row["jobStartTime"] for row in rows]
    assert [starts[0] - start for start in starts] == [0, DAY, 2 * DAY]
    details = ask.post("JobDetails", {"jobId": rows[0]["jobId"]})["job"]["jobDetail"]
    assert details["generalInfo"]["jobStartedFrom"] == "Scheduled"
    assert all(row["jobEndTime"] < clock.now for row in rows)


def test_ids_of_jobs_rise_with_the_time_of_their_start(ask: Asker) -> None:
    ask.backup(MAIN)
    starts = [row["jobSummary"]["jobStartTime"] for row in ask.get("Job?limit=1000")["jobs"]]
    assert starts == sorted(starts, reverse=True)


def test_an_estate_of_fifty_thousand_subclients_takes_as_much_longer_than_a_small_one_as_it_is_larger() -> None:
    def seconds(clients: int) -> float:
        begun = time.perf_counter()
        world = World.sample(clients=clients)
        ask = Asker(world)
        assert len(world.estate.subclients) > 3 * clients
        assert len(ask.get("databases/instances")["dbInstance"]) >= clients
        assert ask.get("Job")["totalRecordsWithoutPaging"] > 6 * clients
        return time.perf_counter() - begun

    small = min(seconds(1_520) for _ in range(3))
    assert seconds(15_200) < 3 * 10 * small
