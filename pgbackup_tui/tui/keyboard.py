"""Keys in their order: one is wholly carried out before the next one is given to whatever has the focus by then.

A slow line delivers keys in bursts. Textual hands a key to the widget that has the focus at that moment, and a
change of focus or place takes some messages, so that the later keys of a burst would go to the place that is left.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator

from textual.dom import DOMNode
from textual.events import Event, Key, Paste
from textual.message_pump import MessagePump

from pgbackup_tui.tui.thrifty import ThriftyApp

_ROUNDS = 2
"""A message bubbles up, and what it causes goes down and up once more."""
_STUCK_SECONDS = 1.0
"""After so long without an answer a widget is left to itself: keys must never be lost."""


class OrderedKeysApp(ThriftyApp):
    """An app that takes keys one after another."""

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[Key | Paste] = deque()
        self._typist: asyncio.Task[None] | None = None
        self.is_furnished = asyncio.Event()
        """Whether every place that a key can lead to is there; what is typed before that waits."""

    async def on_event(self, event: Event) -> None:
        if not isinstance(event, (Key, Paste)) or event.is_forwarded:
            await super().on_event(event)
            return
        self._typed.append(event)
        if self._typist is None or self._typist.done():
            self._typist = asyncio.create_task(self._carry_out_keys())
            self._typist.add_done_callback(self._keys_are_done)

    async def until_typed(self) -> None:
        """Returns when every key that came so far is carried out."""
        while self._typist is not None and not self._typist.done():
            await asyncio.wait({self._typist})

    async def _carry_out_keys(self) -> None:
        await self.is_furnished.wait()
        while self._typed and self.is_running:
            await super().on_event(self._typed.popleft())
            for _ in range(_ROUNDS):
                for node in list(self._concerned()):
                    await _answered(node)

    def _concerned(self) -> Iterator[MessagePump]:
        """Who can have something to do with a key: what is in the focus, and everything around it."""
        focused = self.focused
        if focused is not None:
            yield from focused.walk_children(DOMNode)
            yield from focused.ancestors_with_self
        yield self

    def _keys_are_done(self, typist: asyncio.Task[None]) -> None:
        error = None if typist.cancelled() else typist.exception()
        if isinstance(error, Exception):
            self._handle_exception(error)


async def _answered(node: MessagePump) -> None:
    """Returns when everything that a node was told so far is done."""
    done = asyncio.Event()
    if node.is_running and node.call_later(done.set):
        try:
            async with asyncio.timeout(_STUCK_SECONDS):
                await done.wait()
        except TimeoutError:
            return
