"""A CommServe and a token for it, signed in: found the same way for both faces.

The client, and the HTTP library with it, is loaded when a CommServe is asked: a console shows itself first.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pgbackup_tui.commserve.errors import AuthError
from pgbackup_tui.commserve.route import Route, TokenRenewal
from pgbackup_tui.connection_options import ConnectionOptions
from pgbackup_tui.credentials.resolution import FoundToken
from pgbackup_tui.credentials.waiting import Told, in_background
from pgbackup_tui.credentials.wallet import Wallet
from pgbackup_tui.destination import DEMO_SELECTIONS, URL_VARIABLE, Destination, find_destination
from pgbackup_tui.errors import UsageError
from pgbackup_tui.secret import Secret
from pgbackup_tui.settings.profiles import Profile, load_settings
from pgbackup_tui.settings.selections import Selection

if TYPE_CHECKING:
    from pgbackup_tui.commserve.client import CommServe


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
    profile: Profile | None = None
    renewal: TokenRenewal | None = field(default=None, repr=False)
    """Who is asked for another token when this one has ended."""

    @property
    def where(self) -> str:
        """The CommServe's origin, or what was typed as long as nothing answered."""
        if self.is_demo:
            return "the demo"
        return self.route.address.origin if self.route else self.typed

    @property
    def warnings_are_partial(self) -> bool:
        """Whether its profile has a job that completed with warnings count as partial."""
        return self.profile is not None and self.profile.warnings_are_partial

    @property
    def selections(self) -> tuple[Selection, ...]:
        """The named selections of its profile; a demo has some of its own."""
        if self.is_demo:
            return DEMO_SELECTIONS
        return self.profile.selections if self.profile else ()

    async def open(self) -> CommServe:
        """A client that is signed in; the caller closes it.

        The first time, the address is probed and the token tried. Raises CommvaultError.
        """
        from pgbackup_tui.commserve.client import CommServe, find_route

        if self.route is None:
            self.route = await find_route(self.typed, ca_file=self.ca_file, use_proxies=self.use_proxies)
        async with AsyncExitStack() as until_signed_in:
            commserve = await until_signed_in.enter_async_context(CommServe(self.route, self.token))
            if not self.user:
                self.user = await commserve.who_am_i()
                self.token = commserve.session.token or self.token  # with the prefix that this server wants
            commserve.session.renewal = self.renewal
            commserve.is_saas = commserve.is_saas or (self.profile is not None and self.profile.saas)
            until_signed_in.pop_all()
        return commserve


class SameSourceAgain:
    """Renewal without a person: the source is asked once more, and what it gives has to be the same user's."""

    def __init__(self, target: Target, again: Callable[[], Secret | None]) -> None:
        self._target = target
        self._again = again

    async def renew(self, refused: Secret) -> Secret | None:
        """Another token of the same user, or None. Raises CredentialError, and TransportError: try again later."""
        from pgbackup_tui.commserve.client import CommServe

        fresh = await asyncio.wrap_future(in_background(self._again))
        route = self._target.route
        if fresh is None or fresh == refused or route is None:
            return None
        async with CommServe(route, fresh) as commserve:
            try:
                user = await commserve.who_am_i()
            except AuthError:
                return None
            if user != self._target.user:
                return None
            self._target.token = commserve.session.token or fresh
        return self._target.token


@contextmanager
def find_target(
    options: ConnectionOptions,
    environ: MutableMapping[str, str] = os.environ,
    *,
    changes: bool = False,
    told: Told | None = None,
    warn: Callable[[str], None] | None = None,
) -> Iterator[Target]:
    """The target that options, environment and settings name; a demo's simulated CommServe ends with it.

    ``changes``: whether something will be changed there, which a read-only profile refuses before anything else.
    ``told`` is called with the name of a keyring that is waited for, ``warn`` with what nobody understands of the
    settings file. Raises UsageError, CredentialError, RefusedHereError.
    """
    if options.demo:
        with _demo(options) as target:
            yield target
        return
    settings = load_settings()
    for warning in settings.warnings:
        if warn is not None:
            warn(warning)
    destination = find_destination(options, settings, environ)
    if destination is None:
        raise UsageError(
            "No CommServe is named.",
            f"Sign in with: pgbackup-tui login; or give its address with --url or in the variable {URL_VARIABLE}; "
            "or try --demo.",
        )
    if changes:
        destination.require_writable()
    yield target_of(destination, destination.find_token(environ, Wallet(), told))


def target_of(destination: Destination, found: FoundToken) -> Target:
    """The target for a token that was found; when it ends, the same source is asked once more."""
    target = Target(
        destination.typed,
        found.token,
        found.source,
        destination.ca_file,
        destination.use_proxies,
        profile=destination.profile,
    )
    if found.again is not None:
        target.renewal = SameSourceAgain(target, found.again)
    return target


@contextmanager
def _demo(options: ConnectionOptions) -> Iterator[Target]:
    from pgbackup_tui.simulator.scenarios import USUAL, scenario_named
    from pgbackup_tui.simulator.server import SimulatedCommServe
    from pgbackup_tui.simulator.world import World

    scenario = scenario_named(options.demo_scenario) or USUAL
    try:
        world = World.sample(
            clients=options.demo_clients,
            seed=options.demo_seed,
            job_seconds=scenario.job_seconds,
            every_job=scenario.every_job,
        )
    except ValueError as error:
        raise UsageError(f"The estate can't be made: {error}") from error
    with SimulatedCommServe(world, latency=scenario.latency, faults=scenario.faults) as server:
        target = Target(server.url, Secret(server.token), "the demo", is_demo=True)
        if scenario.ends_token:
            target.renewal = SameSourceAgain(target, lambda: Secret(server.token))
        yield target
