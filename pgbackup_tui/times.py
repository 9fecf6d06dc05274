"""Times as people and programs read them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, tzinfo

_MINUTE, _HOUR, _DAY, _WEEK = 60, 3600, 86400, 7 * 86400


def iso_time(seconds: int | None) -> str | None:
    """UNIX seconds as ISO 8601 in UTC; None and times that no calendar has are None."""
    if not seconds:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return None


def age(seconds: int | None, *, now: float | None = None) -> str:
    """How long ago, as a person says it: ``4 h ago``; ``never`` for None."""
    if not seconds:
        return "never"
    passed = (time.time() if now is None else now) - seconds
    if passed < _MINUTE:
        return "just now"
    if passed < _HOUR:
        return f"{passed / _MINUTE:.0f} min ago"
    if passed < 2 * _DAY:
        return f"{passed / _HOUR:.0f} h ago"
    return f"{passed / _DAY:.0f} days ago"


def until(seconds: int, *, now: float) -> str:
    """How long until then, as a person says it: ``in 4 h``; ``due`` for what has passed."""
    left = seconds - now
    if left <= 0:
        return "due"
    if left < _HOUR:
        return f"in {max(1, round(left / _MINUTE))} min"
    return f"in {left / _HOUR:.0f} h" if left < 2 * _DAY else f"in {left / _DAY:.0f} days"


def both_times(seconds: float | None, zone: tzinfo | None = None) -> str:
    """UNIX seconds in UTC and, where it differs, in local time: ``2026-11-24 03:15:02 UTC (04:15:02 +01:00)``.

    ``zone`` stands for this machine's own; empty for None, 0 and times that no calendar has.
    """
    if not seconds:
        return ""
    try:
        there = datetime.fromtimestamp(seconds, UTC)
        here = there.astimezone(zone)
    except (ValueError, OverflowError, OSError):
        return ""
    words = there.strftime("%Y-%m-%d %H:%M:%S UTC")
    if not here.utcoffset():
        return words
    day = "" if here.date() == there.date() else here.strftime("%Y-%m-%d ")
    return f"{words} ({day}{here.isoformat(timespec='seconds')[11:19]} {here.isoformat()[-6:]})"


def clock_time(seconds: float) -> str:
    """Local time of day."""
    return datetime.fromtimestamp(seconds).strftime("%H:%M:%S")


def as_of(seconds: float, now: float) -> str:
    """When something old was told, as local time: ``as of 02:41``, ``02:41 yesterday``, ``02:41 on 2026-11-20``.

    Both in UNIX seconds.
    """
    told, today = datetime.fromtimestamp(seconds), datetime.fromtimestamp(now).date()
    days = (today - told.date()).days
    day = {0: "", 1: " yesterday"}.get(days, f" on {told.date().isoformat()}")
    return f"as of {told:%H:%M}{day}"


def duration(seconds: float) -> str:
    """How long something took: ``0:42``, ``12:05``, ``3:07:00``."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, _HOUR)
    minutes, left = divmod(rest, _MINUTE)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def span(seconds: float) -> str:
    """An age or a limit, in words that name their units: ``10 s``, ``6 h 10 min``, ``2 days 4 h``, ``4 weeks``.

    What is less than the second unit is left out; weeks are only said of whole ones.
    """
    whole = max(0, int(seconds))
    if whole >= 2 * _WEEK and not whole % _WEEK:
        return f"{whole // _WEEK} weeks"
    if whole >= 2 * _DAY:
        first, second = f"{whole // _DAY} days", f"{whole % _DAY // _HOUR} h"
    elif whole >= _HOUR:
        first, second = f"{whole // _HOUR} h", f"{whole % _HOUR // _MINUTE} min"
    elif whole >= _MINUTE:
        first, second = f"{whole // _MINUTE} min", f"{whole % _MINUTE} s"
    else:
        return f"{whole} s"
    return first if second.startswith("0 ") else f"{first} {second}"
