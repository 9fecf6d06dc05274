"""What is read of a CommServe's JSON: structs with the server's names, and rows decoded one by one.

Only members that this program uses are named; others are passed over. Numbers that some releases send as strings
are taken either way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta, Struct, field

from pgbackup_tui.commserve.errors import ProtocolError

POSTGRESQL = 125
"""applicationId of the PostgreSQL agent. Source: api.commvault.com, PostgreSQLDatabase."""
POSTGRESQL_NAME = "PostgreSQL"
"""appName of the PostgreSQL agent."""

Id = Annotated[int, Meta(gt=0, le=2**63 - 1)]
"""An id that the CommServe gave: positive."""


class Moment(Struct, frozen=True):
    """A point in time, as ``{"time": 1700000000}``."""

    time: int = 0


class InstanceEntity(Struct, frozen=True, rename="camel"):
    """Which client and instance a row of ``databases/instances`` speaks of."""

    client_id: Id
    client_name: str
    instance_id: Id
    instance_name: str
    application_id: int = 0
    display_name: str = ""


class LastBackupJob(Struct, frozen=True, rename="camel"):
    """The instance's last backup job, failed ones too; absent where there was none."""

    job_id: int = field(name="jobID", default=0)
    status: int = 0
    start_time: Moment | None = None
    end_time: Moment | None = None


class InstanceRow(Struct, frozen=True, rename="camel"):
    """One row of ``GET databases/instances``, as commvault-go-exporter reads it in production."""

    instance: InstanceEntity
    version: str = ""
    status: str = ""
    not_ready_reason: str = ""
    sla: str = ""
    last_backup_job_info: LastBackupJob | None = None


class NamedEntity(Struct, frozen=True):
    """``{"id": 10, "name": "pgprod01"}`` of the V4 endpoints."""

    id: Id
    name: str


class V4LastBackup(Struct, frozen=True, rename="camel"):
    """``lastBackup`` of ``GET V4/Instances``."""

    job_id: int = 0
    status: str = ""
    time: int = 0


class V4Sla(Struct, frozen=True):
    """``SLA`` of ``GET V4/Instances``."""

    status: str = ""


class V4InstanceRow(Struct, frozen=True, rename="camel"):
    """One row of ``GET V4/Instances`` (Commvault's OpenAPI3.yaml)."""

    id: Id
    name: str
    client: NamedEntity
    server: str = ""
    database_engine: str = ""
    status: str = ""
    not_ready_reason: str = ""
    last_backup: V4LastBackup | None = None
    sla: V4Sla | None = field(name="SLA", default=None)


class ClientEntity(Struct, frozen=True, rename="camel"):
    """A client of ``GET Client``."""

    client_id: Id
    client_name: str
    display_name: str = ""


class ClientInner(Struct, frozen=True, rename="camel"):
    client_entity: ClientEntity


class ClientRow(Struct, frozen=True):
    """One row of ``GET Client``."""

    client: ClientInner


class SubclientEntity(Struct, frozen=True, rename="camel"):
    """Everything that names a subclient; what an association of a task repeats."""

    client_id: Id
    client_name: str
    instance_id: Id
    instance_name: str
    backupset_id: Id
    backupset_name: str
    subclient_id: Id
    subclient_name: str
    display_name: str = ""
    app_name: str = POSTGRESQL_NAME
    application_id: int = POSTGRESQL


class StoragePolicy(Struct, frozen=True, rename="camel"):
    storage_policy_name: str = ""


class StorageDevice(Struct, frozen=True, rename="camel"):
    data_backup_storage_policy: StoragePolicy | None = None


class CommonProperties(Struct, frozen=True, rename="camel"):
    """``commonProperties`` of a subclient; 0 in ``last_backup_time`` is never."""

    enable_backup: bool | None = None
    last_backup_time: int = 0
    next_backup_time: int = 0
    storage_device: StorageDevice | None = None


class PostgresProperties(Struct, frozen=True, rename="camel"):
    is_use_block_level_backup: bool = False


class SubclientRow(Struct, frozen=True, rename="camel"):
    """One row of ``GET Subclient`` (sdk:subclient.py)."""

    entity: SubclientEntity = field(name="subClientEntity")
    common: CommonProperties | None = field(name="commonProperties", default=None)
    postgres: PostgresProperties | None = field(name="postgreSQLSubclientProp", default=None)


class JobSubclient(Struct, frozen=True, rename="camel"):
    """What a job says of the subclient that it backs up."""

    subclient_id: int = 0
    client_name: str = ""
    instance_name: str = ""
    backupset_name: str = ""
    subclient_name: str = ""


class JobUser(Struct, frozen=True, rename="camel"):
    user_name: str = ""


class JobSummary(Struct, frozen=True, rename="camel"):
    """``jobSummary`` of ``GET Job`` and ``POST Jobs`` (sdk:job.py, commvault-exporter). Times in UNIX seconds."""

    job_id: Id
    status: str
    percent_complete: float = 0
    subclient: JobSubclient | None = None
    backup_level_name: str = ""
    current_phase_name: str = ""
    pending_reason: str = ""
    job_start_time: int = 0
    job_end_time: int = 0
    last_update_time: int = 0
    job_elapsed_time: int = 0
    size_of_application: int = 0
    size_of_media_on_disk: int = 0
    app_type_name: str = ""
    job_type: str = ""
    user_name: JobUser | None = None


class JobRow(Struct, frozen=True, rename="camel"):
    job_summary: JobSummary


class EventClient(Struct, frozen=True, rename="camel"):
    client_name: str = ""


class EventRow(Struct, frozen=True, rename="camel"):
    """One row of ``GET Events`` (sdk:job.py, commvault-exporter)."""

    id: int = 0
    severity: int = 0
    event_code_string: str = ""
    description: str = ""
    time_source: int = 0
    client_entity: EventClient | None = None


class WhoAmIUser(Struct, frozen=True, rename="camel"):
    user_name: str


class LoginMembers(Struct, frozen=True, rename="camel"):
    """The members of a ``POST Login`` answer that matter. The token is read here and nowhere else."""

    token: str = ""
    user_name: str = ""
    is_account_locked: bool = False
    remaining_lock_time: int = 0


Row = TypeVar("Row", bound=Struct)
Member = TypeVar("Member")


@dataclass(frozen=True, slots=True)
class DamagedRow:
    """A row of a listing that can't be read. The rows beside it are kept."""

    listing: str
    position: int
    """Counted from 1."""
    reason: str

    def __str__(self) -> str:
        return f"row {self.position} of {self.listing} can't be read: {self.reason}"


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """The rows of a listing, and those that were damaged."""

    rows: tuple[Row, ...]
    damaged: tuple[DamagedRow, ...] = ()


def read_rows(fields: Mapping[str, msgspec.Raw], key: str, row_type: type[Row]) -> Listing[Row]:
    """The list in ``fields[key]``, row by row; a missing or null list is an empty one.

    A damaged row becomes a DamagedRow instead of an exception. Raises ProtocolError where there is no list at all.
    """
    raw = fields.get(key)
    if raw is None:
        return Listing(())
    try:
        raw_rows = msgspec.json.decode(raw, type=list[msgspec.Raw] | None) or []
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ProtocolError(f"The CommServe's {key} is not a list.") from error
    decoder = msgspec.json.Decoder(row_type, strict=False)
    decoded = list(_decode_each(raw_rows, decoder, key))
    return Listing(
        tuple(row for row in decoded if not isinstance(row, DamagedRow)),
        tuple(row for row in decoded if isinstance(row, DamagedRow)),
    )


def _decode_each(
    raw_rows: list[msgspec.Raw], decoder: msgspec.json.Decoder[Row], key: str
) -> Iterator[Row | DamagedRow]:
    for position, raw in enumerate(raw_rows, start=1):
        try:
            yield decoder.decode(raw)
        except (msgspec.MsgspecError, RecursionError) as error:
            yield DamagedRow(key, position, str(error))


def read_member(fields: Mapping[str, msgspec.Raw], key: str, member_type: type[Member]) -> Member | None:
    """``fields[key]`` as ``member_type``; None where it is missing, null or something else."""
    raw = fields.get(key)
    if raw is None:
        return None
    try:
        return msgspec.json.decode(raw, type=member_type, strict=False)
    except (msgspec.MsgspecError, RecursionError):
        return None
