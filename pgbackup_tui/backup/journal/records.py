"""The lines of the journal: what each kind of record says, and how a line is written and checked.

A line is ``CRC32 SPACE JSON LF``. It never holds a token or a header. A member may be added to a record; what
changes a meaning raises VERSION, and older programs then leave that attempt alone.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from pgbackup_tui.backup.journal.processes import Author

VERSION = 1
_CRC_DIGITS = 8


class AssociationRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A subclient as it was asked for. Names are raw."""

    client_id: int
    client: str
    instance_id: int
    instance: str
    backupset_id: int
    backupset: str
    subclient_id: int
    subclient: str
    display_name: str = ""
    block_level: bool = False


class Intent(msgspec.Struct, frozen=True, tag="intent"):
    """A task is about to be sent. Without this on the disk nothing is sent."""

    origin: str
    """The CommServe's, such as ``https://cs.example.com``."""
    asked_as: str
    """The token's user on the CommServe."""
    level: str
    associations: tuple[AssociationRecord, ...]
    body_sha256: str
    ticket: str = ""
    with_data: bool = False
    notify: bool = False
    server_time: float | None = None
    """The CommServe's own clock in the moment of sending (UNIX seconds), where it told it."""
    patience: float = 120.0
    """Seconds after which an answer, and a job, can be expected to have shown itself."""
    retry_of: tuple[str, ...] = ()
    """Attempts that this one repeats: they were declared not started, or their job is the one resubmitted."""
    jobs_before: tuple[int, ...] = ()
    """Jobs of these subclients that were there before it was sent: none of them is its own."""
    resubmits: int | None = None
    """The job that is started again by this; None for a new task. Such a request has no body."""


class Ending(msgspec.Struct, frozen=True, tag="outcome"):
    """What became of the request."""

    kind: str
    """An OutcomeKind."""
    subclient_ids: tuple[int, ...]
    """Repeated from the intent, should its line be damaged."""
    task_id: int | None = None
    job_ids: tuple[int, ...] = ()
    http_status: int | None = None
    code: int | None = None
    message: str = ""
    """Cleaned, and cut to what a person reads."""


class Looked(msgspec.Struct, frozen=True, tag="looked"):
    """The CommServe was searched for the jobs of an unknown attempt."""

    is_clean: bool
    """Whether the whole list was read, without a damaged row that could have been the job."""
    server_time: float | None = None
    trouble: str = ""


class Found(msgspec.Struct, frozen=True, tag="found"):
    """Jobs that are this attempt's, by subclient id."""

    jobs: dict[int, int]
    by: str
    """``answer``, ``marker``, ``window`` or ``person``: how they were known."""


class NotStarted(msgspec.Struct, frozen=True, tag="not_started"):
    """A person declared that these subclients' jobs were never started."""

    subclient_ids: tuple[int, ...]


class JobTold(msgspec.Struct, frozen=True, omit_defaults=True):
    """A job as it was last seen. Words are cleaned; what an older version did not write is 0 or empty."""

    job_id: int
    subclient_id: int | None
    status: str
    level: str
    started: int = 0
    """UNIX seconds, by the CommServe's clock."""
    ended: int = 0
    size_bytes: int = 0
    """Of what was backed up, before compression."""
    reason: str = ""
    """Why it waited or failed, in the CommServe's words."""
    path: str = ""
    """Of the subclient, in the job's own words, where it is none that was asked for."""


class Judged(msgspec.Struct, frozen=True, tag="judged", omit_defaults=True):
    """What is known of an accepted task's jobs."""

    verdict: str
    jobs: tuple[JobTold, ...]
    missing: tuple[int, ...] = ()
    """Subclients that got no job."""
    warnings_are_partial: bool = False
    """Whether the profile had a job that completed with warnings count as partial."""


Content = Intent | Ending | Looked | Found | NotStarted | Judged


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a journal, read or about to be written."""

    attempt_id: str
    at: float
    """UNIX seconds, by the clock of the machine that wrote it."""
    author: Author
    sequence: int
    content: Content | None
    """None for a record that a newer version of this program wrote."""


class DamagedLineError(ValueError):
    """A line that is not what was written."""


class _Line(msgspec.Struct, frozen=True):
    """What every version of a line has."""

    v: int
    seq: int
    ts: str
    attempt: str
    by: Author
    data: msgspec.Raw
    mono: float = 0.0


_CONTENT = msgspec.json.Decoder(Content)
_LINE = msgspec.json.Decoder(_Line)


def encode_line(record: Record, mono: float) -> bytes:
    """The line for a record; ``mono`` is the monotonic clock (seconds), to tell durations by."""
    stamp = datetime.fromtimestamp(record.at, UTC).isoformat(timespec="milliseconds")
    data = msgspec.Raw(msgspec.json.encode(record.content))
    line = _Line(VERSION, record.sequence, stamp, record.attempt_id, record.author, data, mono)
    written = msgspec.json.encode(line)
    return b"%08x %s\n" % (zlib.crc32(written), written)


def decode_line(line: bytes) -> Record:
    """The record of a line, without its LF. Raises DamagedLineError."""
    crc, _, written = line.partition(b" ")
    if len(crc) != _CRC_DIGITS or crc != b"%08x" % zlib.crc32(written):
        raise DamagedLineError("the checksum does not fit")
    try:
        head = _LINE.decode(written)
        at = datetime.fromisoformat(head.ts).timestamp()
        content = _CONTENT.decode(head.data) if head.v <= VERSION else None
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
        raise DamagedLineError(f"it can't be read: {error}") from error
    return Record(head.attempt, at, head.by, head.seq, content)
