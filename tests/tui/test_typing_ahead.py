"""Keys that come in a burst: each goes to where the person is by then, as if it had been typed slowly."""

from __future__ import annotations

from pgbackup_tui.backup.task import Level
from pgbackup_tui.tui.actions import Place
from tests.driver import ConsoleDriver, console_on, demo

FILES = "FSBasedBackupSet"


def filter_text(console: ConsoleDriver) -> str:
    return console.desk.outline.filter


async def test_a_filter_typed_in_one_go_is_a_filter_and_no_commands() -> None:
    async with console_on(demo()) as console:
        await console.tree.mark("pg-pay-01")
        await console.burst("/qup")
        assert console.app.is_running
        assert filter_text(console) == "qup"
        assert len(console.desk.outline.marked) == 6


async def test_the_form_typed_in_one_go_is_filled_in_and_marks_nothing_else() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES, "default").go_to("main", "DumpBasedBackupSet")
        await console.burst("c ")
        assert console.place is Place.COMPOSE
        assert list(console.compose.panel.draft.subclients) == [2000001]
        assert console.compose.panel.draft.level is Level.FULL


async def test_the_whole_way_to_the_question_and_back_in_one_go() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES, "default")
        await console.burst("c \x13n\x1b")
        assert console.place is Place.BROWSE
        assert console.site.tasks_posted() == []


async def test_keys_before_anything_is_there_are_commands_of_the_tree_and_no_hidden_filter() -> None:
    async with console_on(demo(), reachable=False) as console:
        assert console.app.AUTO_FOCUS is None
        await console.burst("xyz")
        assert filter_text(console) == ""
        assert not console.app.query_one("#filter").display
