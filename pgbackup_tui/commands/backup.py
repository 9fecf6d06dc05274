"""``pgbackup-tui backup``: one task with every subclient that the patterns mean."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

from pgbackup_tui.backup.attempt import describe, local_host, local_user
from pgbackup_tui.backup.follow import ContactLostError, Follower
from pgbackup_tui.backup.outcome import Outcome
from pgbackup_tui.backup.task import (
    MARKER_PLACEHOLDER,
    BackupOptions,
    BackupTask,
    InstallerUser,
    Level,
    TaskError,
    cautions,
    compose,
    request_body,
)
from pgbackup_tui.commands.backup_choice import say_what_is_known, take_selection
from pgbackup_tui.commands.backup_report import BackupReport, print_report_safely
from pgbackup_tui.commands.connection import Connection, connection, same_connection
from pgbackup_tui.commands.estate_reading import read_for
from pgbackup_tui.commands.narration import ask_yes, say, say_error, someone_can_be_asked
from pgbackup_tui.commands.output import print_json
from pgbackup_tui.commands.progress_bars import teller
from pgbackup_tui.commands.sending import look_at_jobs, require_free, start, write_down
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.commserve.errors import AuthError
from pgbackup_tui.errors import PgBackupError, RefusedHereError, UsageError
from pgbackup_tui.estate.patterns import Pattern, parse_patterns, select
from pgbackup_tui.estate.reading import UnreadableError
from pgbackup_tui.text import counted


def run(arguments: argparse.Namespace) -> int:
    """Chooses, asks, sends once, and tells what became of it; with --wait, until every job has ended.

    Once something may have been sent, it is told, however this ends.
    """
    if arguments.timeout is not None and not arguments.wait:
        raise UsageError("--timeout limits the waiting, and --wait was not given.", "Add --wait.")
    take_selection(arguments)
    report = BackupReport(followed=arguments.wait, is_demo=arguments.demo)
    report.connection_words = same_connection(arguments)
    try:
        with connection(arguments, changes=not arguments.dry_run) as connected:
            _back_up(arguments, connected, report)
    except PgBackupError as error:
        if not arguments.json and report.outcome is None:
            raise
        say_error(error)
        report.failure = error
    except (KeyboardInterrupt, SystemExit):
        if report.attempt_id is None:
            say("Nothing was sent.")
        print_report_safely(report, as_json=arguments.json)
        report.say_how_to_go_on()
        raise
    finally:
        if report.attempt_id is not None and not report.is_told and sys.exc_info()[0] is not None:
            print_report_safely(report, as_json=arguments.json)
    if report.shown_only is not None:
        print_json(report.shown_only)
        return 0
    print_report_safely(report, as_json=arguments.json)
    return report.exit_status


def _back_up(arguments: argparse.Namespace, connected: Connection, report: BackupReport) -> None:
    patterns = parse_patterns(arguments.patterns)
    options = _options(arguments)
    if not (arguments.yes or arguments.dry_run or someone_can_be_asked()):
        raise UsageError("Nobody can be asked here, and --yes was not given.", "Nothing was sent. Add --yes.")
    task = _choose(connected, patterns, options, arguments.max_subclients, report, agreed=arguments.yes)
    if arguments.dry_run:
        placeholder = describe(MARKER_PLACEHOLDER, local_user(), local_host(), options.ticket)
        report.shown_only = request_body(task, placeholder)
        return
    require_free(task, connected, report, is_asked=not arguments.yes)
    if not arguments.yes:
        _confirm(task, connected)
    if start(task, connected, report, arguments.look):
        if arguments.wait and report.outcome is not None:
            _wait(task, report.outcome, connected, arguments.timeout, report)
        else:
            look_at_jobs(task, connected, report)
        write_down(connected, report)


def _options(arguments: argparse.Namespace) -> BackupOptions:
    user: InstallerUser | None = None
    if arguments.installer_user is not None:
        user_id, _, name = arguments.installer_user.partition(":")
        if not (user_id.isascii() and user_id.isdigit() and len(user_id) <= 18 and name):
            raise UsageError(
                "--installer-user has to be ID:NAME.", "For instance: --installer-user 12:backup-operator"
            )
        user = InstallerUser(int(user_id), name)
    return BackupOptions(Level(arguments.level), arguments.with_data, arguments.notify, user, arguments.ticket)


def _choose(
    connected: Connection,
    patterns: Sequence[Pattern],
    options: BackupOptions,
    max_subclients: int,
    report: BackupReport,
    *,
    agreed: bool,
) -> BackupTask:
    """The task that the patterns mean. Raises rather than leave out what could not be read."""
    estate = read_for(connected, patterns, agreed=agreed)
    if estate.unreadable:
        raise UnreadableError(estate)
    report.warnings.extend(map(str, estate.damaged))
    try:
        task = compose(select(estate, patterns), options, max_subclients=max_subclients)
    except TaskError as error:
        for found in error.problems:
            for subclient in found.subclients:
                say(f"  {subclient.path}")
        raise
    for caution in cautions(task):
        report.caution(caution)
    return task


def _confirm(task: BackupTask, connected: Connection) -> None:
    say_what_is_known(task, connected)
    target = connected.target
    what = counted(len(task.subclients), f"{task.options.level} backup")
    if not ask_yes(f"Start {what} on {target.where} as {target.user}?"):
        raise RefusedHereError("Not confirmed; nothing was sent.")


def _wait(
    task: BackupTask, outcome: Outcome, connected: Connection, timeout: float | None, report: BackupReport
) -> None:
    told = teller()

    async def watch(commserve: CommServe) -> None:
        async with asyncio.timeout(timeout):
            strict = connected.target.warnings_are_partial
            looks = Follower.of(commserve).follow(task, outcome.job_ids, warnings_are_partial=strict)
            async for look in looks:
                report.progress = look.progress
                told.tell(look)

    jobs = counted(len(outcome.job_ids), "job")
    say(f"Task {outcome.task_id or '?'} accepted, {jobs}. Following to the end.")
    try:
        connected.run(watch)
    except TimeoutError:
        report.timed_out = True
    except (ContactLostError, AuthError) as error:
        say_error(error)
        report.contact_lost = True
    if report.timed_out or report.contact_lost:
        report.say_how_to_go_on()
