"""Jobs of a CommServe: their state, what can be done to them, and what they left in the event log."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from pgbackup_tui.commserve.answer import Answer
from pgbackup_tui.commserve.delivery import Delivery
from pgbackup_tui.commserve.errors import ApiError, ProtocolError
from pgbackup_tui.commserve.session import Session
from pgbackup_tui.commserve.wire import (
    DamagedRow,
    EventRow,
    JobRow,
    JobSummary,
    Listing,
    read_member,
    read_rows,
)

_PAGE = 200
_FEW = 3
"""Up to so many jobs are asked for one by one; more, by one listing."""
_LONGEST_LOOK_BACK = 7 * 24 * 3600


class JobAction(StrEnum):
    """What can be done to a job; the values are the API's own words."""

    SUSPEND = "pause"
    RESUME = "resume"
    KILL = "kill"
    RESUBMIT = "Resubmit"


@dataclass(frozen=True, slots=True)
class Resubmitted:
    """The job that a Resubmit made."""

    job_id: int


class Jobs:
    """The jobs of one CommServe. Reads may be asked again; actions are sent once."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def by_id(self, job_ids: Collection[int], *, look_back: int = 24 * 3600) -> dict[int, JobSummary]:
        """The jobs asked for, as far as the CommServe knows them: a few by id, many by one listing.

        ``look_back`` is how long ago (seconds) the oldest may have finished. A job that the listing leaves out is
        asked for by its id before it counts as unknown.
        """
        found: dict[int, JobSummary] = {}
        if len(job_ids) > _FEW:
            wanted = set(job_ids)
            listed = await self.listing(look_back=look_back, stop_when_found=wanted)
            found = {job.job_id: job for job in listed.rows if job.job_id in wanted}
        for job_id in job_ids:
            if job_id not in found:
                job = await self.one(job_id)
                if job is not None:
                    found[job_id] = job
        return found

    async def one(self, job_id: int) -> JobSummary | None:
        """One job, or None where the CommServe has none of this id."""
        answer = await self._session.ask("GET", f"Job/{job_id}")
        listing = _job_rows(answer)
        if listing.damaged:
            raise ProtocolError(f"Job {job_id} can't be read: {listing.damaged[0].reason}")
        return next((job for job in listing.rows if job.job_id == job_id), None)

    async def listing(
        self, *, look_back: int = 24 * 3600, active_only: bool = False, stop_when_found: Iterable[int] = ()
    ) -> Listing[JobSummary]:
        """Jobs, newest first, paged to the end, or until all of ``stop_when_found`` were seen.

        ``POST Jobs`` is a read (sdk:job.py). Its defaults lie in wait: 20 rows, 5 hours.
        """
        missing = set(stop_when_found)
        stops = bool(missing)
        jobs: dict[int, JobSummary] = {}
        damaged: list[DamagedRow] = []
        offset = 0
        while True:
            answer = await self._session.ask("POST", "Jobs", content=_listing_body(offset, look_back, active_only))
            page = _job_rows(answer)
            new = [job for job in page.rows if job.job_id not in jobs]
            jobs.update((job.job_id, job) for job in new)
            damaged.extend(page.damaged)
            missing.difference_update(job.job_id for job in new)
            total = read_member(answer.fields(), "totalRecordsWithoutPaging", int)
            offset += len(page.rows) + len(page.damaged)
            last_page = not new or (total is not None and offset >= total)
            if last_page or (stops and not missing):
                return Listing(tuple(jobs.values()), tuple(damaged))

    async def events(self, job_id: int) -> Listing[EventRow]:
        """The events that a job left, in the CommServe's order."""
        answer = await self._session.ask("GET", "Events", params={"jobId": job_id})
        return read_rows(answer.fields(), "commservEvents", EventRow)

    async def act(self, job_id: int, action: JobAction, delivery: Delivery | None = None) -> Resubmitted | None:
        """Suspends, resumes, kills or resubmits a job; a Resubmitted tells the new job. Sent at most once.

        Raises ApiError with the CommServe's own words where it refuses, for instance a kill of a finished job.
        """
        answer = await self._session.post_once(f"Job/{job_id}/action/{action.value}", b"", delivery)
        if not answer.body.strip() and 200 <= answer.status < 300:
            return None
        fields = answer.fields()
        if action is not JobAction.RESUBMIT:
            return None
        ids = read_member(fields, "jobIds", list[int]) or []
        if not ids:
            raise ApiError(
                "The CommServe took the resubmit but named no new job.",
                "Look at the CommServe's active jobs before trying again.",
                status=answer.status,
                code=None,
                message="",
            )
        return Resubmitted(ids[0])


def _listing_body(offset: int, look_back: int, active_only: bool) -> bytes:
    return msgspec.json.encode(
        {
            "scope": 1,
            "category": 1 if active_only else 0,
            "pagingConfig": {"sortDirection": 1, "sortField": "jobId", "offset": offset, "limit": _PAGE},
            "jobFilter": {
                "completedJobLookupTime": min(look_back, _LONGEST_LOOK_BACK),
                "showAgedJobs": False,
                "jobTypeList": ["Backup"],
            },
        }
    )


def _job_rows(answer: Answer) -> Listing[JobSummary]:
    listing = read_rows(answer.fields(), "jobs", JobRow)
    return Listing(tuple(row.job_summary for row in listing.rows), listing.damaged)
