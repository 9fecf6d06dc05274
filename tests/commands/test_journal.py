"""``history``, ``resolve``, and what an earlier run of the program means for the next one."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import pytest

from pgbackup_tui.simulator.world import World
from tests.commands.conftest import Site
from tests.commands.test_ending import on_a_terminal
from tests.running import LONGEST, PROGRAM

PAY = "pg-pay-01/main/FSBasedBackupSet"
LOST = '[{"path": "CreateTask", "times": 1, "answer": "502"}]'
HISTORY_KEYS = [
    "attempt",
    "state",
    "asked_at",
    "commserve",
    "asked_as",
    "by",
    "level",
    "ticket",
    "retry_of",
    "resubmits",
    "task_id",
    "job_ids",
    "subclients",
    "verdict",
    "error",
    "clean_looks",
    "newer_version",
]


def history(site: Site) -> list[dict[str, object]]:
    """What ``history --json`` prints."""
    printed = site.run("history", "--json").json
    assert isinstance(printed, list)
    return printed


@pytest.fixture
def unknown(site_with: Callable[..., Site]) -> Site:
    """A site with one attempt of which nobody knows whether it was started; it was not."""
    site = site_with(LOST)
    assert site.backup(PAY).status == 6
    return site


def test_every_attempt_is_in_the_history_with_exactly_these_members(site: Site) -> None:
    words = ["backup", PAY, "--level", "FULL", "--yes", "--wait", "--json", "--ticket", "CHG1"]
    report = site.run(*words).report
    (attempt,) = history(site)
    assert list(attempt) == HISTORY_KEYS
    assert (attempt["attempt"], attempt["state"], attempt["verdict"]) == (report["attempt"], "accepted", "go")
    assert (attempt["commserve"], attempt["asked_as"]) == (
        site.server.url.removesuffix("/commandcenter/api"),
        "oncall",
    )
    assert (attempt["level"], attempt["ticket"], attempt["error"]) == ("FULL", "CHG1", None)
    jobs = report["jobs"]
    assert isinstance(jobs, list)
    assert attempt["subclients"] == [
        {"subclient_id": 2000001, "path": f"{PAY}/default", "state": "accepted", "job_id": jobs[0]["job_id"]}
    ]


def test_history_needs_no_commserve_and_is_empty_at_first(site: Site) -> None:
    done = site.run("history", "--json")
    assert (done.status, done.json) == (0, [])
    assert site.server.received == ()


def test_the_demo_leaves_the_users_journal_alone(site: Site) -> None:
    assert site.run("backup", PAY, "--demo", "--level", "FULL", "--yes").status == 0
    assert list(site.state.iterdir()) == []


def test_the_option_names_another_state_folder(site: Site) -> None:
    elsewhere = str(site.state / "rehearsal")
    assert site.run("backup", PAY, "--level", "FULL", "--yes", "--state-dir", elsewhere).status == 0
    assert history(site) == []
    assert len(site.run("history", "--state-dir", elsewhere, "--json").json) == 1  # type: ignore[arg-type]


def test_an_unknown_attempt_ends_with_the_lines_that_settle_it(site_with: Callable[..., Site]) -> None:
    done = site_with(LOST).run("backup", PAY, "--level", "FULL", "--yes", "--look", "0")
    assert done.status == 6
    assert f"pgbackup-tui resolve {history_id(done.err)} --attach JOBID" in done.err
    assert f"pgbackup-tui resolve {history_id(done.err)} --not-started" in done.err


def history_id(said: str) -> str:
    """The attempt that a run's last words are about."""
    return said.partition("This attempt is ")[2].partition(";")[0]


def test_an_unknown_attempt_blocks_its_subclients_and_no_others(unknown: Site) -> None:
    blocked = unknown.backup(PAY)
    assert (blocked.status, blocked.report["outcome"], blocked.report["attempt"]) == (10, "refused_here", None)
    assert "resolve" in blocked.err
    assert len(unknown.tasks_posted()) == 1
    assert unknown.backup("pg-pay-02/main/FSBasedBackupSet").status == 0


def test_resolve_without_a_word_looks_and_stays_unknown(unknown: Site) -> None:
    (attempt,) = history(unknown)
    done = unknown.run("resolve", str(attempt["attempt"]), "--json")
    assert (done.status, done.report["state"]) == (6, "unknown")
    assert "prove nothing" in done.err or "looks" in done.err


def test_declaring_not_started_too_early_takes_a_terminal(unknown: Site) -> None:
    (attempt,) = history(unknown)
    done = unknown.run("resolve", str(attempt["attempt"]), "--not-started", stdin=f"{attempt['attempt']}\n")
    assert done.status == 10
    assert unknown.backup(PAY).status == 10


def test_a_job_of_another_subclient_can_not_be_attached(unknown: Site) -> None:
    (attempt,) = history(unknown)
    other = unknown.backup("pg-pay-02/main/FSBasedBackupSet").report["jobs"]
    assert isinstance(other, list)
    done = unknown.run("resolve", str(attempt["attempt"]), "--attach", str(other[0]["job_id"]))
    assert done.status == 2
    assert history(unknown)[-1]["state"] == "unknown"


@pytest.mark.parametrize("words", [["no-such-attempt"], ["no-such-attempt", "--not-started"]])
def test_an_attempt_that_nobody_knows_is_usage(site: Site, words: list[str]) -> None:
    assert site.run("resolve", *words).status == 2


def test_jobs_of_another_list_can_be_attached_by_a_person(site_with: Callable[..., Site]) -> None:
    rules = [
        {"path": "CreateTask", "times": 1, "answer": "reset"},
        {"path": "Jobs", "after": 1, "answer": "403"},
    ]
    site = site_with(json.dumps(rules))
    assert site.backup(PAY).status == 6
    (attempt,) = history(site)
    job_id = str(max(site.server.world.jobs._jobs))
    done = site.run("resolve", str(attempt["attempt"]), "--attach", job_id, "--json")
    assert (done.status, done.report["state"], done.report["job_ids"]) == (0, "found", [int(job_id)])
    assert site.run("jobs", "--follow").status == 0
    assert [found["verdict"] for found in history(site)] == ["go"]


@pytest.mark.parametrize("types_the_id", [True, False], ids=["typed", "yes-is-not-enough"])
def test_at_a_terminal_the_typed_id_declares_an_attempt_not_started_and_the_next_is_its_retry(
    unknown: Site, types_the_id: bool
) -> None:
    attempt_id = str(history(unknown)[0]["attempt"])
    typed = attempt_id.encode() if types_the_id else b"yes"
    words = ["resolve", attempt_id, "--not-started"]
    status, shown = on_a_terminal(unknown, words, typed + b"\n", b"to declare it not started:")
    assert b"may start a second backup" in shown
    if not types_the_id:
        assert (status, unknown.backup(PAY).status) == (10, 10)
        return
    assert (status, unknown.backup(PAY).status) == (0, 0)
    retry, first = history(unknown)
    assert (first["state"], retry["retry_of"]) == ("not_started", [attempt_id])


def test_two_processes_in_the_same_moment_send_once(site_with: Callable[..., Site]) -> None:
    site = site_with('[{"path": "CreateTask", "latency_ms": 1500}]', world=World.sample(job_seconds=3600))
    words = ["backup", PAY, "--level", "FULL", "--yes", "--json"]
    running = [
        subprocess.Popen([*PROGRAM, *words], env=site.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert sorted(process.wait(LONGEST) for process in running) == [0, 10]
    assert len(site.tasks_posted()) == 1


def test_a_lost_answer_found_by_the_next_run_blocks_because_it_runs(site_with: Callable[..., Site]) -> None:
    rules = [
        {"path": "CreateTask", "times": 1, "answer": "reset", "carried_out": True},
        {"path": "Jobs", "after": 1, "times": 1, "answer": "502"},
    ]
    site = site_with(json.dumps(rules), world=World.sample(job_seconds=3600))
    assert site.backup(PAY).status == 6
    again = site.backup(PAY)
    assert (again.status, again.report["outcome"]) == (10, "refused_here")
    assert "is its backup" in again.err
    assert "running already" in again.err
    assert [attempt["state"] for attempt in history(site)] == ["found"]
    assert len(site.tasks_posted()) == 1


def test_jobs_without_ids_shows_and_follows_what_this_program_has_open(site_with: Callable[..., Site]) -> None:
    site = site_with()
    assert site.run("jobs", "--json").json == []
    started = site.backup(PAY).report["jobs"]
    assert isinstance(started, list)
    shown = site.run("jobs", "--follow", "--json")
    assert shown.status == 0
    assert [job["job_id"] for job in shown.json] == [started[0]["job_id"]]  # type: ignore[attr-defined]
    assert [attempt["verdict"] for attempt in history(site)] == ["go"]
    assert site.run("jobs", "--json").json == []


def test_following_the_printed_ids_writes_the_verdict_down_too(site: Site) -> None:
    started = site.backup(PAY).report["jobs"]
    assert isinstance(started, list)
    assert site.run("jobs", str(started[0]["job_id"]), "--follow").status == 0
    assert [attempt["verdict"] for attempt in history(site)] == ["go"]


def test_a_running_backup_keeps_another_from_being_sent(site_with: Callable[..., Site]) -> None:
    site = site_with(world=World.sample(job_seconds=3600))
    assert site.backup(PAY).status == 0
    again = site.backup(PAY)
    assert (again.status, again.report["outcome"]) == (10, "refused_here")
    assert "running already" in again.err
    assert len(site.tasks_posted()) == 1


def test_without_a_journal_nothing_is_sent(site: Site) -> None:
    (site.state / "journal").write_text("")
    done = site.backup(PAY)
    assert (done.status, done.report["outcome"]) == (10, "refused_here")
    assert site.tasks_posted() == []


def test_no_token_is_in_the_journal(site: Site) -> None:
    site.backup(PAY)
    written = b"".join(path.read_bytes() for path in site.state.rglob("*") if path.is_file())
    assert str(history(site)[0]["attempt"]).encode() in written
    assert site.server.token.encode() not in written
    assert b"uthtoken" not in written
