"""``pgbackup-tui evidence``: the record of an attempt, for the change ticket."""

from __future__ import annotations

import argparse
import json
import time

from pgbackup_tui.backup.evidence import Evidence, evidence
from pgbackup_tui.backup.evidence_formats import TEXTS, as_object
from pgbackup_tui.backup.journal.attempts import KnownAttempt
from pgbackup_tui.backup.journal.checksum import digests
from pgbackup_tui.backup.journal.journal import Journal
from pgbackup_tui.backup.progress import progress
from pgbackup_tui.commands.clipboard import say_copied
from pgbackup_tui.commands.connection import Connection, connection
from pgbackup_tui.commands.exits import ExitStatus
from pgbackup_tui.commands.narration import say
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.commserve.errors import CommvaultError
from pgbackup_tui.commserve.jobs import JobsRead
from pgbackup_tui.errors import CredentialError, PathError, RefusedHereError, UsageError
from pgbackup_tui.paths import state_folder, write_new


def run(arguments: argparse.Namespace) -> int:
    """Writes the record, from the journal; the jobs as they are now, where the CommServe tells them."""
    journal = Journal(state_folder(arguments.state_dir))
    attempt = known_attempt(journal, arguments.attempt)
    asked_at = None if arguments.offline else _asked_again(arguments, attempt)
    if asked_at is not None:
        attempt = known_attempt(journal, arguments.attempt, tells_troubles=False)
    record = evidence(
        attempt,
        journal=digests(journal.folder, attempt.attempt_id),
        made_at=time.time(),
        jobs_as_of=asked_at,
        retried_by=journal.read().retries_of(attempt.attempt_id),
    )
    written = _written(record, arguments.format)
    if arguments.copy:
        say_copied(f"the evidence of attempt {attempt.attempt_id}", written, journal.state)
    elif arguments.output is None:
        print(written, end="")  # noqa: T201
    else:
        write_new(arguments.output, written.encode())
        say(f"Written to {arguments.output} (mode 0600).")
    return ExitStatus.DONE


def known_attempt(journal: Journal, attempt_id: str, *, tells_troubles: bool = True) -> KnownAttempt:
    """The attempt of this id. Raises UsageError where no record is of it, PathError."""
    if not attempt_id.strip():
        raise UsageError("The attempt's id is empty.", "pgbackup-tui history lists the attempts.")
    known = journal.read()
    for trouble in known.troubles if tells_troubles else ():
        say(f"warning: {trouble}")
    attempt = known.attempt(attempt_id)
    if attempt is None:
        raise UsageError(
            f"No attempt {attempt_id} is known in {journal.folder}.", "pgbackup-tui history lists them."
        )
    return attempt


def _written(record: Evidence, wanted: str) -> str:
    if wanted == "json":
        return json.dumps(as_object(record), indent=2, ensure_ascii=True) + "\n"
    return TEXTS[wanted](record)


def _asked_again(arguments: argparse.Namespace, attempt: KnownAttempt) -> float | None:
    """When the CommServe was asked for the jobs, and their state written down; None where it told nothing.

    That it can't be asked is no error: the journal is what the record is made of. Raises UsageError only where a
    CommServe was named and the words for it are wrong.
    """
    if not attempt.job_ids or attempt.is_newer:
        return None
    try:
        with connection(arguments) as connected:
            return _ask(connected, attempt)
    except (CommvaultError, CredentialError, RefusedHereError, PathError) as error:
        say(f"From the journal alone; the CommServe can't be asked: {error.problem}")
    except UsageError:
        if arguments.url or arguments.profile:
            raise
        say("From the journal alone: no CommServe is named.")
    return None


def _ask(connected: Connection, attempt: KnownAttempt) -> float | None:
    async def read(commserve: CommServe) -> JobsRead:
        here = connected.where(commserve).origin
        if here != attempt.origin:
            say(f"From the journal alone: the attempt was sent to {attempt.origin}, and this is {here}.")
            return JobsRead()
        return await commserve.jobs.by_id(attempt.job_ids)

    told = connected.run(read)
    for job_id, error in told.failures.items():
        say(f"warning: job {job_id} is as the journal has it: {error.problem}")
    if not told.jobs:
        return None
    before = attempt.seen()
    seen = progress(
        attempt.task(), attempt.job_ids, told.jobs, before, warnings_are_partial=before.warnings_are_partial
    )
    trouble = connected.journal.judge(attempt.attempt_id, seen, attempt.judged)
    if trouble:
        say(f"warning: {trouble}")
    return time.time()
