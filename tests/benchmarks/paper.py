"""A CommServe on paper: a large estate as the JSON that it would answer, without a process or a line between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from textual.widgets import Input

from pgbackup_tui.backup.journal.journal import Journal
from pgbackup_tui.commserve.address import candidates
from pgbackup_tui.commserve.answer import Answer
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.commserve.inventory import Inventory
from pgbackup_tui.commserve.route import Route
from pgbackup_tui.commserve.session import Session
from pgbackup_tui.secret import Secret
from pgbackup_tui.target import Target
from pgbackup_tui.tui.app import Console
from pgbackup_tui.tui.desk import Desk, State
from pgbackup_tui.tui.records import LogStore
from tests.running import private_state
from tests.watchdog import collector_of_the_console

SUBCLIENTS = 10
"""Of each client: two instances, with three subclients of files and two of dumps each."""
_SETS = {"FSBasedBackupSet": ("default", "archive", "tablespaces"), "DumpBasedBackupSet": ("default", "nightly")}
_INSTANCES = ("main", "reporting")
_SERVICES = ("orders", "ledger", "billing", "stock", "fraud", "search", "invoices", "audit", "cards", "risk")
_ORIGIN = "http://127.0.0.1:9/commandcenter/api/"
_MOMENT = 1_795_403_520


@dataclass(slots=True)
class PaperSession:
    """Answers what reads the estate."""

    clients: int
    asked: list[str] = field(default_factory=list)
    overview: bytes = b""

    def __post_init__(self) -> None:
        self.overview = json.dumps(self._instances()).encode()  # not while it is measured

    async def ask(self, method: str, path: str, *, params: Mapping[str, int] | None = None) -> Answer:
        """As ``Session.ask`` does."""
        self.asked.append(path)
        await asyncio.sleep(0)
        body = self.overview if params is None else json.dumps(self._subclients(params["clientId"])).encode()
        return Answer(f"{method} {path}", 200, "application/json", body)

    def _instances(self) -> object:
        rows = [
            {
                "instance": _entity(number, instance),
                "version": "16.4",
                "status": "Ready",
                "sla": "Met",
                "lastBackupJobInfo": {"jobID": 7, "status": 1, "endTime": {"time": _MOMENT}},
            }
            for number in range(self.clients)
            for instance in range(len(_INSTANCES))
        ]
        return {"dbInstance": rows}

    def _subclients(self, client_id: int) -> object:
        number = client_id - 1
        names = [(name, subclient) for name, subclients in _SETS.items() for subclient in subclients]
        rows = [
            {
                "subClientEntity": {
                    **_entity(number, instance),
                    "backupsetId": 1 + (number * 2 + instance) * 2 + list(_SETS).index(backupset),
                    "backupsetName": backupset,
                    "subclientId": 1 + (number * 2 + instance) * len(names) + place,
                    "subclientName": subclient,
                },
                "commonProperties": {"enableBackup": True, "lastBackupTime": _MOMENT},
                "postgreSQLSubclientProp": {"isUseBlockLevelBackup": False},
            }
            for instance in range(len(_INSTANCES))
            for place, (backupset, subclient) in enumerate(names)
        ]
        return {"subClientProperties": rows}


def _entity(number: int, instance: int) -> dict[str, object]:
    name = f"pg-{_SERVICES[number % len(_SERVICES)]}-{number // len(_SERVICES):03d}"
    return {
        "clientId": 1 + number,
        "clientName": name,
        "displayName": name,
        "applicationId": 125,
        "instanceId": 1 + number * len(_INSTANCES) + instance,
        "instanceName": _INSTANCES[instance],
    }


@dataclass(slots=True)
class PaperTarget(Target):
    """A target that is signed in to as soon as it may be."""

    session: PaperSession = field(default_factory=lambda: PaperSession(1))
    may_begin: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self) -> CommServe:
        await self.may_begin.wait()
        assert self.route is not None
        commserve = CommServe(self.route, self.token)
        commserve.inventory = Inventory(cast("Session", self.session))
        return commserve


@dataclass(slots=True)
class PaperConsole:
    """A console that is on the screen, and has asked for nothing yet."""

    app: Console
    target: PaperTarget

    @property
    def desk(self) -> Desk:
        return self.app.desk

    async def connect(self) -> None:
        """Lists the estate; returns when it is shown."""
        self.target.may_begin.set()
        while self.desk.state is State.CONNECTING:  # noqa: ASYNC110  # only looked at from outside
            await asyncio.sleep(0.001)

    async def reload(self) -> None:
        """Lists the estate again; returns when that is shown, and nothing is left of what was shown before."""
        await self.desk.connect()
        tree = self.app.furniture.browse.tree_view
        while tree._rows[0] is not self.desk.outline.clients[0]:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        workers = self.app.workers
        await workers.wait_for_complete([worker for worker in workers if worker.name == "let go"])

    async def recall(self) -> None:
        """Returns when what the last console kept is shown."""
        while self.desk.outline.as_of is None:  # noqa: ASYNC110
            await asyncio.sleep(0.001)

    async def search(self, words: str) -> None:
        """Has something in the filter; returns when everything that was kept is searched."""
        self.app.query_one("#filter", Input).value = words
        while self.desk.outline.filter != words or self.desk.catalogue.memory._ungrown:  # noqa: ASYNC110
            await asyncio.sleep(0.001)

    async def read_everything(self) -> None:
        """Reads every client, as Enter on the row under a search does; returns when all of it is shown."""
        catalogue = self.desk.catalogue
        catalogue.want(self.desk.outline.unread(), ahead=True)
        assert catalogue._reader is not None
        while catalogue._reader.waiting:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@asynccontextmanager
async def console_on_paper(clients: int, *, kept_in: Path | None = None) -> AsyncIterator[PaperConsole]:
    """A console at 80x24 without a terminal, with what the last one kept, if it ``kept`` anything there."""
    (address,) = candidates(_ORIGIN)
    target = PaperTarget(
        _ORIGIN,
        Secret("a-token-on-paper"),
        "paper",
        route=Route(address),
        user="paper",
        session=PaperSession(clients),
    )

    async def find() -> Target:
        return target

    with private_state() as state, collector_of_the_console():
        journal = Journal(kept_in or state)
        app = Console(Desk(find, LogStore(), lambda: journal, keeps_estate=kept_in is not None))
        async with app.run_test(size=(80, 24)):
            await app.is_furnished.wait()
            yield PaperConsole(app, target)
