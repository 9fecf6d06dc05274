"""The sample estate: what a company's CommServe looks like to someone who backs up PostgreSQL.

Order of every list: the payments clients, the other well-behaved PostgreSQL clients, clients with other agents
only, and last the clients with special behaviour, in a fixed order and with names that say what they do:

| client             | what is special                                                                       |
|--------------------|---------------------------------------------------------------------------------------|
| pg-notready-01     | its instance is Not Ready; a backup ends as Failed to Start                           |
| pg-sla-missed-01   | SLA missed: its last nights failed; its instance `new` was never backed up            |
| pgsql_win          | the user lacks the capability: 403                                                    |
| pg-nopolicy-01     | a subclient without a storage policy: 500                                             |
| pg-fail-01         | a backup fails                                                                        |
| pg-partial-01      | instances `errors`, `warnings`, `committed`: how a backup of each completes           |
| pg-waits-01        | instances `pending` and `blackout`: a backup waits with a reason, and goes on         |
| pg-nojob-01        | an association is accepted, and no job started                                        |
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import count, islice
from typing import TYPE_CHECKING
from uuid import UUID

from pgbackup_tui.simulator.entities import (
    DUMP_BASED,
    FS_BASED,
    LINUX_FILES,
    MYSQL,
    POSTGRESQL,
    SQL_SERVER,
    VIRTUAL_SERVER,
    WINDOWS_FILES,
    Agent,
    BackupSet,
    Behaviour,
    Client,
    Instance,
    Named,
    Past,
    Subclient,
)
from pgbackup_tui.simulator.estate import Estate

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_CLIENT_ID = 1_001
FIRST_INSTANCE_ID = 50_001
FIRST_BACKUPSET_ID = 200_001
FIRST_SUBCLIENT_ID = 2_000_001
"""The ranges tell ids of different kinds apart, and don't meet in an estate of tens of thousands of clients."""

GB = 1_000_000_000
COMPANIES = (Named(101, "Alder Bank"), Named(102, "Alder Retail"))
PLANS = (Named(4, "Server plan"), Named(7, "Databases gold"), Named(9, "Databases silver"))
POLICIES = (Named(21, "DB-Primary"), Named(22, "DB-Offsite"))
VERSIONS = ("13.16", "14.13", "15.8", "16.4", "17.0")
LINUXES = ("Red Hat Enterprise Linux 9.4", "Debian GNU/Linux 12", "SUSE Linux Enterprise Server 15 SP5")
SERVICES = (
    *("orders", "ledger", "crm", "billing", "catalog", "identity", "stock", "shipping", "pricing", "fraud"),
    *("reports", "search", "loyalty", "invoices", "tickets", "mail", "hr", "wiki", "metrics", "audit"),
    *("cards", "loans", "treasury", "kyc", "limits", "risk", "archive", "portal", "partners", "claims"),
)


@dataclass(frozen=True, slots=True)
class Special:
    """An instance with its own behaviour."""

    name: str
    behaviour: Behaviour = Behaviour.COMPLETES
    past: Past = Past.NIGHTLY
    has_policy: bool = True
    not_ready_reason: str = ""
    sla_missed_reason: str = ""


NOT_READY = "The database server [main] is down or refuses connections on port 5432."
SLA_MISSED = "No backup completed within the SLA period."
SPECIAL_CLIENTS: tuple[tuple[str, tuple[Special, ...]], ...] = (
    ("pg-notready-01", (Special("main", Behaviour.CANNOT_START, not_ready_reason=NOT_READY),)),
    (
        "pg-sla-missed-01",
        (
            Special("main", past=Past.FAILING, sla_missed_reason=SLA_MISSED),
            Special("new", past=Past.NEVER, sla_missed_reason="Never backed up."),
        ),
    ),
    ("pgsql_win", (Special("main"),)),
    ("pg-nopolicy-01", (Special("main", has_policy=False, past=Past.NEVER),)),
    ("pg-fail-01", (Special("main", Behaviour.FAILS),)),
    (
        "pg-partial-01",
        (
            Special("errors", Behaviour.COMPLETES_WITH_ERRORS),
            Special("warnings", Behaviour.COMPLETES_WITH_WARNINGS),
            Special("committed", Behaviour.COMMITS),
        ),
    ),
    ("pg-waits-01", (Special("pending", Behaviour.PENDS), Special("blackout", Behaviour.QUEUES))),
    ("pg-nojob-01", (Special("main", Behaviour.STARTS_NO_JOB),)),
)
FORBIDDEN_CLIENT = "pgsql_win"
PAYMENTS = ("pg-pay-01", "pg-pay-02")
MINIMUM_CLIENTS = len(PAYMENTS) + len(SPECIAL_CLIENTS)


def sample_estate(clients: int, seed: int) -> Estate:
    """An estate with `clients` PostgreSQL clients, the special ones among them; the same for the same seed."""
    if clients < MINIMUM_CLIENTS:
        raise ValueError(
            f"clients={clients} is too few: the sample estate needs at least {MINIMUM_CLIENTS} PostgreSQL clients"
            f" ({len(PAYMENTS)} for payments and {len(SPECIAL_CLIENTS)} with special behaviour)"
        )
    builder = _Builder(seed)
    builder.payments()
    for number, name in enumerate(islice(_ordinary_names(), clients - MINIMUM_CLIENTS)):
        builder.ordinary(name, number)
    builder.other_agents()
    for name, specials in SPECIAL_CLIENTS:
        builder.special(name, specials)
    return Estate(builder.clients, builder.instances, builder.backupsets, builder.subclients)


def _ordinary_names() -> Iterator[str]:
    return (f"pg-{service}-{number:02d}" for number in count(1) for service in SERVICES)


class _Builder:
    """Makes entities one after the other, so that their ids rise in the order of the lists."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a sample that is the same each time, not a secret
        self.clients: list[Client] = []
        self.instances: list[Instance] = []
        self.backupsets: list[BackupSet] = []
        self.subclients: list[Subclient] = []

    def payments(self) -> None:
        """Two clients with three FSBased subclients in all: the estate's shop window."""
        first, second = (self.client(name, f"{name} (payments)") for name in PAYMENTS)
        main = self.instance(first, "main", ("payments", "refunds"))
        self.postgresql_sets(main, dumps_each_database=True)
        archive = self.instance(first, "archive", ("payments_2023", "payments_2024"))
        self.postgresql_sets(archive)
        self.postgresql_sets(self.instance(second, "main", ("payments", "disputes")))

    def ordinary(self, name: str, number: int) -> None:
        """A well-behaved client; some have a second instance, dumps by database, a block-level subclient."""
        service = name.split("-")[1]
        client = self.client(name, has_files=number % 3 == 1)
        instance = self.instance(client, "main", (service, f"{service}_audit"))
        self.postgresql_sets(instance, dumps_each_database=number % 3 == 0, block_level=number % 4 == 0)
        if number % 5 == 2:
            self.postgresql_sets(self.instance(client, "reporting", (f"{service}_reporting",)))

    def special(self, name: str, specials: tuple[Special, ...]) -> None:
        windows = name == FORBIDDEN_CLIENT
        client = self.client(name, windows=windows, refuses_backup=name == FORBIDDEN_CLIENT)
        for special in specials:
            instance = self.instance(client, special.name, ("app",), special)
            self.postgresql_sets(instance, special=special)

    def other_agents(self) -> None:
        """Clients that a client for PostgreSQL must leave out of its lists."""
        self.client("win-files-01", agents=(WINDOWS_FILES,), windows=True)
        sql = self.client("sql-erp-01", agents=(WINDOWS_FILES, SQL_SERVER), windows=True)
        self.other_instance(sql, SQL_SERVER, "SQL-ERP-01", "16.0.4131")
        mysql = self.client("mysql-web-01", agents=(LINUX_FILES, MYSQL))
        self.other_instance(mysql, MYSQL, "web", "8.0.39")
        self.client("vcenter-01", agents=(VIRTUAL_SERVER,))

    def client(
        self,
        name: str,
        display_name: str = "",
        *,
        agents: tuple[Agent, ...] = (POSTGRESQL,),
        has_files: bool = False,
        windows: bool = False,
        refuses_backup: bool = False,
    ) -> Client:
        client = Client(
            id=FIRST_CLIENT_ID + len(self.clients),
            name=name,
            display_name=display_name or name,
            guid=str(UUID(int=self.random.getrandbits(128), version=4)).upper(),
            company=self.random.choice(COMPANIES),
            agents=(LINUX_FILES, *agents) if has_files else agents,
            os_name="Windows Server 2022 Datacenter" if windows else self.random.choice(LINUXES),
            windows=windows,
            refuses_backup=refuses_backup,
        )
        self.clients.append(client)
        return client

    def instance(
        self, client: Client, name: str, databases: tuple[str, ...], special: Special | None = None
    ) -> Instance:
        instance = Instance(
            id=FIRST_INSTANCE_ID + len(self.instances),
            client=client,
            agent=POSTGRESQL,
            name=name,
            version=self.random.choice(VERSIONS),
            plan=self.random.choice(PLANS),
            port=5432 + sum(other.client is client for other in self.instances[-3:]),
            size=self.random.randrange(4 * GB, 900 * GB),
            databases=databases,
            not_ready_reason=special.not_ready_reason if special else "",
            sla_missed_reason=special.sla_missed_reason if special else "",
        )
        self.instances.append(instance)
        return instance

    def other_instance(self, client: Client, agent: Agent, name: str, version: str) -> None:
        instance_id = FIRST_INSTANCE_ID + len(self.instances)
        size = self.random.randrange(4 * GB, 90 * GB)
        instance = Instance(instance_id, client, agent, name, version, PLANS[0], 3306, size, ())
        self.instances.append(instance)
        self.subclient(self.backupset(instance, "defaultDummyBackupSet"), "default")

    def postgresql_sets(
        self,
        instance: Instance,
        *,
        dumps_each_database: bool = False,
        block_level: bool = False,
        special: Special | None = None,
    ) -> None:
        """The two backup sets that every PostgreSQL instance is born with, each with a `default`."""
        files = self.backupset(instance, FS_BASED)
        self.subclient(files, "default", special=special)
        if block_level:
            self.subclient(files, "block-level", block_level=True)
        dumps = self.backupset(instance, DUMP_BASED)
        past = Past.NIGHTLY if dumps_each_database else Past.NEVER
        self.subclient(dumps, "default", special=special, past=past)
        if dumps_each_database:
            for database in instance.databases:
                self.subclient(dumps, database, databases=(database,))

    def backupset(self, instance: Instance, name: str) -> BackupSet:
        backupset = BackupSet(FIRST_BACKUPSET_ID + len(self.backupsets), instance, name)
        self.backupsets.append(backupset)
        return backupset

    def subclient(
        self,
        backupset: BackupSet,
        name: str,
        *,
        special: Special | None = None,
        past: Past | None = None,
        block_level: bool = False,
        databases: tuple[str, ...] = (),
    ) -> None:
        special = special or Special("")
        share = 0.3 if backupset.name == DUMP_BASED else 1.0
        self.subclients.append(
            Subclient(
                id=FIRST_SUBCLIENT_ID + len(self.subclients),
                backupset=backupset,
                name=name,
                storage_policy=self.random.choice(POLICIES) if special.has_policy else None,
                size=int(backupset.instance.size * share / max(1, len(databases) * 2)),
                streams=self.random.choice((1, 2, 2, 4)),
                block_level=block_level,
                databases=databases,
                behaviour=special.behaviour,
                past=past or special.past,
            )
        )
