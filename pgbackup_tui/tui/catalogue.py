"""The estate as far as the console has read it: clients at once, their branches when somebody wants them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pgbackup_tui.backup.task import BackupTask
from pgbackup_tui.commserve.errors import CommvaultError
from pgbackup_tui.commserve.route import MAX_IN_FLIGHT
from pgbackup_tui.errors import RefusedHereError
from pgbackup_tui.estate.cache import Branch
from pgbackup_tui.estate.cache_files import EstateFiles
from pgbackup_tui.estate.model import Estate, Subclient
from pgbackup_tui.estate.patterns import Pattern
from pgbackup_tui.estate.reading import UnreadableError, clients_meant, requests_for
from pgbackup_tui.gently import gently, let_go
from pgbackup_tui.target import Target
from pgbackup_tui.text import counted
from pgbackup_tui.times import as_of
from pgbackup_tui.tui.memory import Memory
from pgbackup_tui.tui.nodes import Node
from pgbackup_tui.tui.outline import Outline, Reading
from pgbackup_tui.tui.reader import AHEAD, DEMAND, BranchReader
from pgbackup_tui.tui.records import LogStore, Severity
from pgbackup_tui.tui.telling import tell_error

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
    recalled: Callable[[], None] = lambda: None
    """Called when an earlier run's estate is shown."""
    files: EstateFiles | None = None
    """Where the estate is kept for the next start; None where it is not."""
    memory: Memory = field(init=False)
    estate: Estate | None = None
    listed_at: float = 0.0
    """When the estate was listed (UNIX seconds)."""
    _commserve: CommServe | None = None
    _reader: BranchReader | None = field(default=None)
    _is_settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Whether nobody is signing in or listing the clients just now."""

    def __post_init__(self) -> None:
        self.memory = Memory(self.files, self.log, self.outline, self.news, self.recalled, self.fault)
        self._is_settled.set()

    @asynccontextmanager
    async def recalling(self, target: Target) -> AsyncIterator[None]:
        """While somebody signs in, shows the estate of the last run."""
        self._is_settled.clear()
        try:
            async with self.memory.recalling(target):
                yield
        finally:
            self._is_settled.set()

    async def list(self, commserve: CommServe) -> None:
        """Lists the clients, and reads again what was read before. Raises CommvaultError."""
        self._is_settled.clear()
        try:
            estate = Estate(await commserve.inventory.overview())
            rows = await gently(self.outline.rows_of(estate.overview))
            if self._commserve is not commserve:
                await self._stop_reading()
                self._commserve, self._reader = commserve, BranchReader(self._read, MAX_IN_FLIGHT, self.fault)
            await asyncio.sleep(0)  # for thousands of clients the next step takes long, and so does what follows it
            before = [self.estate, *self.outline.clients]  # held until they can be let go of in turns
            shown_before, read_before = self.outline.as_of, self.outline.in_use()
            self._take_in(estate, rows)
            await asyncio.sleep(0)
            self._tell_listed(estate, shown_before)
            self._read_again([client_id for client_id in read_before if self.outline.client(client_id)])
            self.memory.listed(client.client_id for client in estate.clients)
            self.memory.keep_soon(estate.overview, self.listed_at)
        finally:
            self._is_settled.set()
        self.news()
        await let_go(before)

    def _take_in(self, estate: Estate, rows: Sequence[Node]) -> None:
        self.estate, self.listed_at = estate, self.clock()
        self._tell_dropped(self.outline.load(estate, rows))

    def _tell_listed(self, estate: Estate, shown_before: float | None) -> None:
        for damaged in estate.damaged:
            self.log.add(Severity.WARNING, str(damaged))
        clients = counted(len(estate.clients), "client")
        instances = counted(len(estate.overview.instances), "PostgreSQL instance")
        self.log.add(Severity.INFO, f"{clients} with {instances}.")
        if shown_before is not None:
            self._tell_since(shown_before)

    def _read_again(self, client_ids: Sequence[int]) -> None:
        """Has what was read before read again, unless somebody should agree to what that costs."""
        cost = self.cost(len(client_ids))
        if cost:
            words = f"What was read before is not read again, which would take {cost}."
            self.log.add(Severity.WARNING, f"{words} A client that is closed and opened is.")
        else:
            self.want(client_ids)

    def cost(self, requests: int) -> str:
        """What so many reads cost, where a person should agree to that first; empty where nobody has to."""
        return self._commserve.cost(requests) if self._commserve is not None else ""

    def requests_for(self, patterns: Sequence[Pattern]) -> int:
        """About how many requests it takes to read what these patterns can mean and what was not read yet."""
        read = {client_id for client_id, state in self.outline.reading.items() if state is Reading.DONE}
        return requests_for(self.estate, patterns, read) if self.estate is not None else 0

    def want(self, client_ids: Iterable[int], *, ahead: bool = False) -> None:
        """Has the subclients of these clients read, if they were not read yet."""
        client_ids = list(client_ids)
        if not ahead:
            for client_id in client_ids:
                self.memory.grow(client_id)
        if self._reader is None:
            self.news()
            return
        unread = [client for client in client_ids if self.outline.reading.get(client) is not Reading.DONE]
        for client_id in unread:
            self.outline.begin_reading(client_id)
        self._reader.want(unread, AHEAD if ahead else DEMAND)
        if unread:
            self.news()

    def refresh(self, client_ids: Iterable[int]) -> None:
        """Has these clients read once more, those of them that were read, where nobody has to agree to the cost."""
        stale = [found for found in client_ids if self.outline.reading.get(found) is Reading.DONE]
        if stale and self._reader is not None and not self.cost(len(stale)):
            self._reader.want(stale)

    async def until_read(self, client_id: int) -> None:
        """Has a client read and waits for it, and before that for the clients to be listed."""
        while self._reader is None and not self._is_settled.is_set():
            await self._is_settled.wait()
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

    def require_fresh(self, task: BackupTask) -> None:
        """Raises RefusedHereError for a subclient that only an earlier run has read: it may be gone.

        What is resubmitted does not come from the tree: its job says which subclient it is of.
        """
        subclients = task.subclients if task.resubmits is None else ()
        old = [found.path for found in subclients if self.estate is None or found.client_id in self.outline.kept]
        if old:
            raise RefusedHereError(
                f"Not sent: {old[0]} is shown as an earlier run read it.",
                "Have its client read again: reload in the tree.",
            )

    async def close(self) -> None:
        """Ends the reading, and keeps what was read for the next start."""
        await self._stop_reading()
        if self.estate is not None:
            await self.memory.keep(self.estate.overview, self.listed_at)
        await self.memory.close()

    async def clear(self) -> None:
        """Nothing is known any more."""
        await self.close()
        self._reader = self._commserve = self.estate = None
        self.memory.forget()

    def forget_kept(self) -> None:
        """An earlier run's estate is not shown to somebody who isn't let in."""
        if self.estate is None:
            self.memory.forget()

    async def _stop_reading(self) -> None:
        if self._reader is not None:
            await self._reader.close()

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
            found = self.estate.subclients_of(client_id)
            self.memory.grow(client_id)
            self._tell_dropped(self.outline.fill(client_id, found))
            self.memory.branches[client_id] = Branch(self.clock(), found)
            for damaged in listing.damaged:
                self.log.add(Severity.WARNING, f"{self.estate.client_name(client_id)}: {damaged}")
        self.news()

    def _tell_dropped(self, dropped: Iterable[Subclient]) -> None:
        for subclient in dropped:
            self.log.add(Severity.WARNING, f"No longer there, its mark is taken off: {subclient.path}")

    def _tell_since(self, shown_before: float) -> None:
        """How many names of the overview are not what they were."""
        shown = (node for client in self.outline.clients for node in (client, *client.children))
        found = Counter(node.since for node in shown if node.since is not None)
        if found:
            words = ", ".join(f"{number:,} {since.word}" for since, number in sorted(found.items()))
            then = as_of(shown_before, self.clock()).removeprefix("as of ")
            self.log.add(Severity.INFO, f"Since {then}, of clients and instances: {words}; marked in the tree.")
