"""``pgbackup-tui jobs``, ``events``, ``kill``, ``suspend``, ``resume`` and ``resubmit``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from pgbackup_tui.backup.follow import ContactLostError, follow
from pgbackup_tui.backup.progress import TaskProgress, progress
from pgbackup_tui.commands.connection import connection
from pgbackup_tui.commands.exits import ExitStatus, of_error, of_jobs
from pgbackup_tui.commands.job_rows import ChangeTeller, job_as_json, print_jobs
from pgbackup_tui.commands.narration import ask_yes, say, say_error, someone_can_be_asked
from pgbackup_tui.commands.output import print_json, print_table
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.commserve.delivery import Delivery
from pgbackup_tui.commserve.errors import CommvaultError, TransportError
from pgbackup_tui.commserve.jobs import JobAction, Resubmitted
from pgbackup_tui.commserve.wire import EventRow, Listing
from pgbackup_tui.errors import RefusedHereError, UsageError
from pgbackup_tui.text import counted
from pgbackup_tui.times import iso_time


def run(arguments: argparse.Namespace) -> int:
    """Shows jobs by id, or all that are active on the CommServe; with --follow until they have ended."""
    if not arguments.job_ids and not arguments.all:
        raise UsageError(
            "No job is named.", "Give job ids, or --all for every job that is active on the CommServe."
        )
    if arguments.follow and not arguments.job_ids:
        raise UsageError("--follow needs the ids of the jobs to follow.", "pgbackup-tui jobs --all lists ids.")

    async def look(commserve: CommServe) -> TaskProgress:
        if not arguments.job_ids:
            listing = await commserve.jobs.listing(active_only=True)
            return progress(None, [job.job_id for job in listing.rows], {job.job_id: job for job in listing.rows})
        if arguments.follow:
            return await _follow_to_the_end(commserve, arguments.job_ids)
        known = await commserve.jobs.by_id(arguments.job_ids)
        return progress(None, arguments.job_ids, known)

    with connection(arguments) as connected:
        shown = connected.run(look)
    unknown = [job.job_id for job in shown.jobs if job.summary is None]
    if arguments.json:
        print_json([job_as_json(job) for job in shown.jobs if job.summary is not None])
    else:
        print_jobs(shown)
    if unknown:
        raise UsageError(
            f"The CommServe knows no job {', '.join(map(str, unknown))}.", "Check the ids; jobs age out in time."
        )
    if not shown.jobs:
        say("No job is active.")
    if not arguments.follow:
        return ExitStatus.DONE
    return of_jobs(shown.verdict, frozenset(job.ending for job in shown.jobs))


async def _follow_to_the_end(commserve: CommServe, job_ids: Sequence[int]) -> TaskProgress:
    teller = ChangeTeller()
    shown = progress(None, job_ids, {})
    async for look in follow(commserve.jobs, None, job_ids):
        shown = look.progress
        teller.tell(look)
        if all(job.summary is None for job in shown.jobs) and look.trouble is None:
            break
    return shown


def events(arguments: argparse.Namespace) -> int:
    """Shows what a job left in the CommServe's event log."""

    async def read(commserve: CommServe) -> Listing[EventRow]:
        return await commserve.jobs.events(arguments.job_id)

    with connection(arguments) as connected:
        listing = connected.run(read)
    for damaged in listing.damaged:
        say(f"warning: {damaged}")
    if arguments.json:
        print_json([_event_as_json(event) for event in listing.rows])
    else:
        headings = ("TIME", "SEVERITY", "CODE", "EVENT")
        print_table(headings, map(_event_as_row, listing.rows))
    if not listing.rows:
        say(f"The CommServe has no event of job {arguments.job_id}.")
    return ExitStatus.DONE


def _event_as_json(event: EventRow) -> dict[str, object]:
    return {
        "time": iso_time(event.time_source),
        "severity": event.severity,
        "code": event.event_code_string,
        "description": event.description,
    }


def _event_as_row(event: EventRow) -> tuple[str, ...]:
    return (iso_time(event.time_source) or "-", str(event.severity), event.event_code_string, event.description)


_ACTIONS = {
    "kill": (JobAction.KILL, "killed"),
    "suspend": (JobAction.SUSPEND, "suspended"),
    "resume": (JobAction.RESUME, "resumed"),
    "resubmit": (JobAction.RESUBMIT, "resubmitted"),
}


def act(arguments: argparse.Namespace) -> int:
    """Kills, suspends, resumes or resubmits the jobs named, each at most once, after a question."""
    action, done = _ACTIONS[arguments.command]
    job_ids: list[int] = list(dict.fromkeys(arguments.job_ids))
    if not arguments.yes and not someone_can_be_asked():
        raise UsageError("Nobody can be asked here, and --yes was not given.", "Nothing was sent. Add --yes.")

    async def look(commserve: CommServe) -> TaskProgress:
        return progress(None, job_ids, await commserve.jobs.by_id(job_ids))

    async def carry_out(commserve: CommServe) -> list[tuple[int, ExitStatus, str]]:
        return [(job_id, *await _act_on(commserve, job_id, action, done)) for job_id in job_ids]

    with connection(arguments) as connected:
        if not arguments.yes:
            print_jobs(connected.run(look))
            if not ask_yes(f"{arguments.command.capitalize()} {counted(len(job_ids), 'job')}?"):
                raise RefusedHereError("Not confirmed; nothing was sent.")
        results = connected.run(carry_out)
    if arguments.json:
        print_json([{"job_id": job_id, "done": status == 0, "words": words} for job_id, status, words in results])
    else:
        print_table(("JOB", "RESULT"), [(str(job_id), words) for job_id, _, words in results])
    return max((status for _, status, _ in results), default=ExitStatus.DONE)


async def _act_on(commserve: CommServe, job_id: int, action: JobAction, done: str) -> tuple[ExitStatus, str]:
    delivery = Delivery()
    try:
        result = await commserve.jobs.act(job_id, action, delivery)
    except TransportError as error:
        say_error(error)
        if delivery.never_sent:
            return ExitStatus.NOT_SENT, "not sent"
        return ExitStatus.UNKNOWN, "unknown: it may have arrived; look at the job before trying again"
    except CommvaultError as error:
        if isinstance(error, ContactLostError):
            raise
        return of_error(error), f"refused: {error.problem}"
    if isinstance(result, Resubmitted):
        return ExitStatus.DONE, f"{done} as job {result.job_id}"
    return ExitStatus.DONE, done
