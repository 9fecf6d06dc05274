"""What becomes of a job, from start to end, by a clock that only the test turns. A job lasts 100 s here."""

from __future__ import annotations

from typing import Any

import pytest

from pgbackup_tui.simulator.world import World
from tests.simulator.asking import Asker, Clock, subclient_at

MAIN = "pg-pay-01/main"


def life(ask: Asker, clock: Clock, path: str, seconds: int = 300, step: int = 5) -> list[str]:
    """Each status that a backup of `path` shows, once."""
    (started,) = ask.backup(path)
    seen: list[str] = []
    for _ in range(0, seconds, step):
        status = ask.status(started)
        if not seen or seen[-1] != status:
            seen.append(status)
        clock.forward(step)
    return seen


@pytest.mark.parametrize(
    ("path", "statuses"),
    [
        (MAIN, ["Waiting", "Running", "Completed"]),
        ("pg-fail-01/main", ["Waiting", "Running", "Failed"]),
        ("pg-notready-01/main", ["Waiting", "Pending", "Failed to Start"]),
        ("pg-partial-01/errors", ["Waiting", "Running", "Completed w/ one or more errors"]),
        ("pg-partial-01/warnings", ["Waiting", "Running", "Completed w/ one or more warnings"]),
        ("pg-partial-01/committed", ["Waiting", "Running", "Committed"]),
        ("pg-waits-01/pending", ["Waiting", "Running", "Pending", "Running", "Completed"]),
        ("pg-waits-01/blackout", ["Queued", "Waiting", "Running", "Completed"]),
        ("pg-sla-missed-01/main", ["Waiting", "Running", "Completed"]),
    ],
)
def test_the_life_of_a_job(ask: Asker, clock: Clock, path: str, statuses: list[str]) -> None:
    assert life(ask, clock, path) == statuses


def test_an_undisturbed_job_lasts_exactly_its_seconds(ask: Asker, clock: Clock) -> None:
    (started,) = ask.backup(MAIN)
    clock.forward(99.9)
    assert ask.status(started) == "Running"
    clock.forward(0.2)
    job = ask.job(started)
    assert (job["status"], job["percentComplete"], job["jobElapsedTime"]) == ("Completed", 100, 100)
    assert job["jobEndTime"] - job["jobStartTime"] == 100


def test_progress_and_sizes_rise_and_never_fall(ask: Asker, clock: Clock) -> None:
    (started,) = ask.backup("pg-waits-01/pending")
    seen: list[Any] = []
    for _ in range(40):
        clock.forward(5)
        seen.append(ask.job(started))
    for name in ("percentComplete", "sizeOfApplication", "totalNumOfFiles"):
        values = [job[name] for job in seen]
        assert values == sorted(values)
        assert values[-1] > values[10] > values[2] > 0
    phases = [job["currentPhaseName"] for job in seen]
    assert list(dict.fromkeys(phases)) == ["", "Database Backup", "Archive Index"]


@pytest.mark.parametrize(
    ("path", "after", "reason"),
    [
        ("pg-waits-01/pending", 60, "media agent"),
        ("pg-waits-01/blackout", 60, "blackout window"),
        ("pg-fail-01/main", 90, "archive directory"),
    ],
)
def test_a_job_that_waits_or_failed_says_why(ask: Asker, clock: Clock, path: str, after: int, reason: str) -> None:
    (started,) = ask.backup(path)
    clock.forward(after)
    assert reason in ask.job(started)["pendingReason"]
    details = ask.post("JobDetails", {"jobId": started})["job"]["jobDetail"]["progressInfo"]
    assert reason in details["reasonForJobDelay"]
    assert details["state"] == ask.status(started)


def test_a_paused_job_stands_still_and_goes_on_where_it_was(ask: Asker, clock: Clock) -> None:
    (started,) = ask.backup(MAIN)
    clock.forward(50)
    before = ask.job(started)["percentComplete"]
    assert ask.post(f"Job/{started}/action/pause") == {"errorCode": 0}
    clock.forward(10_000)
    assert (ask.status(started), ask.job(started)["percentComplete"]) == ("Suspended", before)
    assert ask.post(f"Job/{started}/action/resume") == {"errorCode": 0}
    clock.forward(49)
    assert ask.status(started) == "Running"
    clock.forward(2)
    assert ask.status(started) == "Completed"


def test_a_killed_job_ends_there_and_leaves_no_backup(ask: Asker, clock: Clock) -> None:
    (started,) = ask.backup(MAIN)
    before = last_backup(ask)
    clock.forward(50)
    ask.post(f"Job/{started}/action/kill")
    clock.forward(500)
    job = ask.job(started)
    assert (job["status"], job["jobElapsedTime"]) == ("Killed", 50)
    assert 0 < job["percentComplete"] < 100
    assert last_backup(ask) == before


def test_a_second_backup_of_a_subclient_queues_until_the_first_is_over(ask: Asker, clock: Clock) -> None:
    (first,), (second,), (third,) = (ask.backup(MAIN) for _ in range(3))
    clock.forward(50)
    assert ask.status(second) == "Queued"
    assert f"[Job {first}]" in ask.job(second)["pendingReason"]
    clock.forward(55)
    assert [ask.status(number) for number in (first, second, third)] == ["Completed", "Waiting", "Queued"]
    clock.forward(100)
    assert [ask.status(number) for number in (first, second, third)] == ["Completed", "Completed", "Waiting"]


def test_to_kill_a_queued_job_does_not_let_the_next_one_past_the_first(ask: Asker, clock: Clock) -> None:
    (first,), (second,), (third,) = (ask.backup(MAIN) for _ in range(3))
    clock.forward(10)
    ask.post(f"Job/{second}/action/kill")
    assert [ask.status(number) for number in (first, second, third)] == ["Running", "Killed", "Queued"]
    clock.forward(95)
    assert ask.status(third) == "Waiting"


def test_how_often_somebody_looks_changes_nothing() -> None:
    def end(step: float) -> list[Any]:
        clock = Clock()
        ask = Asker(World.sample(token="t", job_seconds=100.0, clock=clock))
        started = [*ask.backup(MAIN), *ask.backup(MAIN), *ask.backup("pg-waits-01/pending", MAIN)]
        for _ in range(int(600 / step)):
            clock.forward(step)
            ask.get("Jobs/active")
        return [ask.job(number) for number in started]

    assert end(5.0) == end(600.0)


def last_backup(ask: Asker) -> int:
    number = subclient_at(ask.world, MAIN).id
    row = ask.get(f"Subclient/{number}")["subClientProperties"][0]
    return int(row["commonProperties"]["lastBackupTime"])


def test_a_completed_backup_is_the_last_one_of_subclient_and_instance(ask: Asker, clock: Clock) -> None:
    before = last_backup(ask)
    assert 0 < before < clock.now
    (started,) = ask.backup(MAIN)
    clock.forward(50)
    assert last_backup(ask) == before
    clock.forward(60)
    assert last_backup(ask) == ask.job(started)["jobStartTime"]
    row = ask.get("databases/instances")["dbInstance"][0]
    assert row["lastBackupJobInfo"]["jobID"] == started
    assert row["backupTime"] == ask.job(started)["jobStartTime"]


def test_a_failed_job_is_the_last_job_but_not_the_last_backup(ask: Asker, clock: Clock) -> None:
    (started,) = ask.backup("pg-fail-01/main")
    clock.forward(100)
    rows = ask.get("databases/instances")["dbInstance"]
    (row,) = [row for row in rows if row["instance"]["clientName"] == "pg-fail-01"]
    assert (row["lastBackupJobInfo"]["jobID"], row["lastBackupJobInfo"]["status"]) == (started, 2)
    assert row["backupTime"] < ask.job(started)["jobStartTime"]


def refusal(ask: Asker, path: str) -> str:
    return str(ask.post(path)["errors"][0]["errList"][0]["errLogMessage"])


@pytest.mark.parametrize("action", ["pause", "resume", "kill"])
def test_nothing_can_be_done_to_a_job_that_is_over(ask: Asker, clock: Clock, action: str) -> None:
    (started,) = ask.backup(MAIN)
    clock.forward(200)
    assert "is not active" in refusal(ask, f"Job/{started}/action/{action}")


def test_what_a_job_can_not_do_now_is_refused_with_a_reason(ask: Asker) -> None:
    (started,) = ask.backup(MAIN)
    assert "not suspended" in refusal(ask, f"Job/{started}/action/resume")
    assert "still active" in refusal(ask, f"Job/{started}/action/Resubmit")
    ask.post(f"Job/{started}/action/pause")
    assert "already suspended" in refusal(ask, f"Job/{started}/action/pause")
    assert "does not exist" in refusal(ask, "Job/99/action/kill")


def test_a_job_of_the_past_is_resubmitted_by_who_asks(ask: Asker) -> None:
    old = ask.get("Job?clientId=1001")["jobs"][0]["jobSummary"]
    (again,) = ask.post(f"Job/{old['jobId']}/action/Resubmit")["jobIds"]
    job = ask.job(int(again))
    assert job["subclient"] == old["subclient"]
    assert (old["userName"]["userName"], job["userName"]["userName"]) == ("admin", "oncall")


def test_several_jobs_are_suspended_at_once(ask: Asker) -> None:
    started = ask.backup(MAIN, "pg-pay-02/main")
    jobs = [{"jobId": number} for number in started]
    ask.post("Jobs/MultiJobOperation", {"message": 1, "jobOpReq": {"operationType": 0, "jobs": jobs}})
    assert {ask.status(number) for number in started} == {"Suspended"}


def test_the_events_of_a_job_tell_its_life(ask: Asker, clock: Clock) -> None:
    (started,) = ask.backup("pg-fail-01/main")
    clock.forward(20)
    texts = [event["description"] for event in ask.get(f"Events?jobId={started}")["commservEvents"]]
    assert [text.split("[")[0] for text in texts] == ["Full backup job ", "Phase "]
    clock.forward(100)
    events = ask.get(f"Events?jobId={started}")["commservEvents"]
    assert [event["severity"] for event in events] == [3, 3, 9]
    assert "ended: Failed." in events[-1]["description"]
    assert [event["timeSource"] for event in events] == sorted(event["timeSource"] for event in events)
    assert b"ended: Failed." in ask.response("GET", f"Stream/Job/{started}/Logs").body
