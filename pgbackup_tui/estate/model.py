"""The estate as one searchable index, filled as far as it was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from sys import intern

from msgspec import Struct

from pgbackup_tui.commserve.errors import CommvaultError
from pgbackup_tui.commserve.inventory import FoundClient, FoundInstance, Overview
from pgbackup_tui.commserve.wire import DamagedRow, Listing, SubclientRow

DUMP_BACKUPSET = "DumpBasedBackupSet"
"""The backup set of pg_dump backups, one in every instance (documentation.commvault.com/11.16/postgresql)."""


class Subclient(Struct, frozen=True, gc=False):
    """What a backup is taken of. Names are raw; times in UNIX seconds."""

    client_id: int
    client: str
    instance_id: int
    instance: str
    backupset_id: int
    backupset: str
    subclient_id: int
    subclient: str
    display_name: str = ""
    """What Command Center calls the client."""
    status: str = ""
    """The readiness of the instance, in the CommServe's words; empty where it doesn't tell."""
    not_ready_reason: str = ""
    last_backup: int | None = None
    next_backup: int | None = None
    """When a schedule starts the next one; None where the CommServe doesn't tell."""
    backup_enabled: bool = True
    block_level: bool = False
    storage_policy: str = ""
    """The name of the policy that its data goes by; empty where the CommServe doesn't tell."""
    plan: str = ""

    @property
    def path(self) -> str:
        """``client/instance/backupset/subclient``; a slash inside a name is written %2F."""
        return join_path(self.client, self.instance, self.backupset, self.subclient)

    @property
    def is_dump(self) -> bool:
        """Whether this is a pg_dump backup of databases, rather than one of files and logs."""
        return self.backupset.casefold() == DUMP_BACKUPSET.casefold()

    @property
    def told_instance(self) -> FoundInstance:
        """Its instance, as far as a subclient tells of it."""
        return FoundInstance(
            self.client_id,
            self.client,
            self.instance_id,
            self.instance,
            status=self.status,
            not_ready_reason=self.not_ready_reason,
        )


def join_path(*names: str) -> str:
    """Names with slashes between; a slash inside a name is written %2F."""
    return "/".join(name.replace("/", "%2F") for name in names)


@dataclass(slots=True)
class Estate:
    """What is known of a CommServe's PostgreSQL: all clients at once, their subclients as far as they were read."""

    overview: Overview
    damaged: list[DamagedRow] = field(default_factory=list)
    """Rows that could not be read, for a person to know of."""
    unreadable: dict[int, CommvaultError] = field(default_factory=dict)
    """Clients whose subclients could not be read, by client id, and why."""
    _subclients: dict[int, tuple[Subclient, ...]] = field(default_factory=dict)
    _instances: dict[int, FoundInstance] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.damaged.extend(self.overview.damaged)
        self._instances = {found.instance_id: found for found in self.overview.instances}

    @property
    def clients(self) -> tuple[FoundClient, ...]:
        """Every client, in the CommServe's order."""
        return self.overview.clients

    def instances_of(self, client_id: int) -> tuple[FoundInstance, ...]:
        """The client's instances as the overview told them."""
        return tuple(found for found in self.overview.instances if found.client_id == client_id)

    def add(self, client_id: int, listing: Listing[SubclientRow]) -> None:
        """Takes in the subclients of one client."""
        rows = {row.entity.subclient_id: row for row in listing.rows}  # a row that comes twice is one subclient
        once = {client_id: client_id}
        self._subclients[client_id] = tuple(self._subclient(row, once) for row in rows.values())
        self.damaged.extend(listing.damaged)
        self.unreadable.pop(client_id, None)

    def add_failure(self, client_id: int, error: CommvaultError) -> None:
        """Takes in that a client's subclients could not be read."""
        self.unreadable[client_id] = error

    def subclients(self) -> Iterator[Subclient]:
        """Every subclient that was read, client by client in the CommServe's order."""
        listed = dict.fromkeys(client.client_id for client in self.clients)
        for client_id in listed | dict.fromkeys(self._subclients):
            yield from self._subclients.get(client_id, ())

    def subclients_of(self, client_id: int) -> tuple[Subclient, ...]:
        """The subclients of one client, empty where they were not read."""
        return self._subclients.get(client_id, ())

    def client_name(self, client_id: int) -> str:
        """The raw name of a client, or its id in words where the overview doesn't have it."""
        return next(
            (client.client for client in self.clients if client.client_id == client_id), f"client {client_id}"
        )

    def _subclient(self, row: SubclientRow, once: dict[int, int]) -> Subclient:
        """A row as it is kept: each comes with copies of its own of what the subclients of a client share.

        Numbers are kept ``once`` a client, names once in all (interned).
        """

        def number(told: int) -> int:
            return once.setdefault(told, told)

        entity, common = row.entity, row.common
        instance = self._instances.get(entity.instance_id)
        return Subclient(
            client_id=number(entity.client_id),
            client=intern(entity.client_name),
            instance_id=instance.instance_id if instance else number(entity.instance_id),
            instance=intern(entity.instance_name),
            backupset_id=number(entity.backupset_id),
            backupset=intern(entity.backupset_name),
            subclient_id=entity.subclient_id,
            subclient=intern(entity.subclient_name),
            display_name=intern(entity.display_name or entity.client_name),
            status=instance.status if instance else "",
            not_ready_reason=instance.not_ready_reason if instance else "",
            last_backup=number(common.last_backup_time) or None if common else None,
            next_backup=number(common.next_backup_time) or None if common else None,
            backup_enabled=common is None or common.enable_backup is not False,
            block_level=row.postgres is not None and row.postgres.is_use_block_level_backup,
            storage_policy=intern(row.storage_policy),
            plan=intern(row.plan.plan_name) if row.plan else "",
        )


def backed_up_twice(subclients: Iterable[Subclient]) -> tuple[tuple[str, str], ...]:
    """The instances (client, instance) of which both files and dumps are among ``subclients``."""
    kinds: dict[int, set[bool]] = {}
    names: dict[int, tuple[str, str]] = {}
    for subclient in subclients:
        kinds.setdefault(subclient.instance_id, set()).add(subclient.is_dump)
        names[subclient.instance_id] = (subclient.client, subclient.instance)
    return tuple(names[instance_id] for instance_id, kind in kinds.items() if len(kind) > 1)
