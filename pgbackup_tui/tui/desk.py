"""What the console does with a CommServe; the panels show it and ask for it. Knows nothing of the screen."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from pgbackup_tui.backup.attempt import Attempt, new_attempt
from pgbackup_tui.backup.job_actions import act
from pgbackup_tui.backup.outcome import LOOK_BEFORE_AGAIN, Outcome, OutcomeKind
from pgbackup_tui.backup.submit import submit
from pgbackup_tui.backup.task import BackupTask
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.commserve.errors import CommvaultError
from pgbackup_tui.commserve.jobs import JobAction
from pgbackup_tui.commserve.session import MAX_IN_FLIGHT
from pgbackup_tui.errors import PgBackupError, RefusedHereError
from pgbackup_tui.estate.model import Estate, Subclient
from pgbackup_tui.target import Target
from pgbackup_tui.text import counted
from pgbackup_tui.tui.narration import tell_error, tell_job_action, tell_outcome
from pgbackup_tui.tui.outline import Outline, Reading
from pgbackup_tui.tui.reader import AHEAD, DEMAND, BranchReader
from pgbackup_tui.tui.records import LogStore, Severity
from pgbackup_tui.tui.watch import FollowedTask, Watch


class Change(Enum):
    """What the panels should look at again."""

    CONNECTION = auto()
    TREE = auto()
    JOBS = auto()


class State(Enum):
    """How far the connection is."""

    CONNECTING = "connecting"
    READY = "ready"
    FAILED = "not connected"


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A request of which nobody knows whether it was carried out, or whose answer is not there yet."""

    attempt: Attempt
    subclient_ids: frozenset[int]


@dataclass(slots=True)
class Desk:
    """One console's work with one CommServe."""

    find_target: Callable[[], Awaitable[Target]]
    log: LogStore
    changed: Callable[[Change], None] = lambda _: None
    fault: Callable[[BaseException], None] = lambda _: None
    """Called with what should not have happened, outside of any call from a panel."""
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = random.random
    make_attempt: Callable[[], Attempt] = new_attempt
    state: State = State.CONNECTING
    failure: PgBackupError | None = None
    target: Target | None = None
    outline: Outline = field(default_factory=Outline)
    estate: Estate | None = None
    last_outcome: Outcome | None = None
    """Of the newest request."""
    watch: Watch = field(init=False)
    _unsettled: dict[str, Unsettled] = field(default_factory=dict)
    """By attempt: requests that are under way, or of which nobody knows whether they were carried out."""
    _sending: set[asyncio.Task[Outcome]] = field(default_factory=set)
    _connecting: bool = False
    _commserve: CommServe | None = None
    _reader: BranchReader | None = None

    def __post_init__(self) -> None:
        self.watch = Watch(
            self.log,
            news=lambda: self.changed(Change.JOBS),
            fault=lambda error: self.fault(error),
            clock=self.clock,
            monotonic=self.monotonic,
            sleep=self.sleep,
            jitter=self.jitter,
        )

    @property
    def tasks(self) -> list[FollowedTask]:
        """What was accepted, the newest first."""
        return self.watch.tasks

    @property
    def is_sending(self) -> bool:
        """Whether a request that starts backups has no answer yet."""
        return bool(self._sending)

    @property
    def unknown(self) -> list[Attempt]:
        """The attempts of which nobody knows whether they were carried out."""
        return [found.attempt for found in self._unsettled.values()]

    async def connect(self) -> None:
        """Signs in and lists the estate; a failure is kept and said, and may be tried again.

        Does nothing while it is under way: a held key is one reload.
        """
        if self._connecting:
            return
        self._connecting, self.state, self.failure = True, State.CONNECTING, None
        self.changed(Change.CONNECTION)
        try:
            await self._list_estate(await self._signed_in())
        except PgBackupError as error:
            self.state, self.failure = State.FAILED, error
            tell_error(self.log, error)
        else:
            self.state = State.READY
        finally:
            self._connecting = False
        self.changed(Change.CONNECTION)

    async def settle(self, seconds: float) -> None:
        """Gives requests that are under way some time for their answer; after it, they are unknown."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=seconds)
        for sending in list(self._sending):
            sending.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    async def close(self) -> None:
        """Ends what is under way; the jobs on the CommServe go on."""
        await self.settle(0)
        await self.watch.close()
        if self._reader is not None:
            await self._reader.close()
        if self._commserve is not None:
            await self._commserve.session.close()

    def want(self, client_ids: list[int], *, ahead: bool = False) -> None:
        """Has the subclients of these clients read, if they were not read yet."""
        if self._reader is None:
            return
        unread = [client for client in client_ids if self.outline.reading.get(client) is not Reading.DONE]
        for client_id in unread:
            self.outline.begin_reading(client_id)
        self._reader.want(unread, AHEAD if ahead else DEMAND)
        if unread:
            self.changed(Change.TREE)

    async def until_read(self, client_id: int) -> None:
        """Has a client read and waits for it."""
        self.want([client_id])
        if self._reader is not None:
            await self._reader.until_read(client_id)

    async def running_on(self, subclients: Iterable[Subclient]) -> Mapping[int, tuple[str, ...]]:
        """What is active now on each of these subclients, by its id, a line a job. Raises CommvaultError."""
        assert self._commserve is not None  # noqa: S101  # there is nothing to compose before it is connected
        chosen = {subclient.subclient_id: subclient for subclient in subclients}
        listing = await self._commserve.jobs.listing(active_only=True)
        found: dict[int, tuple[str, ...]] = {}
        for job in listing.rows:
            subclient = chosen.get(job.subclient.subclient_id) if job.subclient else None
            if subclient is not None:
                user = f" by {job.user_name.user_name}" if job.user_name and job.user_name.user_name else ""
                line = f"job {job.job_id} ({job.status}){user} on {subclient.path}"
                found[subclient.subclient_id] = (*found.get(subclient.subclient_id, ()), line)
        return found

    def unsettled(self, subclients: Iterable[Subclient]) -> tuple[Subclient, ...]:
        """Those of which an earlier request is not settled: sending again could start them twice."""
        ids = {subclient_id for found in self._unsettled.values() for subclient_id in found.subclient_ids}
        return tuple(found for found in subclients if found.subclient_id in ids)

    async def submit(self, task: BackupTask) -> Outcome:
        """Sends the task, once, says what became of it, and follows its jobs.

        The request goes on if the caller is cancelled; ``settle`` ends it. Raises RefusedHereError where an earlier
        request for one of its subclients is not settled.
        """
        if self.unsettled(task.subclients):
            raise RefusedHereError(
                "Not sent: an earlier request for these subclients is under way, or its end is not known.",
                LOOK_BEFORE_AGAIN,
            )
        attempt = self.make_attempt()
        chosen = frozenset(subclient.subclient_id for subclient in task.subclients)
        self._unsettled[attempt.attempt_id] = Unsettled(attempt, chosen)
        what = f"{task.options.level} of {counted(len(task.subclients), 'subclient')}"
        self.log.add(Severity.INFO, f"Sending one task: {what}, attempt {attempt.attempt_id}.")
        sending = asyncio.create_task(self._send(task, attempt))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)
        return await asyncio.shield(sending)

    async def act(self, job_id: int, action: JobAction) -> None:
        """Suspends, resumes, kills or resubmits a job, once, and says what came of it."""
        assert self._commserve is not None  # noqa: S101  # there is no job before it is connected
        outcome = await act(self._commserve.jobs, job_id, action)
        tell_job_action(self.log, f"{action.name.lower()} of job {job_id}", outcome)

    async def _signed_in(self) -> CommServe:
        if self.target is None:
            self.target = await self.find_target()
        if self._commserve is None:
            self._commserve = await self.target.open()
            self._reader = BranchReader(self._read_client, MAX_IN_FLIGHT, self.fault)
            source = self.target.token_source
            self.log.add(
                Severity.INFO, f"Signed in to {self.target.where} as {self.target.user}, token from {source}."
            )
        return self._commserve

    async def _list_estate(self, commserve: CommServe) -> None:
        self.estate = Estate(await commserve.inventory.overview())
        read_before = self.outline.in_use()
        self._tell_dropped(self.outline.load(self.estate))
        for damaged in self.estate.damaged:
            self.log.add(Severity.WARNING, str(damaged))
        clients = counted(len(self.estate.clients), "client")
        instances = counted(len(self.estate.overview.instances), "PostgreSQL instance")
        self.log.add(Severity.INFO, f"{clients} with {instances}.")
        self.want([client_id for client_id in read_before if self.outline.client(client_id)])
        self.changed(Change.TREE)

    async def _read_client(self, client_id: int) -> None:
        assert self._commserve is not None  # noqa: S101  # the reader is made with it
        assert self.estate is not None  # noqa: S101
        try:
            listing = await self._commserve.inventory.subclients(client_id)
        except CommvaultError as error:
            self.estate.add_failure(client_id, error)
            self.outline.fail(client_id, error.problem)
            tell_error(self.log, error, f"{self.estate.client_name(client_id)}: ")
        else:
            self.estate.add(client_id, listing)
            self._tell_dropped(self.outline.fill(client_id, self.estate.subclients_of(client_id)))
            for damaged in listing.damaged:
                self.log.add(Severity.WARNING, f"{self.estate.client_name(client_id)}: {damaged}")
        self.changed(Change.TREE)

    def _tell_dropped(self, dropped: Iterable[Subclient]) -> None:
        for subclient in dropped:
            self.log.add(Severity.WARNING, f"No longer there, its mark is taken off: {subclient.path}")

    async def _send(self, task: BackupTask, attempt: Attempt) -> Outcome:
        assert self._commserve is not None  # noqa: S101  # there is nothing to compose before it is connected

        def record(outcome: Outcome) -> None:
            self.last_outcome = outcome
            if outcome.kind is not OutcomeKind.UNKNOWN:
                del self._unsettled[attempt.attempt_id]
            tell_outcome(self.log, outcome)

        outcome = await submit(self._commserve, task, attempt, record)
        self.changed(Change.JOBS)
        if outcome.job_ids and outcome.kind in (OutcomeKind.ACCEPTED, OutcomeKind.UNKNOWN):
            self.watch.begin(self._commserve.jobs, task, outcome)
        return outcome
