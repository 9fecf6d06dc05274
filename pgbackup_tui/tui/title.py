"""The terminal's title."""

from __future__ import annotations

from pgbackup_tui.text import clean

_BEGIN, _END = "\x1b]0;", "\x07"


def set_title(words: str) -> str:
    """What a terminal takes as its new title; nothing in ``words`` can be anything else to it."""
    return f"{_BEGIN}{clean(words)}{_END}"
