"""``pgbackup-tui history``: every attempt that the journals know, without asking any CommServe."""

from __future__ import annotations

import argparse

from pgbackup_tui.backup.evidence_formats import VERDICT_WORD
from pgbackup_tui.backup.guard import how_to_settle
from pgbackup_tui.backup.journal.attempts import KnownAttempt
from pgbackup_tui.backup.journal.journal import Journal
from pgbackup_tui.backup.journal.records import Intent
from pgbackup_tui.commands.exits import ExitStatus
from pgbackup_tui.commands.narration import say
from pgbackup_tui.commands.output import print_json, print_table
from pgbackup_tui.paths import state_folder
from pgbackup_tui.text import counted
from pgbackup_tui.times import iso_time

_HEADINGS = ("ATTEMPT", "STATE", "VERDICT", "LEVEL", "SUBCLIENTS", "JOBS", "BY", "TICKET", "COMMSERVE")
_MOST_JOBS = 5


def run(arguments: argparse.Namespace) -> int:
    """Shows what was asked of CommServes, the newest first, and what became of it."""
    journal = Journal(state_folder(arguments.state_dir))
    known = journal.read()
    for trouble in known.troubles:
        say(f"warning: {trouble}")
    if arguments.json:
        print_json([attempt_as_json(attempt) for attempt in known.attempts])
    else:
        print_table(_HEADINGS, map(_as_row, known.attempts))
        for attempt in known.attempts:
            if attempt.unsettled:
                say(how_to_settle(attempt))
    if not known.attempts:
        say(f"There is no attempt in {journal.folder}.")
    return ExitStatus.DONE


def attempt_as_json(attempt: KnownAttempt) -> dict[str, object]:
    """An attempt as ``history --json`` prints it."""
    intent, ending = attempt.intent, attempt.ending
    return {
        "attempt": attempt.attempt_id,
        "state": attempt.standing.value,
        "asked_at": iso_time(int(attempt.asked_at)),
        "commserve": intent.origin if intent else None,
        "asked_as": intent.asked_as if intent else None,
        "by": f"{attempt.author.user}@{attempt.author.host}",
        "level": intent.level if intent else None,
        "ticket": intent.ticket if intent else None,
        "retry_of": list(intent.retry_of) if intent else [],
        "resubmits": intent.resubmits if intent else None,
        "task_id": ending.task_id if ending else None,
        "job_ids": list(attempt.job_ids),
        "subclients": [
            {
                "subclient_id": found.subclient.subclient_id,
                "path": found.subclient.path,
                "state": found.standing.value,
                "job_id": found.job_id,
            }
            for found in attempt.associations
        ],
        "verdict": attempt.verdict.value if attempt.verdict else None,
        "error": _error_as_json(attempt),
        "clean_looks": sum(found.is_clean for found in attempt.looks),
        "newer_version": attempt.is_newer,
    }


def _level(intent: Intent) -> str:
    again = "" if intent.resubmits is None else f", resubmit of job {intent.resubmits}"
    return f"{intent.level}{again}"


def _error_as_json(attempt: KnownAttempt) -> dict[str, object] | None:
    ending = attempt.ending
    if ending is None or not ending.message:
        return None
    return {"http_status": ending.http_status, "code": ending.code, "message": ending.message}


def _as_row(attempt: KnownAttempt) -> tuple[str, ...]:
    intent = attempt.intent
    jobs = [str(job_id) for job_id in attempt.job_ids]
    more = f" +{len(jobs) - _MOST_JOBS}" if len(jobs) > _MOST_JOBS else ""
    first = attempt.associations[0].subclient.path if attempt.associations else "-"
    others = f" and {counted(len(attempt.associations) - 1, 'other')}" if len(attempt.associations) > 1 else ""
    return (
        attempt.attempt_id,
        attempt.standing.value.replace("_", " ") + (" (newer version)" if attempt.is_newer else ""),
        VERDICT_WORD[attempt.verdict] if attempt.verdict else "-",
        _level(intent) if intent else "-",
        first + others,
        " ".join(jobs[:_MOST_JOBS]) + more or "-",
        f"{attempt.author.user}@{attempt.author.host}",
        (intent.ticket if intent else "") or "-",
        intent.origin if intent else "-",
    )
