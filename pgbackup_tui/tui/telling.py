"""What the console says in its log of an error, whatever it is about."""

from __future__ import annotations

from pgbackup_tui.commserve.errors import ServerSaidNoError
from pgbackup_tui.errors import PgBackupError
from pgbackup_tui.tui.records import LogStore, Severity


def tell_error(log: LogStore, error: PgBackupError, prefix: str = "") -> None:
    """An error: status, code, the server's own words, and what to do next."""
    known = ""
    if isinstance(error, ServerSaidNoError):
        known = f"HTTP {error.status}" + (f", errorCode {error.code}" if error.code is not None else "") + ": "
    log.add(Severity.ERROR, f"{prefix}{known}{error.problem}")
    tell_advice(log, error.advice)


def tell_advice(log: LogStore, advice: str) -> None:
    """What to do next, where there is something to say."""
    if advice:
        log.add(Severity.INFO, f"→ {advice}")
