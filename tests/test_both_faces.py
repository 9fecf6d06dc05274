"""The same task comes to the same verdict on the screen and on the command line, with the status that is agreed.

Time passes only in the story: no test here waits for a job.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from pgbackup_tui.arguments import build_parser
from pgbackup_tui.backup.evidence_formats import VERDICT_WORD
from pgbackup_tui.backup.follow import Door, Follower
from pgbackup_tui.backup.verdict import Verdict
from pgbackup_tui.commands import backup
from pgbackup_tui.simulator.jobs import Action
from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.simulator.world import World
from tests.driver import MIDDLE, ConsoleDriver, console_on
from tests.running import NOWHERE, private_state
from tests.story import StoryClock, demo, whole_naps

FILES = "FSBasedBackupSet"
PAY, OTHER, FAIL, NO_JOB = (
    ("pg-pay-01", "main"),
    ("pg-pay-02", "main"),
    ("pg-fail-01", "main"),
    ("pg-nojob-01", "main"),
)
_MOST_LOOKS, _SOME_LOOKS = 400, 15
_REAL_SECONDS = "0.3"
"""Of a command that would follow for ever: the story's hours pass in them."""


def kill_all(world: World) -> None:
    """Somebody kills everything that runs."""
    with world.lock:
        now = world.advance()
        for job_id in world.jobs.active():
            job = world.jobs.job(job_id)
            assert job is not None
            world.jobs.act(job, Action.KILL, now)


def leave_alone(_: World) -> None:
    """Nothing happens meanwhile."""


@dataclass(frozen=True, slots=True)
class Case:
    """A task, what becomes of it, and what is to be said of that."""

    instances: tuple[tuple[str, str], ...]
    """Client and instance of each subclient."""
    verdict: Verdict | None
    """None where there is nothing to judge."""
    status: int
    faults: tuple[dict[str, object], ...] = ()
    meanwhile: Callable[[World], None] = leave_alone
    strict: bool = False
    """Whether the profile has warnings count as partial."""
    is_endless: bool = False

    @property
    def patterns(self) -> list[str]:
        return [f"{client}/{instance}/{FILES}/default" for client, instance in self.instances]

    @property
    def commserve(self) -> Callable[[StoryClock], SimulatedCommServe]:
        return demo(faults=json.dumps(self.faults), job_seconds=8)


def told_of_the_job(**members: object) -> tuple[dict[str, object], ...]:
    """After its first look, the first job is told like this."""
    subclient = {"subclientId": 2000001, "clientName": "pg-pay-01"}
    told = {"jobId": 3587112, "backupLevelName": "Full", "subclient": subclient, **members}
    body = {"totalRecordsWithoutPaging": 1, "jobs": [{"jobSummary": told}]}
    return ({"path": "Job/3587112", "after": 1, "answer": {"status": 200, "body": body}},)


def lost(*, made: bool) -> tuple[dict[str, object], ...]:
    """The answer to the CreateTask does not come."""
    return ({"path": "CreateTask", "times": 1, "answer": "reset", "carried_out": made},)


GONE: dict[str, object] = {"status": 200, "body": {"totalRecordsWithoutPaging": 0, "jobs": []}}
WARNED = ("pg-partial-01", "warnings")

CASES = {
    "completed": Case((PAY,), Verdict.GO, 0),
    "several completed": Case((PAY, OTHER), Verdict.GO, 0),
    "warnings": Case((WARNED,), Verdict.GO, 0),
    "warnings are partial": Case((WARNED,), Verdict.PARTIAL, 8, strict=True),
    "with errors": Case((("pg-partial-01", "errors"),), Verdict.PARTIAL, 8),
    "committed": Case((("pg-partial-01", "committed"),), Verdict.PARTIAL, 8),
    "failed": Case((FAIL,), Verdict.NO_GO, 7),
    "failed beside partial": Case((FAIL, ("pg-partial-01", "errors")), Verdict.NO_GO, 7),
    "killed": Case((PAY,), Verdict.NO_GO, 7, meanwhile=kill_all),
    "failed to start": Case((("pg-notready-01", "main"),), Verdict.NO_GO, 7),
    "waits and goes on": Case((("pg-waits-01", "pending"), ("pg-waits-01", "blackout")), Verdict.GO, 0),
    "one got no job": Case((PAY, NO_JOB), Verdict.NO_GO, 7),
    "one job was not named": Case(
        (PAY, OTHER), Verdict.NO_GO, 7, ({"path": "CreateTask", "answer": "fewer-jobs"},)
    ),
    "none got a job": Case((NO_JOB,), None, 6),
    "below the level": Case((PAY,), Verdict.PARTIAL, 8, told_of_the_job(status="Completed", backupLevelName="Log")),
    "an unknown end": Case((PAY,), Verdict.PARTIAL, 8, told_of_the_job(status="Completed w/ frogs")),
    "an unknown status": Case((PAY,), Verdict.UNDECIDED, 9, told_of_the_job(status="Hibernating"), is_endless=True),
    "the job vanishes": Case((PAY,), Verdict.UNDECIDED, 11, ({"path": "Job/*", "after": 1, "answer": GONE},)),
    "never says of what": Case((PAY,), Verdict.UNDECIDED, 11, told_of_the_job(status="Completed", subclient=None)),
    "rejected": Case((("pgsql_win", "main"),), None, 5),
    "not eligible": Case((("pg-nopolicy-01", "main"),), None, 5),
    "answer lost, job made": Case((PAY,), Verdict.GO, 0, lost(made=True)),
    "answer lost, no job": Case((PAY,), None, 6, lost(made=False)),
}


class QuickClock(StoryClock):
    """Time for a command, which is the only one that waits: a wait is over at once."""

    def __init__(self, first_wait: Callable[[], None]) -> None:
        super().__init__()
        self._first_wait: Callable[[], None] | None = first_wait

    async def sleep(self, seconds: float) -> None:
        if self._first_wait is not None:
            happens, self._first_wait = self._first_wait, None
            happens()
        self.now += seconds
        await asyncio.sleep(0)


@contextmanager
def quick_looks(clock: QuickClock) -> Iterator[None]:
    """What follows jobs from here on goes by this clock."""

    def follower(door: Door) -> Follower:
        return Follower(door.jobs, clock=clock, wall=clock, sleep=clock.sleep, jitter=lambda: MIDDLE)

    with pytest.MonkeyPatch.context() as patched, whole_naps():
        patched.setattr(Follower, "of", follower)
        yield


def on_the_command_line(
    case: Case, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[str | None, int]:
    """The verdict that ``backup --wait --json`` prints, and its exit status."""
    servers: list[SimulatedCommServe] = []
    clock = QuickClock(lambda: case.meanwhile(servers[0].world))
    with case.commserve(clock) as server, private_state() as state, quick_looks(clock):
        servers.append(server)
        for name, value in (("URL", server.url), ("TOKEN", server.token), ("STATE_DIR", str(state))):
            monkeypatch.setenv(f"PGBACKUP_TUI_{name}", value)
        monkeypatch.setenv("XDG_CONFIG_HOME", NOWHERE)
        words = ["backup", *case.patterns, "--level", "FULL", "--yes", "--wait", "--json", "--look", "0"]
        if case.is_endless:
            words += ["--timeout", _REAL_SECONDS]
        if case.strict:
            monkeypatch.setattr("pgbackup_tui.target.Target.warnings_are_partial", True)
        status = int(backup.run(build_parser().parse_args(words)))
        return json.loads(capsys.readouterr().out)["verdict"], status


async def on_the_screen(case: Case) -> str | None:
    """The verdict of the only task in the console, which its first line says in a word."""
    async with console_on(case.commserve) as console:
        console.desk.watch.warnings_are_partial = case.strict
        for client, instance in case.instances:
            await console.tree.open(client).mark(client, instance, FILES, "default")
        await console.compose.open().level("FULL").start()
        await console.confirm.yes()
        case.meanwhile(console.site.server.world)
        has_no_end = case.is_endless or case.verdict is None
        await _until_over(console, _SOME_LOOKS if has_no_end else _MOST_LOOKS)
        if not console.desk.tasks:
            return None
        (task,) = console.desk.tasks
        verdict = task.progress.verdict
        word = "IN PROGRESS" if case.is_endless else VERDICT_WORD[verdict]
        assert f" {word}  {task.name}" in await console.screen()
        return verdict.value


async def _until_over(console: ConsoleDriver, most_looks: int) -> None:
    for _ in range(most_looks):
        if (
            all(task.ended or task.given_up for task in console.desk.tasks)
            and not console.desk.recovery.is_searching
        ):
            return
        console.clock.pass_to_next()
        await console.pilot.pause()
        await asyncio.sleep(0.005)  # the simulated CommServe answers in a thread of its own


@pytest.mark.parametrize("name", CASES)
def test_both_faces_say_the_same(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = CASES[name]
    said, status = on_the_command_line(case, monkeypatch, capsys)
    assert (said, status) == (case.verdict and case.verdict.value, case.status)
    assert asyncio.run(on_the_screen(case)) == said
