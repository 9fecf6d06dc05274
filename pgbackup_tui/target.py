"""Which CommServe is meant, and with which token: found the same way for both faces."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, MutableMapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pgbackup_tui.commserve.client import CommServe, find_route
from pgbackup_tui.commserve.session import Route
from pgbackup_tui.credentials.sources import find_token
from pgbackup_tui.errors import UsageError
from pgbackup_tui.secret import Secret

URL_VARIABLE = "PGBACKUP_TUI_URL"


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """What the command line says of the connection."""

    url: str | None = None
    token_fd: int | None = None
    token_command: str | None = None
    ca_file: Path | None = None
    use_proxies: bool = True
    demo: bool = False
    demo_clients: int = 12
    demo_seed: int = 7

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> ConnectionOptions:
        """What a command with the connection options was given."""
        return cls(
            url=arguments.url,
            token_fd=arguments.token_fd,
            token_command=arguments.token_command,
            ca_file=arguments.ca_file,
            use_proxies=not arguments.no_proxy,
            demo=arguments.demo,
        )


@dataclass(slots=True)
class Target:
    """A CommServe and the token for it. Learns at the first :meth:`open` what need not be asked again."""

    typed: str
    """The address as it was given."""
    token: Secret
    token_source: str
    ca_file: Path | None = None
    use_proxies: bool = True
    is_demo: bool = False
    route: Route | None = None
    """Known as soon as the CommServe answered."""
    user: str = ""
    """Who the CommServe says the token is."""

    @property
    def where(self) -> str:
        """The CommServe's origin, or what was typed as long as nothing answered."""
        if self.is_demo:
            return "the demo"
        return self.route.address.origin if self.route else self.typed

    async def open(self) -> CommServe:
        """A client that is signed in; the caller closes it.

        The first time, the address is probed and the token tried. Raises CommvaultError.
        """
        if self.route is None:
            self.route = await find_route(self.typed, ca_file=self.ca_file, use_proxies=self.use_proxies)
        async with AsyncExitStack() as until_signed_in:
            commserve = await until_signed_in.enter_async_context(CommServe(self.route, self.token))
            if not self.user:
                self.user = await commserve.who_am_i()
                self.token = commserve.session.token or self.token  # with the prefix that this server wants
            until_signed_in.pop_all()
        return commserve


@contextmanager
def find_target(options: ConnectionOptions, environ: MutableMapping[str, str] = os.environ) -> Iterator[Target]:
    """The target that the options and the environment name; a demo's simulated CommServe ends with it.

    Raises UsageError, CredentialError.
    """
    if options.demo:
        with _demo(options) as target:
            yield target
        return
    typed = options.url or environ.get(URL_VARIABLE, "")
    if not typed:
        raise UsageError(
            "No CommServe is named.",
            f"Give its address with --url or in the variable {URL_VARIABLE}, or try --demo.",
        )
    found = find_token(token_fd=options.token_fd, token_command=options.token_command, environ=environ)
    yield Target(typed, found.token, found.source, options.ca_file, options.use_proxies)


@contextmanager
def _demo(options: ConnectionOptions) -> Iterator[Target]:
    from pgbackup_tui.simulator.server import SimulatedCommServe
    from pgbackup_tui.simulator.world import World

    try:
        world = World.sample(clients=options.demo_clients, seed=options.demo_seed)
    except ValueError as error:
        raise UsageError(f"The estate can't be made: {error}") from error
    with SimulatedCommServe(world) as server:
        yield Target(server.url, Secret(server.token), "the demo", is_demo=True)
