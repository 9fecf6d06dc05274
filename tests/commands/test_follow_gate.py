"""``backup … && jobs --follow && ./deploy``: the gate opens for nothing but backups that were seen to be there."""

from __future__ import annotations

from tests.running import Simulated, run, simulate

PAY = "pg-pay-01/main/FS*"
LOST_AND_BLIND = '[{"path": "CreateTask", "times": 1, "answer": "502"}]'


def start(commserve: Simulated, pattern: str, *words: str) -> str:
    """Starts a backup without waiting for it; the attempt's id."""
    report = run("backup", pattern, "--level", "FULL", "--yes", "--json", *words, env=commserve.env).report
    return str(report["attempt"])


def test_nobody_knows_whether_it_was_started_is_no_go_ahead() -> None:
    with simulate("--faults", LOST_AND_BLIND) as commserve:
        start(commserve, PAY, "--look", "0")
        followed = run("jobs", "--follow", env=commserve.env)
        assert followed.status == 6
        assert "no job of it" in followed.err


def test_another_backup_that_went_well_does_not_hide_it() -> None:
    with simulate("--faults", LOST_AND_BLIND, "--job-seconds", "1") as commserve:
        start(commserve, PAY, "--look", "0")
        start(commserve, "pg-pay-02/main/FS*")
        followed = run("jobs", "--follow", env=commserve.env)
        assert "GO: every job is Completed" in followed.out
        assert followed.status == 6


def test_a_lost_answer_is_looked_for_and_its_job_is_followed() -> None:
    lost = '[{"path": "CreateTask", "times": 1, "answer": "reset", "carried_out": true}]'
    with simulate("--faults", lost, "--job-seconds", "1") as commserve:
        start(commserve, PAY, "--look", "0")
        followed = run("jobs", "--follow", env=commserve.env)
        assert "GO: every job is Completed" in followed.out
        assert followed.status == 0


def test_a_no_go_that_somebody_else_has_seen_first_is_still_one() -> None:
    with simulate("--job-seconds", "1") as commserve:
        attempt = start(commserve, "pg-fail-01/main/FS*")
        assert run("jobs", "--follow", env=commserve.env).status == 7
        again = run("jobs", "--follow", env=commserve.env)
        assert f"Its last attempt, {attempt}, ended before: NO-GO" in again.err
        assert again.status == 7


def test_without_following_nothing_open_is_no_failure() -> None:
    with simulate() as commserve:
        assert run("jobs", env=commserve.env).status == 0
        assert run("jobs", "--follow", env=commserve.env).status == 0


def test_a_record_of_what_is_not_known_says_neither_job_nor_none() -> None:
    with simulate("--faults", LOST_AND_BLIND) as commserve:
        attempt = start(commserve, PAY, "--look", "0")
        record = run("evidence", attempt, "--format", "txt", env=commserve.env).out
        assert "not known" in record
        assert "no job" not in record


def test_a_record_that_is_made_again_changes_no_checksum() -> None:
    with simulate("--job-seconds", "1") as commserve:
        attempt = start(commserve, PAY)
        assert run("jobs", "--follow", env=commserve.env).status == 0
        records = [run("evidence", attempt, "--json", env=commserve.env).json for _ in range(2)]
        first, second = ([one["file"] for one in record["journal"]] for record in records)  # type: ignore[index]
        assert first == second
