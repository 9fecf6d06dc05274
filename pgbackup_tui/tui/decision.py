"""A question that is answered once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pgbackup_tui.tui.actions import Place

TYPED_ABOVE = 10
"""From more subclients than this on, their number has to be typed."""


@dataclass(slots=True, eq=False)
class Decision:
    """What a person is asked before something is changed on the CommServe, and what a yes does.

    However often a yes arrives (a held key, a double click, a paste), it is carried out once.
    """

    question: str
    facts: tuple[str, ...]
    """What it is about, cleaned: names with ids, where, how."""
    yes: str
    """What the button says."""
    carry_out: Callable[[], Awaitable[None]]
    must_type: str = ""
    """What has to be typed for a yes; empty where a key is enough."""
    cautions: tuple[str, ...] = ()
    leads_to: Place = Place.JOBS
    """Where it can be seen what came of it."""
    _taken: bool = False

    def take(self) -> bool:
        """Whether this is the first yes."""
        first, self._taken = not self._taken, True
        return first
