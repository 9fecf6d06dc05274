"""An evidence record as Markdown, as plain text, and as an object for JSON; what names say is made harmless."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import tzinfo
from typing import Literal

from pgbackup_tui.backup.evidence import Evidence, EvidenceJob
from pgbackup_tui.backup.journal.checksum import marker
from pgbackup_tui.backup.verdict import Verdict
from pgbackup_tui.text import clean, size
from pgbackup_tui.times import both_times, duration, iso_time

Format = Literal["md", "json", "txt"]

VERDICT_WORD = {
    Verdict.GO: "GO",
    Verdict.NO_GO: "NO-GO",
    Verdict.PARTIAL: "PARTIAL",
    Verdict.UNDECIDED: "UNDECIDED",
}
_HEADINGS = ("Job", "Subclient", "Asked", "Ran", "Status", "Start", "End", "Took", "Size", "Reason")
_CHECKSUM = "SHA-256 of this attempt's lines in each journal file; to compare:"
_MARKDOWN = re.compile(r"[\\`*_\[\]<>#|!~&$@]|(?<=:)//|(?<=\bwww)\.|^[-+]", re.IGNORECASE)
"""What would be read as markup, as a link, or as somebody's name. A backslash makes any punctuation literal
(CommonMark 0.31, 2.4)."""


def as_markdown(record: Evidence, zone: tzinfo | None = None) -> str:
    """The record for a ticket; ``zone`` stands for this machine's own. No name in it can make markup of itself."""
    lines = [f"# Backup evidence: {_verdict(record)}", "", f"**{_verdict(record)}**: {_escaped(record.reason)}", ""]
    lines += ["| | |", "|---|---|"]
    lines += [f"| {name} | {_escaped(value)} |" for name, value in facts_of(record, zone)]
    lines += ["", "## Jobs", "", "| " + " | ".join(_HEADINGS) + " |", "|---" * len(_HEADINGS) + "|"]
    lines += ["| " + " | ".join(map(_escaped, _cells(job, zone))) + " |" for job in record.jobs]
    if record.warnings:
        lines += ["", "## Warnings", "", *(f"- {_escaped(words)}" for words in record.warnings)]
    lines += ["", "## Journal", "", _escaped(_CHECKSUM), "", "```sh", _comparing(record), "```", ""]
    lines += [f"- {_escaped(line)}" for line in _proof(record)]
    return "\n".join(lines) + "\n"


def as_text(record: Evidence, zone: tzinfo | None = None) -> str:
    """The record in plain text, one fact a line; ``zone`` stands for this machine's own."""
    facts = [("verdict", f"{_verdict(record)}: {record.reason}"), *facts_of(record, zone)]
    width = max(len(name) for name, _ in facts)
    lines = ["Backup evidence", ""]
    lines += [f"{name:<{width}}  {clean(value)}" for name, value in facts]
    for job in record.jobs:
        told = [(name.lower(), cell) for name, cell in zip(_HEADINGS, _cells(job, zone), strict=True)]
        lines += ["", f"job {clean(told[0][1])}  {clean(told[1][1])}"]
        lines += [f"  {name:<7} {clean(cell)}" for name, cell in told[2:] if cell not in ("", "-")]
    lines += ["", *(f"warning: {clean(words)}" for words in record.warnings)] if record.warnings else []
    lines += ["", f"{_CHECKSUM} {_comparing(record)}", *(clean(line) for line in _proof(record))]
    return "\n".join(lines) + "\n"


def as_object(record: Evidence) -> dict[str, object]:
    """The record for ``json.dumps``; names are raw, so it has to be written as ASCII. Times are ISO 8601 in UTC."""
    refusal = record.refusal
    return {
        "attempt": record.attempt_id,
        "verdict": record.verdict.value,
        "reason": record.reason,
        "state": record.standing.value,
        "asked_at": iso_time(int(record.asked_at)),
        "by": record.asked_by,
        "asked_as": record.asked_as or None,
        "commserve": record.commserve or None,
        "ticket": record.ticket or None,
        "level": record.level or None,
        "with_data": record.with_data,
        "notify": record.notify,
        "task_id": record.task_id,
        "retry_of": list(record.retry_of),
        "resubmits": record.resubmits,
        "retried_by": list(record.retried_by),
        "jobs": [_job_as_object(job) for job in record.jobs],
        "warnings": list(record.warnings),
        "error": refusal and {"http_status": refusal.http_status, "code": refusal.code, "message": refusal.message},
        "request_sha256": record.request_sha256 or None,
        "journal": [{"file": one.file, "lines": one.lines, "sha256": one.sha256} for one in record.journal],
        "made_at": iso_time(int(record.made_at)),
        "jobs_as_of": iso_time(int(record.jobs_as_of)) if record.jobs_as_of else None,
    }


def _job_as_object(job: EvidenceJob) -> dict[str, object]:
    return {
        "job_id": job.job_id,
        "subclient_id": job.subclient_id,
        "path": job.path or None,
        "level_asked": job.level_asked or None,
        "level_run": job.level_run or None,
        "status": job.status,
        "started": iso_time(job.started),
        "ended": iso_time(job.ended),
        "seconds": job.seconds,
        "size_bytes": job.size_bytes,
        "reason": job.reason,
    }


def _verdict(record: Evidence) -> str:
    return VERDICT_WORD[record.verdict]


def facts_of(record: Evidence, zone: tzinfo | None = None) -> Iterator[tuple[str, str]]:
    """Name and value of everything that is no job; raw."""
    options = [
        name for name, chosen in (("data with the logs", record.with_data), ("notify", record.notify)) if chosen
    ]
    yield "attempt", record.attempt_id
    yield "asked", both_times(record.asked_at, zone)
    yield "by", f"{record.asked_by}, on the CommServe as {record.asked_as or 'a user that is not known'}"
    yield "CommServe", record.commserve or "not known"
    yield "ticket", record.ticket or "-"
    yield "asked for", " ".join(filter(None, [record.level or "a level that is not known", ", ".join(options)]))
    if record.resubmits is not None:
        yield "resubmit of", f"job {record.resubmits}"
    yield "task", str(record.task_id or "-")
    yield "state", record.standing.value.replace("_", " ")
    if record.retry_of:
        yield "retry of", ", ".join(record.retry_of)
    if record.retried_by:
        yield "asked again", f"by attempt {', '.join(record.retried_by)}: see the record of that one too"
    if record.refusal is not None:
        known = [f"HTTP {record.refusal.http_status}" if record.refusal.http_status else ""]
        known.append(f"errorCode {record.refusal.code}" if record.refusal.code is not None else "")
        yield "answer", ": ".join(filter(None, [", ".join(filter(None, known)), record.refusal.message]))
    if record.jobs_as_of:
        yield "jobs as of", f"{both_times(record.jobs_as_of, zone)}, asked of the CommServe"
    else:
        yield "jobs as of", "what the journal has of them"
    yield "made", both_times(record.made_at, zone)


def _cells(job: EvidenceJob, zone: tzinfo | None) -> tuple[str, ...]:
    return (
        str(job.job_id or "none"),
        (job.path or "not told") + (f" (id {job.subclient_id})" if job.subclient_id else ""),
        job.level_asked or "-",
        job.level_run or "-",
        job.status,
        both_times(job.started, zone) or "-",
        both_times(job.ended, zone) or "-",
        "-" if job.seconds is None else duration(job.seconds),
        size(job.size_bytes) if job.size_bytes else "-",
        job.reason or "-",
    )


def _proof(record: Evidence) -> Iterator[str]:
    """What a doubter can compare: the journal's lines, and the request."""
    for found in record.journal:
        yield f"{found.file} ({found.lines} lines): {found.sha256}"
    if record.request_sha256 and record.resubmits is None:
        yield f"SHA-256 of the request's body: {record.request_sha256}"


def _comparing(record: Evidence) -> str:
    """The line for a shell that makes the checksum of a journal file."""
    return f"grep -F '{clean(marker(record.attempt_id))}' FILE | sha256sum"


def _escaped(words: str) -> str:
    """Cleaned, on one line, and every character taken literally that Markdown would read."""
    return _MARKDOWN.sub(r"\\\g<0>", clean(words).strip())


TEXTS: dict[str, Callable[[Evidence], str]] = {"md": as_markdown, "txt": as_text}
"""Renderers of what a person reads, by format."""
