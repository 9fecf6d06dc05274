"""A job as a row, and the word for its task."""

from __future__ import annotations

from typing import NamedTuple

from pgbackup_tui.backup.outlook import Estimate, seconds_left
from pgbackup_tui.backup.progress import TaskJob, TaskProgress
from pgbackup_tui.backup.reasons import reason
from pgbackup_tui.backup.verdict import Ending, Verdict
from pgbackup_tui.commserve.wire import JobSummary
from pgbackup_tui.text import clean, clean_name, size
from pgbackup_tui.times import clock_time, duration
from pgbackup_tui.tui.present.pieces import BOXES, Line, Piece, Signs, Tone, bar, fit, fit_path, fit_right

_ID, _LEVEL, _STATUS, _PERCENT, _ELAPSED = 8, 5, 12, 4, 8
_BAR = 11

TONES = {
    Ending.OPEN: Tone.PLAIN,
    Ending.COMPLETED: Tone.GOOD,
    Ending.WARNINGS: Tone.WARN,
    Ending.PARTIAL: Tone.WARN,
    Ending.FAILED: Tone.BAD,
}

VERDICTS = {
    Verdict.GO: ("GO", Tone.GOOD, "every job is Completed"),
    Verdict.NO_GO: ("NO-GO", Tone.BAD, "a job failed, was killed or never started"),
    Verdict.PARTIAL: ("PARTIAL", Tone.WARN, "a job ended without all of its data"),
    Verdict.UNDECIDED: ("UNDECIDED", Tone.PLAIN, "not every job has ended"),
}


class JobColumns(NamedTuple):
    """How a width is shared out; a wide screen has a bar, the phase and the reason too."""

    subclient: int
    bar: int
    phase: int
    reason: int


def columns(width: int) -> JobColumns:
    """The columns that fit."""
    left = width - _ID - _LEVEL - _STATUS - _PERCENT - _ELAPSED
    if left >= 110:
        return JobColumns(52, _BAR, 20, left - 52 - _BAR - 20)
    if left >= 70:
        return JobColumns(44, _BAR, left - 44 - _BAR, 0)
    return JobColumns(max(1, left), 0, 0, 0)


def heading(width: int) -> Line:
    """The names of the columns."""
    shared = columns(width)
    text = fit("JOB", _ID) + fit("LVL", _LEVEL) + fit("STATUS", _STATUS) + fit("", shared.bar)
    text += fit_right("%", _PERCENT - 1) + " " + fit("TIME", _ELAPSED)
    text += fit("SUBCLIENT", shared.subclient) + fit("PHASE", shared.phase) + fit("REASON", shared.reason)
    return (Piece(fit(text, width), Tone.DIM),)


def row(job: TaskJob, width: int, *, elapsed: float, signs: Signs = BOXES) -> Line:
    """One job, exactly ``width`` columns wide."""
    shared = columns(width)
    summary = job.summary
    if summary is None:
        return (Piece(fit(f"{job.job_id:<{_ID}}not told by the CommServe yet", width, signs), Tone.DIM),)
    tone = TONES[job.ending]
    percent = summary.percent_complete
    drawn = bar(percent, shared.bar - 1, signs) + " " if shared.bar else ""
    return (
        Piece(fit(str(job.job_id), _ID, signs)),
        Piece(fit(_short_level(summary.backup_level_name), _LEVEL, signs)),
        Piece(fit(short_status(summary.status), _STATUS - 1, signs) + " ", tone),
        Piece(drawn, tone),
        Piece(fit_right(f"{percent:.0f}", _PERCENT - 1, signs) + " "),
        Piece(fit(duration(elapsed), _ELAPSED, signs)),
        Piece(fit_path(clean_name(job.path), shared.subclient - 1, signs) + " "),
        _phase(summary, shared, signs),
        Piece(fit(clean_name(summary.pending_reason), shared.reason, signs), Tone.WARN),
    )


def _phase(summary: JobSummary, shared: JobColumns, signs: Signs) -> Piece:
    """The phase, or, where there is no column for it, the reason."""
    if summary.pending_reason and not shared.reason:
        return Piece(fit(clean_name(summary.pending_reason), shared.phase, signs), Tone.WARN)
    return Piece(fit(clean_name(summary.current_phase_name), shared.phase, signs), Tone.DIM)


_SHORT_STATUS = {
    "completed w/ one or more errors": "w/ errors",
    "completed w/ one or more warnings": "w/ warnings",
    "failed to start": "Not started",
    "running (cannot be verified)": "Running?",
    "interrupt pending": "Interrupt.",
    "suspend pending": "Suspending",
    "abnormal terminated cleanup": "Abnormal",
    "killed by system": "Killed",
}


def short_status(status: str) -> str:
    """The CommServe's word in at most eleven columns; the whole of it is in the detail line and in the log."""
    return _SHORT_STATUS.get(status.casefold(), clean_name(status))


def _short_level(level: str) -> str:
    return clean_name(level)[: _LEVEL - 1]


def elapsed_seconds(job: TaskJob, now: float) -> float:
    """How long a job has run, by the CommServe's own figures; ``now`` in UNIX seconds."""
    summary = job.summary
    if summary is None:
        return 0.0
    if summary.job_elapsed_time:
        return float(summary.job_elapsed_time)
    end = summary.job_end_time if job.ending.is_final else now
    return max(0.0, end - summary.job_start_time) if summary.job_start_time else 0.0


def pace(job: TaskJob, now: float, estimate: Estimate | None = None) -> str:
    """How much was read, how fast, and about how long it will still take.

    At this job's own pace as soon as that says something, before that by ``estimate``, which earlier jobs gave.
    ``now`` in UNIX seconds. Nothing is said that the CommServe's figures don't carry.
    """
    summary = job.summary
    if summary is None:
        return ""
    elapsed = elapsed_seconds(job, now)
    words = []
    if summary.size_of_application:
        rate = f" at {size(int(summary.size_of_application / elapsed))}/s" if elapsed >= 1 else ""
        words.append(f"{size(summary.size_of_application)}{rate}")
    left = None if job.ending.is_final else seconds_left(summary, estimate, now)
    if left:
        words.append(f"about {duration(left)} left")
    return ", ".join(words)


_WAITS = ("queued", "waiting", "pending", "suspended")


def detail(job: TaskJob, now: float, estimate: Estimate | None = None, since: float | None = None) -> str:
    """What a row at 80 columns has no room for, in one line.

    ``now`` in UNIX seconds; ``estimate`` is what earlier jobs took; ``since`` when its status was first seen, UNIX
    seconds too.
    """
    summary = job.summary
    if summary is None:
        return f"Job {job.job_id}: the CommServe has not told it yet."
    parts = [f"Job {job.job_id}", clean_name(job.path)]
    if summary.status.casefold() in _WAITS and since is not None:
        parts.append(f"{clean_name(summary.status)} since {clock_time(since)}")
    elif short_status(summary.status) != clean_name(summary.status):
        parts.append(clean_name(summary.status))
    if summary.current_phase_name and not job.ending.is_final:
        parts.append(f"phase {clean_name(summary.current_phase_name)}")
    if summary.pending_reason:
        parts.append(clean_name(summary.pending_reason))
    parts.append(pace(job, now, estimate))
    return " · ".join(part for part in parts if part)


def task_name(task_id: int | None, attempt_id: str) -> str:
    """The task by its id, or by its attempt where the CommServe told no id."""
    return f"task {task_id}" if task_id else f"attempt {attempt_id}"


def verdict_words(seen: TaskProgress) -> str:
    """The verdict's reason as the command line says it, cleaned; in few words as long as jobs go on."""
    return VERDICTS[seen.verdict][2] if seen.verdict is Verdict.UNDECIDED else clean(reason(seen))


def verdict_line(
    progress: TaskProgress, name: str, width: int, *, is_followed: bool = True, signs: Signs = BOXES
) -> Line:
    """The word for a task, by its :func:`task_name`, with its reason, exactly ``width`` columns wide.

    Undecided, it is in progress as long as it is followed.
    """
    word, tone, _ = VERDICTS[progress.verdict]
    if progress.verdict is Verdict.UNDECIDED and not progress.all_ended and is_followed:
        word = "IN PROGRESS"
    first = progress.task.resubmits if progress.task else None
    again = "" if first is None else f", job {first} again"
    ended = sum(job.ending.is_final for job in progress.jobs)
    words = f" {name}{again} ({ended} of {len(progress.jobs)} ended): {verdict_words(progress)}"
    return (Piece(f" {word} ", tone), Piece(fit(words, max(1, width - len(word) - 2), signs)))
