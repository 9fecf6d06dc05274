"""The record for the change ticket: whole, the same in three formats, and deaf to what names say."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, timedelta, timezone
from pathlib import Path

import msgspec
import pytest

from pgbackup_tui.backup.attempt import Attempt
from pgbackup_tui.backup.evidence import Evidence, evidence
from pgbackup_tui.backup.evidence_formats import as_markdown, as_object, as_text
from pgbackup_tui.backup.journal.attempts import KnownAttempt
from pgbackup_tui.backup.journal.checksum import digests, marker
from pgbackup_tui.backup.journal.journal import Journal
from pgbackup_tui.backup.journal.records import Content, Found, Judged, NotStarted
from pgbackup_tui.backup.outcome import Outcome, OutcomeKind
from pgbackup_tui.backup.progress import TaskProgress, progress
from pgbackup_tui.backup.task import BackupOptions, BackupTask, Level, compose
from pgbackup_tui.backup.verdict import Verdict
from pgbackup_tui.backup.where import Where
from pgbackup_tui.commserve.wire import JobSubclient, JobSummary
from pgbackup_tui.estate.model import Subclient
from tests.unit.estates import subclient

BEGAN = 1_795_403_520
"""2026-11-23 03:12:00 UTC."""
ATTEMPT = Attempt("20261123T031200-0000abcd", "jane", "jump01")
OTHER = Attempt("20261123T031300-0000beef", "jane", "jump01")
HERE = Where("https://cs.example.com", "oncall")
ACCEPTED = Outcome(OutcomeKind.ACCEPTED, 71945, (7, 8), 200)
HOSTILE = "x|y\n## ok\x1b[2J<b>`a`*c*_d_[e](http://f.example)@g www.h.example &lt; \u202e"


def task_of(*subclients: Subclient) -> BackupTask:
    options = BackupOptions(Level.FULL, ticket="CHG0012345")
    return compose(subclients or (subclient(1), subclient(2)), options, max_subclients=9)


def job(job_id: int, number: int, status: str = "Completed", **others: object) -> JobSummary:
    return JobSummary(
        job_id,
        status,
        subclient=JobSubclient(2000000 + number, "c", "i", "b", "s"),
        backup_level_name=str(others.get("level", "Full")),
        job_start_time=BEGAN + 10,
        job_end_time=BEGAN + 75,
        size_of_application=3 * 1024**3,
        pending_reason=str(others.get("reason", "")),
    )


def seen_by(task: BackupTask, *jobs: JobSummary) -> TaskProgress:
    return progress(task, [found.job_id for found in jobs], {found.job_id: found for found in jobs})


class Kept:
    """A journal with one attempt in it."""

    def __init__(self, state: Path, task: BackupTask | None = None, outcome: Outcome | None = ACCEPTED) -> None:
        self.task = task or task_of()
        self.journal = Journal(state, clock=lambda: float(BEGAN))
        self.journal.intend(ATTEMPT, self.task, HERE, b"{}")
        if outcome is not None:
            self.journal.conclude(ATTEMPT, self.task, outcome)

    def note(self, content: Content) -> Kept:
        self.journal.note(ATTEMPT.attempt_id, content)
        return self

    def saw(self, *jobs: JobSummary) -> Kept:
        self.journal.judge(ATTEMPT.attempt_id, seen_by(self.task, *jobs))
        return self

    def attempt(self) -> KnownAttempt:
        self.journal.close()
        found = Journal(self.journal.state).read().attempt(ATTEMPT.attempt_id)
        assert found is not None
        return found

    def record(self, seen: TaskProgress | None = None) -> Evidence:
        folder = self.journal.folder
        return evidence(
            self.attempt(), seen, journal=digests(folder, ATTEMPT.attempt_id), made_at=float(BEGAN + 3600)
        )


def test_a_record_has_who_when_where_what_and_every_job_from_the_journal_alone(tmp_path: Path) -> None:
    record = Kept(tmp_path).saw(job(8, 1), job(7, 2)).record()
    assert (record.verdict, record.reason) == (Verdict.GO, "every job is Completed")
    assert (record.asked_by.split("@")[0] != "", record.asked_as, record.commserve) == (True, "oncall", HERE.origin)
    assert (record.ticket, record.level, record.task_id, record.asked_at) == ("CHG0012345", "FULL", 71945, BEGAN)
    assert [(found.job_id, found.subclient_id, found.seconds) for found in record.jobs] == [
        (8, 2000001, 65),
        (7, 2000002, 65),
    ]
    assert {(found.level_asked, found.level_run, found.size_bytes) for found in record.jobs} == {
        ("FULL", "Full", 3 * 1024**3)
    }
    assert record.request_sha256 == hashlib.sha256(b"{}").hexdigest()


def test_what_the_commserve_tells_now_counts_before_what_the_journal_has(tmp_path: Path) -> None:
    kept = Kept(tmp_path).saw(job(7, 1, "Running"), job(8, 2, "Running"))
    failed = seen_by(kept.task, job(7, 1), job(8, 2, "Failed", reason="disk full"))
    record = kept.record(failed)
    assert (record.verdict, record.reason) == (Verdict.NO_GO, "1 of 2 jobs left no backup: job 8 Failed")
    assert record.jobs[1].reason == "disk full"


def test_a_level_that_is_not_the_one_asked_for_is_said_either_way(tmp_path: Path) -> None:
    below = Kept(tmp_path / "a").saw(job(7, 1, level="Incremental"), job(8, 2)).record()
    assert (below.verdict, below.reason) == (
        Verdict.PARTIAL,
        "below the level asked for: job 7 Incremental, not FULL",
    )
    asked = compose([subclient(1)], BackupOptions(Level.INCREMENTAL), max_subclients=9)
    above = Kept(tmp_path / "b", asked, replace(ACCEPTED, job_ids=(7,))).saw(job(7, 1)).record()
    assert above.verdict is Verdict.GO
    assert above.warnings == (f"Job 7 of {asked.subclients[0].path} ran as Full, not as INCREMENTAL.",)


@pytest.mark.parametrize(
    ("outcome", "content", "verdict", "words"),
    [
        (Outcome(OutcomeKind.REJECTED, code=5, message="no"), None, Verdict.NO_GO, "rejected"),
        (Outcome(OutcomeKind.NOT_SENT, message="refused"), None, Verdict.NO_GO, "not sent"),
        (Outcome(OutcomeKind.UNKNOWN, message="cut"), None, Verdict.UNDECIDED, "nobody knows"),
        (Outcome(OutcomeKind.UNKNOWN), NotStarted((2000001, 2000002)), Verdict.NO_GO, "declared not started"),
        (Outcome(OutcomeKind.UNKNOWN), Found({2000001: 7}, "marker"), Verdict.UNDECIDED, "nobody knows"),
        (None, None, Verdict.UNDECIDED, "under way"),
        (ACCEPTED, None, Verdict.UNDECIDED, "2 of 2 jobs not ended: job 7 nothing told yet"),
        (ACCEPTED, Judged("go", (), ()), Verdict.UNDECIDED, "not ended"),
    ],
)
def test_whatever_became_of_it_only_jobs_that_were_seen_to_complete_make_a_go(
    tmp_path: Path, outcome: Outcome | None, content: Content | None, verdict: Verdict, words: str
) -> None:
    kept = Kept(tmp_path, outcome=outcome)
    record = (kept.note(content) if content else kept).record()
    assert record.verdict is verdict
    assert words in record.reason
    assert len(record.jobs) >= 2


def test_a_line_of_an_older_version_without_times_and_sizes_is_read(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    told = json.loads('{"job_id": 7, "subclient_id": 2000001, "status": "Completed", "level": "Full"}')
    older = msgspec.convert({"verdict": "undecided", "jobs": [told], "type": "judged"}, Judged)
    record = kept.note(older).record()
    assert [(found.status, found.started, found.size_bytes) for found in record.jobs][:1] == [("Completed", 0, 0)]


def test_the_checksum_is_of_exactly_the_lines_that_grep_finds(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.journal.intend(OTHER, kept.task, HERE, b"{}", retry_of=[ATTEMPT.attempt_id])
    (found,) = kept.saw(job(7, 1)).record().journal
    (path,) = kept.journal.folder.glob("*.jsonl")
    lines = [
        line for line in path.read_bytes().splitlines(keepends=True) if marker(ATTEMPT.attempt_id).encode() in line
    ]
    assert (found.file, found.lines) == (path.name, len(lines)) == (path.name, 3)
    assert found.sha256 == hashlib.sha256(b"".join(lines)).hexdigest()


@pytest.fixture
def hostile(tmp_path: Path) -> Evidence:
    task = task_of(subclient(1, client=HOSTILE, name=HOSTILE), subclient(2))
    record = Kept(tmp_path, task).saw(job(7, 1, HOSTILE, reason=HOSTILE), job(8, 2, "Failed")).record()
    return replace(record, ticket=HOSTILE, commserve=HOSTILE, warnings=(f"- {HOSTILE}",))


def test_a_hostile_name_changes_neither_table_nor_page(hostile: Evidence) -> None:
    plain = replace(hostile, ticket="t", commserve="c", warnings=("w",), reason="r")
    plain = replace(plain, jobs=tuple(replace(found, path="p", status="s", reason="r") for found in plain.jobs))
    lines, quiet = as_markdown(hostile, UTC).splitlines(), as_markdown(plain, UTC).splitlines()
    assert len(lines) == len(quiet)
    for line, other in zip(lines, quiet, strict=True):
        assert line.replace(r"\|", "").count("|") == other.replace(r"\|", "").count("|")
        assert line.isprintable()
        assert line[:2] == other[:2]


@pytest.mark.parametrize("markup", ["<b>", "`a`", "*c*", "[e]", "://", "@g", "www.h", "&lt;", "x|y", "\u202e"])
def test_nothing_that_markdown_would_read_is_left_of_a_name(hostile: Evidence, markup: str) -> None:
    told = [line for line in as_markdown(hostile, UTC).splitlines() if "h" in line and "x" in line and "y" in line]
    assert told
    assert not [line for line in told if re.search(r"(?<!\\)" + re.escape(markup), line)]


def test_plain_text_is_printable_and_json_is_ascii_with_raw_names(hostile: Evidence) -> None:
    assert as_text(hostile, UTC).replace("\n", "").isprintable()
    written = json.dumps(as_object(hostile), ensure_ascii=True)
    assert written.isascii()
    assert json.loads(written)["ticket"] == HOSTILE


def test_times_are_told_in_utc_and_in_local_time(tmp_path: Path) -> None:
    record = Kept(tmp_path).saw(job(7, 1), job(8, 2)).record()
    berlin = timezone(timedelta(hours=-4))
    for told in (as_markdown(record, berlin), as_text(record, berlin)):
        assert "2026-11-23 03:12:00 UTC (2026-11-22 23:12:00 -04:00)" in told
    assert "2026-11-23 03:12:00 UTC |" in as_markdown(record, UTC)


def test_the_same_facts_are_in_every_format(tmp_path: Path) -> None:
    record = Kept(tmp_path).saw(job(7, 1), job(8, 2, "Failed", reason="disk full")).record()
    written = json.dumps(as_object(record))
    for told in (as_markdown(record, UTC).replace("\\", ""), as_text(record, UTC), written):
        for fact in (
            "CHG0012345",
            "71945",
            "https://cs.example.com",
            "disk full",
            "Failed",
            "FULL",
            "Full",
            "oncall",
        ):
            assert fact in told
        assert record.journal[0].sha256 in told
