"""Jobs as rows, as JSON, and as one line a change."""

from __future__ import annotations

from pgbackup_tui.backup.follow import Look
from pgbackup_tui.backup.progress import TaskJob, TaskProgress
from pgbackup_tui.commands.narration import say
from pgbackup_tui.commands.output import print_table
from pgbackup_tui.commserve.wire import JobSummary
from pgbackup_tui.times import iso_time

_HEADINGS = ("JOB", "LEVEL", "STATUS", "%", "STARTED", "SUBCLIENT", "REASON")
_PROGRESS_STEP = 25
"""Per cent between two lines on a job's progress."""


def job_as_json(job: TaskJob) -> dict[str, object]:
    """A job as ``jobs --json`` prints it."""
    summary = job.summary
    return {
        **job_of_task_as_json(job),
        "phase": summary.current_phase_name if summary else "",
        "reason": summary.pending_reason if summary else "",
        "started": iso_time(summary.job_start_time) if summary else None,
        "ended": iso_time(summary.job_end_time) if summary and job.ending.is_final else None,
    }


def job_of_task_as_json(job: TaskJob) -> dict[str, object]:
    """A job as ``backup --json`` prints it; null where the CommServe has not told it."""
    summary = job.summary
    return {
        "job_id": job.job_id,
        "subclient_id": job.subclient_id,
        "path": job.path or None,
        "status": summary.status if summary else None,
        "level": summary.backup_level_name if summary else None,
        "percent": round(summary.percent_complete) if summary else None,
    }


def print_jobs(shown: TaskProgress) -> None:
    """The jobs as a table."""
    print_table(_HEADINGS, [_as_row(job) for job in shown.jobs])


def _as_row(job: TaskJob) -> tuple[str, ...]:
    summary = job.summary
    if summary is None:
        return (str(job.job_id), "-", "(not told yet)", "-", "-", "-", "")
    return (
        str(job.job_id),
        summary.backup_level_name or "-",
        summary.status,
        f"{summary.percent_complete:.0f}",
        iso_time(summary.job_start_time) or "-",
        job.path or "-",
        summary.pending_reason,
    )


class ChangeTeller:
    """Says on stderr what changed since the last look, a line a job, and nothing when nothing changed."""

    def __init__(self) -> None:
        self._said: dict[int, str] = {}
        self._trouble = ""

    def tell(self, look: Look) -> None:
        """Tells this look's news."""
        trouble = look.trouble.problem if look.trouble else ""
        if trouble != self._trouble:
            self._trouble = trouble
            say(f"No news, trying on: {trouble}" if trouble else "The CommServe answers again.")
        for job in look.progress.jobs:
            if job.job_id in look.silent:
                line = f"job {job.job_id}  the CommServe does not know it" + (
                    " any more" if job.summary else " yet"
                )
            elif job.summary is not None:
                line = _one_line(job, job.summary)
            else:
                continue
            if self._said.get(job.job_id) != line:
                self._said[job.job_id] = line
                say(line)


def _one_line(job: TaskJob, summary: JobSummary) -> str:
    step = int(summary.percent_complete) // _PROGRESS_STEP * _PROGRESS_STEP
    percent = f" {step} %" if step and not job.ending.is_final else ""
    reason = f": {summary.pending_reason}" if summary.pending_reason else ""
    return f"job {job.job_id}  {job.path}  {summary.status}{percent}{reason}"
