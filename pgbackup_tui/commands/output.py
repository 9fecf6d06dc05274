"""What a command prints as its result: tables for people, JSON for programs; both on stdout."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence

from pgbackup_tui.text import clean


def print_json(value: object) -> None:
    """Values as they are; every character that is not ASCII is escaped, so no terminal can be harmed by it."""
    print(json.dumps(value, indent=2, ensure_ascii=True))  # noqa: T201


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as their longest cell; cells are cleaned here. Prints nothing without rows."""
    cleaned = [[clean(cell, limit=512) for cell in row] for row in rows]
    if not cleaned:
        return
    lines = [list(headings), *cleaned]
    widths = [max(map(columns, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell + " " * (width - columns(cell)) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())  # noqa: T201


def print_line(text: str) -> None:
    """One cleaned line."""
    print(clean(text))  # noqa: T201


def columns(text: str) -> int:
    """Terminal columns: wide characters take two, combining ones none."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
