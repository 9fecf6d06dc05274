"""A console that has to get in first: with a settings file and a kernel keyring of the test's own."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from textual.widgets import Input

from pgbackup_tui.backup.journal.journal import open_journal
from pgbackup_tui.connection_options import ConnectionOptions
from pgbackup_tui.credentials.store import Entry, Kept, Readiness, StoreError, StoreKind, StoreState
from pgbackup_tui.credentials.waiting import Told
from pgbackup_tui.credentials.wallet import Wallet
from pgbackup_tui.secret import Secret
from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.app import Console
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.entrance import Entrance
from pgbackup_tui.tui.idle import IDLE_MINUTES
from pgbackup_tui.tui.records import LogStore
from tests.driver import MIDDLE, PATIENCE, ConsoleDriver
from tests.story import Site, StoryClock, demo, whole_naps


@dataclass(slots=True)
class Drawer:
    """A store of tokens that does as the test says."""

    kind: StoreKind
    tokens: dict[str, Secret] = field(default_factory=dict)
    broken: str = ""
    loses: bool = False
    hangs_until: threading.Event | None = None

    def state(self, told: object = None) -> StoreState:
        readiness = Readiness.LOCKED if self.broken else Readiness.READY
        return StoreState(readiness, f"the {self.kind} of the test", self.broken or "It is there.", "mend-it")

    def read(self, entry: Entry, told: Told | None = None) -> Kept | None:
        if self.hangs_until is not None and told is not None:
            told(f"the {self.kind} of the test")
        self._require()
        found = self.tokens.get(entry.service)
        return Kept(found, f"the {self.kind} of the test") if found else None

    def write(self, entry: Entry, token: Secret, told: object = None) -> None:
        self._require()
        if not self.loses:
            self.tokens[entry.service] = token

    def delete(self, entry: Entry, told: object = None) -> bool:
        self._require()
        return self.tokens.pop(entry.service, None) is not None

    def _require(self) -> None:
        if self.hangs_until is not None:
            self.hangs_until.wait(PATIENCE)
        if self.broken:
            raise StoreError(self.broken, "mend-it")


@dataclass(slots=True)
class Door:
    """A console and the way into it."""

    console: ConsoleDriver
    entrance: Entrance
    kernel: Drawer

    @property
    def server(self) -> SimulatedCommServe:
        return self.console.site.server

    def fill(self, **fields: str) -> None:
        """Types into the form's fields at once."""
        for name, text in fields.items():
            self.console.app.query_one(f"#{name}", Input).value = text

    async def sign_in(self, **fields: str) -> None:
        """Signs in with the server's token, or with what is said."""
        self.fill(**{"address": self.server.url, "login_secret": self.server.token, **fields})
        await self.console.press("ctrl+s")

    async def until_in(self) -> None:
        """Waits for the tree."""
        await self.console.until(lambda: self.console.place is Place.BROWSE)
        await self.console.connected()


@asynccontextmanager
async def door(
    *,
    environ: dict[str, str] | None = None,
    faults: str = "[]",
    job_seconds: float = 8.0,
    stores: Sequence[Drawer] | None = None,
    options: ConnectionOptions | None = None,
    selection: str = "",
) -> AsyncIterator[Door]:
    """A console that was started without a CommServe, unless ``environ`` or ``options`` name one.

    ``{url}`` and ``{token}`` in ``environ`` stand for those of the simulated CommServe.
    """
    clock = StoryClock()
    kernel = Drawer(StoreKind.KERNEL)
    drawers = stores or [Drawer(StoreKind.KEYRING, broken="There is no keyring here."), kernel]
    with (
        demo(faults=faults, job_seconds=job_seconds)(clock) as server,
        open_journal(is_demo=True) as journal,
        whole_naps(),
    ):
        given = {name: text.format(url=server.url, token=server.token) for name, text in (environ or {}).items()}
        entrance = Entrance(options or ConnectionOptions(), given, Wallet(drawers))
        desk = Desk(
            entrance.find,
            LogStore(clock=clock),
            lambda: journal,
            clock=clock,
            monotonic=clock,
            sleep=clock.sleep,
            jitter=lambda: MIDDLE,
        )
        app = Console(desk, entrance, idle_minutes=IDLE_MINUTES, selection=selection)
        async with app.run_test(size=(80, 24)) as pilot:
            await app.is_furnished.wait()
            yield Door(ConsoleDriver(app, pilot, Site(server, clock)), entrance, kernel)
