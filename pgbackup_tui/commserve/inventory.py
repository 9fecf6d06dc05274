"""Which PostgreSQL instances and subclients a CommServe has."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from sys import intern
from typing import TYPE_CHECKING

from msgspec import Struct

from pgbackup_tui.commserve.errors import ApiError, ProtocolError
from pgbackup_tui.commserve.rows import read_many_rows, read_rows
from pgbackup_tui.commserve.wire import (
    POSTGRESQL,
    POSTGRESQL_NAME,
    ClientRow,
    DamagedRow,
    InstanceRow,
    Listing,
    SubclientRow,
    V4InstanceRow,
)

if TYPE_CHECKING:
    from pgbackup_tui.commserve.session import Session

_SUBCLIENT_DETAIL = 20
"""propertyLevel that carries ids, names and last backup (sdk:services.py)."""
_CLIENT_PAGE = 1000
_MOST_CLIENTS = 200_000
"""A list that is longer than any CommServe's is one that never ends."""
_NOT_FOUND = 2
"""errorCode of an entity that isn't there, as other clients of the API take it."""


class FoundInstance(Struct, frozen=True, gc=False):
    """An instance, in the same words whichever listing it was found in. Times in UNIX seconds.

    Each row of a listing comes with copies of its own of what many share; they are interned, and so kept once.
    """

    client_id: int
    client: str
    instance_id: int
    instance: str
    display_name: str = ""
    version: str = ""
    status: str = ""
    not_ready_reason: str = ""
    sla: str = ""
    last_job_ended: int | None = None
    """When its last backup job ended, whether or not it left a backup; None where there was none."""
    last_job_succeeded: bool = False
    """Only where the listing says so in words or numbers that are known."""


@dataclass(frozen=True, slots=True)
class FoundClient:
    """A client that has, or may have, the PostgreSQL agent."""

    client_id: int
    client: str


@dataclass(frozen=True, slots=True)
class Overview:
    """What one listing tells of the whole estate, before any subclient is read."""

    source: str
    """The endpoint that answered."""
    clients: tuple[FoundClient, ...]
    """In the listing's order, each once."""
    instances: tuple[FoundInstance, ...] = ()
    """Empty where this CommServe lists only clients."""
    damaged: tuple[DamagedRow, ...] = ()


class Inventory:
    """Reads the estate with as few requests as this CommServe allows.

    Which of the listings it answers is found out once and remembered. The order:
    ``databases/instances`` (Command Center's own feed; sdk:services.py DB_INSTANCES), ``V4/Instances`` (Commvault's
    OpenAPI3.yaml), the clients that have the agent (the cached client list of 11.3x), all clients.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._listing: Callable[[], Awaitable[Overview]] | None = None

    async def overview(self) -> Overview:
        """Every client with PostgreSQL, and its instances where one listing tells them.

        Raises AuthError, TransportError, or the last listing's error where none of them is answered.
        """
        if self._listing is not None:
            return await self._listing()
        listings = (self._databases, self._v4_instances, self._clients_with_agent, self._all_clients)
        refusal: ApiError | ProtocolError | None = None
        for listing in listings:
            try:
                overview = await listing()
            except (ApiError, ProtocolError) as error:
                refusal = refusal or error  # the first says most: it is about the listing that every release has
                continue
            self._listing = listing
            return overview
        assert refusal is not None  # noqa: S101  # the loop returned or set it
        raise refusal

    async def subclients(self, client_id: int) -> Listing[SubclientRow]:
        """Every PostgreSQL subclient of one client, in one request."""
        params = {"clientId": client_id, "applicationId": POSTGRESQL, "propertyLevel": _SUBCLIENT_DETAIL}
        answer = await self._session.ask("GET", "Subclient", params=params)
        listing = read_rows(answer.fields(), "subClientProperties", SubclientRow)
        rows = {
            row.entity.subclient_id: row
            for row in listing.rows
            if row.entity.application_id == POSTGRESQL and row.entity.client_id == client_id
        }
        return Listing(tuple(rows.values()), _of_postgresql(listing.damaged))

    async def subclient(self, subclient_id: int) -> SubclientRow | None:
        """One subclient by its id, or None where the CommServe knows none or it isn't PostgreSQL's.

        Raises ApiError for any other refusal than "not found".
        """
        answer = await self._session.ask("GET", f"Subclient/{subclient_id}")
        try:
            rows = read_rows(answer.fields(), "subClientProperties", SubclientRow).rows
        except ApiError as error:
            if error.status == 404 or error.code == _NOT_FOUND:
                return None
            raise
        return next((row for row in rows if row.entity.application_id == POSTGRESQL), None)

    async def _databases(self) -> Overview:
        answer = await self._session.ask("GET", "databases/instances")
        fields = answer.fields()
        if "dbInstance" not in fields:
            raise ProtocolError("databases/instances was answered without a list of instances.")
        found, damaged = await read_many_rows(fields, "dbInstance", InstanceRow, _from_databases)
        await asyncio.sleep(0)  # this and what follows would be one long piece
        return _of_instances(answer.request, found, _of_postgresql(damaged))

    async def _v4_instances(self) -> Overview:
        answer = await self._session.ask("GET", "V4/Instances")
        fields = answer.fields()
        if "instances" not in fields:
            raise ProtocolError("V4/Instances was answered without a list of instances.")
        found, damaged = await read_many_rows(fields, "instances", V4InstanceRow, _from_v4)
        await asyncio.sleep(0)
        return _of_instances(answer.request, found, damaged)

    async def _clients_with_agent(self) -> Overview:
        found: dict[int, FoundClient] = {}
        damaged: list[DamagedRow] = []
        start = 0
        while True:
            params: dict[str, str | int] = {
                "start": start,
                "limit": _CLIENT_PAGE,
                "fl": "clientProperties.client.clientEntity.clientName,"
                "clientProperties.client.clientEntity.clientId,client.idaList.idaEntity.appName",
                "fq": f"client.idaList.idaEntity.appName:contains:{POSTGRESQL_NAME}",
            }
            fields = (await self._session.ask("GET", "Client", params=params)).fields()
            if "filterQueryCount" not in fields:
                raise ProtocolError("This CommServe does not filter its clients by agent.")
            page = read_rows(fields, "clientProperties", ClientRow)
            found.update((client.client_id, client) for client in map(_client, page.rows))
            damaged.extend(page.damaged)
            if len(page.rows) + len(page.damaged) < _CLIENT_PAGE:
                return Overview("GET Client (with agent)", tuple(found.values()), damaged=tuple(damaged))
            start += _CLIENT_PAGE
            if start >= _MOST_CLIENTS:
                raise ProtocolError(f"The list of clients does not end after {_MOST_CLIENTS:,} rows.")

    async def _all_clients(self) -> Overview:
        answer = await self._session.ask("GET", "Client")
        found, damaged = await read_many_rows(answer.fields(), "clientProperties", ClientRow, _client)
        return Overview(answer.request, tuple(found), damaged=damaged)


def _of_postgresql(damaged: Iterable[DamagedRow]) -> tuple[DamagedRow, ...]:
    """Without damaged rows that say they are of another agent."""
    return tuple(row for row in damaged if row.application_id in (None, POSTGRESQL))


def _client(row: ClientRow) -> FoundClient:
    entity = row.client.client_entity
    return FoundClient(entity.client_id, entity.client_name)


def _of_instances(source: str, instances: list[FoundInstance], damaged: tuple[DamagedRow, ...]) -> Overview:
    names = {found.client_id: found.client for found in instances}
    clients = tuple(FoundClient(client_id, name) for client_id, name in names.items())
    return Overview(source, clients, tuple(instances), damaged)


def _from_databases(row: InstanceRow) -> FoundInstance | None:
    if row.instance.application_id != POSTGRESQL:
        return None
    last = row.last_backup_job_info
    ended = last.end_time or last.start_time if last else None
    return FoundInstance(
        client_id=row.instance.client_id,
        client=intern(row.instance.client_name),
        instance_id=row.instance.instance_id,
        instance=intern(row.instance.instance_name),
        display_name=intern(row.instance.display_name),
        version=intern(row.version),
        status=intern(row.status),
        not_ready_reason=row.not_ready_reason,
        sla=intern(row.sla),
        last_job_ended=(ended.time or None) if ended else None,
        last_job_succeeded=last is not None and last.status == _SUCCEEDED,
    )


def _from_v4(row: V4InstanceRow) -> FoundInstance | None:
    if row.database_engine.upper() != "POSTGRESQL":
        return None
    last = row.last_backup
    return FoundInstance(
        client_id=row.client.id,
        client=intern(row.client.name),
        instance_id=row.id,
        instance=intern(row.name),
        display_name=intern(row.server),
        status=_V4_STATUS.get(row.status, row.status),
        not_ready_reason=row.not_ready_reason,
        sla=_V4_SLA.get(row.sla.status, row.sla.status) if row.sla else "",
        last_job_ended=(last.time or None) if last else None,
        last_job_succeeded=last is not None and last.status in _V4_SUCCEEDED,
    )


_SUCCEEDED = 1
"""lastBackupJobInfo.status of a job that completed, as commvault-go-exporter meets it; no other is documented."""
_V4_SUCCEEDED = ("COMPLETED", "COMPLETED_WITH_WARNINGS")
_V4_STATUS = {"READY": "Ready", "NOT_READY": "Not Ready"}
_V4_SLA = {"MET_SLA": "Met", "MISSED_SLA": "Missed"}
