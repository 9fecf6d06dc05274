"""Starts the console: looks at the terminal first, imports Textual after, and ends with an exit status."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack

from pgbackup_tui.backup.journal.journal import open_journal
from pgbackup_tui.errors import UsageError
from pgbackup_tui.target import ConnectionOptions, Target, find_target
from pgbackup_tui.terminal import Terminal
from pgbackup_tui.tui.records import LogStore

_SIGNALLED = 128


def run(arguments: argparse.Namespace) -> int:
    """The console, until it is left. Raises UsageError where there is no terminal for it, or no CommServe named."""
    terminal = Terminal.inspect(os.environ, sys.stdin, sys.stderr)  # Textual draws on stderr
    terminal.require_screen()
    options = _options(arguments)
    if not options.demo and not (options.url or os.environ.get("PGBACKUP_TUI_URL")):
        raise UsageError(
            "No CommServe is named.",
            "Give its address with --url or in the variable PGBACKUP_TUI_URL, or look around in: pgbackup-tui demo",
        )
    terminal.prepare(os.environ)
    with ExitStack() as stack:
        target = None if options.demo else stack.enter_context(find_target(options))
        return asyncio.run(_run(arguments, terminal, options, target, stack))


async def _run(
    arguments: argparse.Namespace,
    terminal: Terminal,
    options: ConnectionOptions,
    target: Target | None,
    stack: ExitStack,
) -> int:
    from pgbackup_tui.tui.app import Console
    from pgbackup_tui.tui.desk import Desk

    async def find() -> Target:
        """A demo's CommServe is made after the first frame, off the loop."""
        if target is not None:
            return target
        return await asyncio.to_thread(stack.enter_context, find_target(options))

    state_dir = getattr(arguments, "state_dir", None)  # demo has none: its state is its own
    journal = stack.enter_context(open_journal(state_dir, is_demo=options.demo))
    plain = terminal.no_color or terminal.few_colors
    console = Console(
        Desk(find, LogStore(), journal),
        read_only=arguments.read_only,
        ascii_only=arguments.ascii or terminal.is_ascii_only,
        ansi=plain,
    )
    ended_by = _end_in_order(console.exit)
    await console.run_async(mouse=not arguments.no_mouse)
    if console.last_words:
        print(console.last_words, file=sys.stderr)  # noqa: T201
    if ended_by:
        return _SIGNALLED + ended_by[0]
    return console.return_code or 0


def _end_in_order(leave: Callable[[], None]) -> list[int]:
    """A signal leaves the console as a key would, and restores the terminal. Returns the signals that came."""
    came: list[int] = []
    loop = asyncio.get_running_loop()

    def end(number: int) -> None:
        came.append(number)
        leave()

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            loop.add_signal_handler(number, end, number)
    return came


def _options(arguments: argparse.Namespace) -> ConnectionOptions:
    if arguments.command == "demo":
        return ConnectionOptions(demo=True, demo_clients=arguments.clients, demo_seed=arguments.seed)
    return ConnectionOptions.of(arguments)
