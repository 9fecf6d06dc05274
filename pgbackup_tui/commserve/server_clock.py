"""The clock of a CommServe, from the Date header of its answers: jobs carry its time, not this machine's."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime


class ServerClock:
    """Goes on from the last Date header by the monotonic clock, which no change of this machine's time moves."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._offset: float | None = None

    def note(self, date: str) -> None:
        """Takes in a Date header; one that is missing or can't be read changes nothing."""
        try:
            told = parsedate_to_datetime(date).timestamp()
        except (ValueError, TypeError, IndexError, OverflowError):
            return
        self._offset = told - self._monotonic()

    def now(self) -> float | None:
        """The CommServe's time (UNIX seconds), within a second or two; None before it told any."""
        return None if self._offset is None else self._offset + self._monotonic()
