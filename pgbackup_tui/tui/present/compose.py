"""A task in words: the exact request, and what is said of it before it is sent."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.cells import cell_len

from pgbackup_tui.backup.curl import curl_line
from pgbackup_tui.backup.guard import RunningJob
from pgbackup_tui.backup.outlook import Outlook
from pgbackup_tui.backup.task import BackupTask
from pgbackup_tui.estate.model import Subclient
from pgbackup_tui.target import Target
from pgbackup_tui.text import clean, counted, size
from pgbackup_tui.times import age, duration
from pgbackup_tui.tui.draft import MEANINGS
from pgbackup_tui.tui.present.pieces import BOXES, Line, Piece, Signs, Tone, fit_path, fit_right

_JOBS_NAMED = 6


_TAIL = 34
"""Columns for the last full."""
_ESTIMATE, _ID = 20, 13
_WIDE = 104
"""Columns from which an estimate and the id have room beside a path of usual length."""


def association(chosen: Subclient, known: Outlook | None, width: int, *, now: float, signs: Signs = BOXES) -> Line:
    """A subclient of the task, exactly ``width`` columns wide, and what is known of it; ``now`` in UNIX seconds."""
    words = f"last backup {age(chosen.last_backup, now=now)}" if known is None else _last_full(known, now)
    pieces = [fit_right(words, _TAIL, signs)]
    if width >= _WIDE:
        estimate = known.estimate if known else None
        pieces.append(fit_right(f"about {duration(estimate.seconds)} now" if estimate else "", _ESTIMATE, signs))
        pieces.append(fit_right(f"id {chosen.subclient_id}", _ID, signs))
    room = width - sum(map(cell_len, pieces))
    return (
        Piece(fit_path(clean(chosen.path), max(1, room), signs)),
        *(Piece(text, Tone.DIM) for text in pieces),
    )


def _last_full(known: Outlook, now: float) -> str:
    full = known.last_full
    if full is None:
        return "no full is known"
    took = duration(full.seconds) if full.seconds is not None else ""
    return f"full {age(full.started, now=now)} {size(full.size_bytes):>10} {took:>7}"


def request_json(body: dict[str, object]) -> str:
    """The body of the request in lines, ASCII: nothing in it can be obeyed by a terminal."""
    return json.dumps(body, indent=1)


def request_paragraphs(base: str, body: dict[str, object] | None) -> list[Piece]:
    """The request as it will be sent, the token left out, and the same as a line for the shell."""
    if body is None:
        return [Piece("The exact request is shown here as soon as the form is complete.", Tone.DIM)]
    return [
        Piece(f"POST {clean(base)}CreateTask", Tone.STRONG),
        *map(Piece, request_json(body).splitlines()),
        Piece(""),
        Piece("As a line for the shell:", Tone.STRONG),
        Piece(curl_line(clean(base), body)),
    ]


def decision_place(target: Target | None) -> str:
    """Where it will happen, and as whom."""
    return f"{target.where} as {target.user}" if target else ""


def running_words(running: Sequence[RunningJob], as_of: str) -> str:
    """Backups that run already, in one paragraph: what is asked has to stay in sight under it."""
    ids = ", ".join(str(found.job.job_id) for found in running[:_JOBS_NAMED])
    more = f" and {len(running) - _JOBS_NAMED} more" if len(running) > _JOBS_NAMED else ""
    on = counted(len({found.subclient.subclient_id for found in running}), "subclient")
    return f"Running now ({as_of}) on {on} of these: job {ids}{more}."


def task_facts(task: BackupTask) -> tuple[str, ...]:
    """What is about to be sent: how, and every subclient with its id. Cleaned."""
    options = task.options
    clients = len({subclient.client_id for subclient in task.subclients})
    how = [f"{options.level}: {MEANINGS[options.level]}"]
    if options.with_data:
        how.append("with the data, not the logs alone")
    if options.notify:
        how.append("the CommServe mails its user at the end")
    if options.installer_user:
        how.append(
            f"installer option for user {options.installer_user.user_name} (id {options.installer_user.user_id})"
        )
    if options.ticket:
        how.append(f"ticket {options.ticket}")
    return (
        *map(clean, how),
        f"{counted(len(task.subclients), 'subclient')} on {counted(clients, 'client')}, one request:",
        *(f"  {clean(found.path)}  id {found.subclient_id}" for found in task.subclients),
    )
