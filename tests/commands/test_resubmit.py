"""``resubmit``: a job that left no backup is started again as a new attempt, which is never lost sight of."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from pgbackup_tui.simulator.jobs import Action
from pgbackup_tui.simulator.world import World
from tests.commands.conftest import Site

PAY = "pg-pay-01/main/FSBasedBackupSet"
LOST = '[{{"path": "Job/*/action/Resubmit", "times": 1, "answer": "reset", "carried_out": {made}}}]'


@pytest.fixture
def site(site_with: Callable[..., Site]) -> Site:
    """A site on which a job takes an hour, so that it ends when a test says so."""
    return site_with(world=World.sample(job_seconds=3600))


def long_site(site_with: Callable[..., Site], faults: str) -> Site:
    return site_with(faults, world=World.sample(job_seconds=3600))


def kill(site: Site, job_id: object) -> None:
    """Somebody kills a job in Command Center."""
    world = site.server.world
    with world.lock:
        job = world.jobs.job(int(str(job_id)))
        assert job is not None
        world.jobs.act(job, Action.KILL, world.advance())


def killed(site: Site, *words: str) -> str:
    """The id of a job of this program's that was killed."""
    jobs = site.backup(PAY, *words).report["jobs"]
    assert isinstance(jobs, list)
    kill(site, jobs[0]["job_id"])
    return str(jobs[0]["job_id"])


def missed(site: Site) -> list[dict[str, object]]:
    """Jobs of the schedule that have failed."""
    jobs = site.run("jobs", "--all", "--json").json
    assert isinstance(jobs, list)
    return [job for job in jobs if job["status"] == "Failed"]


def resubmitted(site: Site, *job_ids: str) -> tuple[int, list[dict[str, object]]]:
    """The exit status of ``resubmit``, and its rows."""
    done = site.run("resubmit", *job_ids, "--yes", "--json", "--look", "0")
    rows = done.json
    assert isinstance(rows, list)
    return done.status, rows


def history(site: Site) -> list[dict[str, object]]:
    """What ``history --json`` prints, the newest first."""
    printed = site.run("history", "--json").json
    assert isinstance(printed, list)
    return printed


def resubmits_posted(site: Site) -> int:
    return sum("/action/Resubmit" in request.path for request in site.server.received)


def test_a_killed_job_becomes_a_new_attempt_that_repeats_the_first(site: Site) -> None:
    job_id = killed(site, "--ticket", "CHG1")
    status, (row,) = resubmitted(site, job_id)
    again, first = history(site)
    assert (status, row["outcome"], row["attempt"]) == (0, "accepted", again["attempt"])
    assert (again["retry_of"], again["resubmits"]) == ([first["attempt"]], int(job_id))
    assert (again["state"], again["job_ids"]) == ("accepted", [row["new_job_id"]])
    assert (again["level"], again["ticket"], first["resubmits"]) == ("FULL", "CHG1", None)
    assert again["subclients"] == [
        {
            "subclient_id": first["subclients"][0]["subclient_id"],  # type: ignore[index]
            "path": f"{PAY}/default",
            "state": "accepted",
            "job_id": row["new_job_id"],
        }
    ]


def test_the_new_job_is_open_and_is_followed_with_the_others(site: Site) -> None:
    _, (row,) = resubmitted(site, killed(site))
    kill(site, row["new_job_id"])
    assert site.run("jobs", "--follow").status == 7
    assert [attempt["verdict"] for attempt in history(site)] == ["no_go", "no_go"]


def test_a_job_of_a_schedule_is_resubmitted_by_what_it_says_of_itself(site: Site) -> None:
    job = missed(site)[0]
    status, (row,) = resubmitted(site, str(job["job_id"]))
    (attempt,) = history(site)
    assert (status, row["outcome"]) == (0, "accepted")
    assert (attempt["retry_of"], attempt["level"]) == ([], "FULL")
    assert [found["path"] for found in attempt["subclients"]] == [job["path"]]  # type: ignore[attr-defined]


def test_evidence_tells_that_it_is_a_resubmit_and_of_what(site: Site) -> None:
    job_id = killed(site)
    _, (row,) = resubmitted(site, job_id)
    attempt = str(row["attempt"])
    told = json.loads(site.run("evidence", attempt, "--json").out)
    assert (told["resubmits"], told["retry_of"]) == (int(job_id), [history(site)[1]["attempt"]])
    first = json.loads(site.run("evidence", told["retry_of"][0], "--json", "--offline").out)
    assert first["retried_by"] == [attempt]
    written = site.run("evidence", attempt, "--format", "txt", "--offline").out
    assert f"job {job_id}" in written.partition("resubmit of")[2].splitlines()[0]
    assert f"FULL, resubmit of job {job_id}" in site.run("history").out


def test_a_job_is_resubmitted_once(site: Site) -> None:
    job_id = killed(site)
    _, (row,) = resubmitted(site, job_id)
    kill(site, row["new_job_id"])
    refused = site.run("resubmit", job_id, "--yes")
    assert refused.status == 10
    assert f"as job {row['new_job_id']}" in refused.err
    assert resubmits_posted(site) == 1


def test_one_that_was_resubmitted_before_keeps_back_all(site: Site) -> None:
    before = killed(site)
    _, (row,) = resubmitted(site, before)
    kill(site, row["new_job_id"])
    other = site.backup("pg-pay-02/main/FS*").report["jobs"]
    assert isinstance(other, list)
    kill(site, other[0]["job_id"])
    assert site.run("resubmit", str(other[0]["job_id"]), before, "--yes").status == 10
    assert resubmits_posted(site) == 1


def test_what_came_of_a_resubmit_can_be_resubmitted_too(site: Site) -> None:
    _, (first,) = resubmitted(site, killed(site))
    kill(site, first["new_job_id"])
    assert resubmitted(site, str(first["new_job_id"]))[0] == 0


@pytest.mark.parametrize(
    ("pattern", "waits", "words"),
    [
        ("pg-pay-01/main/FS*", True, "is Completed: its backup is there"),
        ("pg-partial-01/errors/FS*", True, "some of its backup is there"),
        ("pg-waits-01/blackout/FS*", False, "it has not ended"),
    ],
)
def test_a_job_that_runs_or_left_a_backup_is_refused_with_the_reason(
    site_with: Callable[..., Site], pattern: str, waits: bool, words: str
) -> None:
    site = site_with(world=World.sample(job_seconds=0.2 if waits else 3600))
    jobs = site.backup(pattern, *(["--wait"] if waits else [])).report["jobs"]
    assert isinstance(jobs, list)
    done = site.run("resubmit", str(jobs[0]["job_id"]), "--yes")
    assert done.status == 10
    assert words in done.err
    assert resubmits_posted(site) == 0


def test_one_that_can_not_be_resubmitted_keeps_back_all(site: Site) -> None:
    jobs = site.backup("pg-pay-02/main/FS*").report["jobs"]
    assert isinstance(jobs, list)
    assert site.run("resubmit", killed(site), str(jobs[0]["job_id"]), "--yes").status == 10
    assert resubmits_posted(site) == 0


def test_a_job_that_nobody_knows_is_usage(site: Site) -> None:
    assert site.run("resubmit", "999999", "--yes").status == 2


def test_two_jobs_of_one_subclient_are_usage(site: Site) -> None:
    ids = killed(site), killed(site)
    done = site.run("resubmit", *ids, "--yes")
    assert (done.status, resubmits_posted(site)) == (2, 0)
    assert "same subclient" in done.err


def test_a_backup_that_runs_on_the_subclient_refuses_it(site: Site) -> None:
    job_id = killed(site)
    assert site.backup(PAY).status == 0
    status, (row,) = resubmitted(site, job_id)
    assert (status, row["outcome"]) == (10, "refused_here")
    assert "running already" in str(row["words"])


def test_an_answer_that_is_lost_is_found_by_its_job(site_with: Callable[..., Site]) -> None:
    site = long_site(site_with, LOST.format(made="true"))
    status, (row,) = resubmitted(site, killed(site))
    found, _ = history(site)
    assert (status, row["outcome"], found["state"]) == (0, "accepted", "found")
    assert found["job_ids"] == [row["new_job_id"]]


def test_an_unknown_resubmit_blocks_its_subclient_until_it_is_resolved(site_with: Callable[..., Site]) -> None:
    site = long_site(site_with, LOST.format(made="false"))
    job_id = killed(site)
    status, (row,) = resubmitted(site, job_id)
    assert (status, row["outcome"]) == (6, "unknown")
    attempt = str(row["attempt"])
    assert site.backup(PAY).status == 10
    assert site.run("resubmit", job_id, "--yes").status == 10
    assert site.run("resolve", attempt).status == 6
    assert resubmits_posted(site) == 1
    assert site.backup("pg-pay-02/main/FS*").status == 0


def test_an_unknown_resubmit_ends_with_the_lines_that_settle_it(site_with: Callable[..., Site]) -> None:
    site = long_site(site_with, LOST.format(made="false"))
    done = site.run("resubmit", killed(site), "--yes", "--look", "0")
    assert done.status == 6
    assert "known by its subclient, user, level and start" in done.err
    assert "--not-started" in done.err


def test_after_one_that_is_not_taken_the_rest_is_not_sent(site_with: Callable[..., Site]) -> None:
    site = long_site(site_with, '[{"path": "Job/*/action/Resubmit", "times": 1, "answer": "403"}]')
    second = str(missed(site)[0]["job_id"])
    done = site.run("resubmit", killed(site), second, "--yes", "--json")
    assert done.status == 5
    assert f"Not sent after that: {second}." in done.err
    assert resubmits_posted(site) == 1


def test_without_a_journal_nothing_is_resubmitted(site: Site) -> None:
    job_id = killed(site)
    done = site.run("resubmit", job_id, "--yes", "--state-dir", "/proc/nowhere")
    assert (done.status, resubmits_posted(site)) == (10, 0)
