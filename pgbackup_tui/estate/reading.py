"""Fills an estate from a CommServe: the one listing first, then only the clients that are needed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence

from pgbackup_tui.commserve.errors import ApiError, ProtocolError, TransportError
from pgbackup_tui.commserve.inventory import FoundClient, Inventory
from pgbackup_tui.commserve.route import MAX_IN_FLIGHT
from pgbackup_tui.errors import PgBackupError
from pgbackup_tui.estate.model import Estate
from pgbackup_tui.estate.patterns import Pattern

_MOST_NAMED = 5
_GIVE_UP_AFTER = 8
"""Failures in a row that are no refusal: the CommServe, or the way to it, is not there."""
_BUSY = (429, 503)


class UnreadableError(PgBackupError):
    """Clients that could matter can't be read, so what is known is not the whole."""

    def __init__(self, estate: Estate, client_ids: Sequence[int] = ()) -> None:
        """``client_ids`` are those that matter; without them, all that can't be read."""
        which = client_ids or list(estate.unreadable)
        self.cause = estate.unreadable[which[0]]
        """The first client's failure."""
        names = ", ".join(map(estate.client_name, which[:_MOST_NAMED]))
        unnamed = len(which) - _MOST_NAMED
        more = f" and {unnamed} more" if unnamed > 0 else ""
        super().__init__(
            f"The subclients of {names}{more} can't be read: {self.cause.problem}",
            "Nothing was sent, because not all that the patterns can mean is known. "
            "Leave these clients out, or have the right to see them granted to the token's user.",
        )


async def read_estate(
    inventory: Inventory,
    patterns: Sequence[Pattern] = (),
    *,
    listed: Estate | None = None,
    begun: Callable[[int], None] = lambda _: None,
) -> Estate:
    """The estate, with the subclients of every client that a pattern can match; without patterns, of all.

    ``listed`` is the estate where its overview was read already. ``begun`` is told how many clients are going to be
    read. A client that can't be read is kept as unreadable and does not stop the others, unless nothing answers any
    more. Raises AuthError at once, what ``Inventory.overview`` raises, and the last failure of many in a row.
    """
    estate = listed or Estate(await inventory.overview())
    wanted = await clients_meant(inventory, estate, patterns)
    begun(len(wanted))
    await read_clients(inventory, estate, wanted)
    return estate


def requests_for(estate: Estate, patterns: Sequence[Pattern], read: Collection[int] = ()) -> int:
    """About how many requests it takes to read what the patterns can mean; ``read`` are clients that were read.

    One a client; an id has to be looked up first, and its client may be one more.
    """
    by_id = sum(pattern.subclient_id is not None for pattern in patterns)
    return 2 * by_id + sum(client.client_id not in read for client in clients_needed(estate, patterns))


async def clients_meant(inventory: Inventory, estate: Estate, patterns: Sequence[Pattern]) -> tuple[int, ...]:
    """The ids of the clients whose subclients have to be read for these patterns, in the estate's order.

    An id is asked of the CommServe. Raises CommvaultError.
    """
    wanted = {client.client_id for client in clients_needed(estate, patterns)}
    by_id = [pattern.subclient_id for pattern in patterns if pattern.subclient_id is not None]

    async def find_client(subclient_id: int) -> None:
        row = await inventory.subclient(subclient_id)
        if row is not None:
            wanted.add(row.entity.client_id)

    await _several_at_a_time(by_id, find_client)
    in_order = dict.fromkeys(client.client_id for client in estate.clients if client.client_id in wanted)
    return tuple(in_order | dict.fromkeys(wanted))


def clients_needed(estate: Estate, patterns: Sequence[Pattern]) -> Iterator[FoundClient]:
    """The clients whose subclients have to be read to know what the patterns match, ids left aside."""
    if not patterns:
        yield from estate.clients
        return
    globs = [pattern for pattern in patterns if pattern.subclient_id is None]
    instances: dict[int, list[str]] = {}
    for found in estate.overview.instances:
        instances.setdefault(found.client_id, []).append(found.instance)
    for client in estate.clients:
        names = instances.get(client.client_id)
        if any(_can_match(pattern, client.client, names) for pattern in globs):
            yield client


def _can_match(pattern: Pattern, client: str, instances: list[str] | None) -> bool:
    """Whether a subclient of this client can match; ``instances`` is None where the listing doesn't tell them."""
    if not pattern.may_be_on_client(client):
        return False
    return instances is None or any(map(pattern.may_be_in_instance, instances))


async def read_clients(inventory: Inventory, estate: Estate, client_ids: Iterable[int]) -> None:
    """Reads the subclients of these clients into the estate, several at a time.

    Raises AuthError, which would be the same for every client, and the last of so many failures in a row that it
    would be for nothing to go on.
    """
    in_a_row = 0

    async def read(client_id: int) -> None:
        nonlocal in_a_row
        try:
            estate.add(client_id, await inventory.subclients(client_id))
            in_a_row = 0
        except (ApiError, ProtocolError, TransportError) as error:
            estate.add_failure(client_id, error)
            in_a_row += not isinstance(error, ApiError) or error.status in _BUSY
            if in_a_row >= _GIVE_UP_AFTER:
                raise

    await _several_at_a_time(client_ids, read)


async def _several_at_a_time(items: Iterable[int], work: Callable[[int], Awaitable[None]]) -> None:
    """Does ``work`` with every item, at most MAX_IN_FLIGHT at once; the first failure ends it and is raised."""
    waiting = iter(items)

    async def until_none_waits() -> None:
        for item in waiting:
            await work(item)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(MAX_IN_FLIGHT):
                group.create_task(until_none_waits())
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
