"""What the console does with a CommServe; the panels show it and ask for it. Knows nothing of the screen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial

from pgbackup_tui.backup.attempt import Attempt, Where, new_attempt
from pgbackup_tui.backup.follow import ContactLostError, follow
from pgbackup_tui.backup.guard import jobs_on
from pgbackup_tui.backup.job_actions import act
from pgbackup_tui.backup.journal.journal import Journal
from pgbackup_tui.backup.outcome import Outcome, OutcomeKind
from pgbackup_tui.backup.progress import TaskProgress, progress
from pgbackup_tui.backup.reconcile import look_for
from pgbackup_tui.backup.submit import GRACE_SECONDS, Listener, Submission, submit
from pgbackup_tui.backup.task import BackupTask
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.commserve.errors import (
    AuthError,
    CommvaultError,
    ServerSaidNoError,
)
from pgbackup_tui.commserve.jobs import JobAction
from pgbackup_tui.commserve.session import MAX_IN_FLIGHT
from pgbackup_tui.errors import PathError, PgBackupError, RefusedHereError
from pgbackup_tui.estate.model import Estate, Subclient
from pgbackup_tui.target import Target
from pgbackup_tui.text import counted
from pgbackup_tui.tui.followed import FollowedTask as FollowedTask
from pgbackup_tui.tui.outline import Outline, Reading
from pgbackup_tui.tui.present.outcome import HEADS, facts
from pgbackup_tui.tui.reader import AHEAD, DEMAND, BranchReader
from pgbackup_tui.tui.records import LogStore, Severity
from pgbackup_tui.tui.telling import tell_outcome, tell_verdict


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


@dataclass(slots=True)
class Desk:
    """One console's work with one CommServe."""

    find_target: Callable[[], Awaitable[Target]]
    log: LogStore
    journal: Journal
    changed: Callable[[Change], None] = lambda _: None
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    make_attempt: Callable[[], Attempt] = new_attempt
    state: State = State.CONNECTING
    failure: PgBackupError | None = None
    target: Target | None = None
    outline: Outline = field(default_factory=Outline)
    estate: Estate | None = None
    tasks: list[FollowedTask] = field(default_factory=list)
    last_outcome: Outcome | None = None
    """Of the newest request."""
    _shown_running: set[int] = field(default_factory=set)
    """Jobs that the person at the console was shown before the question."""
    _commserve: CommServe | None = None
    _reader: BranchReader | None = None
    _following: set[asyncio.Task[None]] = field(default_factory=set)
    _sending: set[asyncio.Task[Outcome]] = field(default_factory=set)

    async def connect(self) -> None:
        """Signs in and lists the estate; a failure is kept and said, and may be tried again."""
        self.state, self.failure = State.CONNECTING, None
        self.changed(Change.CONNECTION)
        try:
            if self.target is None:
                self.target = await self.find_target()
            if self._commserve is None:
                self._commserve = await self.target.open()
                self._reader = BranchReader(self._read_client, MAX_IN_FLIGHT)
                source = self.target.token_source
                self.log.add(
                    Severity.INFO, f"Signed in to {self.target.where} as {self.target.user}, token from {source}."
                )
            await self._list_estate(self._commserve)
            self._take_up()
        except PgBackupError as error:
            self.state, self.failure = State.FAILED, error
            self.tell_error(error)
        else:
            self.state = State.READY
        self.changed(Change.CONNECTION)

    async def close(self) -> None:
        """Ends what is under way; a request in flight is waited for a moment, and the jobs go on."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=GRACE_SECONDS)
        under_way = [*self._sending, *self._following]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
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

    async def running_on(self, subclients: tuple[Subclient, ...]) -> tuple[str, ...]:
        """What is active on these subclients now, a line each. Raises CommvaultError."""
        if self._commserve is None:
            return ()
        found = await jobs_on(self._commserve.jobs, subclients)
        self._shown_running.update(running.job.job_id for running in found.running)
        return tuple(map(str, found.running))

    def unsettled(self, subclients: Iterable[Subclient]) -> tuple[Subclient, ...]:
        """Those of which an earlier request is not settled: sending again could start them twice."""
        asked = tuple(subclients)
        try:
            attempts = self.journal.read().blocking(self._where(), asked)
        except PathError:
            return ()  # without a journal nothing is sent, and that is said when it is asked for
        blocked = {found.subclient.subclient_id for attempt in attempts for found in attempt.unsettled}
        return tuple(found for found in asked if found.subclient_id in blocked)

    async def submit(self, task: BackupTask) -> Outcome:
        """Sends the task, once, says what became of it, and follows its jobs. Raises RefusedHereError."""
        assert self._commserve is not None  # noqa: S101  # there is nothing to compose before it is connected
        attempt = self.make_attempt()
        what = f"{task.options.level} of {counted(len(task.subclients), 'subclient')}"
        self.log.add(Severity.INFO, f"Sending one task: {what}, attempt {attempt.attempt_id}.")
        listener = Listener(
            concluded=partial(tell_outcome, self.log), warned=lambda words: self.log.add(Severity.WARNING, words)
        )
        asked = Submission(task, attempt, self._where(), self.journal, self._shown_running, listener)
        try:
            sending = asyncio.create_task(submit(self._commserve, asked))
            self._sending.add(sending)
            sending.add_done_callback(self._sending.discard)
            outcome = await asyncio.shield(sending)  # leaving the console waits for it: see close
        except CommvaultError as error:  # of the look at what is running, before anything was sent
            raise RefusedHereError(f"Not sent: {error.problem}", error.advice) from error
        self.last_outcome = outcome
        self.changed(Change.JOBS)
        if outcome.job_ids and outcome.kind in (OutcomeKind.ACCEPTED, OutcomeKind.UNKNOWN):
            self._begin_following(task, outcome, attempt.attempt_id)
        return outcome

    async def act(self, job_id: int, action: JobAction) -> None:
        """Suspends, resumes, kills or resubmits a job, once, and says what came of it."""
        assert self._commserve is not None  # noqa: S101  # there is no job before it is connected
        words = f"{action.name.lower()} of job {job_id}"
        outcome = await act(self._commserve.jobs, job_id, action)
        if outcome.kind is OutcomeKind.ACCEPTED:
            as_job = f" as job {outcome.job_ids[0]}" if outcome.job_ids else ""
            self.log.add(Severity.GOOD, f"{words}: taken by the CommServe{as_job}.")
            return
        unknown = outcome.kind is OutcomeKind.UNKNOWN
        head = "UNKNOWN whether it arrived" if unknown else HEADS[outcome.kind]
        self.log.add(Severity.ERROR, f"{words}: {head}{facts(outcome)}:", outcome.message)
        if outcome.advice:
            self.log.add(Severity.INFO, f"→ {outcome.advice}")

    def tell_error(self, error: PgBackupError, prefix: str = "") -> None:
        """An error in the log: status, code, the server's own words, and what to do next."""
        facts = ""
        if isinstance(error, ServerSaidNoError):
            facts = f"HTTP {error.status}" + (f", errorCode {error.code}" if error.code is not None else "") + ": "
        self.log.add(Severity.ERROR, f"{prefix}{facts}{error.problem}")
        if error.advice:
            self.log.add(Severity.INFO, f"→ {error.advice}")

    async def _list_estate(self, commserve: CommServe) -> None:
        self.estate = Estate(await commserve.inventory.overview())
        self.outline.load(self.estate)
        for damaged in self.estate.damaged:
            self.log.add(Severity.WARNING, str(damaged))
        clients = counted(len(self.estate.clients), "client")
        instances = counted(len(self.estate.overview.instances), "PostgreSQL instance")
        self.log.add(Severity.INFO, f"{clients} with {instances}.")
        self.changed(Change.TREE)

    async def _read_client(self, client_id: int) -> None:
        assert self._commserve is not None  # noqa: S101  # the reader is made with it
        assert self.estate is not None  # noqa: S101
        try:
            listing = await self._commserve.inventory.subclients(client_id)
        except CommvaultError as error:
            self.estate.add_failure(client_id, error)
            self.outline.fail(client_id, error.problem)
            self.tell_error(error, f"{self.estate.client_name(client_id)}: ")
        else:
            self.estate.add(client_id, listing)
            self.outline.fill(client_id, self.estate.subclients_of(client_id))
            for damaged in listing.damaged:
                self.log.add(Severity.WARNING, f"{self.estate.client_name(client_id)}: {damaged}")
        self.changed(Change.TREE)

    def _where(self) -> Where:
        origin = self._commserve.address.origin if self._commserve else ""
        return Where(origin, self.target.user if self.target else "")

    def _take_up(self) -> None:
        """Goes on with what an earlier run of this program left: looks for what is unknown, follows what runs."""
        try:
            known = self.journal.read()
        except PathError as error:
            self.tell_error(error)
            return
        for trouble in known.troubles:
            self.log.add(Severity.WARNING, trouble)
        for attempt in known.open_on(self._where().origin):
            task = attempt.task()
            if task is not None and all(one.attempt_id != attempt.attempt_id for one in self.tasks):
                self._begin(self.search(task, attempt.attempt_id))

    async def search(self, task: BackupTask, attempt_id: str) -> None:
        """Follows the jobs of an earlier request, which are looked for if its answer was lost."""
        assert self._commserve is not None  # noqa: S101  # it was sent over it
        try:
            kept, clock, sleep = self.journal, self.clock, self.sleep
            attempt, _ = await look_for(self._commserve, kept, attempt_id, clock=clock, sleep=sleep)
        except PgBackupError as error:
            self.tell_error(error, f"Attempt {attempt_id} could not be looked for: ")
            return
        if attempt is not None and attempt.job_ids:
            ids = ", ".join(map(str, attempt.job_ids))
            self.log.add(Severity.INFO, f"Attempt {attempt_id} goes on: job {ids}.")
            self._begin_following(task, Outcome(OutcomeKind.ACCEPTED, job_ids=attempt.job_ids), attempt_id)

    def _begin_following(self, task: BackupTask, outcome: Outcome, attempt_id: str) -> None:
        followed = FollowedTask(task, outcome, progress(task, outcome.job_ids, {}), self.clock(), attempt_id)
        self.tasks.insert(0, followed)
        self._begin(self._follow(followed))
        self.changed(Change.JOBS)

    def _begin(self, work: Coroutine[object, object, None]) -> None:
        """Goes on with something in the background until the console is left."""
        task = asyncio.create_task(work)
        self._following.add(task)
        task.add_done_callback(self._following.discard)

    async def _follow(self, followed: FollowedTask) -> None:
        assert self._commserve is not None  # noqa: S101  # it was submitted over it
        try:
            jobs = self._commserve.jobs
            async for look in follow(jobs, followed.task, followed.outcome.job_ids, sleep=self.sleep):
                self._take_look(followed, look.progress, look.trouble)
        except (AuthError, ContactLostError) as error:
            followed.trouble = error.problem
            self.tell_error(error, "Following stopped: ")
        else:
            followed.ended = True
            self.journal.judge(followed.attempt_id, followed.progress)
            tell_verdict(self.log, followed)
        self.changed(Change.JOBS)

    def _take_look(self, followed: FollowedTask, seen: TaskProgress, trouble: CommvaultError | None) -> None:
        for before, now in zip(followed.progress.jobs, seen.jobs, strict=True):
            if before.status != now.status:
                severity = Severity.ERROR if now.ending.is_failure else Severity.INFO
                reason = f": {now.summary.pending_reason}" if now.summary and now.summary.pending_reason else ""
                self.log.add(severity, f"job {now.job_id} {now.path}: {now.status}{reason}")
        if trouble is None:
            followed.as_of = self.clock()
        elif followed.trouble != trouble.problem:
            self.log.add(Severity.WARNING, f"No news of task {followed.outcome.task_id}: {trouble.problem}")
        followed.trouble = trouble.problem if trouble else ""
        followed.progress = seen
        self.changed(Change.JOBS)
