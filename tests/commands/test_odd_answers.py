"""Answers that are damaged, odd or hostile: what they don't say is not believed, nothing of the rest is lost."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from pgbackup_tui.simulator.world import World
from tests.commands.conftest import Site

PAY = "pg-pay-01/main/FSBasedBackupSet"
NO = {"errorCode": 9, "errorMessage": "no"}


def instead(path: str, body: object, *, status: int = 200, method: str = "*", times: int | None = None) -> str:
    """A fault plan that answers one endpoint with this."""
    rule: dict[str, object] = {"method": method, "path": path, "answer": {"status": status, "body": body}}
    if times is not None:
        rule["times"] = times
    return json.dumps([rule])


def job_row(number: int, **summary: object) -> dict[str, object]:
    """A job as a listing has it."""
    told = {"jobId": number, "status": "Completed", "percentComplete": 100, "backupLevelName": "Full"}
    return {"jobSummary": {**told, "subclient": {"subclientId": 2000001}, **summary}}


@pytest.mark.parametrize("body", [{"taskId": 7, "jobIds": ["11"], "errorCode": 5, "errorMessage": "both"}])
@pytest.mark.parametrize("status", [200, 403, 500])
def test_jobs_beside_an_error_are_unknown_with_their_ids_whatever_the_status(
    site_with: Callable[..., Site], body: object, status: int
) -> None:
    done = site_with(instead("CreateTask", body, status=status)).backup(PAY)
    assert (done.status, done.report["outcome"]) == (6, "unknown")
    jobs = done.report["jobs"]
    assert isinstance(jobs, list)
    assert [job["job_id"] for job in jobs] == [11]


def test_another_success_status_is_unknown_and_keeps_the_ids(site_with: Callable[..., Site]) -> None:
    done = site_with(instead("CreateTask", {"taskId": 7, "jobIds": ["11"]}, status=201)).backup(PAY)
    assert (done.status, done.report["task_id"]) == (6, 7)


@pytest.mark.parametrize(
    ("answer", "status", "outcome"),
    [
        ({"status": 502, "body": "<html>", "content_type": "text/html"}, 6, "unknown"),
        ({"status": 302, "headers": {"Location": "https://elsewhere.example.com/"}, "body": ""}, 6, "unknown"),
        ({"status": 200, "body": ""}, 6, "unknown"),
        ({"status": 200, "body": {"errorCode": 0}}, 6, "unknown"),
        ({"status": 200, "body": {"jobIds": ["0"]}}, 6, "unknown"),
        ({"status": 200, "body": {"errorCode": 3, "errorMessage": "no"}}, 5, "rejected"),
        ({"status": 401, "body": {"errorCode": 5, "errorMessage": "Access Denied"}}, 4, "rejected"),
        ({"status": 200, "body": {"jobIds": ["77"]}}, 0, "accepted"),
    ],
)
def test_a_resubmit_starts_a_backup_so_only_a_named_job_is_a_success(
    site_with: Callable[..., Site], answer: object, status: int, outcome: str
) -> None:
    site = site_with(json.dumps([{"path": "Job/*/action/*", "answer": answer}]))
    failed = site.backup("pg-fail-01/main/FS*", "--wait").report["jobs"]
    assert isinstance(failed, list)
    done = site.run("resubmit", str(failed[0]["job_id"]), "--yes", "--json", "--look", "0")
    assert isinstance(done.json, list)
    assert (done.status, [result["outcome"] for result in done.json]) == (status, [outcome])


@pytest.mark.parametrize(("body", "status"), [("", 0), ({}, 0), ({"errorCode": 0}, 0), ("<html>", 6)])
def test_a_kill_is_done_only_if_the_commserve_says_so(
    site_with: Callable[..., Site], body: object, status: int
) -> None:
    done = site_with(instead("Job/*/action/*", body)).run("kill", "1001", "--yes")
    assert done.status == status


@pytest.mark.parametrize("percent", ["nan", "inf", "-5", "1e400", None, [], "words"])
def test_an_odd_percentage_loses_no_job(site_with: Callable[..., Site], percent: object) -> None:
    site = site_with(instead("Job/*", {"jobs": [job_row(3587112, percentComplete=percent)]}))
    done = site.run("backup", PAY, "--level", "FULL", "--yes", "--wait", "--json")
    assert (done.status, done.report["verdict"]) == (0, "go")


@pytest.mark.parametrize("reason", [None, 5, {}])
def test_an_unreadable_reason_ends_nothing(site_with: Callable[..., Site], reason: object) -> None:
    site = site_with(instead("Job/*", {"jobs": [job_row(3587112, pendingReason=reason)]}, times=2))
    done = site.run("backup", PAY, "--level", "FULL", "--yes", "--wait", "--json")
    assert (done.status, done.report["outcome"], done.report["verdict"]) == (0, "accepted", "go")


def test_one_job_that_can_not_be_read_hides_nothing_of_the_others(site_with: Callable[..., Site]) -> None:
    site = site_with(
        json.dumps(
            [{"path": "Job/3587112", "answer": {"status": 403, "body": {"errorCode": 9, "errorMessage": "no"}}}]
        )
    )
    words = [
        "backup",
        "pg-pay-01/*/FSBasedBackupSet",
        "--level",
        "FULL",
        "--yes",
        "--wait",
        "--timeout",
        "2",
        "--json",
    ]
    done = site.run(*words)
    jobs = done.report["jobs"]
    assert isinstance(jobs, list)
    assert {job["job_id"]: job["status"] for job in jobs} == {3587112: None, 3587113: "Completed"}
    assert done.status == 9


def test_where_listings_are_forbidden_single_jobs_are_asked_for(site_with: Callable[..., Site]) -> None:
    site = site_with(instead("Jobs", NO, status=403))
    done = site.run(
        "backup", "pg-*-01/*/FSBasedBackupSet", "--level", "FULL", "--yes", "--json", "--max-subclients", "99"
    )
    jobs = done.report["jobs"]
    assert isinstance(jobs, list)
    assert len(jobs) > 3
    assert None not in {job["status"] for job in jobs}


def test_completed_jobs_of_nobody_are_no_success(site_with: Callable[..., Site]) -> None:
    site = site_with(instead("Job/*", {"jobs": [job_row(3587112, subclient=None)]}))
    done = site.run("backup", PAY, "--level", "FULL", "--yes", "--wait", "--json")
    assert (done.status, done.report["verdict"]) == (11, "undecided")


def test_a_full_that_ran_as_an_incremental_stops_the_pipeline(site_with: Callable[..., Site]) -> None:
    site = site_with(instead("Job/*", {"jobs": [job_row(3587112, backupLevelName="Incremental")]}))
    done = site.run("backup", PAY, "--level", "FULL", "--yes", "--wait", "--json")
    assert (done.status, done.report["verdict"]) == (8, "partial")


def test_damaged_jobs_are_said_and_the_pages_behind_them_are_read(site_with: Callable[..., Site]) -> None:
    damaged = {"jobs": [{"jobSummary": {"jobId": "x"}}], "totalRecordsWithoutPaging": 9}
    site = site_with(instead("Jobs", damaged, times=1))
    done = site.run("jobs", "--all", "--json")
    assert "can't be read" in done.err
    assert done.json


@pytest.mark.parametrize("path", ["Jobs", "Client"])
def test_a_listing_that_never_ends_is_given_up(
    site_with: Callable[..., Site], path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pgbackup_tui.commserve import inventory, jobs

    monkeypatch.setattr(jobs, "_MOST_PAGES", 3)
    monkeypatch.setattr(inventory, "_MOST_CLIENTS", 3)
    monkeypatch.setattr(inventory, "_CLIENT_PAGE", 1)
    site = site_with(
        json.dumps(
            [
                {"path": "Jobs", "answer": {"status": 200, "body": {"jobs": [job_row(1)]}}},
                {"path": "databases/instances", "answer": "500"},
                {"path": "V4/*", "answer": "500"},
                {
                    "path": "Client",
                    "times": 3,
                    "answer": {
                        "status": 200,
                        "body": {
                            "filterQueryCount": 1,
                            "clientProperties": [{"client": {"clientEntity": {"clientId": 1, "clientName": "x"}}}],
                        },
                    },
                },
            ]
        )
    )
    import asyncio

    from pgbackup_tui.commserve.errors import ProtocolError
    from pgbackup_tui.secret import Secret
    from pgbackup_tui.target import Target

    async def read() -> None:
        async with await Target(site.server.url, Secret(site.server.token), "a test").open() as commserve:
            if path == "Jobs":
                await commserve.jobs.listing()
            else:
                await commserve.inventory._clients_with_agent()

    with pytest.raises(ProtocolError, match="does not end"):
        asyncio.run(read())


def test_an_unknown_job_among_known_ones_is_an_error_and_not_followed_for_ever(site: Site) -> None:
    jobs = site.backup(PAY).report["jobs"]
    assert isinstance(jobs, list)
    done = site.run("jobs", str(jobs[0]["job_id"]), "999999", "--follow")
    assert done.status == 2
    assert "999999" in done.err


def test_a_token_that_ends_while_jobs_are_followed_shows_what_is_known(site_with: Callable[..., Site]) -> None:
    site = site_with('[{"path": "Job/*", "after": 2, "answer": "401"}]', world=World.sample(job_seconds=3600))
    jobs = site.backup(PAY).report["jobs"]
    assert isinstance(jobs, list)
    done = site.run("jobs", str(jobs[0]["job_id"]), "--follow", "--json")
    assert isinstance(done.json, list)
    assert (done.status, [shown["path"] for shown in done.json]) == (11, [f"{PAY}/default"])


@pytest.mark.parametrize("path", ["databases/instances", "CreateTask"])
def test_a_gateway_that_echoes_the_headers_shows_no_token(site_with: Callable[..., Site], path: str) -> None:
    token = "canary-token-of-this-test"
    page = {"status": 502, "body": f"<pre>Authtoken={token}</pre>", "content_type": "text/html"}
    rules: list[dict[str, object]] = [{"path": path, "answer": page}]
    if path != "CreateTask":
        rules += [{"path": other, "answer": "502"} for other in ("V4/*", "Client")]
    site = site_with(json.dumps(rules), world=World.sample(token=token))
    done = site.backup(PAY)
    assert done.status in (3, 6)
    assert token not in done.out + done.err
    assert "Authtoken=***" in done.out + done.err


def subclient_row(
    number: int, *, application: int = 125, client: int = 1001, **common: object
) -> dict[str, object]:
    """A row of a Subclient listing."""
    names = {"clientName": "pg-pay-01", "instanceName": "main", "subclientName": f"s{number}", "displayName": None}
    ids = {
        "clientId": client,
        "instanceId": 5,
        "backupsetId": 6,
        "subclientId": number,
        "applicationId": application,
    }
    return {"subClientEntity": {"backupsetName": "FSBasedBackupSet", **names, **ids}, "commonProperties": common}


def test_rows_of_other_agents_and_clients_and_rows_that_come_twice_are_left_out(
    site_with: Callable[..., Site],
) -> None:
    rows = [subclient_row(1), subclient_row(1), subclient_row(2, application=33), subclient_row(3, client=1002)]
    done = site_with(instead("Subclient", {"subClientProperties": rows})).run("inventory", "--json")
    assert isinstance(done.json, list)
    assert [found["subclient_id"] for found in done.json] == [1, 3]


def test_odd_times_and_nulls_lose_no_subclient(site_with: Callable[..., Site]) -> None:
    odd: list[object] = [None, 10**30, "9" * 400, -1, "never", [], 1700000000]
    rows = [subclient_row(number, lastBackupTime=last, enableBackup=None) for number, last in enumerate(odd, 1)]
    site = site_with(instead("Subclient", {"subClientProperties": rows}))
    done = site.run("inventory", "pg-pay-01", "--json")
    assert isinstance(done.json, list)
    assert [found["last_backup"] for found in done.json] == [None] * 6 + ["2023-11-14T22:13:20Z"]
    assert site.run("inventory", "pg-pay-01").status == 0


def test_a_subclient_that_can_not_be_asked_for_is_not_called_missing(site_with: Callable[..., Site]) -> None:
    done = site_with('[{"path": "Subclient/2000001", "answer": "500"}]').run("inventory", "id:2000001")
    assert done.status == 5
    assert "no eligible subclients" in done.err


def test_a_commserve_that_is_gone_is_not_asked_client_by_client(site_with: Callable[..., Site]) -> None:
    site = site_with('[{"path": "Subclient", "answer": "502"}]', world=World.sample(clients=200))
    done = site.run("inventory")
    assert done.status == 3
    assert len([found for found in site.server.received if "/Subclient?" in found.path]) <= 24
