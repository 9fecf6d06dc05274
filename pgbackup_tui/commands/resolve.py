"""``pgbackup-tui resolve``: looks for the jobs of an unknown attempt, or takes a person's word for them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from pgbackup_tui.backup.guard import how_to_settle
from pgbackup_tui.backup.journal.attempts import KnownAttempt, Standing
from pgbackup_tui.backup.journal.journal import NoJournalError
from pgbackup_tui.backup.journal.records import Content, Found, NotStarted
from pgbackup_tui.backup.reconcile import Sighting, look, waits_for
from pgbackup_tui.commands.connection import Connection, connection
from pgbackup_tui.commands.exits import ExitStatus
from pgbackup_tui.commands.history import attempt_as_json
from pgbackup_tui.commands.narration import ask_words, say, someone_can_be_asked
from pgbackup_tui.commands.output import print_json, print_line
from pgbackup_tui.commands.sending import say_sighting
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.errors import RefusedHereError, UsageError


def run(arguments: argparse.Namespace) -> int:
    """Settles an attempt as far as it can be; exit status 6 as long as nobody knows what became of it."""
    with connection(arguments) as connected:
        _settle(connected, arguments)
        attempt = _known(connected, arguments.attempt)
    if arguments.json:
        print_json(attempt_as_json(attempt))
    else:
        for found in attempt.associations:
            job = f" as job {found.job_id}" if found.job_id is not None else ""
            print_line(f"{found.subclient.path}: {found.standing.value.replace('_', ' ')}{job}")
    if not attempt.unsettled:
        return ExitStatus.DONE
    still = waits_for(attempt)
    say(
        f"It stays unknown: {still}."
        if still
        else "No job of it was found. To send again, declare it --not-started."
    )
    return ExitStatus.UNKNOWN


def _settle(connected: Connection, arguments: argparse.Namespace) -> None:
    attempt_id: str = arguments.attempt
    _known(connected, attempt_id)  # a word that is no attempt needs no CommServe

    async def attach(commserve: CommServe) -> dict[int, int]:
        attempt = _open(connected, attempt_id, commserve)
        return await _jobs_to_attach(commserve, attempt, arguments.attach)

    async def search(commserve: CommServe) -> Sighting:
        attempt = _open(connected, attempt_id, commserve)
        seen = await look(commserve, connected.journal, attempt, connected.journal.read())
        say_sighting(attempt, seen)
        return seen

    seen = Sighting()
    if arguments.attach:
        _write(connected, attempt_id, Found(connected.run(attach), "person"))
    else:
        seen = connected.run(search)
    attempt = _known(connected, attempt_id)
    if arguments.not_started and attempt.unsettled:
        _require_sure(attempt, seen)
        left = tuple(found.subclient.subclient_id for found in attempt.unsettled)
        _write(connected, attempt_id, NotStarted(left))


def _known(connected: Connection, attempt_id: str) -> KnownAttempt:
    known = connected.journal.read()
    for trouble in known.troubles:
        say(f"warning: {trouble}")
    attempt = known.attempt(attempt_id)
    if attempt is None:
        raise UsageError(
            f"No attempt {attempt_id} is known in {connected.journal.folder}.", "pgbackup-tui history lists them."
        )
    return attempt


def _open(connected: Connection, attempt_id: str, commserve: CommServe) -> KnownAttempt:
    """The attempt, if something can be written of it from here. Raises UsageError, RefusedHereError."""
    attempt = _known(connected, attempt_id)
    here = connected.where(commserve).origin
    if attempt.is_newer:
        raise RefusedHereError(
            f"A newer version of this program wrote of attempt {attempt_id}; this one leaves it alone.",
            "Use the newer version.",
        )
    if attempt.origin and attempt.origin != here:
        raise UsageError(
            f"Attempt {attempt_id} was sent to {attempt.origin}, and this is {here}.", "Name that one with --url."
        )
    if attempt.standing is Standing.IN_FLIGHT:
        raise RefusedHereError(f"Attempt {attempt_id} is under way.", how_to_settle(attempt))
    if not attempt.unsettled:
        raise UsageError(
            f"Nothing is open about attempt {attempt_id}: it is {attempt.standing.value.replace('_', ' ')}."
        )
    return attempt


async def _jobs_to_attach(commserve: CommServe, attempt: KnownAttempt, job_ids: Sequence[int]) -> dict[int, int]:
    """The jobs, by the subclients that they say they back up. Raises UsageError for one that can't be its."""
    left = {found.subclient.subclient_id for found in attempt.unsettled}
    chosen: dict[int, int] = {}
    for job_id in job_ids:
        job = await commserve.jobs.one(job_id)
        if job is None:
            raise UsageError(f"The CommServe knows no job {job_id}.", "pgbackup-tui jobs --all lists jobs.")
        number = job.subclient.subclient_id if job.subclient else 0
        if number not in left or number in chosen:
            raise UsageError(
                f"Job {job_id} backs up subclient {number}, which attempt {attempt.attempt_id} doesn't wait for.",
                "Look at the jobs of its subclients: pgbackup-tui jobs --all",
            )
        chosen[number] = job_id
    return chosen


def _require_sure(attempt: KnownAttempt, seen: Sighting) -> None:
    """Lets a person declare what nobody has proved only by typing the attempt's id."""
    doubt = waits_for(attempt)
    if seen.to_ask:
        ids = ", ".join(str(job.job_id) for jobs in seen.to_ask.values() for job in jobs)
        doubt = f"job {ids} may be its backup"
    if not doubt:
        return
    if not someone_can_be_asked():
        raise RefusedHereError(
            f"Attempt {attempt.attempt_id} can't be declared not started yet: {doubt}.",
            "Run this again in a while, or at a terminal, where its id can be typed.",
        )
    words = f"Nobody has proved that it was not started: {doubt}. Sending again may start a second backup."
    if ask_words(words, f"Type {attempt.attempt_id} to declare it not started:") != attempt.attempt_id:
        raise RefusedHereError("Not confirmed; the attempt stays unknown.")


def _write(connected: Connection, attempt_id: str, content: Content) -> None:
    trouble = connected.journal.note(attempt_id, content)
    if trouble:
        raise NoJournalError(trouble, "The attempt stays unknown.")
