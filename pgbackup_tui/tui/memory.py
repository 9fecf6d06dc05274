"""What the console remembers of its last run: the tree is there before the CommServe has answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from pgbackup_tui.commserve.errors import AddressError
from pgbackup_tui.commserve.inventory import Overview
from pgbackup_tui.destination import origin_of
from pgbackup_tui.errors import PathError
from pgbackup_tui.estate.cache import FORMAT, Branch, Header, KeptEstate, NotUsedError, Owner, Proof
from pgbackup_tui.estate.cache_files import EstateFiles
from pgbackup_tui.gently import gently, in_turns
from pgbackup_tui.target import Target
from pgbackup_tui.times import as_of
from pgbackup_tui.tui.nodes import client_nodes
from pgbackup_tui.tui.outline import Outline
from pgbackup_tui.tui.records import LogStore, Severity


@dataclass(slots=True)
class Memory:
    """Shows what was kept of a target's estate, and keeps it. A demo is not remembered, nor without ``files``."""

    files: EstateFiles | None
    log: LogStore
    outline: Outline
    news: Callable[[], None]
    """Called when more of it is in the outline."""
    recalled: Callable[[], None]
    """Called when the outline shows an earlier run's."""
    fault: Callable[[BaseException], None]
    """Called with what work in the background should not have raised."""
    branches: dict[int, Branch] = field(default_factory=dict)
    """What was read of clients, in this run or in an earlier one, by client id."""
    target: Target | None = None
    """Whose estate it is; None where nothing is remembered."""
    _owner: Owner | None = None
    """Whose kept estate is shown."""
    _ungrown: dict[int, Branch] = field(default_factory=dict)
    """Branches of an earlier run that are not in the outline yet."""
    _work: set[asyncio.Task[None]] = field(default_factory=set)
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @asynccontextmanager
    async def recalling(self, target: Target) -> AsyncIterator[None]:
        """While somebody signs in, shows what this Authtoken was shown last; afterwards, what this user was.

        Nobody is shown what is another user's: then it is as if nothing had been kept.
        """
        self.target = target if self.files is not None and not target.is_demo else None
        recalling = asyncio.create_task(self._recall_by_token(target))
        try:
            yield
        finally:
            await recalling
        if self._owner is not None and self._owner.user != target.user:
            await self.close()
            self.forget()
            self.target = target
        if self._owner is None:
            await self._recall_by_user(target)

    def grow(self, client_id: int) -> None:
        """Has the outline show what was kept of a client, if it does not yet."""
        branch = self._ungrown.pop(client_id, None)
        if branch is None:
            return
        try:
            subclients = branch.subclients()
        except NotUsedError as error:
            self.log.add(Severity.DETAIL, f"A branch of the last run is not shown: {error.problem}.")
        else:
            self.outline.grow(client_id, subclients, branch.read_at)
            if self.branches.get(client_id) is branch:  # the line is not needed beside what was made of it
                self.branches[client_id] = Branch(branch.read_at, subclients)

    def grow_all(self) -> None:
        """Has the outline show everything that was kept, for a search; the loop goes on meanwhile."""
        if self._ungrown:
            self._begin(self._grow_rest())

    def listed(self, client_ids: Iterable[int]) -> None:
        """This run has listed the clients: what was read of others is nothing to keep."""
        there = set(client_ids)
        self.branches = {client_id: branch for client_id, branch in self.branches.items() if client_id in there}

    async def keep(self, overview: Overview, listed_at: float) -> None:
        """Writes what is known now, for the next start. That this fails keeps nobody from anything."""
        if self.files is None or self.target is None or not self.target.user:
            return
        kept = await self._snapshot(self.target, overview, listed_at)
        try:
            async with self._writing:
                await asyncio.to_thread(self.files.keep, kept)
        except (PathError, NotUsedError) as error:
            self.log.add(Severity.DETAIL, f"The tree can't be kept for the next start: {error.problem}")

    def keep_soon(self, overview: Overview, listed_at: float) -> None:
        """Has it written while the console goes on."""
        self._begin(self.keep(overview, listed_at))

    async def close(self) -> None:
        """Ends what is under way."""
        for work in self._work:
            work.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    def forget(self) -> None:
        """Nothing is remembered any more; what is kept in files stays."""
        self._owner = self.target = None
        self.branches, self._ungrown = {}, {}
        self.outline.clear()

    def _begin(self, coroutine: Coroutine[object, object, None]) -> None:
        work = asyncio.create_task(coroutine)
        self._work.add(work)
        work.add_done_callback(self._has_ended)

    def _has_ended(self, work: asyncio.Task[None]) -> None:
        self._work.discard(work)
        error = None if work.cancelled() else work.exception()
        if error is not None:
            self.fault(error)

    async def _recall_by_token(self, target: Target) -> None:
        origin = _origin_or_nothing(target)
        files = self.files
        if self.target is None or files is None or not origin or self._owner is not None:
            return
        await self._recall(lambda: files.recall_by_token(origin, _profile_of(target), target.token))

    async def _recall_by_user(self, target: Target) -> None:
        origin = _origin_or_nothing(target)
        files = self.files
        if self.target is None or files is None or not origin:
            return
        await self._recall(lambda: files.recall(Owner(origin, _profile_of(target), target.user)))

    async def _recall(self, read: Callable[[], KeptEstate | None]) -> None:
        """Reads and decodes off the loop, and makes the rows in turns with everything else on it."""
        try:
            kept = await asyncio.to_thread(read)
        except NotUsedError as error:
            self.log.add(Severity.DETAIL, f"The tree of the last run is not shown: {error.problem}.")
            return
        if kept is None or self.outline.clients:
            return
        header = kept.header
        nodes = await gently(client_nodes(kept.overview))
        for node in nodes:
            node.is_open = node.client_id in header.opened
        if self.outline.clients or self.target is None:
            return  # meanwhile this run has listed its clients, or another CommServe was chosen
        self._owner = header.owner
        self.branches, self._ungrown = dict(kept.branches), dict(kept.branches)
        self.outline.recall(nodes, header.source, header.listed_at)
        self.outline.closed, self.outline.come_back_to = header.closed, header.cursor
        async for client_id in in_turns([found for found in kept.branches if found in header.opened]):
            self.grow(client_id)
        if self.outline.filter:  # typed before there was anything to search
            self.grow_all()
        words = as_of(header.listed_at, self.outline.clock())
        self.log.add(Severity.INFO, f"Shown {words}, until the CommServe has listed its clients.")
        self.recalled()

    async def _grow_rest(self) -> None:
        async for client_id in in_turns(list(self._ungrown), self.news):
            self.grow(client_id)
        self.news()

    async def _snapshot(self, target: Target, overview: Overview, listed_at: float) -> KeptEstate:
        closed = await self._closed()
        header = Header(
            FORMAT,
            Owner(origin_of(target.typed), _profile_of(target), target.user),
            Proof.of(target.token),
            listed_at,
            overview.source,
            len(overview.clients),
            frozenset(node.client_id for node in self.outline.clients if node.is_open),
            closed,
            self.outline.cursor,
        )
        return KeptEstate(header, overview, dict(self.branches))

    async def _closed(self) -> frozenset[tuple[str, int]]:
        """The branches below a client that were closed by hand, in this run or, where not shown in it, before."""
        closed = set(self.outline.closed)
        async for client in in_turns(self.outline.clients):
            for instance in client.children:
                for node in (instance, *instance.children):
                    if node.children and not node.is_open:
                        closed.add((node.kind.value, node.entity_id))
                    elif closed and node.children:
                        closed.discard((node.kind.value, node.entity_id))
        return frozenset(closed)


def _profile_of(target: Target) -> str:
    return target.profile.name if target.profile else ""


def _origin_or_nothing(target: Target) -> str:
    """Nothing where the address can't be read; signing in says why."""
    try:
        return origin_of(target.typed)
    except AddressError:
        return ""
