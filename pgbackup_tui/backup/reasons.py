"""Why a task's verdict is what it is, in one sentence for the person who has to decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pgbackup_tui.backup.progress import TaskJob, TaskProgress
from pgbackup_tui.backup.verdict import Ending, Verdict, ending
from pgbackup_tui.text import counted

_MOST_NAMED = 5
"""Jobs that the sentence names."""


def reason(seen: TaskProgress) -> str:
    """The verdict's reason, with the CommServe's raw words for the jobs that decide it; without a full stop."""
    return "; ".join(_REASONS[seen.verdict](seen))


def _go(seen: TaskProgress) -> list[str]:
    warned = [job for job in seen.jobs if ending(job.status) is Ending.WARNINGS]
    return ["every job is Completed" + (f", with warnings: {_named(warned)}" if warned else "")]


def _no_go(seen: TaskProgress) -> list[str]:
    failed = [job for job in seen.jobs if job.ending is Ending.FAILED]
    found = (
        [f"{len(failed)} of {counted(len(seen.jobs), 'job')} left no backup: {_named(failed)}"] if failed else []
    )
    if seen.never_started:
        found.append(f"{counted(seen.never_started, 'subclient')} got no job")
    return found


def _partial(seen: TaskProgress) -> list[str]:
    below = [job for job in seen.jobs if job.ending is Ending.PARTIAL and job.ran_below]
    others = [job for job in seen.jobs if job.ending is Ending.PARTIAL and not job.ran_below]
    found = [f"not all that was asked for: {_named(others)}"] if others else []
    if below:
        found.append(f"below the level asked for: {_named(below, _level)}")
    return found


def _undecided(seen: TaskProgress) -> list[str]:
    if not seen.jobs:
        return ["no job is known"]
    still = [job for job in seen.jobs if not job.ending.is_final]
    if still:
        return [f"{len(still)} of {counted(len(seen.jobs), 'job')} not ended: {_named(still)}"]
    return [f"{counted(seen.unmatched, 'subclient')} without a job that says it is theirs"]


_REASONS: dict[Verdict, Callable[[TaskProgress], list[str]]] = {
    Verdict.GO: _go,
    Verdict.NO_GO: _no_go,
    Verdict.PARTIAL: _partial,
    Verdict.UNDECIDED: _undecided,
}


def _status(job: TaskJob) -> str:
    return job.status or "nothing told yet"


def _level(job: TaskJob) -> str:
    return f"{job.level}, not {job.asked}"


def _named(jobs: Sequence[TaskJob], words: Callable[[TaskJob], str] = _status) -> str:
    shown = ", ".join(f"job {job.job_id} {words(job)}" for job in jobs[:_MOST_NAMED])
    more = len(jobs) - _MOST_NAMED
    return shown + (f" and {more} more" if more > 0 else "")
