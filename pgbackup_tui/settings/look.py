"""What the settings file says of the console itself, for every profile alike.

::

    theme = "light"

    [keys]
    "browse.mark" = "m"
    "jobs.events" = "e, ctrl+e"
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

THEMES = ("dark", "light", "ansi", "mono")

_NAMED = (
    *("space", "enter", "escape", "tab", "backspace", "delete", "insert", "comma"),
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    *("f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12"),
)
_SPELLING = re.compile(r"(?P<modifiers>(?:(?:ctrl|alt|shift)\+)*)(?P<key>.+)", re.DOTALL)
_SAME_TO_A_TERMINAL = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace", "ctrl+[": "escape"}
_EXAMPLES = 'such as "m", "ctrl+e", "space" or "f5"; several with commas, and the comma itself as "comma"'


class ChosenKeys(NamedTuple):
    """The keys that the person gave to one action, and where that is written."""

    keys: tuple[str, ...]
    """A character as itself, else a name: ``m``, ``ctrl+e``, ``space``."""
    place: str
    """File, line and key, to begin a message with."""


class Look(NamedTuple):
    """How the console looks, and which keys it has."""

    theme: str = ""
    """One of THEMES; empty where nothing was said."""
    keys: Mapping[str, ChosenKeys] = MappingProxyType({})
    """By the id of the action, whether or not there is such an action."""


def read_theme(value: object) -> str:
    """The name of a theme. Raises ValueError with what it has to be."""
    if value not in THEMES:
        raise ValueError(f"has to be one of {', '.join(THEMES)}")
    return str(value)


def read_keys(value: object) -> tuple[str, ...]:
    """The keys of an action, as they are typed into the file. Raises ValueError with what they have to be."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"has to be a key, {_EXAMPLES}")
    return tuple(dict.fromkeys(_key(word.strip()) for word in value.split(",")))


def flat(table: Mapping[str, object], *path: str) -> Iterator[tuple[tuple[str, ...], object]]:
    """The values of a table with where they are: without quotes, ``browse.mark = "m"`` is a table in a table."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, *path, key)
        else:
            yield (*path, key), value


def _key(word: str) -> str:
    if re.fullmatch(r"\^[a-zA-Z]", word):  # as the console shows it
        word = f"ctrl+{word[1]}"
    found = _SPELLING.fullmatch(word)
    if found is None:
        raise ValueError(f"has to be a key, {_EXAMPLES}")
    modifiers, key = set(found["modifiers"].split("+")) - {""}, found["key"]
    is_character = len(key) == 1 and key.isprintable() and key != " "
    if not is_character and key.lower() not in _NAMED:
        raise ValueError(f"has “{word}” in it, which is no key: a key is {_EXAMPLES}")
    if not is_character:
        key = key.lower()
    elif "shift" in modifiers:
        modifiers, key = modifiers - {"shift"}, key.upper()
    elif modifiers:
        key = key.lower()
    spelled = "+".join([name for name in ("alt", "ctrl", "shift") if name in modifiers] + [key])
    if spelled in _SAME_TO_A_TERMINAL:
        raise ValueError(f"can't be {spelled}: a terminal sends the same for {_SAME_TO_A_TERMINAL[spelled]}")
    return spelled
