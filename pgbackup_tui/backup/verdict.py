"""Go or no-go: what the state of its jobs means for the task, in one word."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, StrEnum


class Verdict(StrEnum):
    """The word for a whole task."""

    GO = "go"
    """Every job is Completed, warnings included unless a profile makes them partial."""
    NO_GO = "no_go"
    """A job failed, was killed, or never started."""
    PARTIAL = "partial"
    """A job ended with errors, or was committed: some of the data is not in the backup."""
    UNDECIDED = "undecided"
    """Jobs are not finished, or their state is not known."""


class Ending(Enum):
    """What the status of one job says of its end."""

    OPEN = "not ended"
    COMPLETED = "completed"
    WARNINGS = "completed with warnings"
    PARTIAL = "ended with less than all of the data"
    FAILED = "no backup"

    @property
    def is_final(self) -> bool:
        return self is not Ending.OPEN

    @property
    def is_failure(self) -> bool:
        return self is Ending.FAILED

    @property
    def has_backup(self) -> bool:
        """Whether it left a backup, of all of the data or of some."""
        return self in (Ending.COMPLETED, Ending.WARNINGS, Ending.PARTIAL)


def ending(status: str) -> Ending:
    """Reads a job's status, in any case of letters.

    The words are those of Commvault's own connectors and of qlist job. A word that is not known is no end, so that
    it can't become a false success; "Completed" with a supplement that is not known is partial.
    """
    words = " ".join(status.casefold().split())
    if words == "completed":
        return Ending.COMPLETED
    if words.startswith("completed") and "warning" in words and "error" not in words:
        return Ending.WARNINGS
    if words.startswith(("completed", "committed")):
        return Ending.PARTIAL
    if "pending" in words:
        return Ending.OPEN
    if any(word in words for word in ("failed", "killed", "no run", "no_run", "skipped", "aborted")):
        return Ending.FAILED
    return Ending.OPEN


def judge(endings: Iterable[Ending], *, never_started: int, unmatched: int = 0) -> Verdict:
    """The verdict for a task with these jobs.

    ``never_started`` is how many associations certainly got no job, ``unmatched`` how many others have no job that
    says it is theirs: as long as there are any, it can't be a go.
    """
    seen = set(endings)
    if never_started or Ending.FAILED in seen:
        return Verdict.NO_GO
    if Ending.OPEN in seen or not seen or unmatched:
        return Verdict.UNDECIDED
    if Ending.PARTIAL in seen:
        return Verdict.PARTIAL
    return Verdict.GO
