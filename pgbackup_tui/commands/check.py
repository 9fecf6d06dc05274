"""``pgbackup-tui check``: whether every subclient has a good enough backup already."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

from pgbackup_tui.backup.existing import Existing, Wanted, existing
from pgbackup_tui.backup.past import by_subclient
from pgbackup_tui.backup.task import Level
from pgbackup_tui.commands.connection import connection
from pgbackup_tui.commands.estate_reading import read_for
from pgbackup_tui.commands.exits import ExitStatus
from pgbackup_tui.commands.narration import say
from pgbackup_tui.commands.output import print_json, print_table
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.commserve.wire import JobSummary, Listing
from pgbackup_tui.estate.model import Subclient
from pgbackup_tui.estate.patterns import parse_patterns, select
from pgbackup_tui.estate.reading import UnreadableError
from pgbackup_tui.text import counted
from pgbackup_tui.times import iso_time, span

HISTORY_SECONDS = 7 * 86_400
"""How far back the newest backup is looked for where it need not be that old: it is shown, though it is no use."""
_SOURCE = "the CommServe's list of backup jobs (POST Jobs)"
_HEADINGS = ("ENOUGH", "SUBCLIENT", "JOB", "LEVEL", "STATUS", "STARTED", "REASON")


@dataclass(frozen=True, slots=True)
class _Read:
    """What the CommServe told, and when by its own clock."""

    chosen: tuple[Subclient, ...]
    jobs: Listing[JobSummary]
    now: float


def run(arguments: argparse.Namespace) -> int:
    """Says for every match whether there is a backup of it that is young enough; exit status 7 if one lacks it."""
    patterns = parse_patterns(arguments.patterns)
    with connection(arguments) as connected:
        estate = read_for(connected, patterns, agreed=arguments.yes)
        if estate.unreadable:
            raise UnreadableError(estate)
        chosen = select(estate, patterns)
        read = connected.run(lambda commserve: _read(commserve, chosen, arguments.max_age))
        strict = connected.target.warnings_are_partial
    wanted = Wanted(arguments.max_age, Level(arguments.level) if arguments.level else None, strict)
    rows = existing(read.chosen, by_subclient(read.jobs.rows), wanted, now=read.now)
    _print(rows, read, wanted, as_json=arguments.json)
    return ExitStatus.DONE if all(row.is_enough for row in rows) else ExitStatus.NO_GO


async def _read(commserve: CommServe, chosen: tuple[Subclient, ...], max_age: int) -> _Read:
    clients = sorted({found.client_id for found in chosen})
    jobs = await commserve.jobs.listing(look_back=max(max_age, HISTORY_SECONDS), client_ids=clients)
    return _Read(chosen, jobs, commserve.server_time() or time.time())


def _print(rows: tuple[Existing, ...], read: _Read, wanted: Wanted, *, as_json: bool) -> None:
    for damaged in read.jobs.damaged:
        say(f"warning: {damaged}")
    if as_json:
        print_json(
            {
                "enough": all(row.is_enough for row in rows),
                "max_age_seconds": wanted.max_age,
                "level": wanted.level,
                "source": _SOURCE,
                "as_of": iso_time(int(read.now)),
                "subclients": [_as_json(row) for row in rows],
            }
        )
        return
    print_table(_HEADINGS, map(_as_row, rows))
    lacking = sum(not row.is_enough for row in rows)
    level = f" at level {wanted.level}" if wanted.level else ""
    verdict = f"{lacking} of {counted(len(rows), 'subclient')} without" if lacking else "every subclient has"
    say(f"{verdict} a good backup{level} that was started in the last {span(wanted.max_age)}, by {_SOURCE}.")


def _as_json(row: Existing) -> dict[str, object]:
    backup = row.backup
    return {
        "path": row.subclient.path,
        "subclient_id": row.subclient.subclient_id,
        "enough": row.is_enough,
        "reason": row.reason,
        "job_id": backup.job_id if backup else None,
        "level": backup.level if backup else None,
        "status": backup.status if backup else None,
        "started": iso_time(backup.started) if backup else None,
        "ended": iso_time(backup.ended) if backup else None,
        "size_bytes": backup.size_bytes if backup else None,
    }


def _as_row(row: Existing) -> tuple[str, ...]:
    backup = row.backup
    told = (
        (str(backup.job_id), backup.level, backup.status, iso_time(backup.started) or "-") if backup else ("-",) * 4
    )
    return ("yes" if row.is_enough else "NO", row.subclient.path, *told, row.reason)
