"""Scenarios: each name leads to what its words say; none of it is waited for."""

from __future__ import annotations

from typing import Any

import pytest

from pgbackup_tui.simulator.faults import FaultPlayer, Rule
from pgbackup_tui.simulator.scenarios import SCENARIOS, USUAL, listed, scenario_named
from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.simulator.world import World
from tests.simulator.asking import Asker, Clock

EVERY_END = ("pg-pay-01/main", "pg-fail-01/main", "pg-partial-01/errors", "pg-waits-01/blackout")


def world_of(name: str, clock: Clock) -> World:
    scenario = scenario_named(name)
    assert scenario is not None
    return World.sample(job_seconds=scenario.job_seconds, every_job=scenario.every_job, clock=clock)


def answers(name: str, path: str, count: int) -> list[Any]:
    """What becomes of so many requests after a CreateTask: a cut, a status, or None for the real answer."""
    scenario = scenario_named(name)
    assert scenario is not None
    player = FaultPlayer(scenario.faults)
    player.pick("POST", "CreateTask")
    return [fault(player.pick("GET", path)) for _ in range(count)]


def fault(rule: Rule | None) -> Any:
    if rule is None:
        return None
    return rule.cut or rule.turn or (rule.instead and rule.instead.status)


def test_names_are_unique_and_listed_with_a_line_each() -> None:
    assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS)
    assert [line.split()[0] for line in listed().splitlines()] == [scenario.name for scenario in SCENARIOS]
    assert max(map(len, listed().splitlines())) <= 116


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_every_plan_can_be_played(scenario: Any) -> None:
    assert len(scenario.faults.rules) == len(scenario.rules)


def test_without_a_name_it_is_the_usual_one() -> None:
    assert scenario_named("") is USUAL
    assert scenario_named("no-such-night") is None


def test_in_a_quiet_night_every_job_completes(clock: Clock) -> None:
    ask = Asker(world_of("quiet-night", clock))
    started = ask.backup(*EVERY_END)
    clock.forward(100)
    assert {ask.status(job) for job in started} == {"Completed"}


def test_a_full_storage_pool_lets_jobs_pend_then_wait_then_fail_with_the_reason(clock: Clock) -> None:
    ask = Asker(world_of("storage-policy-full", clock))
    (started,) = ask.backup("pg-pay-01/main")
    seen: list[tuple[str, str]] = []
    for _ in range(25):
        job = ask.job(started)
        if not seen or seen[-1][0] != job["status"]:
            seen.append((job["status"], job["pendingReason"]))
        clock.forward(1)
    assert [status for status, _ in seen] == ["Waiting", "Running", "Pending", "Waiting", "Failed"]
    assert "no space left on device" in seen[2][1]
    assert "enough free space" in seen[3][1]
    assert "no space left on device" in seen[4][1]


def test_the_first_answer_is_lost_with_its_jobs_running_and_jobs_can_not_be_looked_at_for_a_moment() -> None:
    scenario = scenario_named("lost-answer")
    assert scenario is not None
    player = FaultPlayer(scenario.faults)
    assert player.pick("POST", "Jobs") is None, "before the CreateTask all is well"
    lost = player.pick("POST", "CreateTask")
    assert lost is not None
    assert (fault(lost), lost.carried_out) == ("reset", True)
    assert [fault(player.pick("POST", "Jobs")) for _ in range(3)] == [504, 504, None]
    assert player.pick("POST", "CreateTask") is None


def test_a_restart_resets_then_refuses_then_is_over() -> None:
    assert answers("commserve-restarting", "Job/7", 9) == [
        *[None] * 3,
        *["reset"] * 2,
        502,
        *[503] * 2,
        None,
    ]


def test_a_commserve_that_starts_up_says_when_to_come_back() -> None:
    scenario = scenario_named("commserve-restarting")
    assert scenario is not None
    said = [rule.instead.headers for rule in scenario.faults.rules if rule.instead and rule.instead.status == 503]
    assert said == [{"Retry-After": "2"}]


def test_the_token_ends_once_and_the_next_one_is_accepted(world: World) -> None:
    first, second = world.sessions.token, world.sessions.next_token
    assert [Asker(world, token).response("GET", "WhoAmI").status for token in (first, second)] == [200, 401]
    world.end_token()
    assert [Asker(world, token).response("GET", "WhoAmI").status for token in (first, second)] == [401, 200]
    assert answers("token-expiring", "Job/7", 6) == [*[None] * 4, "token-ends", None]


def test_on_a_slow_line_everything_takes_its_time() -> None:
    scenario = scenario_named("slow-line")
    assert scenario is not None
    player = FaultPlayer(scenario.faults)
    paths = ("Client", "Jobs", "CreateTask")
    waits = [scenario.latency + (rule.latency if (rule := player.pick("POST", path)) else 0.0) for path in paths]
    assert waits == [0.8, 2.0, 4.0]


def test_a_server_that_ends_the_token_refuses_it_from_that_request_on(world: World) -> None:
    from tests.simulator.test_faults_at_the_socket import backup, parts, spoil

    with SimulatedCommServe(world) as commserve:
        spoil(commserve, "token-ends", after=1, times=1)
        assert parts(backup(commserve))[0] == 200
        with_old = commserve.token
        status, _, body = parts(backup(commserve))
        assert (status, b"Access Denied" in body) == (401, True)
        assert commserve.token != with_old
        assert parts(backup(commserve))[0] == 200, "with the token that counts now"
