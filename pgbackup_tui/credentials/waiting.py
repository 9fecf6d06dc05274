"""Calls that can hang for ever (a keyring's, a bus's), made so that neither the caller nor the exit can."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

Result = TypeVar("Result")
Told = Callable[[str], None]
"""Is called with the name of what is waited for."""

LIMIT_SECONDS = 3.0
"""How long one call to a keyring may take."""
TELL_SECONDS = 0.3
"""After so long the person is told what is waited for."""


class SilentError(Exception):
    """No answer within the limit; the call may go on in its thread, which ends with the process."""


class FailedError(Exception):
    """The call raised ``cause``, whose words are not repeated: they can hold what was to be kept."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(type(cause).__name__)
        self.cause = cause


def in_background(call: Callable[[], Result]) -> Future[Result]:
    """Runs ``call`` in a daemon thread; ``asyncio.wrap_future`` awaits the result.

    Not on an executor: the interpreter joins an executor's threads when it exits, so that a call which never
    returns would keep the process for ever.
    """
    future: Future[Result] = Future()

    def run() -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001  # handed to whoever asks for the result
            future.set_exception(error)

    threading.Thread(target=run, name="credentials", daemon=True).start()
    return future


class OneAtATime:
    """The door to something that may hang: one call at a time, each with a limit."""

    def __init__(self, name: str) -> None:
        self._name = name
        """What is waited for, for a person."""
        self._pending: Future[object] | None = None

    def call(self, call: Callable[[], Result], told: Told | None = None) -> Result:
        """The result of ``call``; ``told`` is called once if it takes longer than a moment.

        Raises FailedError for whatever ``call`` raises, and SilentError after the limit, at once while an earlier
        call still hangs.
        """
        if self._pending is not None and not self._pending.done():
            raise SilentError
        future = in_background(call)
        self._pending = future  # type: ignore[assignment]  # only ever asked whether it is done
        done, _ = wait([future], TELL_SECONDS)
        if not done and told is not None:
            told(self._name)
        done, _ = wait([future], LIMIT_SECONDS - TELL_SECONDS)
        if not done:
            raise SilentError
        error = future.exception()
        if error is not None:
            raise FailedError(error) from error
        return future.result()
