"""From the connection options of a command to a CommServe that answered."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pgbackup_tui.commands.narration import say
from pgbackup_tui.commserve.client import CommServe, find_route
from pgbackup_tui.commserve.session import Route
from pgbackup_tui.credentials.sources import FoundToken, find_token
from pgbackup_tui.errors import UsageError
from pgbackup_tui.secret import Secret

URL_VARIABLE = "PGBACKUP_TUI_URL"

Result = TypeVar("Result")


@dataclass(slots=True)
class Connection:
    """A CommServe and the token for it. Each :meth:`run` is one event loop with connections of its own."""

    typed: str
    """The address as it was given."""
    token: Secret
    token_source: str
    ca_file: Path | None = None
    use_proxies: bool = True
    route: Route | None = None
    """Known as soon as the CommServe answered."""
    user: str = ""
    """Who the CommServe says the token is."""

    def run(self, work: Callable[[CommServe], Awaitable[Result]]) -> Result:
        """Does ``work`` with the CommServe; the first time the address is probed and the token tried."""
        return asyncio.run(self._run(work))

    async def _run(self, work: Callable[[CommServe], Awaitable[Result]]) -> Result:
        if self.route is None:
            self.route = await find_route(self.typed, ca_file=self.ca_file, use_proxies=self.use_proxies)
        async with CommServe(self.route, self.token) as commserve:
            if not self.user:
                self.user = await commserve.who_am_i()
                self.token = commserve.session.token or self.token  # with the prefix that this server wants
                via = f" through the proxy {commserve.session.shown_proxy}" if commserve.session.proxy else ""
                where = commserve.address.origin + via
                say(f"Signed in to {where} as {self.user}, token from {self.token_source}.")
            return await work(commserve)


@contextmanager
def connection(arguments: argparse.Namespace) -> Iterator[Connection]:
    """The connection that the options name; with ``--demo``, to a simulated CommServe that ends with it.

    Raises UsageError, CredentialError.
    """
    if arguments.demo:
        with _demo() as demo:
            yield demo
        return
    typed = arguments.url or os.environ.get(URL_VARIABLE, "")
    if not typed:
        raise UsageError(
            "No CommServe is named.",
            f"Give its address with --url or in the variable {URL_VARIABLE}, or try --demo.",
        )
    found: FoundToken = find_token(
        token_fd=arguments.token_fd, token_command=arguments.token_command, environ=os.environ
    )
    yield Connection(typed, found.token, found.source, arguments.ca_file, not arguments.no_proxy)


@contextmanager
def _demo() -> Iterator[Connection]:
    from pgbackup_tui.simulator.server import SimulatedCommServe
    from pgbackup_tui.simulator.world import World

    with SimulatedCommServe(World.sample()) as server:
        yield Connection(server.url, Secret(server.token), "the demo")
