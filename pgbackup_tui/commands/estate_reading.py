"""How a command reads the estate: only what its patterns can mean, and not much of a tenant's budget unasked."""

from __future__ import annotations

from collections.abc import Sequence

from pgbackup_tui.commands.connection import Connection
from pgbackup_tui.commands.narration import ask_yes, say, say_error, someone_can_be_asked
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.errors import RefusedHereError, UsageError
from pgbackup_tui.estate.model import Estate
from pgbackup_tui.estate.patterns import Pattern
from pgbackup_tui.estate.reading import read_estate, requests_for
from pgbackup_tui.text import counted

_MOST_NAMED = 5
"""Clients that can't be read, each with its reason."""
_MANY_CLIENTS = 200
"""From more on, reading them takes long enough to say so."""


def read_for(connected: Connection, patterns: Sequence[Pattern], *, agreed: bool) -> Estate:
    """The estate with all that the patterns can mean; says what of it could not be read.

    Where that takes much of what all users of a tenant have, somebody has to agree first; ``agreed`` is --yes.
    Raises UsageError where nobody can be asked, RefusedHereError, CommvaultError.
    """

    async def list_clients(commserve: CommServe) -> tuple[Estate, str]:
        listed = Estate(await commserve.inventory.overview())
        return listed, commserve.cost(requests_for(listed, patterns))

    async def read(commserve: CommServe) -> Estate:
        return await read_estate(commserve.inventory, patterns, listed=listed, begun=_say_if_it_takes_long)

    listed, cost = connected.run(list_clients)
    if cost:
        _require_agreement(cost, agreed=agreed)
    estate = connected.run(read)
    _say_what_is_missing(estate)
    return estate


def _require_agreement(cost: str, *, agreed: bool) -> None:
    """The question is put between two event loops, so that ^C ends it."""
    if agreed:
        say(f"This takes {cost}.")
    elif not someone_can_be_asked():
        raise UsageError(
            f"This takes {cost}. Nobody can be asked here, and --yes was not given.",
            "Narrow it to some clients, such as 'pg-pay-*', or add --yes.",
        )
    elif not ask_yes(f"This takes {cost}. Read it?"):
        raise RefusedHereError("Not confirmed; nothing more was read.", "Narrow it to some clients.")


def _say_what_is_missing(estate: Estate) -> None:
    """Names the rows and clients that could not be read, so that nobody takes the rest for the whole."""
    for damaged in estate.damaged:
        say(f"warning: {damaged}")
    for client_id, error in list(estate.unreadable.items())[:_MOST_NAMED]:
        say(f"warning: the subclients of {estate.client_name(client_id)} can't be read:")
        say_error(error)
    if len(estate.unreadable) > _MOST_NAMED:
        say(f"warning: … and those of {counted(len(estate.unreadable) - _MOST_NAMED, 'more client')}.")


def _say_if_it_takes_long(clients: int) -> None:
    """Names the work before it begins, if it is much."""
    if clients > _MANY_CLIENTS:
        say(f"Reading the subclients of {counted(clients, 'client')} …")
