"""Which CommServe is meant: by the command line, the environment and the settings; nothing is asked of it yet."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

from pgbackup_tui.commserve.address import candidates
from pgbackup_tui.commserve.errors import AddressError
from pgbackup_tui.connection_options import ConnectionOptions
from pgbackup_tui.credentials.resolution import FoundToken, Wanted, find_token
from pgbackup_tui.credentials.sources import split_command
from pgbackup_tui.credentials.store import Entry, StoreKind
from pgbackup_tui.credentials.waiting import Told
from pgbackup_tui.credentials.wallet import Wallet
from pgbackup_tui.errors import RefusedHereError, UsageError
from pgbackup_tui.settings.profiles import Profile, Settings, load_settings
from pgbackup_tui.settings.selections import Selection

URL_VARIABLE = "PGBACKUP_TUI_URL"
DEMO_SELECTIONS = (Selection("payments pre-change", ("pg-pay-*/*/FSBasedBackupSet",), "FULL"),)
"""What a demo has in place of a profile's selections."""
_STORES: Mapping[str, tuple[StoreKind, ...]] = {
    "keyring": (StoreKind.KEYRING, StoreKind.MEMORY),
    "kernel": (StoreKind.KERNEL, StoreKind.MEMORY),
    "none": (StoreKind.MEMORY,),
}


@dataclass(frozen=True, slots=True)
class Destination:
    """A CommServe by its address, and what is set for it; nothing was asked of it or of any keyring yet."""

    typed: str
    """The address as it was given."""
    profile: Profile | None = None
    ca_file: Path | None = None
    use_proxies: bool = True
    wanted_fd: int | None = None
    wanted_command: str | None = None

    @property
    def entry(self) -> Entry:
        """The name under which its token is kept. Raises AddressError."""
        return Entry(origin_of(self.typed), self.profile.name if self.profile else "")

    @property
    def is_read_only(self) -> bool:
        return self.profile is not None and self.profile.read_only

    def require_writable(self) -> None:
        """Raises RefusedHereError where the profile lets nothing be changed."""
        if self.is_read_only:
            assert self.profile is not None  # noqa: S101  # only a profile makes it read-only
            raise RefusedHereError(
                f"The profile {self.profile.name} is read-only; nothing was sent.",
                "Use another profile, or take read_only out of it in the settings file.",
            )

    def find_token(self, environ: MutableMapping[str, str], wallet: Wallet, told: Told | None = None) -> FoundToken:
        """The token for it, without asking anybody. Raises CredentialError, AddressError."""
        profile = self.profile
        wanted = Wanted(
            self.entry,
            token_fd=self.wanted_fd,
            token_command=None if self.wanted_command is None else split_command(self.wanted_command),
            profile_command=profile.token_command if profile else (),
            only=_STORES.get(profile.store) if profile else None,
        )
        return find_token(wanted, environ, wallet, told)


def find_destination(
    options: ConnectionOptions, settings: Settings, environ: Mapping[str, str] = os.environ
) -> Destination | None:
    """The CommServe that is meant: by --profile or --url, else the variable, else the default profile; or None.

    An address finds its profile where exactly one names the same origin (or the default does). Raises UsageError.
    """
    if options.url and options.profile:
        raise UsageError("--url and --profile both name a CommServe.", "Give one or the other.")
    profile = settings.profile(options.profile) if options.profile else None
    typed = "" if profile else (options.url or environ.get(URL_VARIABLE, ""))
    if typed:
        profile = _profile_of(typed, settings)
    elif profile is None and settings.default:
        profile = settings.profile(settings.default)
    if profile is None and not typed:
        return None
    return Destination(
        typed or (profile.url if profile else ""),
        profile,
        ca_file=options.ca_file or (profile.ca_file if profile else None),
        use_proxies=options.use_proxies and (profile is None or profile.proxies),
        wanted_fd=options.token_fd,
        wanted_command=options.token_command,
    )


def resolve_selection(options: ConnectionOptions, name: str, environ: Mapping[str, str] = os.environ) -> Selection:
    """The selection of that name in the profile that the options mean; a demo has one of its own.

    Reads the settings file. Raises UsageError where no profile is meant, or where it has none of that name.
    """
    if options.demo:
        profile: Profile | None = Profile("demo", "demo", selections=DEMO_SELECTIONS)
    else:
        destination = find_destination(options, load_settings(), environ)
        profile = destination.profile if destination else None
    if profile is None:
        raise UsageError(
            "A selection belongs to a profile, and none is meant.",
            "Name one with --profile; pgbackup-tui profiles lists them and their selections.",
        )
    return profile.selection(name)


def origin_of(typed: str) -> str:
    """Scheme, host and port of an address as typed. Raises AddressError."""
    return candidates(typed)[0].origin


def _profile_of(typed: str, settings: Settings) -> Profile | None:
    """The profile that is meant by an address: the only one of the same origin, or the default if it is of it."""
    origin = origin_of(typed)
    same = [profile for profile in settings.profiles.values() if _origin_or_nothing(profile) == origin]
    if len(same) == 1:
        return same[0]
    return next((profile for profile in same if profile.name == settings.default), None)


def _origin_or_nothing(profile: Profile) -> str:
    try:
        return origin_of(profile.url)
    except AddressError:
        return ""
