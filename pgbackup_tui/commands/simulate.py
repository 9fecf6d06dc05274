"""``pgbackup-tui simulate``: the simulated CommServe alone, for rehearsals and for other clients."""

from __future__ import annotations

import argparse
import json
import os
import threading

from pgbackup_tui.errors import UsageError
from pgbackup_tui.simulator.faults import FaultPlan, FaultPlanError
from pgbackup_tui.simulator.scenarios import USUAL, Scenario, scenario_named
from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.simulator.world import World


def run(arguments: argparse.Namespace) -> int:
    """Serves until a signal ends it; says first, as one JSON line, where and with which token."""
    users = {arguments.user: _password(arguments.password_fd)} if arguments.user else {}
    scenario = scenario_named(arguments.scenario) or USUAL
    latency = scenario.latency if arguments.latency_ms is None else arguments.latency_ms / 1000
    try:
        faults = FaultPlan.parse(arguments.faults) if arguments.faults else scenario.faults
        world = World.sample(
            clients=arguments.clients,
            seed=arguments.seed,
            token=arguments.token,
            users=users,
            job_seconds=scenario.job_seconds if arguments.job_seconds is None else arguments.job_seconds,
            every_job=scenario.every_job,
        )
    except FaultPlanError as error:
        raise UsageError(f"The fault plan can't be used: {error}") from error
    except ValueError as error:
        raise UsageError(f"The estate can't be made: {error}") from error
    server = SimulatedCommServe(world, host=arguments.host, port=arguments.port, latency=latency, faults=faults)
    try:
        server.start()
    except OSError as error:
        raise UsageError(
            f"{arguments.host}:{arguments.port} can't be listened on: {error.strerror}.",
            "Give another --port, or 0 for a free one.",
        ) from error
    try:
        print(json.dumps(_told(server, scenario)), flush=True)  # noqa: T201
        threading.Event().wait()
    finally:
        server.stop()
    return 0


def _told(server: SimulatedCommServe, scenario: Scenario) -> dict[str, str]:
    """What a client has to know."""
    told = {"url": server.url, "token": server.token}
    return {**told, "next_token": server.world.sessions.next_token} if scenario.ends_token else told


def _password(descriptor: int | None) -> str:
    if descriptor is None:
        raise UsageError("--user needs --password-fd.", "For instance: --password-fd 3 3< password-file")
    try:
        with os.fdopen(descriptor, encoding="utf-8") as stream:
            return stream.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The password can't be read from file descriptor {descriptor}.") from error
