"""What the answer to a CreateTask, or its absence, says of whether backups were started."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from pgbackup_tui.commserve.answer import Answer, ServerError, find_server_error


class OutcomeKind(StrEnum):
    """What became of one CreateTask."""

    ACCEPTED = "accepted"
    """The CommServe named at least one job."""
    REJECTED = "rejected"
    """The CommServe said no, in its own words: nothing was started."""
    NOT_SENT = "not_sent"
    """No byte of the request can have reached the server."""
    UNKNOWN = "unknown"
    """It may have been started, or not."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one CreateTask, and the words for it."""

    kind: OutcomeKind
    task_id: int | None = None
    job_ids: tuple[int, ...] = ()
    http_status: int | None = None
    code: int | None = None
    """The CommServe's errorCode."""
    message: str = ""
    """The server's own words where it gave any, else what happened. Raw."""
    advice: str = ""

    @property
    def is_accepted(self) -> bool:
        """Whether the CommServe named its jobs."""
        return self.kind is OutcomeKind.ACCEPTED

    @property
    def is_unknown(self) -> bool:
        """Whether nobody knows what the CommServe did."""
        return self.kind is OutcomeKind.UNKNOWN


def classify(answer: Answer) -> Outcome:
    """Reads the answer to a CreateTask.

    Accepted: status 200, a JSON object, no errorCode but 0, at least one positive job id. Rejected: the CommServe's
    own refusal, that is its error object, errorCode included, with 200, 4xx or 500 and without a job, or 400 with
    its JSON string. Words without an errorCode may be a gateway's.
    Everything else may come from something between here and the CommServe, and says nothing of what the CommServe
    did; job ids that stand in it are kept for looking.
    """
    payload = answer.payload()
    error = find_server_error(payload)
    named = payload if isinstance(payload, dict) else {}
    job_ids, task_id = _job_ids(named), _positive(named.get("taskId"))
    unknown = Outcome(
        OutcomeKind.UNKNOWN,
        task_id,
        job_ids,
        answer.status,
        error.code if error else None,
        advice=LOOK_BEFORE_AGAIN,
    )
    if error is not None and (job_ids or task_id):
        words = f"The answer names jobs or a task and an error at the same time: {error.message}"
        return replace(unknown, message=words)
    if error is not None and error.code and is_refusal(answer.status):
        return _rejected(answer.status, error)
    if answer.status == 400 and isinstance(payload, str):
        return _rejected(400, ServerError(None, payload))
    if answer.status == 200 and isinstance(payload, dict) and error is None:
        if job_ids:
            return Outcome(OutcomeKind.ACCEPTED, task_id=task_id, job_ids=job_ids, http_status=200)
        return replace(unknown, message="The answer names no job.")
    if 300 <= answer.status < 400:
        where = answer.location or "an address that it does not name"
        return replace(unknown, message=f"The request was redirected to {where}; redirects are not followed.")
    words = f"The answer, HTTP {answer.status}, is not the one of a CommServe that took the task: {answer.words()}"
    return replace(unknown, message=words)


def is_refusal(status: int) -> bool:
    """Whether the CommServe's error object with this HTTP status is its own refusal."""
    return status in (200, 500) or (400 <= status < 500 and status != 408)


def _job_ids(payload: dict[str, object]) -> tuple[int, ...]:
    named = payload.get("jobIds")
    listed = named if isinstance(named, list) else []
    return tuple(dict.fromkeys(filter(None, map(_positive, listed))))


def _rejected(status: int, error: ServerError) -> Outcome:
    return Outcome(
        OutcomeKind.REJECTED,
        http_status=status,
        code=error.code,
        message=error.message or f"refused without a word (HTTP {status})",
        advice=_REJECTION_ADVICE.get(
            status, "Nothing was started. Correct what the CommServe names, then ask again."
        ),
    )


_REJECTION_ADVICE = {
    401: "Nothing was started. Sign in again, or give a token that is still valid.",
    403: "Nothing was started. Leave that client out, or have the right granted to the token's user.",
    500: "Nothing was started. Check that these subclients are enabled and have a plan or storage policy.",
}

LOOK_BEFORE_AGAIN = (
    "Backups may be running, or may have run already. Look at the CommServe's active and recent jobs "
    "(pgbackup-tui jobs --all) before asking again."
)


def _positive(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63:
        return value
    return None
