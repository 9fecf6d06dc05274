"""Where a token comes from: the places in their order. One is used, and always named; the value never is.

``--token-fd``, ``--token-command``, the environment, the profile's own command, the operating system's keyring,
the kernel keyring, memory. What was said for this very run goes before what was kept earlier.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from functools import partial

from pgbackup_tui.credentials.sources import TOKEN_VARIABLE, command_source, from_command, from_descriptor
from pgbackup_tui.credentials.store import Entry, StoreError, StoreKind
from pgbackup_tui.credentials.token import parse_token
from pgbackup_tui.credentials.waiting import Told
from pgbackup_tui.credentials.wallet import Wallet
from pgbackup_tui.errors import CredentialError
from pgbackup_tui.secret import Secret


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose token is wanted, and the places that were named for it."""

    entry: Entry
    token_fd: int | None = None
    token_command: Sequence[str] | None = None
    """Of the command line, as words."""
    profile_command: Sequence[str] = ()
    """Of the profile, as words."""
    only: Sequence[StoreKind] | None = None
    """The stores that the profile uses; None for all."""


@dataclass(frozen=True, slots=True)
class FoundToken:
    """A token and where it came from."""

    token: Secret
    source: str
    """For a person: ``the environment``, ``the command pass``, ``the kernel keyring (this host, expires 09:40)``"""
    again: Callable[[], Secret | None] | None = None
    """Asks the same source once more, for when the token has ended; None where that can't give another one.
    May take as long as the source may. Raises CredentialError."""


class NoTokenError(CredentialError):
    """No place has a token; ``obstacles`` says of which places that is not sure."""

    def __init__(self, obstacles: Sequence[StoreError], advice: str) -> None:
        super().__init__(" ".join(["There is no token.", *(error.problem for error in obstacles)]), advice)
        self.obstacles = tuple(obstacles)


def find_token(
    wanted: Wanted, environ: MutableMapping[str, str], wallet: Wallet, told: Told | None = None
) -> FoundToken:
    """The token from the first place that has one; nothing is prompted for.

    The variable is taken out of ``environ``, so that no child inherits it. ``told`` is called with the name of a
    keyring that takes longer than a moment. Raises CredentialError; NoTokenError where no place has one.
    """
    from_environment = environ.pop(TOKEN_VARIABLE, None)
    if wanted.token_fd is not None:
        source = f"file descriptor {wanted.token_fd}"
        return FoundToken(parse_token(from_descriptor(wanted.token_fd), source), source)
    if wanted.token_command is not None:
        return _of_command(wanted.token_command)
    if from_environment is not None:
        return FoundToken(parse_token(from_environment, "the environment"), "the environment")
    if wanted.profile_command:
        return _of_command(wanted.profile_command)
    return _of_wallet(wanted, wallet, told)


def _of_command(words: Sequence[str]) -> FoundToken:
    return FoundToken(from_command(words), command_source(words), partial(from_command, words))


def _of_wallet(wanted: Wanted, wallet: Wallet, told: Told | None) -> FoundToken:
    search = wallet.find(wanted.entry, wanted.only, told)
    if search.kept is None or search.kind is None:
        raise NoTokenError(search.obstacles, _advice(wanted.entry, search.obstacles))
    store = search.kind

    def again() -> Secret | None:
        kept = wallet.find(wanted.entry, [store]).kept
        return parse_token(kept.token.reveal(), kept.source) if kept is not None else None

    return FoundToken(parse_token(search.kept.token.reveal(), search.kept.source), search.kept.source, again)


def _advice(entry: Entry, obstacles: Sequence[StoreError]) -> str:
    cures = [error.advice for error in obstacles if error.advice]
    where = f"--profile {entry.profile}" if entry.profile else entry.origin
    sign_in = (
        f"Sign in with: pgbackup-tui login {where}; or give a token by --token-fd N, by --token-command CMD, or in "
        f"the variable {TOKEN_VARIABLE}."
    )
    return " ".join([*cures, sign_in])
