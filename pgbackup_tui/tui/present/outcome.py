"""What became of a request, in words for the log."""

from __future__ import annotations

from pgbackup_tui.backup.outcome import Outcome, OutcomeKind

HEADS = {
    OutcomeKind.REJECTED: "Rejected by the CommServe",
    OutcomeKind.NOT_SENT: "Not sent",
    OutcomeKind.UNKNOWN: "UNKNOWN whether the backup was started",
}


def facts(outcome: Outcome) -> str:
    """Status and code of an outcome, in brackets; empty where there was no answer."""
    known = [f"HTTP {outcome.http_status}"] if outcome.http_status else []
    known += [f"errorCode {outcome.code}"] if outcome.code is not None else []
    return f" ({', '.join(known)})" if known else ""
