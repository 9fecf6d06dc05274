"""On SaaS the console asks before it takes much of what all users of the tenant share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pgbackup_tui.destination import DEMO_SELECTIONS
from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.outline import Reading
from tests.driver import ConsoleDriver, console_on, demo

CLIENTS = 150
COST = f"about {CLIENTS} of the 1000 requests that the tenant has an hour"


def clients_read(console: ConsoleDriver) -> int:
    return sum("/subclient?" in request.path.lower() for request in console.site.server.received)


async def ask_for_the_rest(console: ConsoleDriver) -> None:
    """A filter that finds nothing among the names of clients, and Enter on what is not read yet."""
    await console.tree.filter("zzz")
    await console.press("enter", "end", "enter")


def is_read(console: ConsoleDriver) -> Callable[[], bool]:
    return lambda: set(console.desk.outline.reading.values()) == {Reading.DONE}


@pytest.mark.parametrize("read_only", [False, True])
async def test_the_rest_is_read_after_a_question_that_says_the_cost(read_only: bool) -> None:
    async with console_on(demo(clients=CLIENTS), saas=True, read_only=read_only) as console:
        await ask_for_the_rest(console)
        await console.until(lambda: console.place is Place.CONFIRM)
        assert COST in console.text("#facts")
        assert "y yes" in console.words("#keys")
        assert clients_read(console) == 0
        await console.confirm.yes()
        assert console.place is Place.BROWSE
        await console.until(is_read(console))
        assert clients_read(console) == CLIENTS


async def test_with_a_no_nothing_is_read_and_a_single_client_still_is() -> None:
    async with console_on(demo(clients=CLIENTS), saas=True) as console:
        await ask_for_the_rest(console)
        await console.press("n")
        assert (console.place, clients_read(console)) == (Place.BROWSE, 0)
        await console.press("escape")
        await console.tree.open("pg-pay-01")
        assert clients_read(console) == 1


async def test_elsewhere_the_rest_is_read_at_once() -> None:
    async with console_on(demo(clients=CLIENTS)) as console:
        await ask_for_the_rest(console)
        await console.until(is_read(console))
        assert clients_read(console) == CLIENTS


async def test_a_selection_that_means_many_clients_asks_first(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = replace(DEMO_SELECTIONS[0], name="everything", patterns=("*",))
    monkeypatch.setattr("pgbackup_tui.target.DEMO_SELECTIONS", (everything,))
    async with console_on(demo(clients=CLIENTS), saas=True, selection="everything") as console:
        await console.until(lambda: console.place is Place.CONFIRM)
        assert clients_read(console) == 0
        await console.confirm.yes()
        await console.until(lambda: console.place is Place.COMPOSE)
        assert clients_read(console) == CLIENTS


async def test_a_reload_reads_no_hundreds_again() -> None:
    async with console_on(demo(clients=CLIENTS), saas=True) as console:
        await ask_for_the_rest(console)
        await console.confirm.yes()
        await console.until(is_read(console))
        for client in console.desk.outline.clients:
            client.is_open = True
        await console.press("escape", "r")
        await console.until(lambda: any("is not read again" in line for line in console.log()))
        assert clients_read(console) == CLIENTS
