"""What is kept under a name: what the form means, in patterns. Knows nothing of the screen."""

from __future__ import annotations

from dataclasses import dataclass

from pgbackup_tui.backup.task import Field, Problem
from pgbackup_tui.estate.patterns import PatternError, parse_patterns, pattern_of, select
from pgbackup_tui.estate.reading import clients_needed
from pgbackup_tui.settings.selections import Selection
from pgbackup_tui.tui.catalogue import Catalogue
from pgbackup_tui.tui.draft import Draft
from pgbackup_tui.tui.outline import Reading


@dataclass(frozen=True, slots=True)
class Kept:
    """The patterns of what is marked."""

    patterns: tuple[str, ...]
    frozen: str = ""
    """The selection that means something else than what is marked, so that these are names and not its patterns."""


def patterns_of(draft: Draft, catalogue: Catalogue) -> Kept:
    """The selection's own patterns, if what is marked is still exactly what they mean; else the marked names."""
    names = tuple(dict.fromkeys(map(pattern_of, draft.subclients.values())))
    opened = draft.selection
    if opened is None or names == opened.patterns:
        return Kept(names)
    if _meant(opened, catalogue) == set(draft.subclients):
        return Kept(opened.patterns)
    return Kept(names, opened.name)


def obstacles(draft: Draft) -> list[Problem]:
    """What keeps the form from being a selection: a level and a ticket may be asked for each time."""
    left_open = set()
    if draft.level is None:
        left_open |= {Field.LEVEL, Field.WITH_DATA}  # which goes with a level, or does not
    if not draft.ticket.strip():
        left_open.add(Field.TICKET)
    return [problem for problem in draft.problems() if problem.field not in left_open]


def _meant(selection: Selection, catalogue: Catalogue) -> set[int] | None:
    """The ids of the subclients that it means now; None where not everything was read that it can mean."""
    estate, reading = catalogue.estate, catalogue.outline.reading
    if estate is None:
        return None
    try:
        patterns = parse_patterns(selection.patterns)
        found = {subclient.subclient_id for subclient in select(estate, patterns)}
    except PatternError:
        return None
    needed = clients_needed(estate, patterns)
    return found if all(reading.get(client.client_id) is Reading.DONE for client in needed) else None
