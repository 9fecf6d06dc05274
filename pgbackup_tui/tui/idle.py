"""When a console that nobody touches is locked: an abandoned tmux must not be an open door."""

from __future__ import annotations

from collections.abc import Callable

IDLE_MINUTES = 30
"""Where no profile says anything else."""
LOOK_SECONDS = 15.0
"""How often it is looked whether the time has come."""


class IdleLock:
    """Counts the time since the last key or click. ``minutes`` 0 is never."""

    def __init__(self, monotonic: Callable[[], float], minutes: float) -> None:
        self._monotonic = monotonic
        self.minutes = minutes
        self.is_locked = False
        self._touched_at = monotonic()

    def touched(self) -> None:
        """Somebody is there."""
        self._touched_at = self._monotonic()

    @property
    def seconds(self) -> float:
        """Since the last key or click."""
        return self._monotonic() - self._touched_at

    @property
    def is_due(self) -> bool:
        """Whether it has to be locked now."""
        return not self.is_locked and self.minutes > 0 and self.seconds >= self.minutes * 60

    def lock(self) -> None:
        self.is_locked = True

    def unlock(self) -> None:
        self.is_locked = False
        self.touched()
