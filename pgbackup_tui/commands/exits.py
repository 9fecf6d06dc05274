"""The exit statuses, and which error ends with which."""

from __future__ import annotations

from enum import IntEnum

from pgbackup_tui.backup.outcome import Outcome, OutcomeKind
from pgbackup_tui.backup.verdict import Ending, Verdict
from pgbackup_tui.commserve.errors import (
    AddressError,
    ApiError,
    AuthError,
    CommvaultError,
    ProtocolError,
    TransportError,
)
from pgbackup_tui.errors import (
    ClipboardError,
    CredentialError,
    PathError,
    PgBackupError,
    RefusedHereError,
    UsageError,
)
from pgbackup_tui.estate.reading import UnreadableError


class ExitStatus(IntEnum):
    """What the process tells its caller; the README lists them with what to do."""

    DONE = 0
    FAULT = 1
    """A fault of this program."""
    USAGE = 2
    NOT_SENT = 3
    NO_TOKEN = 4
    REJECTED = 5
    UNKNOWN = 6
    NO_GO = 7
    PARTIAL = 8
    TIMEOUT = 9
    REFUSED_HERE = 10
    CONTACT_LOST = 11


_OF_ERROR: tuple[tuple[type[PgBackupError], ExitStatus], ...] = (
    (AddressError, ExitStatus.USAGE),
    (UsageError, ExitStatus.USAGE),
    (CredentialError, ExitStatus.NO_TOKEN),
    (AuthError, ExitStatus.NO_TOKEN),
    (ApiError, ExitStatus.REJECTED),
    (TransportError, ExitStatus.NOT_SENT),
    (ProtocolError, ExitStatus.NOT_SENT),
    (RefusedHereError, ExitStatus.REFUSED_HERE),
    (PathError, ExitStatus.REFUSED_HERE),
    (ClipboardError, ExitStatus.REFUSED_HERE),
    (CommvaultError, ExitStatus.CONTACT_LOST),
)


def of_error(error: PgBackupError) -> ExitStatus:
    """The status for an error that ended a command before anything was sent that changes something."""
    if isinstance(error, UnreadableError):
        return of_error(error.cause)
    return next((status for kind, status in _OF_ERROR if isinstance(error, kind)), ExitStatus.FAULT)


def of_outcome(outcome: Outcome) -> ExitStatus:
    """The status for what became of one request that changes something."""
    if outcome.kind is OutcomeKind.REJECTED and outcome.http_status == 401:
        return ExitStatus.NO_TOKEN
    return _OF_OUTCOME[outcome.kind]


_OF_OUTCOME = {
    OutcomeKind.ACCEPTED: ExitStatus.DONE,
    OutcomeKind.REJECTED: ExitStatus.REJECTED,
    OutcomeKind.NOT_SENT: ExitStatus.NOT_SENT,
    OutcomeKind.UNKNOWN: ExitStatus.UNKNOWN,
}


def of_jobs(
    verdict: Verdict,
    endings: frozenset[Ending],
    *,
    followed: bool = False,
    contact_lost: bool = False,
    timed_out: bool = False,
) -> ExitStatus:
    """The status for jobs that were looked at or followed to their end; where several hold: 7, then 8, 11, 9.

    Followed to their end and still undecided is no success: something was never told.
    """
    contact_lost = contact_lost or (followed and not timed_out and verdict is Verdict.UNDECIDED)
    if verdict is Verdict.NO_GO:
        return ExitStatus.NO_GO
    if Ending.PARTIAL in endings:
        return ExitStatus.PARTIAL
    if contact_lost:
        return ExitStatus.CONTACT_LOST
    if timed_out:
        return ExitStatus.TIMEOUT
    return ExitStatus.DONE
