"""A simulated CommServe, an engineer's state folder, and the steps of a backup between them, in one process."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

from pgbackup_tui.backup.attempt import Attempt, new_attempt
from pgbackup_tui.backup.journal.attempts import KnownAttempt
from pgbackup_tui.backup.journal.journal import Journal
from pgbackup_tui.backup.outcome import Outcome
from pgbackup_tui.backup.reconcile import Sighting, look
from pgbackup_tui.backup.submit import Listener, Submission, submit
from pgbackup_tui.backup.task import BackupOptions, BackupTask, Level, compose
from pgbackup_tui.backup.where import Where
from pgbackup_tui.commserve.address import Address
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.commserve.route import Limits, Route
from pgbackup_tui.estate.model import Subclient
from pgbackup_tui.secret import Secret
from pgbackup_tui.simulator.entities import Behaviour, Named
from pgbackup_tui.simulator.faults import FaultPlan
from pgbackup_tui.simulator.jobbook import Wish
from pgbackup_tui.simulator.jobs import Job
from pgbackup_tui.simulator.jobs import Level as SimulatedLevel
from pgbackup_tui.simulator.messages import Request
from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.simulator.world import World

TOKEN = "canary-of-the-fault-tests"
"""The Authtoken: nothing on the disk may hold it."""
USER = "oncall"
QUICK = Limits(connect=1.0, write=1.0, read=0.25, total=0.5)
"""Seconds: a fault that keeps silent costs a test no more than this."""
BEGIN = 1_795_403_520.0
"""When the CommServe's clock begins."""
PATIENCE = 120.0
_LONGEST = 10.0


class Clock:
    """The CommServe's time, which passes only when a test says so."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> float:
        return self.now


class CountingCommServe(SimulatedCommServe):
    """Keeps the body of every CreateTask that arrived, however long the run is."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.posted: list[bytes] = []
        self.has_posted = threading.Event()

    def record(self, request: Request) -> None:
        target = request.target.lower().rstrip("/")
        if target.endswith("/createtask"):
            self.posted.append(request.body)
        if target.endswith(("/createtask", "/resubmit")):
            self.has_posted.set()
        super().record(request)


@dataclass(slots=True)
class Engineer:
    """Somebody with a state folder, who starts backups and looks for them."""

    rig: Rig
    state: Path
    user: str = USER
    limits: Limits = QUICK
    concluded: list[Outcome] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    last: Attempt | None = None
    grace: float = 0.1

    @property
    def journal(self) -> Journal:
        """The journal as a process that starts now sees it."""
        return Journal(self.state)

    async def press(
        self, task: BackupTask, *, attempt: Attempt | None = None, journal: Journal | None = None
    ) -> Outcome:
        """Presses Start, once."""
        self.last = attempt or new_attempt()
        kept = journal or self.journal
        try:
            async with self.commserve() as commserve:
                listener = Listener(concluded=self.concluded.append, warned=self.warned.append)
                where = Where(commserve.address.origin, self.user)
                asked = Submission(task, self.last, where, kept, listener=listener, grace=self.grace)
                return await submit(commserve, asked)
        finally:
            if journal is None:
                kept.close()

    async def look(self, attempt_id: str | None = None) -> Sighting:
        """Looks once for the jobs of an attempt, as a program that was started again does."""
        attempt = self.known(attempt_id)
        async with self.commserve() as commserve:
            return await look(commserve, self.journal, attempt, self.journal.read())

    def known(self, attempt_id: str | None = None) -> KnownAttempt:
        """What the journals say of an attempt, the last one if none is named."""
        named = attempt_id or (self.last.attempt_id if self.last else "")
        attempt = self.journal.read().attempt(named)
        assert attempt is not None, f"the journal knows nothing of {named}"
        return attempt

    def commserve(self) -> CommServe:
        """A client of the CommServe, as of a process of its own."""
        return CommServe(Route(Address(self.rig.server.url + "/"), limits=self.limits), Secret(TOKEN))


@dataclass(slots=True)
class Rig:
    """Everything that a row of the fault matrix needs."""

    server: CountingCommServe
    clock: Clock
    folder: Path
    _people: int = 0

    def engineer(self, *, state: Path | None = None, limits: Limits = QUICK) -> Engineer:
        """An engineer with a state folder of their own, or with that of another."""
        self._people += 1
        return Engineer(self, state or self.folder / f"state-{self._people}", limits=limits)

    def spoil(self, *rules: dict[str, object]) -> None:
        """From now on these faults are played."""
        self.server.play(FaultPlan.parse(json.dumps(list(rules))))

    def spoil_task(self, answer: object, **others: object) -> None:
        """The next CreateTask is answered so."""
        self.spoil({"method": "POST", "path": "CreateTask", "times": 1, "answer": answer, **others})

    def task(self, *subclients: Subclient, level: Level = Level.FULL) -> BackupTask:
        """A task with these subclients."""
        return compose(subclients or self.subclients[:1], BackupOptions(level), max_subclients=50)

    @property
    def subclients(self) -> list[Subclient]:
        """Subclients that behave, as the inventory tells them."""
        return [
            Subclient(
                found.client.id,
                found.client.name,
                found.instance.id,
                found.instance.name,
                found.backupset.id,
                found.backupset.name,
                found.id,
                found.name,
            )
            for found in self.server.world.estate.subclients.values()
            if found.behaviour is Behaviour.COMPLETES
            and not found.client.refuses_backup
            and found.storage_policy is not None
            and found.backupset.name == "FSBasedBackupSet"
        ]

    def jobs_of(self, attempt_id: str) -> list[Job]:
        """The jobs that the CommServe really started for an attempt."""
        return [job for job in self.started() if attempt_id in job.description]

    def started(self) -> Iterator[Job]:
        """Every job that was started since the CommServe began."""
        book = self.server.world.jobs
        yield from book._jobs.values()

    def start_by_hand(self, subclient: Subclient, *, user: str = "dba-2", level: str = "FULL") -> int:
        """Somebody else starts a backup, in Command Center; its id."""
        world = self.server.world
        wish = Wish(SimulatedLevel[level], Named(77, user))
        with world.lock:
            _, jobs = world.jobs.start([world.estate.subclients[subclient.subclient_id]], wish, world.clock())
        return jobs[0].id

    async def settle(self) -> None:
        """Waits until the CommServe has finished with every request whose client has gone."""
        await asyncio.to_thread(self._settle)

    def _settle(self) -> None:
        # Connections are accepted in their order: once this one is answered, all earlier ones have their thread.
        with urlopen(self.server.url, timeout=_LONGEST) as answer:  # the test's own server
            answer.read()
        for thread in threading.enumerate():
            if "process_request_thread" in thread.name:
                thread.join(_LONGEST)
                assert not thread.is_alive(), "a connection was never closed"

    def posts_of(self, attempt_id: str) -> int:
        """How many CreateTask requests of an attempt arrived."""
        return sum(attempt_id.encode() in body for body in self.server.posted)


@contextmanager
def rig_in(folder: Path, *, clients: int = 12, job_seconds: float = 3600.0) -> Iterator[Rig]:
    """A rig whose CommServe ends with it."""
    clock = Clock()
    world = World.sample(clients=clients, token=TOKEN, job_seconds=job_seconds, clock=clock)
    with CountingCommServe(world) as server:
        yield Rig(server, clock, folder)


def files_in(state: Path) -> Iterable[bytes]:
    """The content of every file of a state folder."""
    return [path.read_bytes() for path in sorted(state.rglob("*")) if path.is_file()]
