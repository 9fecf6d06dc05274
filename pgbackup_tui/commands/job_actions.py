"""``pgbackup-tui kill``, ``suspend`` and ``resume``."""

from __future__ import annotations

import argparse

from pgbackup_tui.backup.job_actions import act
from pgbackup_tui.backup.outcome import Outcome, OutcomeKind
from pgbackup_tui.backup.progress import TaskProgress, progress
from pgbackup_tui.commands.connection import Connection, connection
from pgbackup_tui.commands.exits import ExitStatus, of_outcome
from pgbackup_tui.commands.job_rows import print_jobs
from pgbackup_tui.commands.narration import ask_yes, say, someone_can_be_asked
from pgbackup_tui.commands.output import print_json, print_table
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.commserve.jobs import JobAction
from pgbackup_tui.errors import RefusedHereError, UsageError
from pgbackup_tui.text import counted

_ACTIONS = {
    "kill": (JobAction.KILL, "killed"),
    "suspend": (JobAction.SUSPEND, "suspended"),
    "resume": (JobAction.RESUME, "resumed"),
}
_UNDER_WAY = Outcome(OutcomeKind.UNKNOWN, message="stopped while it was under way")


def run(arguments: argparse.Namespace) -> int:
    """Kills, suspends or resumes the jobs named, each at most once, after a question.

    What was done is told also when a signal ends it in the middle.
    """
    job_ids: list[int] = list(dict.fromkeys(arguments.job_ids))
    if not arguments.yes and not someone_can_be_asked():
        raise UsageError("Nobody can be asked here, and --yes was not given.", "Nothing was sent. Add --yes.")
    action, done = _ACTIONS[arguments.command]
    results: dict[int, Outcome] = {}
    with connection(arguments, changes=True) as connected:
        if not arguments.yes:
            _confirm(connected, arguments.command, job_ids)
        try:
            connected.run(lambda commserve: _carry_out(commserve, action, job_ids, results))
        finally:
            if results:
                _print(results, done, as_json=arguments.json)
    return max(map(of_outcome, results.values()), default=ExitStatus.DONE)


def _confirm(connected: Connection, verb: str, job_ids: list[int]) -> None:
    async def look(commserve: CommServe) -> TaskProgress:
        read = await commserve.jobs.by_id(job_ids)
        return progress(None, job_ids, read.jobs)

    print_jobs(connected.run(look))
    if not ask_yes(f"{verb.capitalize()} {counted(len(job_ids), 'job')} on {connected.target.where}?"):
        raise RefusedHereError("Not confirmed; nothing was sent.")


async def _carry_out(
    commserve: CommServe, action: JobAction, job_ids: list[int], results: dict[int, Outcome]
) -> None:
    for job_id in job_ids:
        results[job_id] = _UNDER_WAY
        results[job_id] = await act(commserve.jobs, job_id, action)


def _print(results: dict[int, Outcome], done: str, *, as_json: bool) -> None:
    if as_json:
        print_json([_as_json(job_id, outcome, done) for job_id, outcome in results.items()])
    else:
        print_table(
            ("JOB", "RESULT"), [(str(job_id), result_words(outcome, done)) for job_id, outcome in results.items()]
        )
    if any(outcome.kind is OutcomeKind.UNKNOWN for outcome in results.values()):
        say("  → Unknown means that it may have arrived: look at the job before trying again.")


def _as_json(job_id: int, outcome: Outcome, done: str) -> dict[str, object]:
    return {
        "job_id": job_id,
        "outcome": outcome.kind.value,
        "words": result_words(outcome, done),
    }


def result_words(outcome: Outcome, done: str) -> str:
    """What became of the request, for a row; ``done`` where it was taken."""
    if outcome.kind is OutcomeKind.ACCEPTED:
        return done
    head = {
        OutcomeKind.REJECTED: "refused",
        OutcomeKind.NOT_SENT: "not sent",
        OutcomeKind.UNKNOWN: "unknown",
    }[outcome.kind]
    return f"{head}: {outcome.message}"
