"""Words that queue themselves, so that a story can be told in one line and awaited once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator
from functools import partial
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from tests.driver import ConsoleDriver

Parameters = ParamSpec("Parameters")
Word = TypeVar("Word", bound="Steps")


class Steps:
    """Words that are taken one after another when the last one is awaited."""

    def __init__(self, console: ConsoleDriver) -> None:
        self.console = console
        self._queued: list[Callable[[], Awaitable[object]]] = []

    def __await__(self) -> Generator[Any, None, None]:
        return self._take_all().__await__()

    async def _take_all(self) -> None:
        queued, self._queued = self._queued, []
        for taken in queued:
            await taken()


def step(
    method: Callable[Concatenate[Word, Parameters], Coroutine[Any, Any, object]],
) -> Callable[Concatenate[Word, Parameters], Word]:
    """Makes a method a word: called, it queues itself."""

    def queue(self: Word, /, *arguments: Parameters.args, **named: Parameters.kwargs) -> Word:
        self._queued.append(partial(method, self, *arguments, **named))
        return self

    queue.__doc__ = method.__doc__
    return queue
