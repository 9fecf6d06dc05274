"""The journal as the steps of a backup use it: intent before the request, outcome after it, and what is known."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pgbackup_tui.backup.attempt import Attempt
from pgbackup_tui.backup.journal.attempts import KnownAttempt, blocking, merge
from pgbackup_tui.backup.journal.locks import SubclientLocks
from pgbackup_tui.backup.journal.processes import this_process
from pgbackup_tui.backup.journal.reading import JournalRead, read_journals
from pgbackup_tui.backup.journal.records import (
    AssociationRecord,
    Content,
    Ending,
    Intent,
    JobTold,
    Judged,
    Record,
)
from pgbackup_tui.backup.journal.retention import sweep
from pgbackup_tui.backup.journal.writing import JournalFile
from pgbackup_tui.backup.outcome import Outcome, OutcomeKind
from pgbackup_tui.backup.progress import TaskJob, TaskProgress
from pgbackup_tui.backup.task import BackupTask
from pgbackup_tui.backup.where import Where
from pgbackup_tui.errors import PathError, RefusedHereError
from pgbackup_tui.estate.model import Subclient
from pgbackup_tui.paths import STATE_VARIABLE, private_folder, state_folder
from pgbackup_tui.text import clean, clean_name

_FOLDER = "journal"
_LOCKS = "locks"
_LONGEST_REASON = 500
"""Characters of a job's reason that are kept."""
_ADVICE = f"Nothing was sent. Make it writable, or name another folder with --state-dir or {STATE_VARIABLE}."


class NoJournalError(RefusedHereError):
    """What is about to be done can't be written down first; so it is not done."""


@dataclass(frozen=True, slots=True)
class Known:
    """What all journals of this user say."""

    attempts: tuple[KnownAttempt, ...] = ()
    """The newest first."""
    files: tuple[JournalRead, ...] = ()

    @property
    def troubles(self) -> tuple[str, ...]:
        """What could not be read, for a person."""
        return tuple(words for read in self.files for words in read.words())

    def attempt(self, attempt_id: str) -> KnownAttempt | None:
        """The attempt of this id, if any record is of it."""
        return next((found for found in self.attempts if found.attempt_id == attempt_id), None)

    def retries_of(self, attempt_id: str) -> tuple[str, ...]:
        """The ids of the attempts that asked for the same again: an attempt's own records don't know of them."""
        return tuple(
            found.attempt_id for found in self.attempts if found.intent and attempt_id in found.intent.retry_of
        )

    def owner_of(self, where: Where, job_id: int) -> KnownAttempt | None:
        """The attempt that a job is of, if it was started from here."""
        here = (found for found in self.attempts if found.origin == where.origin)
        return next((found for found in here if job_id in found.job_ids), None)

    def open_on(self, origin: str) -> tuple[KnownAttempt, ...]:
        """The attempts on this CommServe of which something is still to be seen, or to be settled."""
        return tuple(found for found in self.attempts if found.origin == origin and not found.is_finished)

    def blocking(self, where: Where, subclients: Sequence[Subclient]) -> tuple[KnownAttempt, ...]:
        """Unsettled attempts, because of which nothing may be sent for these subclients."""
        return tuple(blocking(self.attempts, where.origin, {found.subclient_id for found in subclients}))


class Journal:
    """The journals of one state folder; this process writes a file of its own, from the first record on."""

    def __init__(self, state: Path, clock: Callable[[], float] = time.time) -> None:
        self.state = state
        self.clock = clock
        self.locks = SubclientLocks(state / _LOCKS)
        self._file: JournalFile | None = None
        self._unwritten: list[Record] = []
        """What could not be written yet: this process still knows it."""
        self._judged: dict[str, Judged] = {}

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return self.state / _FOLDER

    def read(self) -> Known:
        """Everything that is known now. Raises PathError where the folder can't be read."""
        files = read_journals(self.folder)
        written = (record for read in files for record in read.records)
        return Known(merge([*written, *self._unwritten]), files)

    def intend(
        self,
        attempt: Attempt,
        task: BackupTask,
        where: Where,
        body: bytes,
        *,
        server_time: float | None = None,
        patience: float = 120.0,
        retry_of: Sequence[str] = (),
        jobs_before: Sequence[int] = (),
    ) -> None:
        """Puts on the disk what is about to be sent, and keeps room for what becomes of it.

        Raises NoJournalError; then nothing may be sent.
        """
        options = task.options
        intent = Intent(
            where.origin,
            where.user,
            options.level.value,
            tuple(map(_association, task.subclients)),
            hashlib.sha256(body).hexdigest(),
            options.ticket,
            options.with_data,
            options.notify,
            server_time,
            patience,
            tuple(retry_of),
            tuple(jobs_before),
            task.resubmits,
        )
        try:
            file = self._open()
            file.reserve()
        except (PathError, OSError) as error:
            raise self._refusal(error) from error
        try:
            file.append(attempt.attempt_id, intent)
        except OSError as error:
            # The line can be on the disk all the same, and would be taken for a request that may have been sent.
            self.conclude(attempt, task, Outcome(OutcomeKind.NOT_SENT, message="The journal can't be written."))
            raise self._refusal(error) from error

    def conclude(self, attempt: Attempt, task: BackupTask, outcome: Outcome) -> str:
        """Writes what became of the request. Never raises; returns why it could not be written, or nothing."""
        ids = tuple(found.subclient_id for found in task.subclients)
        ending = Ending(
            outcome.kind.value,
            ids,
            outcome.task_id,
            outcome.job_ids,
            outcome.http_status,
            outcome.code,
            clean(outcome.message),
        )
        return self.note(attempt.attempt_id, ending)

    def note(self, attempt_id: str, content: Content) -> str:
        """Writes what was learned of an attempt. Never raises; returns why it could not be written, or nothing.

        What could not be written is known to this process all the same, and is written with the next record.
        """
        try:
            file = self._open()
            while self._unwritten:
                file.append(self._unwritten[0].attempt_id, self._unwritten[0].content)  # type: ignore[arg-type]
                self._unwritten.pop(0)
            file.append(attempt_id, content)
        except (PathError, OSError) as error:
            self._unwritten.append(Record(attempt_id, self.clock(), this_process(), 0, content))
            return f"This could not be written to the journal in {self.folder}: {_reason(error)}"
        return ""

    def judge(self, attempt_id: str, seen: TaskProgress, known: Judged | None = None) -> str:
        """Writes what is seen of an attempt's jobs, if it is news; as :meth:`note` does.

        ``known`` is what some journal has already: a look that shows nothing new leaves no line.
        """
        jobs, missing = tuple(map(_told, seen.jobs)), tuple(found.subclient_id for found in seen.missing)
        judged = Judged(seen.verdict.value, jobs, missing, seen.warnings_are_partial)
        if judged in (self._judged.get(attempt_id), known):
            return ""
        self._judged[attempt_id] = judged
        return self.note(attempt_id, judged)

    def close(self) -> None:
        """Gives back the room that was kept; what was written stays."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _refusal(self, error: PathError | OSError) -> NoJournalError:
        return NoJournalError(f"The journal in {self.folder} can't be written: {_reason(error)}", _ADVICE)

    def _open(self) -> JournalFile:
        if self._file is not None and self._file.is_gone:
            self.close()  # somebody took the file away: what is written into it now would be lost with it
        if self._file is None:
            private_folder(self.state)
            self._file = JournalFile(self.folder, self.clock)
            sweep(self.folder, self.clock())
        return self._file


@contextmanager
def open_journal(given: Path | None = None, *, is_demo: bool = False) -> Iterator[Journal]:
    """The journal of the state folder that ``given`` or the environment names; a demo has one of its own.

    Nothing is made or written before there is something to write.
    """
    with tempfile.TemporaryDirectory(prefix="pgbackup-tui-demo-") if is_demo else _kept(given) as state:
        journal = Journal(Path(state))
        try:
            yield journal
        finally:
            journal.close()


@contextmanager
def _kept(given: Path | None) -> Iterator[Path]:
    yield state_folder(given)


def _reason(error: PathError | OSError) -> str:
    return error.problem if isinstance(error, PathError) else error.strerror or type(error).__name__


def _told(job: TaskJob) -> JobTold:
    summary = job.summary
    if summary is None:
        return JobTold(job.job_id, None, "", "")
    return JobTold(
        job.job_id,
        job.subclient_id,
        clean(job.status),
        clean(job.level),
        summary.job_start_time,
        summary.job_end_time if job.ending.is_final else 0,
        max(0, summary.size_of_application),
        clean(summary.pending_reason, limit=_LONGEST_REASON),
        "" if job.subclient else clean_name(job.path),
    )


def _association(subclient: Subclient) -> AssociationRecord:
    return AssociationRecord(
        subclient.client_id,
        subclient.client,
        subclient.instance_id,
        subclient.instance,
        subclient.backupset_id,
        subclient.backupset,
        subclient.subclient_id,
        subclient.subclient,
        subclient.display_name,
        subclient.block_level,
    )
