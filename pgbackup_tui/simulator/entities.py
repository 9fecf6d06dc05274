"""What a CommServe holds: clients with agents, instances, backup sets and subclients, each knowing its parent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Named:
    """A thing of which only the id and the name matter here: a company, a plan, a storage policy, a user."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Agent:
    """An application that a client can have; ids as in the API (PostgreSQL is 125)."""

    application_id: int
    app_name: str


POSTGRESQL = Agent(125, "PostgreSQL")
MYSQL = Agent(104, "MySQL")
SQL_SERVER = Agent(81, "SQL Server")
LINUX_FILES = Agent(29, "Linux File System")
WINDOWS_FILES = Agent(33, "Windows File System")
VIRTUAL_SERVER = Agent(106, "Virtual Server")

FS_BASED = "FSBasedBackupSet"
"""Backs up the data directory and the write-ahead log."""
DUMP_BASED = "DumpBasedBackupSet"
"""Backs up what pg_dump writes; full backups only."""


class Behaviour(StrEnum):
    """What becomes of a backup of a subclient."""

    COMPLETES = "completes"
    COMPLETES_WITH_ERRORS = "completes with errors"
    COMPLETES_WITH_WARNINGS = "completes with warnings"
    COMMITS = "commits"
    FAILS = "fails"
    CANNOT_START = "cannot start"
    PENDS = "pends"
    QUEUES = "queues"
    STORAGE_FULL = "storage full"
    STARTS_NO_JOB = "starts no job"


class Past(StrEnum):
    """What the nights before the world's beginning have left of a subclient."""

    NIGHTLY = "nightly"
    FAILING = "failing"
    NEVER = "never"


@dataclass(frozen=True, slots=True, eq=False)
class Client:
    """A computer with agents."""

    id: int
    name: str
    display_name: str
    guid: str
    company: Named
    agents: tuple[Agent, ...]
    os_name: str
    windows: bool = False
    refuses_backup: bool = False
    """The user lacks the capability that a backup of this client needs."""

    @property
    def host_name(self) -> str:
        return f"{self.name}.corp.example".replace("_", "-")


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """One database server on a client."""

    id: int
    client: Client
    agent: Agent
    name: str
    version: str
    plan: Named
    port: int
    size: int
    """Bytes."""
    databases: tuple[str, ...]
    not_ready_reason: str = ""
    sla_missed_reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class BackupSet:
    """One way of backing up an instance."""

    id: int
    instance: Instance
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Subclient:
    """What a backup is started of."""

    id: int
    backupset: BackupSet
    name: str
    storage_policy: Named | None
    size: int
    streams: int = 2
    block_level: bool = False
    databases: tuple[str, ...] = ()
    """Of a dump; empty means all."""
    behaviour: Behaviour = Behaviour.COMPLETES
    past: Past = Past.NIGHTLY

    @property
    def instance(self) -> Instance:
        return self.backupset.instance

    @property
    def client(self) -> Client:
        return self.backupset.instance.client

    @property
    def agent(self) -> Agent:
        return self.backupset.instance.agent
