"""Named selections: what is backed up before which change, written down once.

::

    [profiles.prod.selections."payments pre-change"]
    patterns = ["pg-pay-*/*/FSBasedBackupSet"]
    level = "FULL"
    ticket_required = true
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Literal, cast, get_args

LevelWord = Literal["", "FULL", "INCREMENTAL", "DIFFERENTIAL", "SYNTHETIC_FULL"]
_LONGEST_NAME = 64
_MOST_PATTERNS = 200
_MOST_SUBCLIENTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Selection:
    """Patterns and options under a name. The fields are the keys of its table in the file."""

    name: str
    """The key of the table: one line of text, blanks and all."""
    patterns: tuple[str, ...]
    """As they are typed behind ``backup``; whether they can be read and match is only known then."""
    level: LevelWord = ""
    """Empty where it is to be asked for each time."""
    with_data: bool = False
    notify: bool = False
    ticket_required: bool = False
    """Whether nothing is started without a ticket."""
    max_subclients: int = 0
    """More are refused; 0 for the usual limit."""


def read_selection(name: str, table: object) -> tuple[Selection, tuple[str, ...]]:
    """A selection from its table in the file, and the keys that nobody knows.

    Raises ValueError with what is wrong, in words that go on from its place in the file.
    """
    if not (name.strip() and name.isprintable() and len(name) <= _LONGEST_NAME):
        raise ValueError(f"has to have a name of 1 to {_LONGEST_NAME} characters on one line")
    if not isinstance(table, dict):
        raise ValueError('has to be a table with patterns, such as patterns = ["pg-pay-*"]')
    values: dict[str, object] = {}
    for key, value in table.items():
        if key in _READERS:
            try:
                values[key] = _READERS[key](value)
            except ValueError as error:
                raise ValueError(f"can't be used: {key} {error}") from None
    if "patterns" not in values:
        raise ValueError("has no patterns")
    unknown = tuple(key for key in table if key not in _READERS)
    return Selection(name, **values), unknown  # type: ignore[arg-type]  # _READERS gives each key its field's type


def as_table(selection: Selection) -> dict[str, object]:
    """The selection as its table in the file: what is not said is left out."""
    told = {found.name: getattr(selection, found.name) for found in fields(Selection) if found.name != "name"}
    kept = {key: value for key, value in told.items() if value}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in kept.items()}


def _patterns(value: object) -> tuple[str, ...]:
    if not (isinstance(value, list) and 0 < len(value) <= _MOST_PATTERNS):
        raise ValueError('has to be a list of patterns, such as ["pg-pay-*"]')
    if not all(isinstance(word, str) and word.strip() and word.isprintable() for word in value):
        raise ValueError("has to be texts on one line each")
    return tuple(value)


def _level(value: object) -> LevelWord:
    known = tuple(filter(None, get_args(LevelWord)))
    word = value.upper() if isinstance(value, str) else ""
    if word not in known:
        raise ValueError(f"has to be one of {', '.join(known)}")
    return cast(LevelWord, word)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("has to be true or false")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _MOST_SUBCLIENTS:
        raise ValueError("has to be a whole number from 1 on")
    return value


_READERS: Mapping[str, Callable[[object], object]] = {
    "patterns": _patterns,
    "level": _level,
    "with_data": _flag,
    "notify": _flag,
    "ticket_required": _flag,
    "max_subclients": _count,
}
