"""Named selections at the console: opened from the command line and from the palette, and kept under a name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Checkbox

from pgbackup_tui.estate.patterns import pattern_of
from pgbackup_tui.settings.profiles import load_settings, save_selection
from pgbackup_tui.settings.selections import Selection
from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.desk import State
from pgbackup_tui.tui.panels.compose import ComposePanel
from pgbackup_tui.tui.widgets.choices import Choice
from tests.driver import ConsoleDriver, console_on, demo
from tests.entering import Door, door
from tests.running import environment
from tests.terminal import Terminal

NAME = "payments pre-change"
IN_DEMO = {f"pg-pay-0{number}" for number in (1, 2, 3)}


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def marked_clients(console: ConsoleDriver) -> set[str]:
    return {found.client for found in console.desk.outline.marked.values()}


@asynccontextmanager
async def prepared(selection: str = "") -> AsyncIterator[Door]:
    """A console that is signed in through the profile ``prod``."""
    async with door(selection=selection) as entered:
        await entered.console.until(lambda: entered.console.place is Place.CONNECT)
        await entered.sign_in(login_profile="prod")
        await entered.console.until(lambda: entered.console.desk.state is State.READY)
        await entered.console.until(lambda: entered.console.place is not Place.CONNECT)
        yield entered


def level_shown(console: ConsoleDriver) -> str:
    pressed = console.app.query_one(ComposePanel).query_one("#level").pressed_button  # type: ignore[attr-defined]
    return str(pressed.label) if pressed is not None else ""


async def test_a_selection_of_the_command_line_opens_the_form_with_its_marks_and_level() -> None:
    async with console_on(demo(), selection=NAME) as console:
        await console.until(lambda: console.place is Place.COMPOSE)
        assert {found.backupset for found in console.desk.outline.marked.values()} == {"FSBasedBackupSet"}
        assert all(client.startswith("pg-pay-") for client in marked_clients(console))
        assert level_shown(console) == "FULL"
        assert console.app.query_one(ComposePanel).draft.task() is not None


async def test_another_level_can_be_chosen_after_the_selections_own() -> None:
    async with console_on(demo(), selection=NAME) as console:
        await console.until(lambda: console.place is Place.COMPOSE)
        await console.press("right", "space")
        assert level_shown(console) == "INCREMENTAL"
        chosen = [choice for choice in console.app.query_one(ComposePanel).query(Choice) if choice.value]
        assert [str(choice.label) for choice in chosen] == ["INCREMENTAL"]


async def test_the_palette_offers_the_selections_and_opens_one() -> None:
    async with console_on(demo()) as console:
        await console.press("ctrl+p", *"open payments", "enter")
        await console.until(lambda: console.place is Place.COMPOSE)
        assert marked_clients(console)


async def test_a_person_who_has_gone_elsewhere_is_left_there_and_the_marks_are_made() -> None:
    async with console_on(demo()) as console:
        assert console.desk.target is not None
        console.app.begin_opening(console.desk.target.selections[0])
        console.app.go_to(Place.HISTORY)
        await console.until(lambda: bool(marked_clients(console)))
        await console.until(lambda: all(worker.is_finished for worker in console.app.workers))
        assert console.place is Place.HISTORY


async def test_a_selection_that_can_not_be_read_whole_marks_nothing_and_says_why() -> None:
    async with console_on(demo(faults='[{"path": "Subclient", "answer": "403"}]'), selection=NAME) as console:
        await console.until(lambda: any("can't be opened" in line for line in console.log()))
        assert not console.desk.outline.marked
        assert console.place is Place.BROWSE


async def test_what_the_form_means_is_kept_in_the_profile_and_opened_by_its_name() -> None:
    async with prepared() as entered:
        console = entered.console
        await console.tree.open("pg-pay-01").mark("main", "FSBasedBackupSet", "default")
        await console.compose.open().level("FULL")
        await console.press("w", *"tonight", "tab", "space", "ctrl+s")
        await console.until(lambda: console.place is Place.COMPOSE)
        kept = load_settings().profile("prod").selection("tonight")
        assert kept == Selection(
            "tonight", ("pg-pay-01/main/FSBasedBackupSet/default",), "FULL", ticket_required=True
        )
        assert kept in console.app.furniture.selecting.offered
    async with prepared(selection="tonight") as entered:
        console = entered.console
        await console.until(lambda: console.place is Place.COMPOSE)
        assert [found.path for found in console.desk.outline.marked.values()] == [
            "pg-pay-01/main/FSBasedBackupSet/default"
        ]
        await console.compose.start()
        assert console.place is Place.COMPOSE
        assert "wants a ticket" in console.words("#problem-ticket")
        await console.compose.type("ticket", "CHG-7").start()
        await console.until(lambda: console.place is Place.CONFIRM)


async def test_a_selection_of_the_same_name_is_only_replaced_when_asked_twice() -> None:
    async with prepared() as entered:
        console = entered.console
        save_selection("prod", Selection("tonight", ("pg-x",)))
        console.desk.target.profile = load_settings().profile("prod")  # type: ignore[union-attr]
        await console.tree.open("pg-pay-01").mark("main", "FSBasedBackupSet", "default")
        await console.compose.open()
        await console.press("w", *"tonight", "enter")
        assert "once more replaces it" in console.words("#keep-problem")
        assert load_settings().profile("prod").selection("tonight").patterns == ("pg-x",)
        await console.press("enter")
        await console.until(lambda: console.place is Place.COMPOSE)
        assert load_settings().profile("prod").selection("tonight").patterns != ("pg-x",)


@asynccontextmanager
async def opened(selection: Selection) -> AsyncIterator[ConsoleDriver]:
    """A console whose form came from this selection of the profile ``prod``."""
    async with prepared() as entered:
        save_selection("prod", selection)
    async with prepared(selection=selection.name) as entered:
        await entered.console.until(lambda: entered.console.place is Place.COMPOSE)
        yield entered.console


async def test_a_selection_kept_over_another_keeps_its_patterns_and_its_wish_for_a_ticket() -> None:
    own = Selection("tonight", ("pg-pay-0*/*/FSBasedBackupSet",), "FULL", ticket_required=True)
    async with opened(own) as console:
        await console.compose.level("INCREMENTAL")
        await console.press("w", *"tonight", "enter")
        assert "become these names" not in console.text("#kept")
        await console.press("enter")
        await console.until(lambda: console.place is Place.COMPOSE)
        assert load_settings().profile("prod").selection("tonight") == replace(own, level="INCREMENTAL")


async def test_patterns_that_mean_more_than_is_marked_become_names_and_that_is_said() -> None:
    own = Selection("tonight", ("pg-pay-0*/*/FSBasedBackupSet",), "FULL")
    async with opened(own) as console:
        console.desk.outline.marked.popitem()
        console.app.go_to(Place.COMPOSE)
        await console.press("w", *"fewer")
        assert "not what “tonight” means:\nits patterns become these names." in console.text("#kept")
        await console.press("enter")
        await console.until(lambda: console.place is Place.COMPOSE)
        fewer = load_settings().profile("prod").selection("fewer").patterns
        assert set(fewer) == {pattern_of(found) for found in console.desk.outline.marked.values()}


async def test_a_form_that_can_not_be_a_task_is_not_kept_and_what_is_wrong_is_said() -> None:
    async with prepared() as entered:
        console = entered.console
        await console.tree.open("pg-pay-01").mark("main", "FSBasedBackupSet", "default")
        await console.compose.open().level("FULL")
        console.app.query_one("#with_data", Checkbox).value = True
        await console.press("w", *"tonight", "enter")
        assert "Data with the logs goes with INCREMENTAL only" in console.words("#keep-problem")
        assert console.place is Place.KEEP
        assert not load_settings().profile("prod").selections


async def test_a_form_without_a_level_is_kept_and_the_level_is_asked_for_each_time() -> None:
    async with prepared() as entered:
        console = entered.console
        await console.tree.open("pg-pay-01").mark("main", "FSBasedBackupSet", "default")
        await console.compose.open()
        await console.press("w", *"tonight", "enter")
        await console.until(lambda: console.place is Place.COMPOSE)
        assert load_settings().profile("prod").selection("tonight").level == ""


async def test_a_demo_says_that_it_has_no_profile_to_keep_a_selection_in() -> None:
    async with console_on(demo(), selection=NAME) as console:
        await console.until(lambda: console.place is Place.COMPOSE)
        await console.press("w", *"mine", "enter")
        assert "belongs to a profile" in console.words("#keep-problem")


async def test_a_settings_file_that_can_not_be_written_loses_nothing(tmp_path: Path) -> None:
    async with prepared() as entered:
        console = entered.console
        await console.tree.open("pg-pay-01").mark("main", "FSBasedBackupSet", "default")
        await console.compose.open()
        (tmp_path / "pgbackup-tui" / "settings.toml").write_text("[profiles.prod\n")
        await console.press("w", *"tonight", "enter")
        await console.until(lambda: bool(console.words("#keep-problem")))
        assert console.place is Place.KEEP
        assert (tmp_path / "pgbackup-tui" / "settings.toml").read_text() == "[profiles.prod\n"


def test_from_a_selection_to_a_record_in_a_file_takes_less_than_ten_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pressed = 0
    terminal = Terminal.start("demo", "--selection", NAME, env=environment(TERM="xterm-256color"))
    for shown, keys in (
        (b"Nothing is running on these", "\x13"),
        (b"Yes, start", "y"),
        (b"\x1b]0;GO", "4"),
        ("· FULL on".encode(), "e"),
        (b"was written to", "q"),
    ):
        terminal.until(lambda written, shown=shown: shown in written)  # type: ignore[misc]
        terminal.type(keys)
        pressed += len(keys)
    assert terminal.until_ended() == 0
    (record,) = tmp_path.glob("pgbackup-tui-*.md")
    assert "GO" in record.read_text()
    assert pressed < 10


def test_a_selection_that_there_is_not_is_said_before_the_screen_is_touched() -> None:
    terminal = Terminal.start("demo", "--selection", "no such", env=environment(TERM="xterm-256color"))
    assert terminal.until_ended() == 2
    assert "(there: “payments pre-change”)" in terminal.written.decode()
    assert b"\x1b[?1049h" not in terminal.written
