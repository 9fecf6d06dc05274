"""What is known of each attempt, merged from the records that any process wrote of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from pgbackup_tui.backup.journal.processes import Author
from pgbackup_tui.backup.journal.records import (
    AssociationRecord,
    Ending,
    Found,
    Intent,
    JobTold,
    Judged,
    Looked,
    NotStarted,
    Record,
)
from pgbackup_tui.backup.outcome import OutcomeKind
from pgbackup_tui.backup.progress import TaskProgress, progress
from pgbackup_tui.backup.task import BackupOptions, BackupTask, Level
from pgbackup_tui.backup.verdict import Verdict
from pgbackup_tui.commserve.wire import JobSubclient, JobSummary
from pgbackup_tui.estate.model import Subclient


class Standing(StrEnum):
    """Where an attempt, or one of its subclients, stands."""

    IN_FLIGHT = "in_flight"
    """A process that still runs has sent it, or is about to."""
    UNKNOWN = "unknown"
    """It may have been started, or not: nothing else may be sent for the subclient until that is settled."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    FOUND = "found"
    """The answer was lost; the job was found on the CommServe afterwards."""
    NOT_STARTED = "not_started"
    """The answer was lost; a person declared that there is no job."""
    MISSING = "missing"
    """The task was accepted, and this subclient got no job."""

    @property
    def is_settled(self) -> bool:
        """Whether something else may be sent for the subclient."""
        return self not in (Standing.IN_FLIGHT, Standing.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Association:
    """One subclient of an attempt."""

    subclient: Subclient
    standing: Standing
    job_id: int | None = None
    """Its job, as soon as one is known to be its."""


@dataclass(frozen=True, slots=True)
class KnownAttempt:
    """All that the journals say of one attempt."""

    attempt_id: str
    standing: Standing
    author: Author
    asked_at: float
    """UNIX seconds, by the clock of the machine that asked."""
    intent: Intent | None
    """None where its line is damaged, or a newer version wrote it."""
    ending: Ending | None
    associations: tuple[Association, ...]
    looks: tuple[Looked, ...] = ()
    judged: Judged | None = None
    is_newer: bool = False
    """Whether a newer version wrote some of it; this one then only shows it."""

    @property
    def origin(self) -> str:
        """The CommServe's; empty where it is not known."""
        return self.intent.origin if self.intent else ""

    @property
    def unsettled(self) -> tuple[Association, ...]:
        """The subclients of which nobody knows whether they were started."""
        return tuple(found for found in self.associations if not found.standing.is_settled)

    @property
    def job_ids(self) -> tuple[int, ...]:
        """Every job that is this attempt's, as far as is known: those of the answer, then those that were found."""
        named = self.ending.job_ids if self.ending and self.ending.kind == OutcomeKind.ACCEPTED else ()
        found = (one.job_id for one in self.associations if one.job_id is not None)
        return tuple(dict.fromkeys((*named, *found)))

    @property
    def verdict(self) -> Verdict | None:
        """The last verdict on its jobs; None where they were never judged."""
        try:
            return Verdict(self.judged.verdict) if self.judged else None
        except ValueError:
            return None

    def seen(self) -> TaskProgress:
        """Its jobs as the journal last wrote them down; of one that it tells nothing of, its id."""
        told = {job.job_id: _summary(job) for job in self.judged.jobs if job.status} if self.judged else {}
        strict = self.judged is not None and self.judged.warnings_are_partial
        return progress(self.task(), self.job_ids, told, warnings_are_partial=strict)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to be done or seen of it."""
        if self.standing in (Standing.ACCEPTED, Standing.FOUND):
            return self.verdict not in (None, Verdict.UNDECIDED)
        return self.standing.is_settled

    def task(self) -> BackupTask | None:
        """What was asked for, or None where the intent can't be read."""
        if self.intent is None or self.intent.level not in set(Level):
            return None
        level = Level(self.intent.level)
        options = BackupOptions(level, self.intent.with_data, self.intent.notify, None, self.intent.ticket)
        subclients = tuple(found.subclient for found in self.associations)
        return BackupTask(subclients, options, self.intent.resubmits)


def merge(records: Iterable[Record]) -> tuple[KnownAttempt, ...]:
    """The attempts that these records are of, the newest first, whatever file each stood in."""
    by_attempt: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_attempt[record.attempt_id].append(record)
    known = (_merged(attempt_id, found) for attempt_id, found in by_attempt.items())
    # an id alone tells seconds, and two attempts can be made in one
    return tuple(sorted(known, key=lambda attempt: (attempt.asked_at, attempt.attempt_id), reverse=True))


def blocking(
    attempts: Iterable[KnownAttempt], origin: str, subclient_ids: Collection[int]
) -> Iterator[KnownAttempt]:
    """The attempts because of which nothing may be sent for these subclients."""
    for attempt in attempts:
        is_here = not attempt.origin or attempt.origin == origin
        if is_here and any(found.subclient.subclient_id in subclient_ids for found in attempt.unsettled):
            yield attempt


def _merged(attempt_id: str, records: list[Record]) -> KnownAttempt:
    records = sorted(records, key=lambda record: (record.at, record.sequence))
    intents = [(record, record.content) for record in records if isinstance(record.content, Intent)]
    first, intent = intents[0] if intents else (records[0], None)
    contents = [record.content for record in records]
    ending = next((found for found in contents if isinstance(found, Ending)), None)
    judged = [found for found in contents if isinstance(found, Judged)]
    associations = tuple(_associations(first.author, intent, ending, contents))
    return KnownAttempt(
        attempt_id,
        _whole(ending, associations),
        first.author,
        first.at,
        intent,
        ending,
        associations,
        tuple(found for found in contents if isinstance(found, Looked)),
        judged[-1] if judged else None,
        is_newer=None in contents,
    )


def _associations(
    author: Author, intent: Intent | None, ending: Ending | None, contents: Iterable[object]
) -> Iterator[Association]:
    jobs: dict[int, int] = {}
    missing: set[int] = set()
    declared: set[int] = set()
    for content in contents:
        if isinstance(content, Found):
            jobs.update(content.jobs)
        elif isinstance(content, NotStarted):
            declared.update(content.subclient_ids)
        elif isinstance(content, Judged):
            jobs.update((told.subclient_id, told.job_id) for told in content.jobs if told.subclient_id is not None)
            missing.update(content.missing)
    start = _start(author, ending)
    for subclient in _subclients(intent, ending):
        number = subclient.subclient_id
        standing = start
        if not start.is_settled and number in jobs:
            standing = Standing.FOUND
        elif not start.is_settled and number in declared:
            standing = Standing.NOT_STARTED
        elif start is Standing.ACCEPTED and number in missing and number not in jobs:
            standing = Standing.MISSING
        yield Association(subclient, standing, jobs.get(number))


def _start(author: Author, ending: Ending | None) -> Standing:
    """Where every subclient stood when the request had ended, or when its process had."""
    if ending is None:
        # A process of another host can't be seen from here: what it sent may have arrived.
        return Standing.IN_FLIGHT if author.is_gone is False else Standing.UNKNOWN
    try:
        return Standing(ending.kind)
    except ValueError:
        return Standing.UNKNOWN


def _whole(ending: Ending | None, associations: tuple[Association, ...]) -> Standing:
    """Where the attempt stands: an unknown one is found when each of its subclients is."""
    standings = {found.standing for found in associations}
    for standing in (Standing.IN_FLIGHT, Standing.UNKNOWN, Standing.ACCEPTED, Standing.FOUND):
        if standing in standings:
            return standing
    if ending is not None and ending.kind == OutcomeKind.ACCEPTED:
        return Standing.ACCEPTED
    return next(iter(standings), Standing.UNKNOWN)


def _subclients(intent: Intent | None, ending: Ending | None) -> Iterator[Subclient]:
    if intent is not None:
        yield from map(_subclient, intent.associations)
    elif ending is not None:
        for number in ending.subclient_ids:
            yield Subclient(0, "?", 0, "?", 0, "?", number, f"id {number}")


def _summary(told: JobTold) -> JobSummary:
    client, instance, backupset, name = [*told.path.split("/"), "", "", "", ""][:4]
    number = told.subclient_id
    return JobSummary(
        told.job_id,
        told.status,
        subclient=None if number is None else JobSubclient(number, client, instance, backupset, name),
        backup_level_name=told.level,
        pending_reason=told.reason,
        job_start_time=told.started,
        job_end_time=told.ended,
        size_of_application=told.size_bytes,
    )


def _subclient(told: AssociationRecord) -> Subclient:
    return Subclient(
        told.client_id,
        told.client,
        told.instance_id,
        told.instance,
        told.backupset_id,
        told.backupset,
        told.subclient_id,
        told.subclient,
        told.display_name,
        block_level=told.block_level,
    )
