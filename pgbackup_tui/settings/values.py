"""What each key of a profile may be set to."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, cast, get_args

StorePreference = Literal["", "keyring", "kernel", "none"]
"""Where a profile's token is kept; empty where nothing was said."""
Stored = str | bool | int | Path | tuple[str, ...] | None

COLORS = ("red", "yellow", "green", "cyan", "blue", "magenta")
PRODUCTION = "PRODUCTION"
"""What is shown where production is only said to be true."""
_LONGEST_WORD = 24
_LONGEST_IDLE = 7 * 24 * 60


def as_toml(value: object) -> object:
    """A field's value as the file holds it."""
    if isinstance(value, Path):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError("has to be a text on one line")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("has to be true or false")
    return value


def _path(value: object) -> Path:
    path = Path(_text(value)).expanduser()
    if not path.is_absolute():
        raise ValueError("has to be a whole path, from / or ~ on")
    return path


def _minutes(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LONGEST_IDLE:
        raise ValueError(f"has to be a whole number of minutes from 0 (never) to {_LONGEST_IDLE}")
    return value


def _command(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        try:
            words = shlex.split(value)
        except ValueError as error:
            raise ValueError(f"can't be split into words: {error}") from None
    elif isinstance(value, list) and all(isinstance(word, str) for word in value):
        words = list(value)
    else:
        raise ValueError('has to be a list of words, such as ["pass", "show", "commvault"]')
    if not words or not words[0]:
        raise ValueError("has no command in it")
    return tuple(words)


def _production(value: object) -> str:
    if isinstance(value, bool):
        return PRODUCTION if value else ""
    if not isinstance(value, str) or len(value) > _LONGEST_WORD or not value.isprintable():
        raise ValueError(f"has to be true, false or the word to show, up to {_LONGEST_WORD} letters")
    return value


def _color(value: object) -> str:
    if value not in COLORS:
        raise ValueError(f"has to be one of {', '.join(COLORS)}")
    return str(value)


def _store(value: object) -> StorePreference:
    names = tuple(filter(None, get_args(StorePreference)))
    if value not in names:
        raise ValueError(f"has to be one of {', '.join(names)}")
    return cast(StorePreference, value)


READERS: Mapping[str, Callable[[object], Stored]] = {
    "url": _text,
    "ca_file": _path,
    "proxies": _flag,
    "token_command": _command,
    "user": _text,
    "production": _production,
    "color": _color,
    "read_only": _flag,
    "idle_minutes": _minutes,
    "warnings_are_partial": _flag,
    "saas": _flag,
    "store": _store,
}
"""For each key what turns the file's value into the field's; raises ValueError with what it has to be."""
