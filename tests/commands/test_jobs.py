"""``jobs``, ``events`` and what can be done to a job."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pgbackup_tui.simulator.world import World
from tests.commands.conftest import Site

KEYS = ["job_id", "subclient_id", "path", "status", "level", "percent", "phase", "reason", "started", "ended"]


@pytest.fixture
def long_site(site_with: Callable[..., Site]) -> Site:
    """A site on which a job takes an hour."""
    return site_with(world=World.sample(job_seconds=3600))


def started(site: Site, pattern: str = "pg-pay-01/main/FS*") -> list[str]:
    """Starts backups and returns the ids of their jobs."""
    jobs = site.backup(pattern).report["jobs"]
    assert isinstance(jobs, list)
    return [str(job["job_id"]) for job in jobs]


def only(finished: object) -> dict[str, object]:
    assert isinstance(finished, list)
    (found,) = finished
    assert isinstance(found, dict)
    return found


def test_a_job_is_shown_by_its_id_with_exactly_these_members(long_site: Site) -> None:
    (job_id,) = started(long_site)
    done = long_site.run("jobs", job_id, "--json")
    job = only(done.json)
    assert (done.status, list(job)) == (0, KEYS)
    assert (job["path"], job["ended"]) == ("pg-pay-01/main/FSBasedBackupSet/default", None)


def test_all_shows_what_is_active_or_ended_lately(long_site: Site) -> None:
    ids = started(long_site, "pg-pay-0[12]/*/FS*")
    done = long_site.run("jobs", "--all", "--json")
    assert isinstance(done.json, list)
    assert {str(job["job_id"]) for job in done.json} >= set(ids)


def test_many_jobs_are_asked_for_by_one_listing(site: Site) -> None:
    ids = started(site, "pg-*-01/*/FS*")
    assert len(ids) > 3
    before = len(site.server.received)
    assert site.run("jobs", *ids).status == 0
    asked = [request.path for request in site.server.received[before:] if "/Job" in request.path]
    assert len(asked) == 1


def test_following_ends_with_the_verdict_of_the_jobs(site: Site) -> None:
    (job_id,) = started(site, "pg-fail-01/*/FS*")
    done = site.run("jobs", job_id, "--follow", "--json")
    assert (done.status, only(done.json)["status"]) == (7, "Failed")


def test_a_job_that_waits_says_why_in_the_commserves_words(long_site: Site) -> None:
    (job_id,) = started(long_site, "pg-waits-01/blackout/FS*")
    assert only(long_site.run("jobs", job_id, "--json").json)["reason"]


def test_a_job_that_nobody_knows_is_an_error_that_names_it(site: Site) -> None:
    done = site.run("jobs", "999999")
    assert done.status == 2
    assert "999999" in done.err


@pytest.mark.parametrize("words", [["jobs", "--all", "--follow"], ["jobs", "x"], ["jobs", "0"], ["kill", "--yes"]])
def test_words_that_name_no_job_end_with_usage(site: Site, words: list[str]) -> None:
    done = site.run(*words)
    assert done.status == 2
    assert done.err
    assert site.server.received == ()


def test_suspend_resume_and_kill_do_what_they_say(long_site: Site) -> None:
    (job_id,) = started(long_site)
    for command, status in (("suspend", "Suspended"), ("kill", "Killed")):
        done = long_site.run(command, job_id, "--yes", "--json")
        assert (done.status, only(done.json)["outcome"]) == (0, "accepted")
        assert only(long_site.run("jobs", job_id, "--json").json)["status"] == status


def test_a_suspended_job_goes_on_after_resume(long_site: Site) -> None:
    (job_id,) = started(long_site)
    long_site.run("suspend", job_id, "--yes")
    assert long_site.run("resume", job_id, "--yes").status == 0
    assert only(long_site.run("jobs", job_id, "--json").json)["status"] != "Suspended"


def test_a_kill_of_a_finished_job_is_refused_in_the_commserves_words(site: Site) -> None:
    (job_id,) = started(site)
    site.run("jobs", job_id, "--follow")
    done = site.run("kill", job_id, "--yes", "--json")
    assert done.status == 5
    assert str(only(done.json)["words"]).startswith("refused: ")


def test_a_kill_whose_answer_is_lost_is_unknown_and_sent_once(site_with: Callable[..., Site]) -> None:
    site = site_with('[{"path": "Job/*/action/*", "answer": "reset"}]', world=World.sample(job_seconds=3600))
    (job_id,) = started(site)
    done = site.run("kill", job_id, "--yes", "--json")
    assert done.status == 6
    assert len([request for request in site.server.received if "/action/" in request.path]) == 1


def test_without_yes_where_nobody_can_be_asked_no_job_is_touched(long_site: Site) -> None:
    (job_id,) = started(long_site)
    assert long_site.run("kill", job_id, stdin="yes\n").status == 2
    assert only(long_site.run("jobs", job_id, "--json").json)["status"] != "Killed"


def test_events_tell_the_life_of_a_job(site: Site) -> None:
    (job_id,) = started(site)
    site.run("jobs", job_id, "--follow")
    done = site.run("events", job_id, "--json")
    assert isinstance(done.json, list)
    assert {tuple(event) for event in done.json} == {("time", "severity", "code", "description")}
    assert site.run("events", job_id).out.startswith("TIME")


def test_events_of_a_job_that_the_commserve_does_not_know_are_an_error(site: Site) -> None:
    done = site.run("events", "42")
    assert (done.status, "The CommServe knows no job 42." in done.err) == (2, True)
