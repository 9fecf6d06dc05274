"""What is done to a job, once, and what became of it. A resubmit is none of these: it starts a backup."""

from __future__ import annotations

from typing import Protocol

from pgbackup_tui.backup.outcome import Outcome, OutcomeKind, classify, is_refusal
from pgbackup_tui.backup.submit import without_answer
from pgbackup_tui.commserve.answer import Answer
from pgbackup_tui.commserve.delivery import Delivery
from pgbackup_tui.commserve.errors import CommvaultError
from pgbackup_tui.commserve.jobs import JobAction


class JobDoor(Protocol):
    """Where actions on jobs are handed in; ``commserve.Jobs`` is one."""

    async def act(self, job_id: int, action: JobAction, delivery: Delivery) -> Answer: ...


async def act(door: JobDoor, job_id: int, action: JobAction) -> Outcome:
    """Sends the action, once, and returns what became of it."""
    delivery = Delivery()
    try:
        answer = await door.act(job_id, action, delivery)
    except CommvaultError as error:
        return without_answer(delivery, error.problem, error.advice)
    return _classify_action(answer)


def _classify_action(answer: Answer) -> Outcome:
    """Reads the answer to a suspend, resume or kill: success is 2xx, empty or a JSON object without an error.

    Source: sdk:job.py accepts an empty body, ``{}`` and ``{"errorCode": 0}``.
    """
    payload, error = answer.payload(), answer.server_error()
    if error is None and 200 <= answer.status < 300 and (isinstance(payload, dict) or not answer.body.strip()):
        return Outcome(OutcomeKind.ACCEPTED, http_status=answer.status)
    outcome = classify(answer)
    if outcome.kind is OutcomeKind.REJECTED and error is not None and is_refusal(answer.status):
        return Outcome(
            OutcomeKind.REJECTED,
            http_status=answer.status,
            code=error.code,
            message=error.message,
            advice="Nothing was changed. Look at the job's state.",
        )
    return outcome
