"""From the connection options of a command to a CommServe that answered, and to the journal that goes with it."""

from __future__ import annotations

import argparse
import asyncio
import shlex
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from pgbackup_tui.backup.journal.journal import Journal, open_journal
from pgbackup_tui.backup.where import Where
from pgbackup_tui.commands.narration import say
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.connection_options import ConnectionOptions
from pgbackup_tui.credentials.waiting import LIMIT_SECONDS
from pgbackup_tui.target import Target, find_target

Result = TypeVar("Result")


@dataclass(slots=True)
class Connection:
    """A target, and work done there. Each :meth:`run` is one event loop with connections of its own."""

    target: Target
    journal: Journal

    def run(self, work: Callable[[CommServe], Awaitable[Result]]) -> Result:
        """Does ``work`` with the CommServe; says once who is signed in where."""
        return asyncio.run(self._run(work))

    def where(self, commserve: CommServe) -> Where:
        """The CommServe and its user, as the journal names them."""
        return Where(commserve.address.origin, self.target.user)

    async def _run(self, work: Callable[[CommServe], Awaitable[Result]]) -> Result:
        first_time = not self.target.user
        async with await self.target.open() as commserve:
            if first_time:
                proxy = commserve.session.shown_proxy
                via = f" through the proxy {proxy}" if proxy else ""
                source = self.target.token_source
                say(f"Signed in to {self.target.where}{via} as {self.target.user}, token from {source}.")
            return await work(commserve)


@contextmanager
def connection(arguments: argparse.Namespace, *, changes: bool = False) -> Iterator[Connection]:
    """The connection that the options name; with ``changes`` one that is used to change something.

    Raises UsageError, CredentialError, and RefusedHereError where a read-only profile refuses changes.
    """
    options = ConnectionOptions.of(arguments)
    with (
        find_target(options, changes=changes, told=say_waiting, warn=say_warning) as target,
        open_journal(arguments.state_dir, is_demo=arguments.demo) as journal,
    ):
        yield Connection(target, journal)


def same_connection(arguments: argparse.Namespace) -> str:
    """The options of this command that name its CommServe, for a line to run later; never the token's."""
    words = [f" --profile {shlex.quote(arguments.profile)}"] if arguments.profile else []
    words += [f" --url {shlex.quote(arguments.url)}"] if arguments.url else []
    words += [f" --ca-file {shlex.quote(str(arguments.ca_file))}"] if arguments.ca_file else []
    words += [" --no-proxy"] if arguments.no_proxy else []
    words += [f" --state-dir {shlex.quote(str(arguments.state_dir))}"] if arguments.state_dir else []
    return "".join(words)


def say_waiting(what: str) -> None:
    """A keyring takes longer than a moment."""
    say(f"Waiting for {what} (at most {LIMIT_SECONDS:.0f} s) …")


def say_warning(words: str) -> None:
    """The settings file has something that is not understood."""
    say(f"warning: {words}")
