"""What ``doctor`` finds: one line each, with what mends it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pgbackup_tui.commands.exits import ExitStatus, of_error
from pgbackup_tui.errors import PgBackupError


class Verdict(StrEnum):
    """How bad it is."""

    OK = "ok"
    NOTE = "note"
    """Worth knowing; there is a way around it."""
    PROBLEM = "problem"
    """Commands will fail for it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    verdict: Verdict
    words: str
    cure: str = ""
    """What mends it, with the exact command; empty where nothing is to be done."""
    status: ExitStatus = ExitStatus.DONE
    """Of a problem: what a command ends with for it."""

    def as_json(self) -> dict[str, object]:
        """As ``doctor --json`` prints it."""
        return {"what": self.subject, "verdict": self.verdict, "found": self.words, "cure": self.cure or None}


def of_failure(subject: str, error: PgBackupError) -> Finding:
    """A problem, from the error that a command would end with."""
    return Finding(subject, Verdict.PROBLEM, error.problem, error.advice, of_error(error))
