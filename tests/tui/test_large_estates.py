"""An estate of thousands of clients: keys are answered while it loads, and a search shows what can be looked at."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from pgbackup_tui.estate.cache import KeptEstate
from pgbackup_tui.estate.cache_files import EstateFiles
from pgbackup_tui.estate.model import Estate
from pgbackup_tui.tui.nodes import Kind, Node
from pgbackup_tui.tui.outline import Outline
from tests.benchmarks.paper import SUBCLIENTS, console_on_paper
from tests.unit.estates import estate_of, subclient
from tests.watchdog import known_work, watched_loop

CLIENTS = 2000
_OF_KNOWN_WORK = 3
"""How long the loop may be held, by that: it is about 10 ms on a machine on which 16 ms a piece were asked for."""


async def test_the_loop_is_never_held_for_long_while_a_large_estate_is_listed_and_read_and_that_again() -> None:
    bound = _OF_KNOWN_WORK * known_work()
    async with console_on_paper(CLIENTS) as console:
        with watched_loop() as holds:
            await console.connect()
            await console.read_everything()
            await console.reload()
            await console.read_everything()
        assert len(console.desk.outline.clients) == CLIENTS
        assert sum(1 for _ in console.desk.outline.clients[-1].subclients()) == SUBCLIENTS
    assert [round(hold / bound, 2) for hold in holds if hold > bound] == []


@pytest.mark.parametrize("searches_first", [False, True], ids=["compared and searched", "searched and compared"])
async def test_the_loop_is_never_held_for_long_while_a_kept_estate_is_shown(
    tmp_path: Path, searches_first: bool
) -> None:
    async with console_on_paper(CLIENTS, kept_in=tmp_path) as console:
        await console.connect()
        await console.read_everything()
    bound = _OF_KNOWN_WORK * known_work()
    async with console_on_paper(CLIENTS, kept_in=tmp_path) as console:
        with watched_loop() as holds:
            await console.recall()
            if searches_first:
                await console.search("ledger-003")
            await console.connect()
            await console.search("ledger-003")
        assert (
            sum(len(list(client.subclients())) for client in console.desk.outline.clients) == CLIENTS * SUBCLIENTS
        )
        assert console.app.furniture.browse.tree_view._rows[0].name == "pg-ledger-003"
    assert [round(hold / bound, 2) for hold in holds if hold > bound] == []


async def test_a_large_estate_is_listed_with_one_request_and_read_with_one_a_client() -> None:
    async with console_on_paper(30) as console:
        await console.connect()
        assert console.target.session.asked == ["databases/instances"]
        await console.read_everything()
        assert console.target.session.asked[1:] == ["Subclient"] * 30


async def test_what_was_kept_takes_no_room_beside_what_is_shown_of_it(tmp_path: Path) -> None:
    async with console_on_paper(20, kept_in=tmp_path) as console:
        await console.connect()
        await console.read_everything()
    async with console_on_paper(20, kept_in=tmp_path) as console:
        memory = console.desk.catalogue.memory
        await console.recall()
        assert sum(isinstance(branch.content, memoryview) for branch in memory.branches.values()) == 20
        await console.connect()
        await console.search("ledger-000")
        assert sum(isinstance(branch.content, memoryview) for branch in memory.branches.values()) == 0


async def test_a_filter_typed_before_anything_is_recalled_searches_what_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console_on_paper(20, kept_in=tmp_path) as console:
        await console.connect()
        await console.read_everything()
    is_typed = threading.Event()
    recall = EstateFiles.recall_by_token

    def recall_later(*words: Any) -> KeptEstate | None:
        is_typed.wait(30)
        return recall(*words)

    monkeypatch.setattr(EstateFiles, "recall_by_token", recall_later)
    async with console_on_paper(20, kept_in=tmp_path) as console:
        console.app.query_one("#filter", Input).value = "tablespaces"
        await console.app.until_typed()
        is_typed.set()
        await console.recall()
        async with asyncio.timeout(30):
            while len(console.app.furniture.browse.tree_view._rows) < 20 * 7:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


class Name(str):
    """A name of which one can tell whether anybody still has it."""


def test_rows_that_others_took_the_place_of_are_gone_without_the_garbage_collector() -> None:
    listed = estate_of(*(subclient(number, client=f"pg-{number:04d}") for number in range(3)))
    names = [Name(client.client) for client in listed.clients]
    seen = [weakref.ref(name) for name in names]
    outline = Outline()
    gc.disable()
    try:
        rows = [
            Node(Kind.CLIENT, name, 0, client_id=found.client_id, entity_id=found.client_id)
            for name, found in zip(names, listed.overview.instances, strict=True)
        ]
        for row, found in zip(rows, listed.overview.instances, strict=True):
            row.children = [Node(Kind.INSTANCE, row.name, 1, client_id=row.client_id, entity_id=found.instance_id)]
        outline.recall(rows, listed.overview.source, 0.0)
        del names, rows, row
        assert all(name() is not None for name in seen)
        outline.load(Estate(listed.overview))
        assert [name() for name in seen] == [None] * 3
    finally:
        gc.enable()


def outline_of(clients: int) -> Outline:
    estate = estate_of(*(subclient(number, client=f"pg-{number:04d}") for number in range(clients)))
    outline = Outline()
    outline.load(Estate(estate.overview))
    for client in estate.clients:
        outline.fill(client.client_id, estate.subclients_of(client.client_id))
    return outline


def test_a_search_that_finds_more_than_anybody_looks_through_says_how_many_more_clients_there_are() -> None:
    outline = outline_of(1500)
    outline.filter = "DEFAULT"
    rows = outline.rows()
    clients = sum(row.kind is Kind.CLIENT for row in rows)
    assert len(rows) < 1100
    assert rows[-1].name == f"… and in {1500 - clients:,} more clients: type more of the name"


def test_a_search_finds_what_was_read_after_the_clients_were_listed() -> None:
    outline = outline_of(3)
    outline.filter = "fsbased"
    assert [row.name for row in outline.rows() if row.kind is Kind.CLIENT] == ["pg-0000", "pg-0001", "pg-0002"]


def test_a_search_finds_what_stays_in_sight_while_the_estate_is_read_again() -> None:
    outline = outline_of(3)
    kept = outline.clients[1]
    kept.is_open = True
    outline.load(estate_of(*(subclient(number, client=f"pg-{number:04d}") for number in range(3))))
    outline.filter = "fsbased"
    assert [row.name for row in outline.rows() if row.kind is Kind.CLIENT] == ["pg-0001"]
