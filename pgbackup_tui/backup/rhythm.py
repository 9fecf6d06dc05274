"""When the jobs are looked at next. Pure: what chance and the clocks say is given."""

from __future__ import annotations

EARLY_LOOKS = (0.5, 1.0, 2.0)
"""Seconds before the first looks: a job shows itself within moments."""
_RHYTHM = ((30.0, 3.0), (600.0, 10.0))
"""Until so many seconds after the start, so many seconds between looks."""
_LATE_INTERVAL = 30.0
_JITTER = 0.2
_LONGEST_BACK_OFF = 60.0
"""Longest wait (seconds) between looks while the CommServe can't be reached."""
_DOUBLINGS = 6


def interval(looks: int, elapsed: float, chance: float) -> float:
    """Seconds between looks at a task that began ``elapsed`` seconds ago; ``chance`` from 0 to 1 is the jitter."""
    if looks < len(EARLY_LOOKS):
        return EARLY_LOOKS[looks]
    seconds = next((seconds for until, seconds in _RHYTHM if elapsed < until), _LATE_INTERVAL)
    return seconds * (1 + _JITTER * (2 * chance - 1))


def unwatched(seconds: float) -> float:
    """The interval while nobody looks at the screen."""
    return max(seconds, _LATE_INTERVAL)


def back_off(failures: int, chance: float) -> float:
    """Seconds after so many failed looks in a row: full jitter under a limit that doubles, from 1 to 60."""
    return max(1.0, min(_LONGEST_BACK_OFF, 2.0 ** min(failures - 1, _DOUBLINGS)) * chance)


def within_budget(seconds: float, least: float, requests: int, chance: float) -> float:
    """The wait (seconds) where ``least`` should lie between two requests, and the last look took ``requests``.

    The jitter only adds here, so that a budget is never overdrawn.
    """
    return max(seconds, least * max(1, requests) * (1 + _JITTER * chance))
