"""``pgbackup-tui inventory``: the estate as a table or as JSON."""

from __future__ import annotations

import argparse

from pgbackup_tui.commands.connection import connection
from pgbackup_tui.commands.estate_reading import read_for
from pgbackup_tui.commands.exits import ExitStatus, of_error
from pgbackup_tui.commands.narration import say
from pgbackup_tui.commands.output import print_json, print_table
from pgbackup_tui.estate.model import Subclient
from pgbackup_tui.estate.patterns import parse_patterns, select
from pgbackup_tui.times import age, iso_time

_HEADINGS = ("CLIENT", "INSTANCE", "BACKUP SET", "SUBCLIENT", "ID", "STATUS", "LAST BACKUP")


def run(arguments: argparse.Namespace) -> int:
    """Prints every subclient that the patterns mean; those that could not be read are said on stderr."""
    patterns = parse_patterns(arguments.patterns)
    with connection(arguments) as connected:
        estate = read_for(connected, patterns, agreed=arguments.yes)
    if estate.unreadable and patterns:
        chosen = [found for found in estate.subclients() if any(pattern.matches(found) for pattern in patterns)]
    else:
        chosen = list(select(estate, patterns))
    if arguments.json:
        print_json([_as_json(found) for found in chosen])
    else:
        print_table(_HEADINGS, map(_as_row, chosen))
    if not estate.clients:
        say(f"The CommServe shows no PostgreSQL client to {connected.target.user}: check that user's rights.")
    return next((of_error(error) for error in estate.unreadable.values()), ExitStatus.DONE)


def _as_json(found: Subclient) -> dict[str, object]:
    return {
        "path": found.path,
        "client_id": found.client_id,
        "client": found.client,
        "instance_id": found.instance_id,
        "instance": found.instance,
        "backupset_id": found.backupset_id,
        "backupset": found.backupset,
        "subclient_id": found.subclient_id,
        "subclient": found.subclient,
        "status": found.status,
        "last_backup": iso_time(found.last_backup),
    }


def _as_row(found: Subclient) -> tuple[str, ...]:
    names = (found.client, found.instance, found.backupset, found.subclient)
    return (*names, str(found.subclient_id), found.status or "-", age(found.last_backup))
