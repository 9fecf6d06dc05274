"""Rehearsals by name: what goes wrong, and on what kind of CommServe. A scenario is data, and nothing but that."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pgbackup_tui.simulator.entities import Behaviour
from pgbackup_tui.simulator.faults import FaultPlan
from pgbackup_tui.simulator.messages import Json, html_response
from pgbackup_tui.simulator.world import JOB_SECONDS

_STARTED = {"since": "CreateTask"}
_STARTING_UP = html_response("503 Service Unavailable", "HTTP Error 503. The service is unavailable.", 503)
_NOT_YET: Json = {
    "status": _STARTING_UP.status,
    "headers": {"Retry-After": "2"},
    "body": _STARTING_UP.body.decode(),
    "content_type": _STARTING_UP.content_type,
}


@dataclass(frozen=True)
class Scenario:
    """Something to be ready for."""

    name: str
    words: str
    """What happens, on one line."""
    rules: tuple[Json, ...] = ()
    """Of a fault plan."""
    every_job: Behaviour | None = None
    """What becomes of every job; None: what its subclient is known for."""
    job_seconds: float = JOB_SECONDS
    latency: float = 0.0
    """Seconds that every answer takes."""

    @cached_property
    def faults(self) -> FaultPlan:
        return FaultPlan.of(self.rules)

    @property
    def ends_token(self) -> bool:
        """Whether the API token ends, so that the next one has to be known."""
        return any(rule.turn for rule in self.faults.rules)


SCENARIOS = (
    Scenario("quiet-night", "nothing goes wrong: every job ends Completed", every_job=Behaviour.COMPLETES),
    Scenario(
        "lost-answer",
        "the first CreateTask's answer is lost, its jobs run, and for a moment none can be seen",
        (
            {"path": "CreateTask", "times": 1, "answer": "reset", "carried_out": True},
            {**_STARTED, "path": "Job*", "times": 2, "answer": "504"},
        ),
        job_seconds=20.0,
    ),
    Scenario(
        "storage-policy-full",
        "the library fills up: every job runs, turns Pending, then Waiting, and fails",
        every_job=Behaviour.STORAGE_FULL,
        job_seconds=20.0,
    ),
    Scenario(
        "commserve-restarting",
        "while jobs are followed: resets, then 502, then 503 with Retry-After; the jobs go on",
        (
            {**_STARTED, "after": 3, "times": 2, "answer": "reset", "carried_out": False},
            {**_STARTED, "after": 3, "times": 1, "answer": "502"},
            {**_STARTED, "after": 3, "times": 2, "answer": _NOT_YET},
        ),
        job_seconds=20.0,
    ),
    Scenario(
        "token-expiring",
        "while jobs are followed the token ends (401); next_token, or a new login, is accepted",
        ({**_STARTED, "after": 4, "times": 1, "answer": "token-ends"},),
        job_seconds=20.0,
    ),
    Scenario(
        "slow-line",
        "every answer takes 0.8 s, lists of jobs 2 s, and CreateTask 4 s",
        ({"path": "CreateTask", "latency_ms": 3200}, {"path": "Jobs", "latency_ms": 1200}),
        job_seconds=20.0,
        latency=0.8,
    ),
)
USUAL = Scenario("", "the sample estate, with clients that behave specially")
"""Where no scenario is named."""


def scenario_named(name: str) -> Scenario | None:
    """The scenario of that name, if there is one; :data:`USUAL` for an empty name."""
    return next((scenario for scenario in (USUAL, *SCENARIOS) if scenario.name == name), None)


def listed() -> str:
    """Every scenario, a line each."""
    width = max(len(scenario.name) for scenario in SCENARIOS)
    return "\n".join(f"{scenario.name:<{width}}  {scenario.words}" for scenario in SCENARIOS)
