"""What can keep a token, and what it says of itself. The same few words for every kind of store."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pgbackup_tui.credentials.waiting import Told
from pgbackup_tui.errors import CredentialError
from pgbackup_tui.secret import Secret

APP = "pgbackup-tui"


class StoreError(CredentialError):
    """A store that can't be used, or that did not keep what it was given."""


class StoreKind(StrEnum):
    """The kinds of store, in the order in which they are asked."""

    KEYRING = "keyring"
    KERNEL = "kernel"
    MEMORY = "memory"


class Readiness(StrEnum):
    """What a store can do just now."""

    READY = "ready"
    LOCKED = "locked"
    """It exists, and its owner has to unlock it."""
    STOPPED = "stopped"
    """It is installed, and nobody started it."""
    EMPTY = "empty"
    """It runs, and has no keyring in it yet."""
    SILENT = "silent"
    """It was asked and did not answer."""
    REFUSED = "refused"
    """The user's configuration names one that keeps no secret safe."""
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class StoreState:
    """Whether a store can be used, in words."""

    readiness: Readiness
    name: str
    """``the login keyring (Secret Service)``"""
    words: str
    """What was found: a whole sentence."""
    cure: str = ""
    """What to do about it, with the exact command; empty where nothing helps or nothing is needed."""

    @property
    def is_ready(self) -> bool:
        return self.readiness is Readiness.READY

    def error(self) -> StoreError:
        """This state as a reason why something could not be done."""
        return StoreError(self.words, self.cure)


@dataclass(frozen=True, slots=True)
class Entry:
    """Whose token it is: one CommServe, and one profile of it."""

    origin: str
    """Scheme, host and port. A token is never found for another origin than the one it was kept for."""
    profile: str = ""
    """Two profiles can sign in to one CommServe as different users."""

    @property
    def service(self) -> str:
        """The name under which a store has it; one for each, since Windows moves entries that share one."""
        return f"{APP}:{self.origin}" + (f" ({self.profile})" if self.profile else "")


@dataclass(frozen=True, slots=True)
class Kept:
    """A token that a store has."""

    token: Secret
    source: str
    """For a person, with what limits it: ``the kernel keyring (this host, expires 09:40)``."""


class TokenStore(Protocol):
    """Something that keeps tokens. Every method may take as long as the store's limit, and no longer.

    ``told`` is called with the store's name if it takes more than a moment.
    """

    @property
    def kind(self) -> StoreKind: ...

    def state(self, told: Told | None = None) -> StoreState:
        """Whether it can be used now; asks without a prompt and starts nothing."""
        ...

    def read(self, entry: Entry, told: Told | None = None) -> Kept | None:
        """What it has for ``entry``, or None. Raises StoreError."""
        ...

    def write(self, entry: Entry, token: Secret, told: Told | None = None) -> None:
        """Keeps the token in place of an earlier one. Raises StoreError."""
        ...

    def delete(self, entry: Entry, told: Told | None = None) -> bool:
        """Takes the entry out; whether there was one. Raises StoreError."""
        ...


class MemoryStore:
    """Keeps tokens as long as this process runs, and not a moment longer."""

    kind = StoreKind.MEMORY

    def __init__(self) -> None:
        self._tokens: dict[Entry, Secret] = {}

    def state(self, told: Told | None = None) -> StoreState:  # noqa: ARG002  # it never takes long
        return StoreState(Readiness.READY, "memory", "A token can be kept in memory until this program ends.")

    def read(self, entry: Entry, told: Told | None = None) -> Kept | None:  # noqa: ARG002
        token = self._tokens.get(entry)
        return Kept(token, "memory (this session)") if token is not None else None

    def write(self, entry: Entry, token: Secret, told: Told | None = None) -> None:  # noqa: ARG002
        self._tokens[entry] = token

    def delete(self, entry: Entry, told: Told | None = None) -> bool:  # noqa: ARG002
        return self._tokens.pop(entry, None) is not None
