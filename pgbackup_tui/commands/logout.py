"""``pgbackup-tui logout``: the token is ended on the CommServe, taken out of every store, and looked for again."""

from __future__ import annotations

import argparse
import asyncio
import os

from pgbackup_tui.commands.connection import say_waiting, say_warning
from pgbackup_tui.commands.exits import ExitStatus
from pgbackup_tui.commands.narration import say, say_error
from pgbackup_tui.commserve.client import CommServe, find_route
from pgbackup_tui.commserve.errors import AuthError, CommvaultError
from pgbackup_tui.connection_options import ConnectionOptions
from pgbackup_tui.credentials.store import StoreKind
from pgbackup_tui.credentials.wallet import Removal, Wallet
from pgbackup_tui.destination import Destination, find_destination
from pgbackup_tui.errors import UsageError
from pgbackup_tui.estate.cache_files import EstateFiles
from pgbackup_tui.paths import state_folder
from pgbackup_tui.secret import Secret
from pgbackup_tui.settings.profiles import load_settings


def run(arguments: argparse.Namespace) -> int:
    """Ends a login on the CommServe and forgets its token here; an API token lives on on the CommServe.

    Ends with NO_TOKEN where a store that may have the token could not be looked into.
    """
    settings = load_settings()
    for warning in settings.warnings:
        say_warning(warning)
    destination = find_destination(ConnectionOptions.of(arguments), settings, os.environ)
    if destination is None:
        raise UsageError("No CommServe is named.", "Name its profile: pgbackup-tui logout --profile NAME")
    wallet = Wallet()
    found = wallet.find(destination.entry, told=say_waiting).kept
    if found is not None:
        _end(destination, found.token)
    removals = wallet.forget(destination.entry, say_waiting)
    if EstateFiles(state_folder()).forget(destination.entry.origin, destination.entry.profile):
        say("The tree that the console kept of it is gone.")
    return _tell(destination, removals)


def _end(destination: Destination, token: Secret) -> None:
    """Ends the token on the CommServe, if a password made it. That this fails keeps nobody from forgetting it."""
    if destination.profile is None or not destination.profile.user:
        say("The API token itself lives on: end it in Command Center if it shall end.")
        return
    try:
        asyncio.run(_log_out(destination, token))
    except AuthError:
        say("The token had ended already.")
    except CommvaultError as error:
        say_error(error)
        say("The token could not be ended on the CommServe; it ends there by itself when it is not used.")
    else:
        say(f"Logged out of {destination.entry.origin}.")


async def _log_out(destination: Destination, token: Secret) -> None:
    route = await find_route(destination.typed, ca_file=destination.ca_file, use_proxies=destination.use_proxies)
    async with CommServe(route, token) as commserve:
        await commserve.logout()


def _tell(destination: Destination, removals: list[Removal]) -> int:
    preferred = destination.profile.store if destination.profile else ""
    gone = [removal.kind for removal in removals if removal.found]
    doubtful = [
        removal
        for removal in removals
        if removal.error is not None and (removal.kind == preferred or (not preferred and not gone))
    ]
    for kind in gone:
        say(f"The token is gone from the {_WORDS[kind]}.")
    for removal in doubtful:
        assert removal.error is not None  # noqa: S101  # that is why it is doubtful
        say(f"The {_WORDS[removal.kind]} can't be looked into, and may have a token still:")
        say_error(removal.error)
    if not gone and not doubtful:
        say(f"No token is kept here for {destination.entry.origin}.")
    return ExitStatus.NO_TOKEN if doubtful else ExitStatus.DONE


_WORDS = {StoreKind.KEYRING: "OS keyring", StoreKind.KERNEL: "kernel keyring", StoreKind.MEMORY: "memory"}
