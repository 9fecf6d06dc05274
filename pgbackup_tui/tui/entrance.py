"""How the console gets to a CommServe: the profiles there are, and signing in. Knows nothing of the screen."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from pgbackup_tui.connection_options import ConnectionOptions
from pgbackup_tui.credentials.store import Entry, StoreKind
from pgbackup_tui.credentials.waiting import in_background
from pgbackup_tui.credentials.wallet import StoreOffer, Wallet
from pgbackup_tui.destination import Destination, find_destination, origin_of
from pgbackup_tui.errors import CredentialError, PgBackupError
from pgbackup_tui.secret import Secret
from pgbackup_tui.settings.errors import SettingsError
from pgbackup_tui.settings.profiles import (
    Profile,
    Settings,
    check_name,
    load_settings,
    save_profile,
    save_selection,
)
from pgbackup_tui.settings.selections import Selection
from pgbackup_tui.settings.values import StorePreference
from pgbackup_tui.sign_in import Credentials, sign_in
from pgbackup_tui.target import Target, target_of

Result = TypeVar("Result")


class NobodyNamedError(CredentialError):
    """Neither the command line nor a profile names a CommServe."""


@dataclass(frozen=True, slots=True)
class SignInForm:
    """What was typed to sign in."""

    address: str
    user: str
    """Empty: the secret is an API token."""
    secret: Secret
    ca_file: str = ""
    profile: str = ""
    """Under which name it is kept; empty: this time only."""
    production: str = ""
    read_only: bool = False
    store: StorePreference = "none"

    @property
    def ca_path(self) -> Path | None:
        typed = self.ca_file.strip()
        return Path(typed).expanduser().absolute() if typed else None


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody has signed in."""

    target: Target
    notes: tuple[str, ...]
    """What became of keeping it; raw."""


@dataclass(slots=True)
class Entrance:
    """The ways in that this start of the program has."""

    options: ConnectionOptions
    environ: MutableMapping[str, str] = field(default_factory=lambda: os.environ)
    wallet: Wallet = field(default_factory=Wallet)
    told: Callable[[str], None] = lambda _: None
    """Called on the loop with the name of a keyring that is waited for, and with nothing when it answered."""
    _skipped: asyncio.Event | None = None

    def settings(self) -> Settings:
        """What the settings file says now. Raises SettingsError."""
        return load_settings()

    def profile(self, name: str) -> Profile:
        """The profile of that name. Raises SettingsError."""
        return self.settings().profile(name)

    def destination(self) -> Destination:
        """The CommServe that is meant. Raises NobodyNamedError, UsageError."""
        found = find_destination(self.options, self.settings(), self.environ)
        if found is None:
            raise NobodyNamedError(
                "No CommServe is known yet.", "Sign in to one, or look around in: pgbackup-tui demo"
            )
        return found

    def choose(self, profile: str) -> None:
        """From now on this profile is meant."""
        self.options = self.options._replace(profile=profile, url=None, token_fd=None, token_command=None)

    async def find(self) -> Target:
        """The CommServe that is meant, with its token. Raises CredentialError, UsageError."""
        destination = self.destination()
        found = await self._unless_skipped(lambda told: destination.find_token(self.environ, self.wallet, told))
        return target_of(destination, found)

    def skip(self) -> None:
        """Goes on without the keyring that is waited for."""
        if self._skipped is not None:
            self._skipped.set()

    async def stores(self) -> list[StoreOffer]:
        """Where a token can be kept, each tried out before anybody types one that would then be lost."""
        return await self._unless_skipped(self.wallet.offers)

    async def enter(self, form: SignInForm) -> Entered:
        """Signs in, keeps the token where it was asked for, and makes the profile.

        A token that can't be kept is used all the same, and that is said. Raises PgBackupError.
        """
        profile = self._profile_of(form)
        destination = Destination(form.address.strip(), profile, form.ca_path, self.options.use_proxies)
        target = await sign_in(destination, Credentials(form.secret, "the form", form.user.strip()))
        return Entered(target, tuple(await self._keep(form, target)))

    async def keep_selection(self, profile: str, selection: Selection) -> Profile:
        """The profile of that name with this selection written into it. Raises SettingsError."""
        settings = await asyncio.wrap_future(in_background(lambda: save_selection(profile, selection)))
        return settings.profile(profile)

    async def _keep(self, form: SignInForm, target: Target) -> list[str]:
        notes = []
        profile = target.profile
        if form.store in ("keyring", "kernel"):
            kind = StoreKind(form.store)
            entry = Entry(origin_of(target.typed), profile.name if profile else "")
            try:
                kept = await self._unless_skipped(lambda told: self.wallet.store(kind, entry, target.token, told))
            except PgBackupError as error:
                notes.append(f"The token is kept for this session only: {error.problem} {error.advice}")
            else:
                target.token_source = kept.source
        if profile is not None:
            named = replace(profile, user=target.user if form.user.strip() else "")
            try:
                settings = await asyncio.wrap_future(in_background(lambda: save_profile(named)))
            except SettingsError as error:
                notes.append(f"The profile is not kept: {error.problem} {error.advice}")
            else:
                self.choose(profile.name)
                notes.append(f"Profile {profile.name} is in {settings.path}.")
        return notes

    def _profile_of(self, form: SignInForm) -> Profile | None:
        """The profile to make or to change. Raises SettingsError, AddressError."""
        origin_of(form.address.strip())
        name = form.profile.strip()
        if not name:
            return None
        known = self.settings().profiles.get(check_name(name), Profile(name, form.address.strip()))
        return replace(
            known,
            url=form.address.strip(),
            ca_file=form.ca_path,
            production=form.production.strip(),
            read_only=form.read_only,
            store=form.store,
            token_command=known.token_command if form.store == "none" else (),
        )

    async def _unless_skipped(self, call: Callable[[Callable[[str], None]], Result]) -> Result:
        """The result of a call that may wait for a keyring; the person can go on without it."""
        loop = asyncio.get_running_loop()
        skipped = self._skipped = asyncio.Event()

        def told(name: str) -> None:
            loop.call_soon_threadsafe(self.told, name)

        calling = asyncio.wrap_future(in_background(lambda: call(told)))
        calling.add_done_callback(lambda _: skipped.set())
        await skipped.wait()
        self.told("")
        if calling.done():
            return calling.result()
        calling.cancel()
        raise CredentialError("The keyring was left out.", "Sign in with a password or an API token.")
