"""How a character cell looks, and the shortest way for a terminal to go from one look to another."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_OFF = {1: 22, 2: 22, 3: 23, 4: 24, 21: 24, 5: 25, 6: 25, 7: 27, 8: 28, 9: 29, 53: 55}
"""What switches an attribute off; some share it."""
_LINES = frozenset({4, 21, 9, 53})
_REVERSE = 7
_FOREGROUND, _BACKGROUND = "39", "49"
_COLOR_LENGTH = {"2": 5, "5": 3}
"""How many parameters a colour of 24 bits has, and one of the palette."""


class Look(NamedTuple):
    """Colours and attributes, as the parameters of the SGR sequence that sets them."""

    foreground: str | None = _FOREGROUND
    """None where it can't be seen."""
    background: str = _BACKGROUND
    attributes: frozenset[int] = frozenset()

    @property
    def of_blank(self) -> Look:
        """What of it can be seen on a space."""
        if self.attributes & _LINES or _REVERSE in self.attributes:
            return self
        return Look(None, self.background)


PLAIN = Look()


@lru_cache(maxsize=1024)
def parse_look(parameters: str) -> Look:
    """The look that an SGR sequence sets on a terminal that was plain before; ``parameters`` is ``1;38;5;9``."""
    foreground, background = _FOREGROUND, _BACKGROUND
    attributes: set[int] = set()
    for parameter in _grouped(parameters):
        code = int(parameter.partition(";")[0] or "0")
        if 30 <= code <= 39 or 90 <= code <= 97:
            foreground = parameter
        elif 40 <= code <= 49 or 100 <= code <= 107:
            background = parameter
        elif code:
            attributes.add(code)
        else:
            foreground, background = _FOREGROUND, _BACKGROUND
            attributes.clear()
    return Look(foreground, background, frozenset(attributes))


@lru_cache(maxsize=4096)
def go_on(now: Look, wanted: Look) -> tuple[str, Look]:
    """The sequence that makes a terminal's look the wanted one, as far as that can be seen; and its look then."""
    if wanted.foreground is None:
        kept = frozenset(code for code in now.attributes if code not in _LINES and code != _REVERSE)
        wanted = Look(now.foreground, wanted.background, kept)
    if wanted == now:
        return "", now
    shortest = min(_changed(now, wanted), _anew(wanted), key=len)
    return f"\x1b[{shortest}m", wanted


def _changed(now: Look, wanted: Look) -> str:
    """Only what differs."""
    off = {_OFF.get(code, 0) for code in now.attributes - wanted.attributes}
    if 0 in off:
        return _anew(wanted)
    left = {code for code in now.attributes if _OFF.get(code) not in off}
    return ";".join(
        [
            *map(str, sorted(off)),
            *map(str, sorted(wanted.attributes - left)),
            *([wanted.foreground] if wanted.foreground and wanted.foreground != now.foreground else []),
            *([wanted.background] if wanted.background != now.background else []),
        ]
    )


def _anew(wanted: Look) -> str:
    """Everything, after a reset."""
    colors = [color for color in (wanted.foreground, wanted.background) if color not in (_FOREGROUND, _BACKGROUND)]
    return ";".join(["0", *map(str, sorted(wanted.attributes)), *filter(None, colors)])


def _grouped(parameters: str) -> Iterator[str]:
    """Each attribute or colour with all of its parameters."""
    numbers = parameters.split(";")
    place = 0
    while place < len(numbers):
        length = 1
        if numbers[place] in ("38", "48"):
            length = _COLOR_LENGTH.get("".join(numbers[place + 1 : place + 2]), 1)
        yield ";".join(numbers[place : place + length])
        place += length
