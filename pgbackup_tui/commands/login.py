"""``pgbackup-tui login``: signs in to a CommServe, keeps the token where the user wants it, and makes a profile."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
from contextlib import AsyncExitStack
from dataclasses import replace
from urllib.parse import urlsplit

from pgbackup_tui.commands.asking import ask_choice, ask_line, ask_secret, require_someone
from pgbackup_tui.commands.connection import say_waiting, say_warning
from pgbackup_tui.commands.narration import say, say_error
from pgbackup_tui.commserve.client import CommServe, find_route
from pgbackup_tui.commserve.errors import CommvaultError
from pgbackup_tui.commserve.route import Route
from pgbackup_tui.credentials.sources import command_source, from_command, from_descriptor, split_command
from pgbackup_tui.credentials.store import Entry, StoreError, StoreKind
from pgbackup_tui.credentials.wallet import Wallet
from pgbackup_tui.destination import URL_VARIABLE, origin_of
from pgbackup_tui.errors import UsageError
from pgbackup_tui.secret import Secret
from pgbackup_tui.settings.profiles import Profile, Settings, check_name, load_settings, save_profile
from pgbackup_tui.settings.values import StorePreference
from pgbackup_tui.sign_in import PIN_ADVICE, Credentials, SignedIn, admit

_STORE_ADVICE = "Say where the token shall be kept: --store keyring, --store kernel or --store none."


def run(arguments: argparse.Namespace) -> int:
    """Signs in, keeps the token, makes or changes the profile.

    The store is tried out before anybody is asked for a secret, so that no fresh token is lost.
    """
    settings = load_settings()
    for warning in settings.warnings:
        say_warning(warning)
    _check(arguments)
    profile = _profile(arguments, settings)
    wallet = Wallet()
    store: StorePreference = "none" if profile.token_command else _choose_store(arguments.store, wallet)
    asyncio.run(_sign_in_and_keep(arguments, replace(profile, store=store), wallet))
    return 0


def _check(arguments: argparse.Namespace) -> None:
    given = [name for name in ("token_fd", "token_command", "password_fd") if getattr(arguments, name) is not None]
    if len(given) > 1:
        raise UsageError("A token and a password were given, or two of one.", "Give one of them.")
    if arguments.password_fd is not None and not arguments.user:
        raise UsageError("--password-fd needs the user whose password it is.", "Add --user NAME.")
    if arguments.user and given not in ([], ["password_fd"]):
        raise UsageError("--user signs in with a password, and a token was given.", "Give one of them.")
    if arguments.url and arguments.address and arguments.url != arguments.address:
        raise UsageError("Two addresses were given.", "Give one.")


def _profile(arguments: argparse.Namespace, settings: Settings) -> Profile:
    """The profile to make, or the one there is with what was said now."""
    name = arguments.profile
    known = settings.profiles.get(name) if name else None
    typed = arguments.address or arguments.url or (known.url if known else "") or os.environ.get(URL_VARIABLE, "")
    if not typed:
        require_someone("No CommServe is named", "Give its address: pgbackup-tui login commandcenter.example.com")
        typed = ask_line("Address of the CommServe (a host name is enough)")
    origin = origin_of(typed)  # says what is wrong with it before anything is asked
    name = check_name(name or _name_of(origin))
    known = settings.profiles.get(name, Profile(name, typed))
    command = () if arguments.token_command is None else split_command(arguments.token_command)
    return replace(
        known,
        url=typed,
        ca_file=arguments.ca_file.absolute() if arguments.ca_file else known.ca_file,
        proxies=known.proxies and not arguments.no_proxy,
        token_command=command,
        production=arguments.production or known.production,
        read_only=arguments.read_only or known.read_only,
    )


def _name_of(origin: str) -> str:
    """A profile's name where none was given: the host's, with the port where there is one."""
    return urlsplit(origin).netloc.strip("[]").replace("]", "")


def _choose_store(given: str | None, wallet: Wallet) -> StorePreference:
    """Where the token will be kept; tried out. Raises StoreError, UsageError."""
    if given is None:
        return _ask_for_store(wallet)
    if given == "none":
        return "none"
    kind = StoreKind(given)
    wallet.test(kind, say_waiting)
    return _preference(kind)


def _ask_for_store(wallet: Wallet) -> StorePreference:
    require_someone("It was not said where the token shall be kept", _STORE_ADVICE)
    choices: list[tuple[StorePreference, str]] = []
    for offer in wallet.offers(say_waiting):
        if offer.error is not None:
            say_error(offer.error)
        else:
            choices.append((_preference(offer.kind), f"in {offer.state.name}: {offer.state.words}"))
    choices.append(("none", "nowhere: it is asked for each time, or given by --token-fd or --token-command"))
    say("Where shall the token be kept?")
    for number, (_, words) in enumerate(choices, 1):
        say(f"  {number}  {words}")
    return choices[ask_choice("Number", [words for _, words in choices])][0]


def _preference(kind: StoreKind) -> StorePreference:
    return "keyring" if kind is StoreKind.KEYRING else "kernel"


async def _sign_in_and_keep(arguments: argparse.Namespace, profile: Profile, wallet: Wallet) -> None:
    route = await find_route(profile.url, ca_file=profile.ca_file, use_proxies=profile.proxies)
    async with AsyncExitStack() as stack:
        commserve = await stack.enter_async_context(CommServe(route))
        proxy = commserve.session.shown_proxy
        say(f"Signing in to {route.address.origin}" + (f" through the proxy {proxy}." if proxy else "."))
        given = _credentials(arguments, profile, route)
        signed_in = await admit(commserve, given)
        say(f"Signed in as {signed_in.user}.")
        try:
            _keep(signed_in, given, profile, wallet, make_default=arguments.default)
        except StoreError:
            if given.user:  # nobody has this token any more
                with contextlib.suppress(CommvaultError):
                    await commserve.logout()
            raise


def _credentials(arguments: argparse.Namespace, profile: Profile, route: Route) -> Credentials:
    """What was given to sign in with, or what is asked for. Raises CredentialError, UsageError."""
    user = arguments.user
    if not user and arguments.token_fd is None and not profile.token_command:
        require_someone(
            "There is neither a token nor a password", "Give --token-fd N, or --user with --password-fd N."
        )
        user = ask_line("User name (empty: sign in with an API token)", profile.user)
    if user:
        return _password(arguments.password_fd, user, route)
    return _token(arguments.token_fd, profile, route)


def _password(descriptor: int | None, user: str, route: Route) -> Credentials:
    if descriptor is not None:
        given = from_descriptor(descriptor, "password").rstrip("\r\n")
        return Credentials(Secret(given), f"file descriptor {descriptor}", user)
    require_someone("There is no password", "Give it by --password-fd N.")
    asked = ask_secret(f"Password of {user} on {route.address.origin} ({PIN_ADVICE})")
    return Credentials(asked, "the terminal", user)


def _token(descriptor: int | None, profile: Profile, route: Route) -> Credentials:
    if profile.token_command:
        return Credentials(from_command(profile.token_command), command_source(profile.token_command))
    if descriptor is not None:
        return Credentials(Secret(from_descriptor(descriptor)), f"file descriptor {descriptor}")
    return Credentials(ask_secret(f"API token for {route.address.origin}"), "the terminal")


def _keep(signed_in: SignedIn, given: Credentials, profile: Profile, wallet: Wallet, *, make_default: bool) -> None:
    """Puts the token into the store, then the profile into the settings. Raises StoreError."""
    if profile.store in ("keyring", "kernel"):
        entry = Entry(origin_of(profile.url), profile.name)
        kept = wallet.store(StoreKind(profile.store), entry, signed_in.token, say_waiting)
        say(f"The token is in {kept.source}.")
    elif profile.token_command:
        say(f"The token comes from the command {profile.token_command[0]} each time.")
    else:
        say("The token is kept nowhere.")
    user = signed_in.user if given.user else ""
    settings = save_profile(replace(profile, user=user), make_default=make_default)
    default = " (the default)" if settings.default == profile.name else ""
    say(f"Profile {profile.name}{default} is in {settings.path}.")
