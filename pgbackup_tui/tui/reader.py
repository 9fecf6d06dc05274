"""Reads branches of the tree: what somebody waits for goes before what is only read ahead."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from itertools import count

DEMAND = 0
"""A branch that was opened or marked."""
AHEAD = 100
"""A branch that only a search wants."""


class BranchReader:
    """A queue of clients to read, and the workers that read them.

    A client that waits for being read ahead and is then demanded moves to the front. Each is read once, until it is
    wanted again. ``fault`` is called with what ``read`` should not have raised.
    """

    def __init__(
        self, read: Callable[[int], Awaitable[None]], workers: int, fault: Callable[[BaseException], None]
    ) -> None:
        self._read = read
        self._fault = fault
        self._queue: asyncio.PriorityQueue[tuple[int, int, int]] = asyncio.PriorityQueue()
        self._order = count()
        self._wanted: dict[int, asyncio.Event] = {}
        self._urgency: dict[int, int] = {}
        self._workers = [asyncio.create_task(self._work()) for _ in range(workers)]
        for worker in self._workers:
            worker.add_done_callback(self._has_ended)

    @property
    def waiting(self) -> int:
        """How many clients are wanted and not read yet."""
        return len(self._wanted)

    def want(self, client_ids: Iterable[int], urgency: int = DEMAND) -> None:
        """Has these clients read, unless they already wait at least as urgently."""
        for client_id in client_ids:
            if client_id in self._wanted and self._urgency[client_id] <= urgency:
                continue
            self._wanted.setdefault(client_id, asyncio.Event())
            self._urgency[client_id] = urgency
            self._queue.put_nowait((urgency, next(self._order), client_id))

    async def until_read(self, client_id: int) -> None:
        """Returns as soon as the client was read, or could not be."""
        event = self._wanted.get(client_id)
        if event is not None:
            await event.wait()

    async def close(self) -> None:
        """Ends the workers, also in the middle of a request."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        for event in self._wanted.values():  # nobody waits for what will not be read any more
            event.set()

    def _has_ended(self, worker: asyncio.Task[None]) -> None:
        """A worker only ends by being cancelled; anything else would leave branches unread without a word."""
        error = None if worker.cancelled() else worker.exception()
        if error is not None:
            self._fault(error)

    async def _work(self) -> None:
        while True:
            _, _, client_id = await self._queue.get()
            event = self._wanted.get(client_id)
            if event is None or self._urgency.pop(client_id, None) is None:
                continue  # it was read from an earlier, more urgent place in the queue, or is being read
            self._urgency[client_id] = -1
            try:
                await self._read(client_id)
            finally:
                del self._wanted[client_id], self._urgency[client_id]
                event.set()
