"""The gate for text that the server wrote.

Inside the program names and messages stay as they came, because requests carry them back. Where they leave for
a person (a terminal, a log line, a record) they pass through :func:`clean`, so that a client's name can neither
move the cursor, nor write the clipboard, nor change what a confirmation seems to say.
"""

from __future__ import annotations

import unicodedata

NAME_LIMIT = 512
"""Characters of a name that are shown."""
MESSAGE_LIMIT = 4096
"""Characters of a message that are shown."""

_STEP = 1024
_LINE_BREAKS = frozenset("\n\u2028\u2029\x85")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def clean(raw: str, *, limit: int = MESSAGE_LIMIT) -> str:
    """``raw`` as one line that is safe to show, with a visible mark for everything that was changed.

    Control characters become their pictures (ESC is shown as ␛), line breaks ⏎; characters that reorder or hide
    text, and those that are no characters, become U+FFFD. More than ``limit`` characters are cut, and the cut says
    how many are missing.
    """
    cut = len(raw) - limit
    if cut > 0:
        raw = raw[:limit]
    shown = raw if raw.isprintable() else "".join(map(_visible, raw))
    return f"{shown}…(+{cut} characters)" if cut > 0 else shown


def clean_name(raw: str) -> str:
    """A name of the estate, safe to show and not longer than a name can sensibly be."""
    return clean(raw, limit=NAME_LIMIT)


def counted(number: int, noun: str) -> str:
    """``1 job``, ``3 jobs``, ``1,200 jobs``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def size(number: int) -> str:
    """Bytes as a person reads them, in powers of 1024: ``0 B``, ``1.4 GiB``."""
    amount, unit = float(max(0, number)), "B"
    for unit in ("B", "KiB", "MiB", "GiB", "TiB", "PiB"):
        if amount < _STEP or unit == "PiB":
            break
        amount /= _STEP
    return f"{amount:.0f} B" if unit == "B" else f"{amount:.1f} {unit}"


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    if character in _LINE_BREAKS:
        return "⏎"
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if unicodedata.category(character) == "Zs":
        return " "
    return _REPLACEMENT
