"""What is read of a CommServe's JSON: structs with the server's names.

Only members that this program uses are named; others are passed over. Numbers that some releases send as strings
are taken either way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from msgspec import Meta, Struct, field

POSTGRESQL = 125
"""applicationId of the PostgreSQL agent. Source: api.commvault.com, PostgreSQLDatabase."""
POSTGRESQL_NAME = "PostgreSQL"
"""appName of the PostgreSQL agent."""

Id = Annotated[int, Meta(gt=0, le=2**63 - 1)]
"""An id that the CommServe gave: positive."""
Seconds = Annotated[int, Meta(ge=0, le=253_402_300_799)]
"""A time in UNIX seconds that a calendar has, up to the year 9999; 0 is never."""


class Moment(Struct, frozen=True):
    """A point in time, as ``{"time": 1700000000}``."""

    time: Seconds = 0


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
    time: Seconds = 0


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
    application_id: int = POSTGRESQL


class StoragePolicy(Struct, frozen=True, rename="camel"):
    storage_policy_name: str = ""


class StorageDevice(Struct, frozen=True, rename="camel"):
    """``storageDevice`` of a subclient (sdk:subclient.py, storage_policy)."""

    data_backup_storage_policy: StoragePolicy | None = None


class Plan(Struct, frozen=True, rename="camel"):
    plan_name: str = ""


class CommonProperties(Struct, frozen=True, rename="camel"):
    """``commonProperties`` of a subclient (sdk:subclient.py); 0 in a time is never, or not told."""

    enable_backup: bool | None = None
    last_backup_time: Seconds = 0
    next_backup_time: Seconds = 0
    """When a schedule starts the next backup."""
    storage_device: StorageDevice | None = None


class PostgresProperties(Struct, frozen=True, rename="camel"):
    is_use_block_level_backup: bool = False


class SubclientRow(Struct, frozen=True, rename="camel"):
    """One row of ``GET Subclient`` (sdk:subclient.py)."""

    entity: SubclientEntity = field(name="subClientEntity")
    common: CommonProperties | None = field(name="commonProperties", default=None)
    postgres: PostgresProperties | None = field(name="postgreSQLSubclientProp", default=None)
    plan: Plan | None = field(name="planEntity", default=None)

    @property
    def storage_policy(self) -> str:
        """The name of the policy that data goes by; empty where none is told."""
        device = self.common.storage_device if self.common else None
        policy = device.data_backup_storage_policy if device else None
        return policy.storage_policy_name if policy else ""


class JobSubclient(Struct, frozen=True, rename="camel"):
    """What a job says of the subclient that it backs up."""

    subclient_id: int = 0
    client_name: str = ""
    instance_name: str = ""
    backupset_name: str = ""
    subclient_name: str = ""
    client_id: int = 0
    instance_id: int = 0
    backupset_id: int = 0


class JobUser(Struct, frozen=True, rename="camel"):
    user_name: str = ""


class JobSummary(Struct, frozen=True, rename="camel"):
    """``jobSummary`` of ``GET Job`` and ``POST Jobs`` (sdk:job.py, commvault-exporter). Times in UNIX seconds."""

    job_id: Id
    status: str
    percent_reported: float = field(name="percentComplete", default=0.0)
    subclient: JobSubclient | None = None
    backup_level_name: str = ""
    current_phase_name: str = ""
    pending_reason: str = ""
    job_start_time: Seconds = 0
    job_end_time: Seconds = 0
    job_elapsed_time: Seconds = 0
    size_of_application: int = 0
    """Bytes read so far (sdk:job.py, size_of_application); some releases send it as a string."""
    user_name: JobUser | None = None
    job_description: str = ""
    """Not known of any CommServe's listing; JobDetails has it."""

    @property
    def percent_complete(self) -> float:
        """From 0 to 100, whatever was reported."""
        return max(0.0, min(100.0, self.percent_reported)) if math.isfinite(self.percent_reported) else 0.0


class JobGeneralInfo(Struct, frozen=True, rename="camel"):
    job_description: str = ""


class JobDetail(Struct, frozen=True, rename="camel"):
    general_info: JobGeneralInfo | None = None


class DetailedJob(Struct, frozen=True, rename="camel"):
    """The ``job`` of ``POST JobDetails`` (api-next.commvault.com, SP38, get-job-details)."""

    job_detail: JobDetail | None = None


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
    time_source: Seconds = 0
    client_entity: EventClient | None = None


class WhoAmIUser(Struct, frozen=True, rename="camel"):
    user_name: str


class LoginMembers(Struct, frozen=True, rename="camel"):
    """The members of a ``POST Login`` answer that matter. The token is read here and nowhere else."""

    token: str = ""
    user_name: str = ""
    is_account_locked: bool = False
    remaining_lock_time: Seconds = 0


Row = TypeVar("Row", bound=Struct)
Member = TypeVar("Member")


@dataclass(frozen=True, slots=True)
class DamagedRow:
    """A row of a listing that can't be read. The rows beside it are kept."""

    listing: str
    position: int
    """Counted from 1."""
    reason: str
    application_id: int | None = None
    """Of the agent that the row speaks of, where it can be made out."""
    name: str = ""
    """Of the client, where it can be made out; raw."""

    def __str__(self) -> str:
        about = f" (client {self.name})" if self.name else ""
        return f"row {self.position} of {self.listing}{about} can't be read: {self.reason}"


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """The rows of a listing, and those that were damaged."""

    rows: tuple[Row, ...]
    damaged: tuple[DamagedRow, ...] = ()
    requests: int = 1
    """How many requests it took: its pages."""
