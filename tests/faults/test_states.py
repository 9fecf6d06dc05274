"""A state machine over pressing, answers, crashes, restarts, a second process, looking and declaring.

The CommServe here is a list in memory, so that it can also do what no socket fault does: make a job a minute after
the answer was lost, because the request had waited in a proxy's queue.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from unittest.mock import patch

import httpcore
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pgbackup_tui.backup.attempt import Attempt
from pgbackup_tui.backup.journal import locks, writing
from pgbackup_tui.backup.journal.attempts import KnownAttempt, Standing
from pgbackup_tui.backup.journal.journal import Journal
from pgbackup_tui.backup.journal.processes import Author
from pgbackup_tui.backup.journal.records import NotStarted
from pgbackup_tui.backup.outcome import Outcome, OutcomeKind
from pgbackup_tui.backup.reconcile import look, waits_for
from pgbackup_tui.backup.submit import Submission, submit
from pgbackup_tui.backup.task import BackupOptions, BackupTask, Level, compose
from pgbackup_tui.backup.where import Where
from pgbackup_tui.commserve.answer import Answer
from pgbackup_tui.commserve.delivery import Delivery
from pgbackup_tui.commserve.errors import TransportError
from pgbackup_tui.commserve.jobs import JobsRead
from pgbackup_tui.commserve.wire import JobSubclient, JobSummary, JobUser, Listing
from pgbackup_tui.errors import PgBackupError
from tests.faults.rig import BEGIN, PATIENCE, USER
from tests.unit.estates import subclient

EXAMPLES, STEPS = 60, 30
JOB_SECONDS = 1000.0
SUBCLIENTS = [subclient(number) for number in (1, 2, 3)]
HERE = Where("https://cs.example.com", USER)


class Way(StrEnum):
    """How one CreateTask goes."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_SENT = "not sent"
    LOST_AND_MADE = "answer lost, job made"
    LOST_AND_MADE_LATER = "answer lost, job made a minute later"
    LOST_AND_NOT_MADE = "answer lost, no job"
    CRASH_BEFORE = "crash before the request"
    CRASH_AFTER = "crash after the request, job made"


class CrashError(BaseException):
    """The process is gone: nothing that it would have done afterwards happens."""


@dataclass(slots=True)
class Made:
    """A job of the CommServe's."""

    job_id: int
    subclient_id: int
    start: float
    description: str


@dataclass(slots=True)
class CommServeInMemory:
    """Takes tasks the way it is told, and lists its jobs."""

    gives_descriptions: bool
    now: float = BEGIN
    way: Way = Way.ACCEPTED
    made: list[Made] = field(default_factory=list)
    posts: Counter[str] = field(default_factory=Counter)
    patience: float = PATIENCE

    @property
    def jobs(self) -> CommServeInMemory:
        return self

    def server_time(self) -> float:
        return self.now

    async def resubmit(self, job_id: int, delivery: Delivery) -> Answer:
        raise AssertionError("nothing is resubmitted here")

    async def create_task(self, body: bytes, delivery: Delivery) -> Answer:
        delivery.begin()
        await delivery("connection.connect_tcp.started", {})
        if self.way is Way.NOT_SENT:
            raise TransportError("refused")
        if self.way is Way.CRASH_BEFORE:
            raise CrashError
        await delivery("http11.send_request_headers.started", {"request": httpcore.Request(b"POST", HERE.origin)})
        info = json.loads(body)["taskInfo"]
        description = info["subTasks"][0]["options"]["commonOpts"]["jobDescription"]
        self.posts[description.split()[1]] += 1
        if self.way is Way.REJECTED:
            return Answer("POST CreateTask", 403, "", b'{"errorCode": 5, "errorMessage": "no"}')
        delay = 60.0 if self.way is Way.LOST_AND_MADE_LATER else 0.0
        ids = []
        if self.way is not Way.LOST_AND_NOT_MADE:
            for association in info["associations"]:
                ids.append(str(len(self.made) + 1))
                self.made.append(Made(int(ids[-1]), association["subclientId"], self.now + delay, description))
        if self.way is Way.CRASH_AFTER:
            raise CrashError
        if self.way is Way.ACCEPTED:
            return Answer("POST CreateTask", 200, "", json.dumps({"taskId": 1, "jobIds": ids}).encode())
        raise TransportError("cut")

    async def listing(self, *, look_back: int = 0, active_only: bool = False) -> Listing[JobSummary]:
        return Listing(tuple(self._summary(job) for job in self.made if job.start <= self.now))

    async def by_id(self, job_ids: Collection[int], *, look_back: int = 0) -> JobsRead:
        listed = (await self.listing()).rows
        return JobsRead({job.job_id: job for job in listed if job.job_id in job_ids})

    async def description(self, job_id: int) -> str:
        found = next(job for job in self.made if job.job_id == job_id)
        return found.description if self.gives_descriptions else ""

    def _summary(self, job: Made) -> JobSummary:
        end = job.start + JOB_SECONDS
        return JobSummary(
            job.job_id,
            "Completed" if end <= self.now else "Running",
            subclient=JobSubclient(subclient_id=job.subclient_id),
            backup_level_name="Full",
            job_start_time=int(job.start),
            job_end_time=int(end) if end <= self.now else 0,
            user_name=JobUser(USER),
        )


class MortalJournal(Journal):
    """The journal of a process that writes nothing once it has crashed."""

    is_dead = False

    def conclude(self, attempt: Attempt, task: BackupTask, outcome: Outcome) -> str:
        return "" if self.is_dead else super().conclude(attempt, task, outcome)


class Submitting(RuleBasedStateMachine):
    """Two processes of one engineer, any of which may crash, and a CommServe that may lose any answer."""

    @initialize(gives_descriptions=st.booleans())
    def begin(self, gives_descriptions: bool) -> None:
        self.state = Path(tempfile.mkdtemp(prefix="states-"))
        self.commserve = CommServeInMemory(gives_descriptions)
        self.numbers, self.pids = itertools.count(1), itertools.count(100)
        self.dead: set[int] = set()
        self.processes = [self.process(), self.process()]
        self.shown: dict[str, tuple[int, ...]] = {}
        self.patches = ExitStack()
        is_gone = property(lambda author: author.pid in self.dead)
        self.patches.enter_context(patch.object(Author, "is_gone", is_gone))
        for module in (writing, locks):
            self.patches.enter_context(patch.object(module, "this_process", lambda: self.acting))

    def process(self) -> tuple[Author, MortalJournal]:
        """A process that starts now."""
        return Author("here", "jane", 1, next(self.pids)), MortalJournal(self.state)

    def teardown(self) -> None:
        self.patches.close()
        shutil.rmtree(self.state, ignore_errors=True)

    @rule(
        which=st.integers(0, 1),
        way=st.sampled_from(Way),
        chosen=st.lists(st.sampled_from(SUBCLIENTS), min_size=1, max_size=2, unique=True),
    )
    def press(self, which: int, way: Way, chosen: list[object]) -> None:
        """Somebody presses Start in one of the processes."""
        self.acting, journal = self.processes[which]
        task = compose(
            [found for found in SUBCLIENTS if found in chosen], BackupOptions(Level.FULL), max_subclients=3
        )
        attempt = Attempt(f"20261124T030000-{next(self.numbers):08x}", "jane", "here")
        self.commserve.way = way
        try:
            outcome = asyncio.run(self.hand_in(journal, task, attempt, self.acting.pid))
        except CrashError:
            self.processes[which] = self.process()
        except PgBackupError:
            assert self.commserve.posts[attempt.attempt_id] == 0
        else:
            if outcome.kind is OutcomeKind.ACCEPTED:
                self.shown[attempt.attempt_id] = outcome.job_ids

    async def hand_in(self, journal: MortalJournal, task: BackupTask, attempt: Attempt, pid: int) -> Outcome:
        create = self.commserve.create_task

        async def mortal(body: bytes, delivery: Delivery) -> Answer:
            try:
                return await create(body, delivery)
            except CrashError:
                journal.is_dead = True
                self.dead.add(pid)
                raise

        with patch.object(CommServeInMemory, "create_task", lambda _, body, delivery: mortal(body, delivery)):
            return await submit(self.commserve, Submission(task, attempt, HERE, journal))

    @rule(seconds=st.sampled_from([1.0, 30.0, 61.0, 121.0, 1100.0]))
    def pass_time(self, seconds: float) -> None:
        """The CommServe's time goes on."""
        self.commserve.now += seconds

    @rule(which=st.integers(0, 1))
    def look_at_all(self, which: int) -> None:
        """One of the processes looks for everything that is unknown."""
        self.acting, journal = self.processes[which]
        for attempt in self.unsettled():
            asyncio.run(look(self.commserve, journal, attempt, journal.read()))

    @precondition(lambda self: bool(self.unsettled()))
    @rule(which=st.integers(0, 1))
    def declare(self, which: int) -> None:
        """A person declares an attempt not started, where the program lets them: after a look, enough of them."""
        self.acting, journal = self.processes[which]
        attempt = self.unsettled()[0]
        seen = asyncio.run(look(self.commserve, journal, attempt, journal.read()))
        now = journal.read().attempt(attempt.attempt_id)
        assert now is not None
        if now.unsettled and not seen.to_ask and not waits_for(now):
            journal.note(now.attempt_id, NotStarted(tuple(one.subclient.subclient_id for one in now.unsettled)))

    @rule(which=st.integers(0, 1))
    def restart(self, which: int) -> None:
        """One of the processes is killed between two steps, and started again."""
        self.dead.add(self.processes[which][0].pid)
        self.processes[which] = self.process()

    def unsettled(self) -> list[KnownAttempt]:
        """What nobody knows the end of."""
        return [found for found in Journal(self.state).read().attempts if found.unsettled]

    @invariant()
    def one_decision_is_one_post(self) -> None:
        """I1: no attempt is ever posted twice."""
        assert max(self.commserve.posts.values(), default=0) <= 1

    @invariant()
    def no_subclient_runs_two_backups(self) -> None:
        """I1: what is unknown or running keeps the next from being sent."""
        by_subclient: dict[int, list[Made]] = {}
        for job in sorted(self.commserve.made, key=lambda job: job.start):
            earlier = by_subclient.setdefault(job.subclient_id, [])
            assert all(job.start >= before.start + JOB_SECONDS for before in earlier), (job, earlier)
            earlier.append(job)

    @invariant()
    def nothing_is_made_up_or_denied(self) -> None:
        """I2, I3: what was shown as accepted is there, and what is there was never called not started."""
        known = {found.attempt_id: found for found in Journal(self.state).read().attempts}
        for attempt_id, posted in self.commserve.posts.items():
            jobs = {job.job_id for job in self.commserve.made if attempt_id in job.description}
            assert posted == 0 or attempt_id in known
            assert set(self.shown.get(attempt_id, ())) <= jobs
            found = known[attempt_id]
            assert set(found.job_ids) <= jobs
            if jobs:
                assert found.standing not in (Standing.REJECTED, Standing.NOT_SENT, Standing.NOT_STARTED)


Submitting.TestCase.settings = settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None)
TestSubmitting = Submitting.TestCase
