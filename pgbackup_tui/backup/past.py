"""Backups that were taken before: what the CommServe's list of jobs says of each subclient."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from pgbackup_tui.backup.verdict import Ending, ending
from pgbackup_tui.commserve.wire import JobSummary, Listing
from pgbackup_tui.estate.model import Subclient

HISTORY_SECONDS = 35 * 86_400
"""How far back earlier backups are looked for: a monthly full is among them."""


class JobHistory(Protocol):
    """Where the jobs of some clients are listed; ``commserve.Jobs`` is one."""

    async def listing(self, *, look_back: int = ..., client_ids: Collection[int] = ...) -> Listing[JobSummary]: ...


@dataclass(frozen=True, slots=True)
class PastBackup:
    """One job of a subclient, running ones too. Words are raw; times in UNIX seconds by the CommServe's clock."""

    job_id: int
    subclient_id: int
    level: str
    """As it ran."""
    status: str
    started: int
    ended: int
    """0 while it runs."""
    size_bytes: int

    @property
    def ending(self) -> Ending:
        return ending(self.status)

    @property
    def is_full(self) -> bool:
        """Whether it holds everything; a synthetic full does."""
        return "full" in self.level.casefold()

    @property
    def seconds(self) -> int | None:
        """How long it took; None where that is not known."""
        return self.ended - self.started if 0 < self.started <= self.ended else None

    def is_good(self, *, warnings_are_partial: bool = False) -> bool:
        """Whether it completed with all of the data."""
        return self.ending is Ending.COMPLETED or (self.ending is Ending.WARNINGS and not warnings_are_partial)


Past = Mapping[int, tuple[PastBackup, ...]]
"""The backups of each subclient, by its id, the last started first."""


async def read_past(jobs: JobHistory, subclients: Iterable[Subclient]) -> Past:
    """The earlier backups of these subclients, and of others of their clients. Raises CommvaultError."""
    clients = sorted({found.client_id for found in subclients})
    return by_subclient((await jobs.listing(look_back=HISTORY_SECONDS, client_ids=clients)).rows)


def by_subclient(jobs: Iterable[JobSummary]) -> Past:
    """The backups of each subclient that any job says it is of, the last started first."""
    found: defaultdict[int, dict[int, PastBackup]] = defaultdict(dict)
    for job in jobs:
        if job.subclient is not None and job.subclient.subclient_id > 0:
            found[job.subclient.subclient_id][job.job_id] = _past(job, job.subclient.subclient_id)
    return {
        number: tuple(sorted(backups.values(), key=lambda one: (one.started, one.job_id), reverse=True))
        for number, backups in found.items()
    }


def _past(job: JobSummary, subclient_id: int) -> PastBackup:
    return PastBackup(
        job.job_id,
        subclient_id,
        job.backup_level_name,
        job.status,
        job.job_start_time,
        job.job_end_time if ending(job.status).is_final else 0,
        max(0, job.size_of_application),
    )
