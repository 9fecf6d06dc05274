"""The record for the change ticket: what was asked, by whom, what became of it, and what proves that.

Made from the journal alone, so that it can be made a week later, and where no CommServe answers.
"""

from __future__ import annotations

from dataclasses import dataclass

from pgbackup_tui.backup.journal.attempts import KnownAttempt, Standing
from pgbackup_tui.backup.journal.checksum import LinesDigest
from pgbackup_tui.backup.progress import TaskJob, TaskProgress
from pgbackup_tui.backup.reasons import reason
from pgbackup_tui.backup.verdict import Verdict


@dataclass(frozen=True, slots=True)
class EvidenceJob:
    """One subclient that was asked for, or one job. Words are raw; times in UNIX seconds, 0 where not told."""

    path: str
    subclient_id: int | None
    job_id: int | None
    """None for a subclient that has no job, as far as is known."""
    level_asked: str
    level_run: str
    """As the job says; empty where it doesn't."""
    status: str
    """The CommServe's word, or where it told none, this program's: ``not told``, ``no job``, ``not known``, …"""
    started: int = 0
    ended: int = 0
    size_bytes: int = 0
    """Of what was backed up, before compression."""
    reason: str = ""
    """Why it waits or failed, in the CommServe's words."""

    @property
    def seconds(self) -> int | None:
        """How long it ran; None where that is not known."""
        return self.ended - self.started if 0 < self.started <= self.ended else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was said instead of starting, or what cut the answer off."""

    http_status: int | None
    code: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of one attempt. Words are raw; the renderers clean them."""

    attempt_id: str
    standing: Standing
    verdict: Verdict
    reason: str
    """Why the verdict is what it is."""
    asked_at: float
    """UNIX seconds, by the clock of the machine that asked."""
    asked_by: str
    """``user@host`` of that machine."""
    asked_as: str
    """The user on the CommServe."""
    commserve: str
    """Its origin."""
    ticket: str
    level: str
    with_data: bool
    notify: bool
    task_id: int | None
    retry_of: tuple[str, ...]
    resubmits: int | None
    """The job that was started again; None for a new task."""
    jobs: tuple[EvidenceJob, ...]
    warnings: tuple[str, ...]
    refusal: Refusal | None
    request_sha256: str
    """Of the request's body as it was sent; a resubmit's is empty."""
    journal: tuple[LinesDigest, ...]
    made_at: float
    """When this record was made (UNIX seconds, this machine's clock)."""
    jobs_as_of: float | None = None
    """When the CommServe was asked for the jobs' state, for this record; None where only the journal was read."""
    retried_by: tuple[str, ...] = ()
    """Later attempts that asked for the same again, or for one of its jobs; their records have their verdicts."""


def evidence(
    attempt: KnownAttempt,
    seen: TaskProgress | None = None,
    *,
    journal: tuple[LinesDigest, ...],
    made_at: float,
    jobs_as_of: float | None = None,
    retried_by: tuple[str, ...] = (),
) -> Evidence:
    """The record of an attempt.

    ``seen`` are its jobs as the CommServe tells them now; without it, as the journal wrote them down last.
    """
    seen = seen or attempt.seen()
    intent, ending = attempt.intent, attempt.ending
    verdict, why = verdict_of(attempt, seen)
    return Evidence(
        attempt.attempt_id,
        attempt.standing,
        verdict,
        why,
        attempt.asked_at,
        f"{attempt.author.user}@{attempt.author.host}",
        intent.asked_as if intent else "",
        attempt.origin,
        intent.ticket if intent else "",
        intent.level if intent else "",
        intent is not None and intent.with_data,
        intent is not None and intent.notify,
        ending.task_id if ending else None,
        intent.retry_of if intent else (),
        intent.resubmits if intent else None,
        _jobs(attempt, seen),
        seen.warnings() if attempt.job_ids else (),
        Refusal(ending.http_status, ending.code, ending.message) if ending and ending.message else None,
        intent.body_sha256 if intent else "",
        journal,
        made_at,
        jobs_as_of,
        retried_by,
    )


_WITHOUT_JOBS: dict[Standing, tuple[Verdict, str]] = {
    Standing.IN_FLIGHT: (Verdict.UNDECIDED, "the request is under way"),
    Standing.UNKNOWN: (Verdict.UNDECIDED, "nobody knows whether it was started"),
    Standing.REJECTED: (Verdict.NO_GO, "the CommServe rejected it; nothing was started"),
    Standing.NOT_SENT: (Verdict.NO_GO, "it was not sent; nothing was started"),
    Standing.NOT_STARTED: (Verdict.NO_GO, "it was declared not started by a person"),
}


_WITHOUT_JOB = {
    Standing.IN_FLIGHT: "under way",
    Standing.UNKNOWN: "not known",
    Standing.REJECTED: "not started",
    Standing.NOT_SENT: "not started",
    Standing.NOT_STARTED: "not started",
}
"""Where a subclient of an attempt stands that no job is told of."""


def verdict_of(attempt: KnownAttempt, seen: TaskProgress) -> tuple[Verdict, str]:
    """The word, and why; jobs that were found of an attempt that is not settled make no go of it."""
    unsettled = attempt.standing in (Standing.IN_FLIGHT, Standing.UNKNOWN)
    if attempt.is_newer or attempt.intent is None:
        why = (
            "a newer version wrote of it" if attempt.is_newer else "the journal's line of what was asked is damaged"
        )
        return Verdict.UNDECIDED, why
    if attempt.standing in _WITHOUT_JOBS and (not attempt.job_ids or unsettled):
        return _WITHOUT_JOBS[attempt.standing]
    return seen.verdict, reason(seen)


def _jobs(attempt: KnownAttempt, seen: TaskProgress) -> tuple[EvidenceJob, ...]:
    """The subclients that were asked for, in that order, each with its jobs; then what is nobody's."""
    level = attempt.intent.level if attempt.intent else ""
    rows: list[EvidenceJob] = []
    for found in attempt.associations:
        number = found.subclient.subclient_id
        own = [job for job in seen.jobs if job.subclient_id == number]
        rows += [_job(job, level) for job in own]
        if not own:
            without = _WITHOUT_JOB.get(found.standing, "no job")
            rows.append(EvidenceJob(found.subclient.path, number, None, level, "", without))
    asked = {found.subclient.subclient_id for found in attempt.associations}
    rows += [_job(job, level) for job in seen.jobs if job.subclient_id not in asked]
    return tuple(rows)


def _job(job: TaskJob, asked: str) -> EvidenceJob:
    summary = job.summary
    if summary is None:
        return EvidenceJob(job.path, None, job.job_id, asked, "", "not told")
    return EvidenceJob(
        job.path,
        job.subclient_id,
        job.job_id,
        asked,
        job.level,
        summary.status,
        summary.job_start_time,
        summary.job_end_time if job.ending.is_final else 0,
        max(0, summary.size_of_application),
        summary.pending_reason,
    )
