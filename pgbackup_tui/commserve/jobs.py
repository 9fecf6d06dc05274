"""Jobs of a CommServe: their state, what can be done to them, and what they left in the event log."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from pgbackup_tui.commserve.answer import Answer
from pgbackup_tui.commserve.delivery import Delivery
from pgbackup_tui.commserve.errors import ApiError, AuthError, CommvaultError, ProtocolError
from pgbackup_tui.commserve.rows import read_member, read_rows
from pgbackup_tui.commserve.wire import DamagedRow, DetailedJob, EventRow, JobRow, JobSummary, Listing

if TYPE_CHECKING:
    from pgbackup_tui.commserve.session import Session

_PAGE = 500
_MOST_PAGES = 200
FEW = 3
"""Up to so many jobs are asked for one by one; more, by one listing."""
_MOST_SINGLE = 20
"""Jobs that one look asks for one by one, after a listing that left them out."""
_BUSY = (429, 503)
_LONGEST_LOOK_BACK = 7 * 24 * 3600
LONGEST_HISTORY = 90 * 24 * 3600
"""Seconds: how far back the backups of named clients are looked for, at most."""


class JobAction(StrEnum):
    """What can be done to a job; the values are the API's own words."""

    SUSPEND = "pause"
    RESUME = "resume"
    KILL = "kill"


@dataclass(slots=True)
class JobsRead:
    """What one look at some jobs told."""

    jobs: dict[int, JobSummary] = field(default_factory=dict)
    """By job id; a job that the CommServe doesn't know is in neither."""
    failures: dict[int, CommvaultError] = field(default_factory=dict)
    """Jobs that could not be read, and why; they hide nothing of the others."""
    unasked: set[int] = field(default_factory=set)
    """Jobs that this look left for the next one, because a listing left out too many."""
    requests: int = 1
    """How many requests it took."""


class Jobs:
    """The jobs of one CommServe. Reads may be asked again; actions are sent once."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def by_id(self, job_ids: Collection[int], *, look_back: int = 24 * 3600, few: int = FEW) -> JobsRead:
        """The jobs asked for: up to ``few`` by id, many by one listing.

        ``look_back`` is how long ago (seconds) the oldest may have finished. A job that the listing leaves out is
        asked for by its id before it counts as unknown, a few in each look. Raises AuthError; and, where no job at
        all could be read, the first one's failure.
        """
        read = JobsRead(requests=0)
        if len(job_ids) > few:
            await self._from_listing(set(job_ids), look_back, read)
        missing = [job_id for job_id in job_ids if job_id not in read.jobs]
        most = few if read.requests == 0 else _MOST_SINGLE
        read.unasked.update(missing[most:])
        for position, job_id in enumerate(missing[:most], start=1):
            await self._read_one(job_id, read)
            if _is_busy(read.failures.get(job_id)) or (not read.jobs and len(read.failures) > FEW):
                read.unasked.update(missing[position:])  # asking for each of many would only take long
                break
        if read.failures and not read.jobs:
            raise next(iter(read.failures.values()))
        return read

    async def _read_one(self, job_id: int, read: JobsRead) -> None:
        read.requests += 1
        try:
            job = await self.one(job_id)
        except AuthError:
            raise
        except CommvaultError as error:
            read.failures[job_id] = error
        else:
            if job is not None:
                read.jobs[job_id] = job

    async def one(self, job_id: int) -> JobSummary | None:
        """One job, or None where the CommServe has none of this id."""
        answer = await self._session.ask("GET", f"Job/{job_id}")
        listing = _job_rows(answer)
        if listing.damaged:
            raise ProtocolError(f"Job {job_id} can't be read: {listing.damaged[0].reason}")
        return next((job for job in listing.rows if job.job_id == job_id), None)

    async def listing(
        self,
        *,
        look_back: int = 24 * 3600,
        active_only: bool = False,
        stop_when_found: Iterable[int] = (),
        client_ids: Collection[int] = (),
    ) -> Listing[JobSummary]:
        """Backup jobs, newest first, paged to the end, or until all of ``stop_when_found`` were seen.

        ``client_ids`` are the clients whose jobs are wanted; without any, all clients'.
        ``POST Jobs`` is a read (sdk:job.py). Its defaults lie in wait: 20 rows, 5 hours. Raises ProtocolError for a
        listing that never ends.
        """
        missing = set(stop_when_found)
        stops = bool(missing)
        jobs: dict[int, JobSummary] = {}
        damaged: list[DamagedRow] = []
        offset = 0
        for page_number in range(1, _MOST_PAGES + 1):
            answer = await self._session.ask(
                "POST", "Jobs", content=_listing_body(offset, look_back, active_only, client_ids)
            )
            page = _job_rows(answer)
            jobs.update((job.job_id, job) for job in page.rows)
            damaged.extend(page.damaged)
            missing.difference_update(job.job_id for job in page.rows)
            total = read_member(answer.fields(), "totalRecordsWithoutPaging", int)
            read = len(page.rows) + len(page.damaged)
            offset += read
            if not read or (total is not None and offset >= total) or (stops and not missing):
                return Listing(tuple(jobs.values()), tuple(damaged), page_number)
        raise ProtocolError(f"The list of jobs does not end after {_MOST_PAGES * _PAGE:,} rows.")

    async def description(self, job_id: int) -> str:
        """The words that the job was started with; empty where the CommServe doesn't give them back.

        Raises AuthError and TransportError; what the CommServe won't or can't say is empty too.
        """
        content = msgspec.json.encode({"jobId": job_id})
        answer = await self._session.ask("POST", "JobDetails", content=content)
        try:
            job = read_member(answer.fields(), "job", DetailedJob)
        except (ApiError, ProtocolError):
            return ""
        info = job.job_detail.general_info if job and job.job_detail else None
        return info.job_description if info else ""

    async def events(self, job_id: int) -> Listing[EventRow]:
        """The events that a job left, in the CommServe's order."""
        answer = await self._session.ask("GET", "Events", params={"jobId": job_id})
        return read_rows(answer.fields(), "commservEvents", EventRow)

    async def act(self, job_id: int, action: JobAction, delivery: Delivery) -> Answer:
        """Asks to suspend, resume or kill a job, at most once; backup/ says what the answer means.

        Raises TransportError or ProtocolError where no whole answer came: ``delivery`` tells whether it was sent.
        """
        return await self._session.post_once(f"Job/{job_id}/action/{action.value}", b"", delivery)

    async def resubmit(self, job_id: int, delivery: Delivery) -> Answer:
        """Asks for a backup like that of a job that has ended, as a new job; else as :meth:`act`."""
        return await self._session.post_once(f"Job/{job_id}/action/Resubmit", b"", delivery)

    async def _from_listing(self, wanted: set[int], look_back: int, read: JobsRead) -> None:
        """Reads the jobs that a listing has; none where it is refused, since single jobs may be allowed."""
        try:
            listed = await self.listing(look_back=look_back, stop_when_found=wanted)
        except (ApiError, ProtocolError) as error:
            read.requests += 1
            if _is_busy(error):
                raise
            return
        read.requests += listed.requests
        read.jobs.update((job.job_id, job) for job in listed.rows if job.job_id in wanted)


def _is_busy(error: CommvaultError | None) -> bool:
    """Whether the server wants to be left alone for a while: asking otherwise would only add to it."""
    return error is not None and (
        error.retry_after is not None or (isinstance(error, ApiError) and error.status in _BUSY)
    )


def _listing_body(offset: int, look_back: int, active_only: bool, client_ids: Collection[int]) -> bytes:
    longest = LONGEST_HISTORY if client_ids else _LONGEST_LOOK_BACK
    return msgspec.json.encode(
        {
            "scope": 1,
            "category": 1 if active_only else 0,
            "pagingConfig": {"sortDirection": 1, "sortField": "jobId", "offset": offset, "limit": _PAGE},
            "jobFilter": {
                "completedJobLookupTime": min(look_back, longest),
                "showAgedJobs": False,
                "jobTypeList": ["Backup"],
                **({"clientList": [{"clientId": number} for number in client_ids]} if client_ids else {}),
            },
        }
    )


def _job_rows(answer: Answer) -> Listing[JobSummary]:
    listing = read_rows(answer.fields(), "jobs", JobRow)
    return Listing(tuple(row.job_summary for row in listing.rows), listing.damaged)
