"""Where one is and the way back: numbers jump, Esc goes back one step, and the headline says so."""

from __future__ import annotations

from textual.widgets import Input

from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.trail import Trail
from tests.driver import ConsoleDriver, console_on, demo


def way(console: ConsoleDriver) -> str:
    return console.words("#headline").removeprefix("pgbackup-tui ▸ ").partition("   ")[0]


async def test_esc_goes_back_along_the_way_one_step_a_key() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", "FSBasedBackupSet", "default")
        await console.compose.open()
        await console.press("4")
        assert way(console) == "Browse ▸ Compose ▸ History"
        await console.press("question_mark")
        assert way(console) == "Browse ▸ Compose ▸ History ▸ Help"
        seen = []
        for _ in range(4):
            await console.press("escape")
            seen.append(way(console))
        assert seen == ["Browse ▸ Compose ▸ History", "Browse ▸ Compose", "Browse", "Browse"]


async def test_what_was_typed_into_the_form_is_there_when_one_comes_back_to_it() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", "FSBasedBackupSet", "default")
        await console.compose.open().level("FULL")
        await console.press("2", "escape")
        assert console.place is Place.COMPOSE
        level = console.compose.panel.draft.level
        assert level is not None
        assert level.value == "FULL"


async def test_a_place_that_is_on_the_way_is_gone_back_to() -> None:
    async with console_on(demo()) as console:
        await console.press("2", "4", "2")
        assert way(console) == "Browse ▸ Jobs"
        await console.press("4", "1")
        assert way(console) == "Browse"


async def test_the_log_is_a_step_of_the_way_too() -> None:
    async with console_on(demo()) as console:
        await console.press("2", "3")
        assert way(console) == "Browse ▸ Jobs ▸ Log"
        await console.press("escape")
        assert way(console) == "Browse ▸ Jobs"


async def test_after_a_start_the_way_begins_anew() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", "FSBasedBackupSet", "default")
        await console.compose.open().level("FULL").start()
        await console.until(lambda: console.place is Place.CONFIRM)
        assert way(console) == "Browse ▸ Compose ▸ Confirm"
        await console.confirm.yes()
        assert way(console) == "Browse ▸ Jobs"


async def test_where_the_whole_way_has_no_room_its_last_step_has() -> None:
    async with console_on(demo(), size=(60, 20), read_only=True) as console:
        await console.press("2", "4", "question_mark")
        assert way(console) == "READ-ONLY ▸ Help"


async def test_esc_in_a_field_leaves_the_field_and_not_the_place() -> None:
    async with console_on(demo()) as console:
        await console.press("2", "1", "slash", "x", "escape")
        assert console.app.query_one("#filter", Input).value == ""
        assert console.place is Place.BROWSE


def test_a_place_is_on_the_way_once() -> None:
    trail = Trail()
    for place in (Place.JOBS, Place.HISTORY, Place.HELP, Place.CONNECT, Place.JOBS):
        trail.go(place)
    assert trail.places == [Place.BROWSE, Place.JOBS]
    assert trail.before is Place.BROWSE
