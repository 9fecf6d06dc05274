"""Rehearsals by name, as a person runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pgbackup_tui.simulator.scenarios import SCENARIOS
from tests.running import Finished, environment, run, simulate

BACKUP = ("backup", "pg-pay-01/main/FS*", "--level", "FULL", "--yes", "--wait", "--json")


def rehearsed(name: str, job_seconds: float) -> Finished:
    with simulate("--scenario", name, "--job-seconds", str(job_seconds)) as commserve:
        return run(*BACKUP, env=commserve.env)


@pytest.mark.parametrize("words", [["simulate"], ["demo"], ["inventory", "--demo"]])
def test_help_lists_the_scenarios_with_a_line_each(words: list[str]) -> None:
    done = run(*words, "--scenario", "help")
    assert (done.status, done.err) == (0, "")
    assert [line.split()[0] for line in done.out.splitlines()] == [scenario.name for scenario in SCENARIOS]


@pytest.mark.parametrize("name", ["no-such-night", ""])
def test_a_wrong_name_lists_them_too(name: str) -> None:
    done = run("simulate", "--scenario", name)
    assert (done.status, done.out) == (2, "")
    assert "argument --scenario: there is no scenario of that name" in done.err
    assert all(f"\n{scenario.name} " in done.err for scenario in SCENARIOS)


def test_a_scenario_and_a_fault_plan_of_ones_own_are_two_plans() -> None:
    done = run("simulate", "--scenario", "quiet-night", "--faults", "[]")
    assert done.status == 2
    assert "not allowed with argument" in done.err


def test_a_scenario_is_refused_for_a_commserve_that_is_none_of_ours() -> None:
    done = run("inventory", "--url", "cs.example.com", "--scenario", "quiet-night")
    assert done.status == 2
    assert "--scenario is for a simulated CommServe" in done.err


def test_a_full_storage_pool_is_a_no_go_with_the_reason() -> None:
    done = rehearsed("storage-policy-full", 1)
    assert (done.status, done.report["verdict"]) == (7, "no_go")
    assert "no space left on device" in done.err


def test_a_restart_in_the_middle_is_sat_out() -> None:
    done = rehearsed("commserve-restarting", 5)
    assert (done.status, done.report["verdict"]) == (0, "go")
    assert "502" in done.err
    assert "503" in done.err
    assert "The CommServe answers again." in done.err


def test_a_demo_can_have_a_scenario() -> None:
    done = run(*BACKUP[:-1], "--json", "--demo", "--scenario", "quiet-night")
    assert (done.status, done.report["verdict"]) == (0, "go")


def test_the_first_line_tells_the_token_that_comes_next(tmp_path: Path) -> None:
    """A token command gives what its file holds; on a real CommServe somebody would have put a new token there."""
    with simulate("--scenario", "token-expiring", "--job-seconds", "5") as commserve:
        assert commserve.next_token
        counted = tmp_path / "asked"
        script = tmp_path / "token"
        script.write_text(
            f"#!/bin/sh\nif [ -e {counted} ]; then echo {commserve.next_token}; else echo {commserve.token}; fi\n"
            f"touch {counted}\n",
            encoding="utf-8",
        )
        script.chmod(0o700)
        env = environment(PGBACKUP_TUI_URL=commserve.url, PGBACKUP_TUI_STATE_DIR=str(commserve.state))
        renewed = run(*BACKUP, "--token-command", str(script), env=env)
    assert (renewed.status, renewed.report["verdict"]) == (0, "go")


def test_a_token_that_ends_and_can_not_be_had_again_ends_the_following() -> None:
    done = rehearsed("token-expiring", 60)
    assert done.status == 11
    assert "pgbackup-tui jobs" in done.err
