"""A question that is answered once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pgbackup_tui.text import clean, counted
from pgbackup_tui.tui.actions import Place

TYPED_ABOVE = 10
"""From more subclients than this on, their number has to be typed."""


@dataclass(slots=True, eq=False)
class Decision:
    """What a person is asked before something is changed on the CommServe, or costs much, and what a yes does.

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
    changes: bool = True
    """Whether something is changed on the CommServe; what is not may be confirmed read-only, too."""
    _taken: bool = False

    def take(self) -> bool:
        """Whether this is the first yes."""
        first, self._taken = not self._taken, True
        return first


def reading_decision(clients: int, cost: str, carry_out: Callable[[], Awaitable[None]]) -> Decision:
    """Whether so many clients are read, at the ``cost`` that ``CommServe.cost`` names."""
    return Decision(
        question=f"Read the subclients of {counted(clients, 'client')}?",
        facts=(f"This takes {cost}.", "All its users share them. Enter on a client reads that one alone."),
        yes="Yes, read them",
        carry_out=carry_out,
        leads_to=Place.BROWSE,
        changes=False,
    )


def leaving_decision(whither: str, open_jobs: int, change: Callable[[], Awaitable[None]]) -> Decision:
    """Before another CommServe is gone to, while jobs of this one are followed."""
    return Decision(
        question=f"Change to {clean(whither)}?",
        facts=(f"{counted(open_jobs, 'job')} here will not be followed any more; they go on.",),
        yes="Yes, change",
        carry_out=change,
        leads_to=Place.BROWSE,
    )
