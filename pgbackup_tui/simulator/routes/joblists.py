"""Reading jobs: one, a list in three forms, details, events.

The three forms have defaults that lie in wait: GET Job 100 rows and a year, POST Jobs 20 rows and five hours,
Jobs/active everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pgbackup_tui.simulator.errors import NOT_FOUND, bad_request, logged
from pgbackup_tui.simulator.jobs import Job, Status
from pgbackup_tui.simulator.jobshapes import details, events, page, summary, task_details
from pgbackup_tui.simulator.messages import Json, Refusal, Response, json_response, text_response
from pgbackup_tui.simulator.routes.call import LARGEST_NUMBER, Call
from pgbackup_tui.simulator.routes.query import select, sort_key

YEAR = 365 * 86_400
FIVE_HOURS = 18_000
ALL, ACTIVE, FINISHED = 0, 1, 2
CATEGORIES = {"ALL": ALL, "ACTIVE": ACTIVE, "FINISHED": FINISHED}
NEWEST_FIRST = 1
"""sortDirection; 0 is oldest first. Reported of an 11 SP46 CommServe by a public client of the API."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which jobs a list is of. Empty sets leave everything through."""

    category: int = ALL
    ended_since: float = 0.0
    client_ids: frozenset[int] = frozenset()
    statuses: frozenset[str] = frozenset()
    job_types: frozenset[str] = frozenset()
    entity: tuple[tuple[str, int], ...] = ()


def matching(call: Call, wanted: Filter) -> list[int]:
    """Ids of the jobs, newest first. A job itself is looked at only where the filter needs it."""
    if wanted.job_types and "backup" not in wanted.job_types:
        return []
    active = [] if wanted.category == FINISHED else call.world.jobs.active()
    finished: Iterable[int] = () if wanted.category == ACTIVE else _finished(call, wanted)
    ids = sorted((*active, *finished), reverse=True)
    if wanted.client_ids or wanted.statuses or wanted.entity:
        return [job_id for job_id in ids if _passes(call, wanted, job_id)]
    return ids


def _finished(call: Call, wanted: Filter) -> Iterable[int]:
    """By client where clients are asked for: the past of a few is quicker to see than that of all."""
    book, estate = call.world.jobs, call.world.estate
    if not wanted.client_ids:
        return book.finished(wanted.ended_since)
    clients = [estate.clients[number] for number in wanted.client_ids if number in estate.clients]
    return (job_id for c in clients for s in estate.subclients_of_client(c) for job_id in book.finished_of(s))


def _passes(call: Call, wanted: Filter, job_id: int) -> bool:
    found = call.world.jobs.job(job_id)
    if found is None:
        return False
    where = call.world.jobs.standing(found)
    return (
        (where.ended is None or where.ended >= wanted.ended_since)
        and (not wanted.client_ids or found.subclient.client.id in wanted.client_ids)
        and (not wanted.statuses or where.status.lower() in wanted.statuses)
        and all(_entity_id(found, key) == value for key, value in wanted.entity)
    )


def _entity_id(job: Job, key: str) -> int:
    subclient = job.subclient
    return {
        "subclientid": subclient.id,
        "backupsetid": subclient.backupset.id,
        "instanceid": subclient.instance.id,
        "clientid": subclient.client.id,
        "applicationid": subclient.agent.application_id,
    }.get(key, 0)


def _summary(call: Call, found: Job) -> Json:
    return summary(found, call.world.jobs.standing(found), call.now)


def _summaries(call: Call, ids: Iterable[int]) -> list[Json]:
    return [_summary(call, found) for found in map(call.world.jobs.job, ids) if found]


def job(call: Call) -> Response:
    """GET Job/{id}. An unknown id is a 200 with no records (sdk:job.py _get_job_summary)."""
    found = call.world.jobs.job(call.id())
    rows = [_summary(call, found)] if found else []
    return json_response(page(rows, len(rows)))


def list_jobs(call: Call) -> Response:
    """GET Job; limit and offset are headers (https://documentation.commvault.com/v11/essential/
    rest_api_get_job.html), which other clients send as parameters."""
    client_id, lookup = call.number("clientId"), call.number("completedJobLookupTime")
    wanted = Filter(
        category=_category(call.text("jobCategory") or "All"),
        ended_since=call.now - (YEAR if lookup is None else lookup),
        client_ids=frozenset([client_id]) if client_id else frozenset(),
        job_types=frozenset(filter(None, call.text("jobFilter").lower().split(","))),
    )
    found = matching(call, wanted)
    offset, limit = call.paging("offset", 0), call.paging("limit", 100)
    return json_response(page(_summaries(call, found[offset : offset + limit]), len(found)))


def search_jobs(call: Call) -> Response:
    """POST Jobs, the form that the SDK uses (sdk:job.py _get_jobs_request_json)."""
    data = call.body()
    paging, wanted = _object(data, "pagingConfig"), _object(data, "jobFilter")
    found = matching(call, _filter(call, data.get("category", ALL), wanted))
    newest_first = _integer(paging, "sortDirection", NEWEST_FIRST) == NEWEST_FIRST
    offset, limit = max(0, _integer(paging, "offset", 0)), max(0, _integer(paging, "limit", 20))
    field = paging.get("sortField", "jobId")
    if field == "jobId" or not isinstance(field, str):
        ids = found if newest_first else found[::-1]
        return json_response(page(_summaries(call, ids[offset : offset + limit]), len(found)))
    rows = sorted(_summaries(call, found), key=lambda row: sort_key(row, field), reverse=newest_first)
    return json_response(page(rows[offset : offset + limit], len(found)))


def _filter(call: Call, category: Json, wanted: dict[str, Json]) -> Filter:
    clients = [_integer(item, "clientId", 0) for item in _list(wanted, "clientList") if isinstance(item, dict)]
    entity = {key.lower(): value for key, value in _object(wanted, "entity").items() if type(value) is int}
    return Filter(
        category=_category(category),
        ended_since=call.now - _integer(wanted, "completedJobLookupTime", FIVE_HOURS),
        client_ids=frozenset(clients),
        statuses=frozenset(str(item).lower() for item in _list(wanted, "statusList")),
        job_types=frozenset(str(item).lower() for item in _list(wanted, "jobTypeList")),
        entity=tuple(entity.items()),
    )


def _category(value: Json) -> int:
    """A number, or a word in any case."""
    found = CATEGORIES.get(value.upper()) if isinstance(value, str) else value
    if type(found) is not int or found not in (ALL, ACTIVE, FINISHED):
        raise Refusal(bad_request())
    return found


def _object(data: dict[str, Json], name: str) -> dict[str, Json]:
    value = data.get(name, {})
    if not isinstance(value, dict):
        raise Refusal(bad_request())
    return value


def _list(data: dict[str, Json], name: str) -> list[Json]:
    value = data.get(name, [])
    if not isinstance(value, list):
        raise Refusal(bad_request())
    return value


def _integer(data: dict[str, Json], name: str, default: int) -> int:
    value = data.get(name, default)
    if type(value) is not int or abs(value) > LARGEST_NUMBER:
        raise Refusal(bad_request())
    return value


def active_jobs(call: Call) -> Response:
    """GET Jobs/active, the list from the cache (sdk:job.py get_active_jobs_cache)."""
    rows = [{"jobSummary": row} for row in _summaries(call, call.world.jobs.active())]
    count, shown = select(call, rows)
    return json_response({"filterQueryCount": count, "jobs": shown})


COUNTERS = {
    "suspendedJobs": Status.SUSPENDED,
    "waitingJobs": Status.WAITING,
    "pendingJobs": Status.PENDING,
    "runningJobs": Status.RUNNING,
    "queuedJobs": Status.QUEUED,
}


def count_jobs(call: Call) -> Response:
    """POST Jobs/aggregations/summary (sdk:job.py get_active_job_summary)."""
    shown = [row["status"] for row in _summaries(call, call.world.jobs.active())]
    counts = {name: shown.count(status) for name, status in COUNTERS.items()}
    never = {"interruptPendingJobs": 0, "anomalousJobs": 0, "killPendingJobs": 0, "suspendPendingJobs": 0}
    return json_response({**counts, **never, "totalJobs": len(shown)})


def job_details(call: Call) -> Response:
    """POST JobDetails."""
    job_id = call.body().get("jobId")
    if isinstance(job_id, str) and job_id.isdecimal():  # as the id came in jobIds
        job_id = int(job_id)
    found = call.world.jobs.job(job_id) if isinstance(job_id, int) else None
    if found is None:
        return json_response({"error": {"errList": [logged(NOT_FOUND, "The job does not exist.")]}})
    return json_response(details(found, call.world.jobs.standing(found), call.now))


def job_task_details(call: Call) -> Response:
    found = call.world.jobs.job(call.id())
    if found is None:
        missing = {"errorCode": NOT_FOUND, "errorMessage": "The job does not exist."}
        return json_response({"error": {"errList": [missing]}})
    return json_response(task_details(found))


def job_events(call: Call) -> Response:
    """GET Events?jobId="""
    found = call.world.jobs.job(call.number("jobId") or 0)
    if found is None:
        return json_response({"commservEvents": []})
    return json_response(_events(call, found))


def job_logs(call: Call) -> Response:
    """GET Stream/Job/{id}/Logs, as text."""
    found = call.world.jobs.job(call.id())
    rows = _events(call, found)["commservEvents"] if found else []
    return text_response("".join(f"{row['timeSource']} {row['subsystem']} {row['description']}\n" for row in rows))


def _events(call: Call, found: Job) -> Json:
    book = call.world.jobs
    return events(found, book.standing(found), book.begun(found))
