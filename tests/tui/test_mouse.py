"""The mouse does what keys do: rows, buttons, the words of the key strip, the way in the headline, the wheel."""

from __future__ import annotations

import pytest
from textual.events import MouseScrollDown

from pgbackup_tui.tui.actions import Place
from tests.driver import ConsoleDriver, console_on, demo
from tests.running import environment
from tests.terminal import Terminal

ASKS_FOR_MOUSE = b"\x1b[?1000h"


async def click(console: ConsoleDriver, selector: str, word: str) -> None:
    """Clicks a word of a line."""
    line = console.words(selector)
    assert word in line
    await console.pilot.click(selector, offset=(1 + line.index(word), 0))
    await console.pilot.pause()


async def test_a_click_puts_the_cursor_on_a_row_and_another_opens_it() -> None:
    async with console_on(demo()) as console:
        tree = console.tree.panel.tree_view
        await console.pilot.click("#tree", offset=(8, 1))
        assert tree.cursor == 1
        await console.pilot.click("#tree", offset=(8, 1))
        assert tree.node is not None
        assert tree.node.is_open


async def test_a_click_on_a_mark_is_a_mark() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-02")
        tree = console.tree.panel.tree_view
        row = next(index for index, node in enumerate(tree._rows) if node.subclient is not None)
        await console.pilot.click("#tree", offset=(2, row))
        await console.pilot.pause()
        assert len(console.desk.outline.marked) == 1


async def test_a_click_on_the_words_of_a_key_does_what_the_key_does() -> None:
    async with console_on(demo()) as console:
        seen = []
        for word in ("jobs", "? help"):
            await click(console, "#keys", word)
            seen.append(console.place)
        assert seen == [Place.JOBS, Place.HELP]


async def test_a_click_between_two_keys_does_nothing() -> None:
    async with console_on(demo()) as console:
        await console.pilot.click("#keys", offset=(1 + console.words("#keys").index("  /"), 0))
        assert console.place is Place.BROWSE
        assert console.desk.outline.marked == {}


async def test_a_click_on_a_place_in_the_headline_leads_there() -> None:
    async with console_on(demo()) as console:
        await console.press("2", "4")
        seen = []
        for word in ("Jobs", "Browse"):
            await click(console, "#headline", word)
            seen.append(console.place)
        assert seen == [Place.JOBS, Place.BROWSE]


async def test_buttons_and_choices_are_clicked() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", "FSBasedBackupSet", "default")
        await console.compose.open()
        await console.pilot.click("#level-FULL")
        await console.pilot.click("#start")
        await console.until(lambda: console.place is Place.CONFIRM)
        await console.pilot.click("#no")
        await console.until(lambda: console.place is Place.COMPOSE)


async def test_the_wheel_scrolls_a_list_and_leaves_its_cursor() -> None:
    async with console_on(demo(clients=200)) as console:
        tree = console.tree.panel.tree_view
        event = MouseScrollDown(tree, 5, 5, 0, 1, 0, shift=False, meta=False, ctrl=False)
        for _ in range(3):
            tree.post_message(event)
        await console.until(lambda: tree.scroll_offset.y > 0)
        assert tree.cursor == 0


async def test_no_click_gets_past_the_lock() -> None:
    async with console_on(demo()) as console:
        console.app.idle.minutes = 30
        console.clock.now += 31 * 60
        console.app.lock_if_idle()
        await console.until(lambda: console.place is Place.LOCK)
        await console.pilot.click("#headline", offset=(18, 0))
        for column in range(1, 60, 3):
            if "quit" not in console.words("#keys")[column - 1 : column + 6]:
                await console.pilot.click("#keys", offset=(column, 0))
        assert console.app.place is Place.LOCK


@pytest.mark.parametrize(("words", "asks"), [([], True), (["--no-mouse"], False)], ids=["with", "without"])
def test_the_terminal_is_asked_for_its_mouse_unless_that_is_off(words: list[str], asks: bool) -> None:
    terminal = Terminal.start("demo", *words, env=environment(TERM="xterm-256color", COLORTERM="truecolor"))
    terminal.until(lambda written: b"pg-nojob-01" in written)
    terminal.type("q")
    assert terminal.until_ended() == 0
    assert (ASKS_FOR_MOUSE in terminal.written) is asks
