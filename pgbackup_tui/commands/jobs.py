"""``pgbackup-tui jobs`` and ``events``: what the CommServe says of jobs."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Sequence

from pgbackup_tui.backup.evidence import verdict_of
from pgbackup_tui.backup.evidence_formats import VERDICT_WORD
from pgbackup_tui.backup.follow import ContactLostError, Follower
from pgbackup_tui.backup.guard import how_to_settle
from pgbackup_tui.backup.journal.attempts import KnownAttempt
from pgbackup_tui.backup.progress import TaskProgress, progress
from pgbackup_tui.backup.reasons import reason
from pgbackup_tui.backup.reconcile import look
from pgbackup_tui.commands.connection import Connection, connection
from pgbackup_tui.commands.exits import ExitStatus, of_error, of_jobs
from pgbackup_tui.commands.job_rows import job_as_json, print_jobs
from pgbackup_tui.commands.narration import say, say_error
from pgbackup_tui.commands.output import print_json, print_line, print_table
from pgbackup_tui.commands.progress_bars import teller
from pgbackup_tui.commands.sending import say_sighting
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.commserve.errors import AuthError, CommvaultError
from pgbackup_tui.commserve.wire import EventRow, Listing
from pgbackup_tui.errors import PathError, UsageError
from pgbackup_tui.times import iso_time

RECENT_SECONDS = 24 * 3600
"""How long ago a job may have ended to be listed by --all."""


def run(arguments: argparse.Namespace) -> int:
    """Shows jobs by id, or all that are active or ended lately; with --follow until they have ended.

    With neither, those that this program started on this CommServe, as far as it did not see them end.
    """
    job_ids: list[int] = list(dict.fromkeys(arguments.job_ids))
    _check(job_ids, arguments)
    with connection(arguments) as connected:
        if arguments.all:
            return _show_all(connected, as_json=arguments.json)
        is_named = bool(job_ids)
        unfinished = (
            _open_with(connected, job_ids) if is_named else open_attempts(connected, looks=arguments.follow)
        )
        is_unsettled = not is_named and any(attempt.unsettled for attempt in unfinished)
        job_ids = job_ids or list(dict.fromkeys(job for attempt in unfinished for job in attempt.job_ids))
        if not job_ids:
            status = _show_none(connected, follows=arguments.follow, as_json=arguments.json)
            return ExitStatus.UNKNOWN if arguments.follow and is_unsettled else status
        shown, failure = _look_or_follow(connected, job_ids, follows=arguments.follow, strict=is_named)
        write_down(connected, unfinished, shown)
    if arguments.json:
        print_json([job_as_json(job) for job in shown.jobs if job.summary is not None])
    else:
        print_jobs(shown)
        if arguments.follow:
            print_line(f"{VERDICT_WORD[shown.verdict]}: {reason(shown)}.")
    if failure is not None:
        say_error(failure)
        return ExitStatus.CONTACT_LOST if arguments.follow else of_error(failure)
    if not arguments.follow:
        return ExitStatus.DONE
    status = of_jobs(shown.verdict, frozenset(job.ending for job in shown.jobs), followed=True)
    return ExitStatus.UNKNOWN if is_unsettled and status is ExitStatus.DONE else status


def _check(job_ids: Sequence[int], arguments: argparse.Namespace) -> None:
    if job_ids and arguments.all:
        raise UsageError("Job ids and --all can't go together.", "Give one or the other.")
    if arguments.follow and arguments.all:
        raise UsageError("--follow and --all can't go together.", "pgbackup-tui jobs --all lists ids to follow.")


def _show_all(connected: Connection, *, as_json: bool) -> int:
    async def read(commserve: CommServe) -> tuple[TaskProgress, Sequence[object]]:
        listing = await commserve.jobs.listing(look_back=RECENT_SECONDS)
        jobs = {job.job_id: job for job in listing.rows}
        return progress(None, list(jobs), jobs), listing.damaged

    shown, damaged = connected.run(read)
    for row in damaged:
        say(f"warning: {row}")
    if as_json:
        print_json([job_as_json(job) for job in shown.jobs])
    else:
        print_jobs(shown)
    if not shown.jobs and not damaged:
        say("No backup job is active, and none ended in the last 24 hours.")
    return ExitStatus.DONE


def _show_none(connected: Connection, *, follows: bool, as_json: bool) -> ExitStatus:
    """Says that nothing is open; with ``follows`` also how the last attempt ended, which another has seen."""
    if as_json:
        print_json([])
    say("This program has no open job on this CommServe. pgbackup-tui jobs --all lists the CommServe's.")
    last = _last_attempt(connected) if follows else None
    if last is None:
        return ExitStatus.DONE
    seen = last.seen()
    verdict, why = verdict_of(last, seen)
    say(f"Its last attempt, {last.attempt_id}, ended before: {VERDICT_WORD[verdict]}: {why}.")
    return of_jobs(verdict, frozenset(job.ending for job in seen.jobs))


def _last_attempt(connected: Connection) -> KnownAttempt | None:
    async def read(commserve: CommServe) -> KnownAttempt | None:
        here = connected.where(commserve).origin
        return next((found for found in connected.journal.read().attempts if found.origin == here), None)

    return connected.run(read)


def open_attempts(connected: Connection, *, looks: bool) -> tuple[KnownAttempt, ...]:
    """The attempts on this CommServe with jobs that were not seen to end; says which nobody knows the end of.

    With ``looks``, jobs of those are looked for first.
    """

    async def read(commserve: CommServe) -> tuple[KnownAttempt, ...]:
        known, here = connected.journal.read(), connected.where(commserve).origin
        for trouble in known.troubles:
            say(f"warning: {trouble}")
        unsettled = [attempt for attempt in known.open_on(here) if attempt.unsettled]
        for attempt in unsettled if looks else ():
            say_sighting(attempt, await look(commserve, connected.journal, attempt, known))
        return (connected.journal.read() if looks and unsettled else known).open_on(here)

    unfinished = connected.run(read)
    for attempt in unfinished:
        if attempt.unsettled:
            say(f"Attempt {attempt.attempt_id} is {attempt.standing.value.replace('_', ' ')}.")
            say("  →", how_to_settle(attempt))
    return unfinished


def _open_with(connected: Connection, job_ids: Collection[int]) -> tuple[KnownAttempt, ...]:
    """The open attempts all of whose jobs are among these: what is seen of them now can be written down."""

    async def read(commserve: CommServe) -> tuple[KnownAttempt, ...]:
        found = connected.journal.read().open_on(connected.where(commserve).origin)
        return tuple(attempt for attempt in found if attempt.job_ids and set(attempt.job_ids) <= set(job_ids))

    try:
        return connected.run(read)
    except PathError as error:
        say(f"warning: {error.problem}")
        return ()


def write_down(connected: Connection, attempts: Sequence[KnownAttempt], shown: TaskProgress) -> None:
    """What was seen of the jobs of these attempts, for the journal."""
    seen = {job.job_id: job.summary for job in shown.jobs if job.summary is not None}
    for attempt in attempts:
        if attempt.job_ids and not attempt.is_newer:
            now = progress(
                attempt.task(),
                attempt.job_ids,
                seen,
                attempt.seen(),
                warnings_are_partial=connected.target.warnings_are_partial,
            )
            trouble = connected.journal.judge(attempt.attempt_id, now, attempt.judged)
            if trouble:
                say(f"warning: {trouble}")


def _look_or_follow(
    connected: Connection, job_ids: list[int], *, follows: bool, strict: bool
) -> tuple[TaskProgress, CommvaultError | None]:
    """The jobs as last told, and what ended the looking, if something did. Raises UsageError for unknown ids."""
    last: list[TaskProgress] = [progress(None, job_ids, {})]

    async def look(commserve: CommServe) -> CommvaultError | None:
        read = await commserve.jobs.by_id(job_ids)
        last[0] = progress(None, job_ids, read.jobs)
        told = {*read.jobs, *read.failures, *read.unasked}
        unknown = [job for job in job_ids if job not in told]
        if strict:
            _require_known(unknown)
        elif unknown:
            say(f"The CommServe does not know job {', '.join(map(str, unknown))} any more.")
        return next(iter(read.failures.values()), None)

    async def watch(commserve: CommServe) -> None:
        told = teller()
        strict = connected.target.warnings_are_partial
        async for seen in Follower.of(commserve).follow(None, job_ids, warnings_are_partial=strict):
            last[0] = seen.progress
            told.tell(seen)

    failure = connected.run(look)
    if follows:
        failure = None
        try:
            connected.run(watch)
        except (AuthError, ContactLostError) as error:
            failure = error
    return last[0], failure


def _require_known(unknown: Sequence[int]) -> None:
    if unknown:
        raise UsageError(
            f"The CommServe knows no job {', '.join(map(str, unknown))}.", "Check the ids; jobs age out in time."
        )


def events(arguments: argparse.Namespace) -> int:
    """Shows what a job left in the CommServe's event log. Raises UsageError for a job that it doesn't know."""

    async def read(commserve: CommServe) -> Listing[EventRow]:
        listing = await commserve.jobs.events(arguments.job_id)
        if not listing.rows and not listing.damaged:  # as the CommServe answers for a job that it doesn't know, too
            asked = await commserve.jobs.by_id([arguments.job_id])
            told = {*asked.jobs, *asked.failures, *asked.unasked}
            _require_known([job for job in (arguments.job_id,) if job not in told])
        return listing

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
