"""What a command prints as its result: tables for people, JSON for programs; both on stdout."""

from __future__ import annotations

import json
import time
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from pgbackup_tui.text import clean

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def print_json(value: object) -> None:
    """Values as they are; every character that is not ASCII is escaped, so no terminal can be harmed by it."""
    print(json.dumps(value, indent=2, ensure_ascii=True))  # noqa: T201


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as their longest cell; cells are cleaned here. Prints nothing without rows."""
    cleaned = [[clean(cell, limit=512) for cell in row] for row in rows]
    if not cleaned:
        return
    lines = [list(headings), *cleaned]
    widths = [max(map(_columns, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell + " " * (width - _columns(cell)) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())  # noqa: T201


def print_line(text: str) -> None:
    """One cleaned line."""
    print(clean(text))  # noqa: T201


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


def _columns(text: str) -> int:
    """Terminal columns: wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
