"""All that is known of a job, one fact a line."""

from __future__ import annotations

from pgbackup_tui.backup.progress import TaskJob
from pgbackup_tui.text import clean, clean_name
from pgbackup_tui.times import both_times, clock_time, duration
from pgbackup_tui.tui.present.facts import Fact
from pgbackup_tui.tui.present.jobs import TONES, VERDICTS, elapsed_seconds, pace, verdict_words
from pgbackup_tui.tui.present.pieces import Tone
from pgbackup_tui.tui.watch import FollowedTask


def job_facts(task: FollowedTask | None, job: TaskJob | None, now: float) -> list[Fact]:
    """What the CommServe last told of the job at the cursor, or of the task; ``now`` in UNIX seconds."""
    if task is None:
        return []
    stale = [Fact("no news", f"since {clock_time(task.as_of)}: {clean(task.trouble)}", Tone.BAD)]
    facts = _of_task(task) if job is None else _of_job(task, job, now)
    return [facts[0], *(stale if task.trouble else []), *facts[1:]]


def _of_task(task: FollowedTask) -> list[Fact]:
    word, tone, _ = VERDICTS[task.progress.verdict]
    if not task.progress.all_ended:
        word = "IN PROGRESS"
    facts = [
        Fact("", task.name, Tone.STRONG),
        Fact("verdict", f"{word}: {verdict_words(task.progress)}", tone),
        Fact("asked for", task.task.options.level),
        Fact("attempt", task.attempt_id),
        Fact("jobs", str(len(task.progress.jobs))),
    ]
    facts += [Fact("", clean(words), Tone.WARN) for words in task.progress.warnings()]
    return facts


def _of_job(task: FollowedTask, job: TaskJob, now: float) -> list[Fact]:
    facts = [Fact("", f"job {job.job_id}", Tone.STRONG), Fact("subclient", clean_name(job.path) or "not told yet")]
    summary = job.summary
    if summary is None:
        return [*facts, Fact("status", "the CommServe has not told it yet", Tone.WARN)]
    since = task.since.get(job.job_id)
    until = f", since {clock_time(since.seen_at)}" if since and not job.ending.is_final else ""
    facts.append(Fact("status", clean_name(summary.status) + until, TONES[job.ending]))
    if summary.pending_reason:
        facts.append(Fact("why", clean(summary.pending_reason), Tone.WARN))
    if summary.current_phase_name and not job.ending.is_final:
        facts.append(Fact("phase", clean_name(summary.current_phase_name)))
    asked = f", {job.asked} was asked for" if job.ran_below else ""
    facts.append(Fact("level", clean_name(job.level or "not told") + asked, Tone.WARN if asked else Tone.PLAIN))
    facts.append(Fact("done", f"{summary.percent_complete:.0f} % in {duration(elapsed_seconds(job, now))}"))
    estimate = task.estimates.get(job.subclient.subclient_id) if job.subclient else None
    words = pace(job, now, estimate)
    if words:
        facts.append(Fact("read", words))
    facts += [
        Fact(name, both_times(seconds))
        for name, seconds in (("started", summary.job_start_time), ("ended", summary.job_end_time))
        if seconds
    ]
    if summary.user_name is not None:
        facts.append(Fact("as", clean_name(summary.user_name.user_name)))
    told = f"{task.outcome.task_id}, " if task.outcome.task_id else ""
    facts.append(Fact("task", f"{told}attempt {task.attempt_id}"))
    return facts
