"""The estate as far as the console has read it: clients at once, their branches when somebody wants them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pgbackup_tui.commserve.errors import CommvaultError
from pgbackup_tui.commserve.route import MAX_IN_FLIGHT
from pgbackup_tui.errors import RefusedHereError
from pgbackup_tui.estate.model import Estate, Subclient
from pgbackup_tui.estate.patterns import Pattern
from pgbackup_tui.estate.reading import UnreadableError, clients_meant
from pgbackup_tui.gently import gently
from pgbackup_tui.text import counted
from pgbackup_tui.tui.narration import tell_error
from pgbackup_tui.tui.nodes import client_nodes
from pgbackup_tui.tui.outline import Outline, Reading
from pgbackup_tui.tui.reader import AHEAD, DEMAND, BranchReader
from pgbackup_tui.tui.records import LogStore, Severity

if TYPE_CHECKING:
    from pgbackup_tui.commserve.client import CommServe


@dataclass(slots=True)
class Catalogue:
    """Reads one CommServe's estate into an outline, and says in the log what can't be read."""

    log: LogStore
    outline: Outline
    news: Callable[[], None]
    """Called when something that is shown has changed."""
    fault: Callable[[BaseException], None]
    clock: Callable[[], float]
    estate: Estate | None = None
    listed_at: float = 0.0
    """When the estate was listed (UNIX seconds)."""
    _commserve: CommServe | None = None
    _reader: BranchReader | None = field(default=None)

    async def list(self, commserve: CommServe) -> None:
        """Lists the clients, and reads again what was read before. Raises CommvaultError."""
        estate = Estate(await commserve.inventory.overview())
        rows = await gently(client_nodes(estate.overview))
        if self._commserve is not commserve:
            await self.close()
            self._commserve, self._reader = commserve, BranchReader(self._read, MAX_IN_FLIGHT, self.fault)
        self.estate, self.listed_at = estate, self.clock()
        read_before = self.outline.in_use()
        self._tell_dropped(self.outline.load(estate, rows))
        for damaged in estate.damaged:
            self.log.add(Severity.WARNING, str(damaged))
        clients = counted(len(estate.clients), "client")
        instances = counted(len(estate.overview.instances), "PostgreSQL instance")
        self.log.add(Severity.INFO, f"{clients} with {instances}.")
        self.want([client_id for client_id in read_before if self.outline.client(client_id)])
        self.news()

    def want(self, client_ids: Iterable[int], *, ahead: bool = False) -> None:
        """Has the subclients of these clients read, if they were not read yet."""
        if self._reader is None:
            return
        unread = [client for client in client_ids if self.outline.reading.get(client) is not Reading.DONE]
        for client_id in unread:
            self.outline.begin_reading(client_id)
        self._reader.want(unread, AHEAD if ahead else DEMAND)
        if unread:
            self.news()

    async def until_read(self, client_id: int) -> None:
        """Has a client read and waits for it."""
        self.want([client_id])
        if self._reader is not None:
            await self._reader.until_read(client_id)

    async def until_read_for(self, patterns: Sequence[Pattern]) -> Estate:
        """The estate, with everything read that these patterns can mean.

        Raises UnreadableError where some of that can't be read, RefusedHereError where the CommServe was left
        meanwhile, CommvaultError.
        """
        commserve, estate = self._commserve, None
        while commserve is not None and estate is not self.estate:  # it may be listed again meanwhile
            estate = self.estate
            assert estate is not None  # noqa: S101  # it is listed as soon as there is a connection
            wanted = await clients_meant(commserve.inventory, estate, patterns)
            await asyncio.gather(*map(self.until_read, wanted))
            if self._commserve is not commserve:
                estate = commserve = None
        if estate is None:
            raise RefusedHereError("The console has left that CommServe.")
        unreadable = [client_id for client_id in wanted if client_id in estate.unreadable]
        if unreadable:
            raise UnreadableError(estate, unreadable)
        return estate

    async def close(self) -> None:
        """Ends the reading."""
        if self._reader is not None:
            await self._reader.close()

    async def clear(self) -> None:
        """Nothing is known any more."""
        await self.close()
        self._reader = self._commserve = self.estate = None
        self.outline.clear()

    async def _read(self, client_id: int) -> None:
        assert self._commserve is not None  # noqa: S101  # the reader is made with it
        assert self.estate is not None  # noqa: S101
        try:
            listing = await self._commserve.inventory.subclients(client_id)
        except CommvaultError as error:
            self.estate.add_failure(client_id, error)
            self.outline.fail(client_id, error.problem)
            tell_error(self.log, error, f"{self.estate.client_name(client_id)}: ")
        else:
            self.estate.add(client_id, listing)
            self._tell_dropped(self.outline.fill(client_id, self.estate.subclients_of(client_id)))
            for damaged in listing.damaged:
                self.log.add(Severity.WARNING, f"{self.estate.client_name(client_id)}: {damaged}")
        self.news()

    def _tell_dropped(self, dropped: Iterable[Subclient]) -> None:
        for subclient in dropped:
            self.log.add(Severity.WARNING, f"No longer there, its mark is taken off: {subclient.path}")
