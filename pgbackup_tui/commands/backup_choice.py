"""What ``backup`` is asked for, where a selection says it, and what is known of that before the question."""

from __future__ import annotations

import argparse
import time

from pgbackup_tui.backup.outlook import Outlook, outlook
from pgbackup_tui.backup.past import read_past
from pgbackup_tui.backup.task import BackupTask
from pgbackup_tui.commands.connection import Connection
from pgbackup_tui.commands.narration import say
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.commserve.errors import CommvaultError
from pgbackup_tui.connection_options import ConnectionOptions
from pgbackup_tui.destination import resolve_selection
from pgbackup_tui.errors import UsageError
from pgbackup_tui.times import age

_MOST_LISTED = 60
"""Subclients that the confirmation lists one by one."""
_USUAL_LIMIT = 50
"""Subclients that one task takes where nothing else was said."""


def take_selection(arguments: argparse.Namespace) -> None:
    """Puts what a selection says where nothing was said in ``arguments``; what was typed counts before it.

    Raises UsageError where there are neither patterns nor a selection, or both, or no level, or no ticket where the
    selection wants one.
    """
    if bool(arguments.patterns) == bool(arguments.selection):
        raise UsageError(
            "A backup needs either patterns or --selection.", "pgbackup-tui backup PATTERN ... --level L"
        )
    if arguments.selection:
        chosen = resolve_selection(ConnectionOptions.of(arguments), arguments.selection)
        if chosen.ticket_required and not arguments.ticket:
            raise UsageError(f"The selection “{chosen.name}” wants a ticket.", "Nothing was sent. Add --ticket T.")
        arguments.patterns = list(chosen.patterns)
        arguments.level = arguments.level or chosen.level
        arguments.with_data = arguments.with_data or chosen.with_data
        arguments.notify = arguments.notify or chosen.notify
        arguments.max_subclients = arguments.max_subclients or chosen.max_subclients
    arguments.max_subclients = arguments.max_subclients or _USUAL_LIMIT
    if not arguments.level:
        raise UsageError("The level has to be said: it has no default.", "Add --level FULL, or whichever is meant.")


def say_what_is_known(task: BackupTask, connected: Connection) -> None:
    """Lists the subclients of a task, each with its last full and what this backup may take."""
    known = _known(task, connected)
    for chosen in task.subclients[:_MOST_LISTED]:
        words = known.get(chosen.subclient_id, f"last backup {age(chosen.last_backup)}")
        say(f"  {chosen.path}  (id {chosen.subclient_id}; {words})")
    if len(task.subclients) > _MOST_LISTED:
        say(f"  … and {len(task.subclients) - _MOST_LISTED} more")


def _known(task: BackupTask, connected: Connection) -> dict[int, str]:
    """Words on each subclient, by its id; none where the list of jobs can't be had, which keeps nothing back."""

    async def read(commserve: CommServe) -> tuple[tuple[Outlook, ...], float]:
        found = outlook(task.subclients, await read_past(commserve.jobs, task.subclients), task.options.level)
        return found, commserve.server_time() or time.time()

    try:
        found, now = connected.run(read)
    except CommvaultError as error:
        say(f"What earlier backups took is not known: {error.problem}")
        return {}
    return {one.subclient.subclient_id: one.words(now) for one in found}
