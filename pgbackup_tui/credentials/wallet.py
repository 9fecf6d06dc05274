"""The stores of this machine together: which are there, what is found in them, and how a token gets into one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from pgbackup_tui.credentials.kernel import KernelKeyring
from pgbackup_tui.credentials.os_keyring import OsKeyring
from pgbackup_tui.credentials.store import (
    Entry,
    Kept,
    MemoryStore,
    StoreError,
    StoreKind,
    StoreState,
    TokenStore,
)
from pgbackup_tui.credentials.waiting import Told
from pgbackup_tui.secret import Secret


@dataclass(frozen=True, slots=True)
class Search:
    """What looking through the stores gave."""

    kept: Kept | None
    kind: StoreKind | None = None
    """The store that had it."""
    obstacles: tuple[StoreError, ...] = ()
    """Stores that could not be looked into, and what to do about it."""


@dataclass(frozen=True, slots=True)
class Removal:
    """What became of an entry in one store."""

    kind: StoreKind
    found: bool = False
    error: StoreError | None = None


@dataclass(frozen=True, slots=True)
class StoreOffer:
    """A store that keeps tokens from one start to the next, tried out."""

    kind: StoreKind
    state: StoreState
    error: StoreError | None = None
    """Why nothing can be kept there now."""


@dataclass(slots=True)
class Wallet:
    """Every store of this machine, in the order in which they are asked.

    Nothing here prompts, and every call ends within the stores' limits: a few seconds for an operating system's
    keyring that hangs, a moment otherwise. ``told`` is called with the name of a store that takes longer.
    """

    stores: Sequence[TokenStore] = field(default_factory=lambda: (OsKeyring(), KernelKeyring(), MemoryStore()))

    def states(self, told: Told | None = None) -> list[tuple[StoreKind, StoreState]]:
        """Every store, whether it can be used now, and what helps if it can't."""
        return [(store.kind, store.state(told)) for store in self.stores]

    def find(self, entry: Entry, only: Sequence[StoreKind] | None = None, told: Told | None = None) -> Search:
        """The token of the first store that has one; of all stores, or ``only`` of some."""
        obstacles = []
        for store in self.stores:
            if only is not None and store.kind not in only:
                continue
            try:
                kept = store.read(entry, told)
            except StoreError as error:
                obstacles.append(error)
                continue
            if kept is not None:
                return Search(kept, store.kind, tuple(obstacles))
        return Search(None, obstacles=tuple(obstacles))

    def test(self, kind: StoreKind, told: Told | None = None) -> None:
        """Writes, reads back and deletes a dummy, before anybody is asked for a token that would then be lost.

        Raises StoreError.
        """
        dummy = Entry("a test of this store")
        self.store(kind, dummy, Secret(secrets.token_hex(16)), told)
        self._store(kind).delete(dummy, told)

    def offers(self, told: Told | None = None) -> list[StoreOffer]:
        """The stores that outlive this process, each tested."""
        return [self._offer(kind, state, told) for kind, state in self.states(told) if kind is not StoreKind.MEMORY]

    def _offer(self, kind: StoreKind, state: StoreState, told: Told | None) -> StoreOffer:
        try:
            self.test(kind, told)
        except StoreError as error:
            return StoreOffer(kind, state, error)
        return StoreOffer(kind, state)

    def store(self, kind: StoreKind, entry: Entry, token: Secret, told: Told | None = None) -> Kept:
        """Keeps the token in that store and in no other, and reads it back.

        Raises StoreError where it was not kept; the caller has the token still, and offers another store.
        """
        store = self._store(kind)
        store.write(entry, token, told)
        kept = store.read(entry, told)
        if kept is None or kept.token != token:
            raise StoreError(
                f"{store.state(told).name} took the token but did not keep it.",
                "Keep it elsewhere: in the kernel keyring (--store kernel), or from a command (--token-command).",
            )
        return kept

    def forget(self, entry: Entry, told: Told | None = None) -> list[Removal]:
        """Takes the entry out of every store, and looks again that it is gone."""
        return [self._forget(store, entry, told) for store in self.stores]

    def _forget(self, store: TokenStore, entry: Entry, told: Told | None) -> Removal:
        try:
            found = store.delete(entry, told)
            if found and store.read(entry, told) is not None:
                raise StoreError(f"{store.state(told).name} has the token still.", "Take it out by hand.")
        except StoreError as error:
            return Removal(store.kind, error=error)
        return Removal(store.kind, found)

    def _store(self, kind: StoreKind) -> TokenStore:
        for store in self.stores:
            if store.kind is kind:
                return store
        raise StoreError(f"There is no store {kind} on this machine.")
