"""The one place where a backup is started: checked, written down, one POST, and what became of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from pgbackup_tui.backup.attempt import Attempt
from pgbackup_tui.backup.guard import (
    JobList,
    own_jobs,
    require_idle,
    require_not_resubmitted,
    require_settled,
    retried,
)
from pgbackup_tui.backup.journal.journal import Journal, NoJournalError
from pgbackup_tui.backup.outcome import LOOK_BEFORE_AGAIN, Outcome, OutcomeKind, classify
from pgbackup_tui.backup.task import BackupTask, encode, request_body
from pgbackup_tui.backup.where import Where
from pgbackup_tui.commserve.answer import Answer
from pgbackup_tui.commserve.delivery import Delivery
from pgbackup_tui.commserve.errors import CommvaultError
from pgbackup_tui.errors import PathError

GRACE_SECONDS = 10.0
"""How long a request in flight may still be answered once the program is told to end."""
_STOPPED = "The program was stopped before the answer was read."


class Jobs(JobList, Protocol):
    """Where jobs are listed, and started again; ``commserve.Jobs`` is one."""

    async def resubmit(self, job_id: int, delivery: Delivery) -> Answer: ...


class TaskDoor(Protocol):
    """Where tasks are handed in; ``CommServe`` is one."""

    @property
    def jobs(self) -> Jobs: ...

    @property
    def patience(self) -> float: ...

    def server_time(self) -> float | None: ...

    async def create_task(self, body: bytes, delivery: Delivery) -> Answer: ...


def _ignore(_: object) -> None:
    """For whoever does not want to be told."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Whom :func:`submit` tells what happens, besides what it returns."""

    intended: Callable[[], None] = lambda: None
    """The request is about to be sent: from here on somebody has to learn what became of it."""
    concluded: Callable[[Outcome], None] = _ignore
    """What became of it; also when the program is stopped in flight."""
    warned: Callable[[str], None] = _ignore
    """Something a person should know."""
    waiting: Callable[[float], None] = _ignore
    """The program was told to end, and waits so many seconds for the answer first."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One decision to start a backup, and where it is written down."""

    task: BackupTask
    attempt: Attempt
    where: Where
    journal: Journal
    shown: Collection[int] = ()
    """Ids of running jobs on these subclients that a person was shown, and went on all the same."""
    listener: Listener = field(default_factory=Listener)
    grace: float = GRACE_SECONDS


async def submit(door: TaskDoor, asked: Submission) -> Outcome:
    """Sends the task, once, and returns what became of it; nothing that a server does makes it raise after that.

    Before: raises RefusedHereError (an unsettled attempt, a running job, a lock, no journal) and CommvaultError
    (nobody answers); nothing was sent then. Once the intent is on the disk, the outcome follows it there, also when
    this is cancelled in flight: whoever started a backup has to be able to learn that nobody knows.
    """
    task, journal = asked.task, asked.journal
    ids = [chosen.subclient_id for chosen in task.subclients]
    try:
        with journal.locks.hold(asked.where.origin, ids, asked.attempt.attempt_id):
            known = journal.read()
            require_settled(known, asked.where, task)
            require_not_resubmitted(known, asked.where, task)
            before = await require_idle(door.jobs, task, asked.shown, own_jobs(known, asked.where, task))
            if before.untold:
                asked.listener.warned(before.untold)
            body = _body(asked)
            journal.intend(
                asked.attempt,
                task,
                asked.where,
                body,
                server_time=door.server_time(),
                patience=door.patience,
                retry_of=retried(known, asked.where, task),
                jobs_before=before.job_ids,
            )
            asked.listener.intended()
            return await _send(door, body, asked)
    except PathError as error:
        raise NoJournalError(f"Not sent: {error.problem}", error.advice) from error


def _body(asked: Submission) -> bytes:
    """What is posted. A resubmit has no body, so that its job can't carry the attempt's id."""
    task = asked.task
    if task.resubmits is not None:
        return b""
    return encode(request_body(task, asked.attempt.description(task.options.ticket)))


def _post(door: TaskDoor, task: BackupTask, body: bytes, delivery: Delivery) -> Coroutine[Any, Any, Answer]:
    if task.resubmits is not None:
        return door.jobs.resubmit(task.resubmits, delivery)
    return door.create_task(body, delivery)


async def _send(door: TaskDoor, body: bytes, asked: Submission) -> Outcome:
    delivery = Delivery()
    posting = asyncio.ensure_future(_post(door, asked.task, body, delivery))
    try:
        outcome = classify(await asyncio.shield(posting))
    except CommvaultError as error:
        outcome = without_answer(delivery, error.problem, error.advice)
    except BaseException as stop:
        _conclude(asked, await _after(stop, posting, delivery, asked))
        raise
    _conclude(asked, outcome)
    return outcome


async def _after(
    stop: BaseException, posting: asyncio.Future[Answer], delivery: Delivery, asked: Submission
) -> Outcome:
    """The outcome of a request during which the program was told to end; its answer is waited for a moment."""
    stopped = without_answer(delivery, _STOPPED, "")
    if not isinstance(stop, asyncio.CancelledError) or posting.cancelled():
        posting.cancel()
        return stopped
    asked.listener.waiting(asked.grace)
    with contextlib.suppress(asyncio.CancelledError):  # told twice: not a moment longer
        await asyncio.wait({posting}, timeout=asked.grace)
    if not posting.done() or posting.cancelled():
        posting.cancel()
        return without_answer(delivery, _STOPPED, "")
    error = posting.exception()
    if error is None:
        return classify(posting.result())
    problem, advice = (error.problem, error.advice) if isinstance(error, CommvaultError) else (_STOPPED, "")
    return without_answer(delivery, problem, advice)


def _conclude(asked: Submission, outcome: Outcome) -> None:
    trouble = asked.journal.conclude(asked.attempt, asked.task, outcome)
    asked.listener.concluded(outcome)
    if trouble:
        asked.listener.warned(trouble)


def without_answer(delivery: Delivery, problem: str, advice: str) -> Outcome:
    """The outcome of a request whose answer did not come."""
    if delivery.never_sent:
        return Outcome(OutcomeKind.NOT_SENT, message=problem, advice=advice)
    return Outcome(OutcomeKind.UNKNOWN, message=problem, advice=LOOK_BEFORE_AGAIN)
