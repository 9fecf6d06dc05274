"""``pgbackup-tui backup``: the whole way from patterns to a verdict, with the exit status of each ending."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.commands.conftest import Site
from tests.unit.test_text import DOCUMENTED_403

KEYS = ["attempt", "outcome", "task_id", "jobs", "missing", "warnings", "error", "verdict"]
JOB_KEYS = ["job_id", "subclient_id", "path", "status", "level", "percent"]
PAY_FILES = "pg-pay-0[12]/*/FSBasedBackupSet"


def createtask(answer: str, **others: object) -> str:
    return json.dumps([{"method": "POST", "path": "CreateTask", "answer": answer, **others}])


def test_three_subclients_on_two_clients_are_one_request_seen_to_completed(site: Site) -> None:
    done = site.run("backup", PAY_FILES, "--level", "FULL", "--yes", "--wait")
    assert done.status == 0
    assert "GO: every job is Completed" in done.out
    assert done.out.count("Completed") == 4
    (body,) = site.tasks_posted()
    associations = json.loads(body)["taskInfo"]["associations"]
    assert len(associations) == 3
    assert {sent["clientName"] for sent in associations} == {"pg-pay-01", "pg-pay-02"}


def test_json_has_exactly_the_members_that_pipelines_read(site: Site) -> None:
    done = site.run("backup", PAY_FILES, "--level", "FULL", "--yes", "--wait", "--json")
    report = done.report
    assert (done.status, list(report)) == (0, KEYS)
    assert (report["outcome"], report["verdict"], report["error"], report["missing"]) == (
        "accepted",
        "go",
        None,
        [],
    )
    jobs = report["jobs"]
    assert isinstance(jobs, list)
    assert [list(job) for job in jobs] == [JOB_KEYS] * 3
    assert {(job["status"], job["level"], job["percent"]) for job in jobs} == {("Completed", "Full", 100)}
    assert str(report["attempt"]) in site.tasks_posted()[0].decode()


def test_without_wait_the_jobs_are_named_and_the_verdict_is_open(site: Site) -> None:
    done = site.backup("pg-pay-01/main/FSBasedBackupSet")
    assert (done.status, done.report["outcome"], done.report["verdict"]) == (0, "accepted", "undecided")
    jobs = done.report["jobs"]
    assert isinstance(jobs, list)
    assert [job["path"] for job in jobs] == ["pg-pay-01/main/FSBasedBackupSet/default"]


@pytest.mark.parametrize(
    ("answer", "status", "outcome", "http_status", "code", "words"),
    [
        ("400", 5, "rejected", 400, None, "Request body is empty or format is invalid"),
        ("401", 4, "rejected", 401, 5, "Access Denied"),
        ("403", 5, "rejected", 403, 587203022, DOCUMENTED_403),
        (
            "500",
            5,
            "rejected",
            500,
            587207178,
            "Failed to start backups as no eligible subclients were found. ",
        ),
        ("200-403", 5, "rejected", 200, 587203022, DOCUMENTED_403),
        ("html", 6, "unknown", 200, None, None),
        ("502", 6, "unknown", 502, None, None),
        ("redirect:https://elsewhere.example.com/", 6, "unknown", 302, None, None),
        ("reset-before-read", 6, "unknown", None, None, None),
    ],
)
def test_each_answer_ends_with_its_outcome_its_words_and_its_exit_status(
    site_with: Callable[..., Site],
    answer: str,
    status: int,
    outcome: str,
    http_status: int | None,
    code: int | None,
    words: str | None,
) -> None:
    site = site_with(createtask(answer))
    done = site.backup("pg-pay-01/main/FSBasedBackupSet")
    assert (done.status, done.report["outcome"], done.report["verdict"]) == (status, outcome, None)
    error = done.report["error"]
    assert isinstance(error, dict)
    assert error["http_status"] == http_status
    if words is not None:
        assert (error["code"], error["message"]) == (code, words)
    assert len(site.tasks_posted()) <= 1


@pytest.mark.parametrize(
    "answer", ["zero-id", "no-ids", "reset", "close", "half-header", "half-body", "both", "502", "html"]
)
def test_a_lost_answer_whose_jobs_run_is_found_and_followed_and_nothing_is_sent_twice(
    site_with: Callable[..., Site], answer: str
) -> None:
    spoiled = {"carried_out": True} if answer in ("502", "html") else {}
    site = site_with(createtask(answer, **spoiled))
    done = site.run("backup", PAY_FILES, "--level", "FULL", "--yes", "--wait", "--json")
    assert (done.status, done.report["outcome"], done.report["verdict"]) == (0, "accepted", "go")
    assert [words for words in done.report["warnings"] if "answer was lost" in words]  # type: ignore[attr-defined]
    assert len(site.tasks_posted()) == 1


def test_the_403_of_the_data_is_printed_exactly_with_its_brackets(site: Site) -> None:
    done = site.run("backup", "pgsql_win/*/FSBasedBackupSet", "--level", "FULL", "--yes")
    assert done.status == 5
    assert f"\n{DOCUMENTED_403}\n" in done.err


def test_one_forbidden_client_refuses_the_whole_task(site: Site) -> None:
    done = site.backup("pg-pay-01/main/FSBasedBackupSet", "pgsql_win/*/FSBasedBackupSet")
    assert (done.status, done.report["outcome"]) == (5, "rejected")


def test_the_500_of_the_data_is_told_in_the_commserves_words(site: Site) -> None:
    done = site.backup("pg-nopolicy-01/*/FSBasedBackupSet")
    error = done.report["error"]
    assert isinstance(error, dict)
    assert (done.status, error["code"]) == (5, 587207178)


def test_fewer_jobs_than_associations_is_no_go_and_names_who_is_missing(site: Site) -> None:
    done = site.backup("pg-pay-01/main/FSBasedBackupSet", "pg-nojob-01/*/FSBasedBackupSet")
    assert (done.status, done.report["verdict"], done.report["missing"]) == (7, "no_go", [2000040])


@pytest.mark.parametrize(
    ("pattern", "status", "verdict"),
    [
        ("pg-fail-01/*/FSBasedBackupSet", 7, "no_go"),
        ("pg-notready-01/*/FSBasedBackupSet", 7, "no_go"),
        ("pg-partial-01/errors/FSBasedBackupSet", 8, "partial"),
        ("pg-partial-01/committed/FSBasedBackupSet", 8, "partial"),
        ("pg-partial-01/warnings/FSBasedBackupSet", 0, "go"),
        ("pg-waits-01/*/FSBasedBackupSet", 0, "go"),
    ],
)
def test_each_ending_of_a_job_has_its_verdict_and_exit_status(
    site: Site, pattern: str, status: int, verdict: str
) -> None:
    done = site.run("backup", pattern, "--level", "FULL", "--yes", "--wait", "--json")
    assert (done.status, done.report["verdict"]) == (status, verdict)


def test_warnings_are_go_and_named(site: Site) -> None:
    done = site.run("backup", "pg-partial-01/warnings/FS*", "--level", "FULL", "--yes", "--wait", "--json")
    assert [words for words in done.report["warnings"] if "warnings" in words]  # type: ignore[attr-defined]


def test_an_incremental_that_runs_as_a_full_is_said(site: Site) -> None:
    done = site.backup("pg-sla-missed-01/new/FSBasedBackupSet", level="INCREMENTAL")
    assert [words for words in done.report["warnings"] if "runs as Full" in words]  # type: ignore[attr-defined]


def test_the_timeout_ends_the_waiting_and_tells_how_to_go_on(site_with: Callable[..., Site]) -> None:
    from pgbackup_tui.simulator.world import World

    site = site_with(world=World.sample(job_seconds=3600))
    done = site.run(
        "backup", "pg-pay-01/main/FS*", "--level", "FULL", "--yes", "--wait", "--timeout", "0.2", "--json"
    )
    assert (done.status, done.report["verdict"]) == (9, "undecided")
    assert "--follow" in done.err


def test_contact_that_is_refused_while_following_ends_with_the_line_that_resumes(
    site_with: Callable[..., Site],
) -> None:
    site = site_with('[{"path": "Job/*", "answer": "401"}]')
    done = site.run("backup", "pg-pay-01/main/FS*", "--level", "FULL", "--yes", "--wait", "--json")
    assert (done.status, done.report["outcome"]) == (11, "accepted")
    assert "pgbackup-tui jobs 3587112 --follow" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["no-such-*", "--level", "FULL"], "matches no subclient"),
        (["pg-pay-01/*/Dump*", "--level", "INCREMENTAL"], "takes FULL only"),
        (["pg-pay-01", "--level", "FULL", "--max-subclients", "2"], "at most 2"),
        (["pg-pay-01/main/FS*", "--level", "FULL", "--with-data"], "INCREMENTAL only"),
        (["pg-pay-01/main/FS*", "--level", "FULL", "--installer-user", "x"], "ID:NAME"),
        (["pg-pay-01/main/FS*", "--level", "FULL", "--ticket", "CHG\n1"], "line break"),
        (["a/b/c/d/e", "--level", "FULL"], "5 parts"),
    ],
)
def test_what_can_not_be_asked_ends_with_usage_and_nothing_is_sent(site: Site, words: list[str], said: str) -> None:
    done = site.run("backup", *words, "--yes", "--json")
    assert (done.status, done.report["outcome"], done.report["attempt"]) == (2, "refused_here", None)
    assert said in done.err
    assert site.tasks_posted() == []


def test_a_level_that_does_not_fit_lists_the_subclients_it_does_not_fit(site: Site) -> None:
    done = site.run("backup", "pg-pay-02", "--level", "INCREMENTAL", "--yes")
    assert "pg-pay-02/main/DumpBasedBackupSet/default" in done.err
    assert "pg-pay-02/main/FSBasedBackupSet/default" not in done.err


def test_the_level_is_always_asked_for(site: Site) -> None:
    done = site.run("backup", "pg-pay-01", "--yes")
    assert done.status == 2
    assert "--level" in done.err


def test_without_yes_where_nobody_can_be_asked_nothing_is_sent(site: Site) -> None:
    done = site.run("backup", "pg-pay-01/main/FS*", "--level", "FULL", stdin="yes\n")
    assert done.status == 2
    assert "--yes" in done.err
    assert site.server.received == ()


def test_a_client_that_can_not_be_read_keeps_the_task_from_being_sent(site_with: Callable[..., Site]) -> None:
    site = site_with('[{"path": "Subclient", "times": 1, "answer": "500"}]')
    done = site.backup("pg-pay-*/*/FSBasedBackupSet")
    assert (done.status, done.report["outcome"]) == (5, "not_sent")
    assert site.tasks_posted() == []


def test_a_dry_run_prints_the_exact_body_and_sends_nothing(site: Site) -> None:
    options = ["--with-data", "--notify", "--installer-user", "12:operator", "--ticket", "CHG0012345"]
    words = ["pg-orders-01/main/FSBasedBackupSet", "--level", "INCREMENTAL", *options]
    shown = site.run("backup", *words, "--dry-run", "--json")
    assert shown.status == 0
    assert site.tasks_posted() == []
    assert site.run("backup", *words, "--yes").status == 0
    (sent,) = map(json.loads, site.tasks_posted())
    marker = sent["taskInfo"]["subTasks"][0]["options"]["commonOpts"].pop("jobDescription")
    body = shown.report
    placeholder = body["taskInfo"]["subTasks"][0]["options"]["commonOpts"].pop("jobDescription")  # type: ignore[index]
    assert body == sent
    assert "<attempt>" in placeholder
    assert marker.endswith(" for CHG0012345")


def test_files_and_dump_of_one_instance_are_a_warning(site: Site) -> None:
    done = site.backup("pg-pay-02")
    assert [words for words in done.report["warnings"] if "twice" in words]  # type: ignore[attr-defined]


def test_fifty_associations_are_one_post_and_matched_by_what_the_jobs_say(site_with: Callable[..., Site]) -> None:
    from pgbackup_tui.simulator.world import World

    site = site_with(world=World.sample(clients=70, job_seconds=0.2))
    listed = site.run("inventory", "*/*/FSBasedBackupSet", "--json").json
    assert isinstance(listed, list)
    chosen = [row["subclient_id"] for row in listed][:50]
    done = site.run(
        "backup", *(f"id:{number}" for number in chosen), "--level", "FULL", "--yes", "--wait", "--json"
    )
    (body,) = site.tasks_posted()
    sent = [association["subclientId"] for association in json.loads(body)["taskInfo"]["associations"]]
    assert sent == chosen
    jobs = done.report["jobs"]
    assert isinstance(jobs, list)
    assert (done.status, done.report["verdict"], done.report["missing"]) == (0, "go", [])
    assert sorted(job["subclient_id"] for job in jobs) == sorted(chosen)
    assert [job["subclient_id"] for job in jobs] != chosen
    told = {job["subclient_id"]: job["path"] for job in jobs}
    assert told == {row["subclient_id"]: row["path"] for row in listed if row["subclient_id"] in chosen}


def test_an_instance_that_is_not_ready_is_told_once(site: Site) -> None:
    words = ("backup", "pg-notready-01/*/FSBasedBackupSet", "--level", "FULL", "--yes", "--wait")
    assert site.run(*words).err.count("is “Not Ready”") == 1


def test_the_history_says_no_go_as_everything_else_does(site: Site) -> None:
    site.backup("pg-fail-01/*/FSBasedBackupSet", "--wait")
    assert "NO-GO" in site.run("history").out.split()
