"""The one place where a backup is started: one CreateTask, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pgbackup_tui.backup.attempt import Attempt
from pgbackup_tui.backup.outcome import LOOK_BEFORE_AGAIN, Outcome, OutcomeKind, classify
from pgbackup_tui.backup.task import BackupTask, encode, request_body
from pgbackup_tui.commserve.answer import Answer
from pgbackup_tui.commserve.delivery import Delivery
from pgbackup_tui.commserve.errors import CommvaultError


class TaskDoor(Protocol):
    """Where tasks are handed in; ``CommServe`` is one."""

    async def create_task(self, body: bytes, delivery: Delivery) -> Answer: ...


async def submit(door: TaskDoor, task: BackupTask, attempt: Attempt, record: Callable[[Outcome], None]) -> Outcome:
    """Sends the task, once, and returns what became of it; never raises for what the server or the way to it did.

    ``record`` is called with the outcome, also when this is cancelled in flight: whoever started a backup has to be
    able to learn that nobody knows.
    """
    body = encode(request_body(task, attempt.description(task.options.ticket)))
    delivery = Delivery()
    try:
        outcome = classify(await door.create_task(body, delivery))
    except CommvaultError as error:
        outcome = without_answer(delivery, error.problem, error.advice)
    except BaseException:
        record(without_answer(delivery, "The program was stopped before the answer was read.", ""))
        raise
    record(outcome)
    return outcome


def without_answer(delivery: Delivery, problem: str, advice: str) -> Outcome:
    """The outcome of a request whose answer did not come."""
    if delivery.never_sent:
        return Outcome(OutcomeKind.NOT_SENT, message=problem, advice=advice)
    return Outcome(OutcomeKind.UNKNOWN, message=problem, advice=LOOK_BEFORE_AGAIN)
