"""Starts the console: looks at the terminal first, imports Textual after, and ends with an exit status.

What only some starts need before the first frame (a profile, a selection) is imported by those; what no frame needs
(the journal, a demo's CommServe) when the frame is on the screen.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

from pgbackup_tui.connection_options import ConnectionOptions
from pgbackup_tui.process import collect_from_now_on, collect_old_garbage_when_asked
from pgbackup_tui.settings.look import Look
from pgbackup_tui.terminal import Terminal
from pgbackup_tui.tui.idle import IDLE_MINUTES
from pgbackup_tui.tui.records import LogStore, Severity

if TYPE_CHECKING:
    from pgbackup_tui.backup.journal.journal import Journal
    from pgbackup_tui.target import Target
    from pgbackup_tui.tui.desk import Desk
    from pgbackup_tui.tui.entrance import Entrance

_SIGNALLED = 128
_UNKNOWN = 6


def run(arguments: argparse.Namespace) -> int:
    """The console, until it is left. Raises UsageError where there is no terminal for it, or a wrong option."""
    terminal = Terminal.inspect(os.environ, sys.stdin, sys.stderr)  # Textual draws on stderr
    terminal.require_screen()
    options = _options(arguments)
    if arguments.selection:
        from pgbackup_tui.destination import resolve_selection

        resolve_selection(options, arguments.selection)  # says now that there is none of that name
    terminal.prepare(os.environ)
    with ExitStack() as stack:
        return asyncio.run(_run(arguments, terminal, options, stack))


async def _run(
    arguments: argparse.Namespace, terminal: Terminal, options: ConnectionOptions, stack: ExitStack
) -> int:
    log = LogStore()
    entrance = None if options.demo else _entrance(options, log)
    from pgbackup_tui.tui.app import Console
    from pgbackup_tui.tui.desk import Desk
    from pgbackup_tui.tui.keymap import keymap_of

    async def start_demo() -> Target:
        """A demo's CommServe is made after the first frame, off the loop."""
        from pgbackup_tui.target import find_target

        return await asyncio.to_thread(stack.enter_context, find_target(options))

    def journal() -> Journal:
        from pgbackup_tui.backup.journal.journal import open_journal

        return stack.enter_context(open_journal(state_dir, is_demo=options.demo))

    state_dir = getattr(arguments, "state_dir", None)  # demo has none: its state is its own
    look = entrance.settings().look if entrance else Look()
    keymap = keymap_of(look, lambda words: log.add(Severity.WARNING, words))
    desk = Desk(entrance.find if entrance else start_demo, log, journal, keeps_estate=entrance is not None)
    console = Console(
        desk,
        entrance,
        read_only=arguments.read_only,
        ascii_only=arguments.ascii or terminal.is_ascii_only,
        theme=arguments.theme or terminal.theme(look.theme),
        keymap=keymap,
        idle_minutes=IDLE_MINUTES if entrance else 0,
        selection=arguments.selection or "",
        furnished=collect_from_now_on,
    )
    collect_old_garbage_when_asked()
    ended_by = _end_in_order(console.leave)
    await console.run_async(mouse=not arguments.no_mouse)
    if console.last_words:
        print(console.last_words, file=sys.stderr)  # noqa: T201
    unknown = list(_unknown_words(desk)) if "dispatch" in desk.made else []
    for words in unknown:
        print(words, file=sys.stderr)  # noqa: T201
    if ended_by:
        return _SIGNALLED + ended_by[0]
    return console.return_code or (_UNKNOWN if unknown else 0)


def _entrance(options: ConnectionOptions, log: LogStore) -> Entrance:
    """The ways in. Raises UsageError for what is wrong with the options or the settings file."""
    from pgbackup_tui.tui.entrance import Entrance, NobodyNamedError

    entrance = Entrance(options)
    for warning in entrance.settings().warnings:
        log.add(Severity.WARNING, warning)
    with contextlib.suppress(NobodyNamedError):  # then the person is asked
        entrance.destination()
    return entrance


def _unknown_words(desk: Desk) -> Iterator[str]:
    """What nobody knows of what was asked for at this console."""
    for attempt_id in desk.dispatch.unknown():
        yield (
            f"UNKNOWN whether the backups of attempt {attempt_id} were started. "
            f"The console looks for them when it is started again; or: pgbackup-tui resolve {attempt_id}"
        )
    for action in desk.dispatch.unknown_actions:
        yield f"UNKNOWN whether the {action} arrived. Look at the job before asking again."


def _end_in_order(leave: Callable[[], None]) -> list[int]:
    """A signal leaves the console as a key would, and restores the terminal. Returns the signals that came."""
    came: list[int] = []
    loop = asyncio.get_running_loop()

    def end(number: int) -> None:
        came.append(number)
        leave()

    for name in ("SIGTERM", "SIGHUP", "SIGINT"):  # Ctrl+C is a key here; another program may send the signal
        number = getattr(signal, name, None)
        if number is not None:
            loop.add_signal_handler(number, end, number)
    return came


def _options(arguments: argparse.Namespace) -> ConnectionOptions:
    if arguments.command == "demo":
        return ConnectionOptions(
            demo=True,
            demo_clients=arguments.clients,
            demo_seed=arguments.seed,
            demo_scenario=arguments.scenario,
        )
    return ConnectionOptions.of(arguments)
