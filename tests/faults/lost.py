"""Attempts whose answer was lost, and jobs as a listing tells them."""

from __future__ import annotations

from pgbackup_tui.backup.outcome import OutcomeKind
from pgbackup_tui.commserve.wire import JobSubclient, JobSummary, JobUser
from tests.faults.rig import BEGIN, USER, Engineer, Rig

NO_DESCRIPTION: dict[str, object] = {
    "path": "JobDetails",
    "answer": {"status": 200, "body": {"job": {"jobDetail": {}}}},
}
"""A CommServe that does not give a job's description back."""


async def lost(rig: Rig, engineer: Engineer, *rules: dict[str, object], carried_out: bool = True) -> str:
    """Presses Start, and the answer is lost; the attempt's id. From then on ``rules`` are played."""
    rig.spoil_task("reset", carried_out=carried_out)
    assert (await engineer.press(rig.task())).kind is OutcomeKind.UNKNOWN
    rig.spoil(*rules)
    return engineer.known().attempt_id


def job(
    number: int = 1,
    *,
    start: float = BEGIN,
    user: str = USER,
    level: str = "Full",
    end: int = 0,
    status: str = "",
) -> JobSummary:
    """A job of subclient 1, as a listing tells it."""
    ended = status or ("Completed" if end else "Running")
    subclient = JobSubclient(subclient_id=1)
    return JobSummary(
        number,
        ended,
        subclient=subclient,
        backup_level_name=level,
        job_start_time=int(start),
        job_end_time=end,
        user_name=JobUser(user),
    )
