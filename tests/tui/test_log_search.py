"""Searching the log as a pager does: what is around a find stays in sight, and n and N go on."""

from __future__ import annotations

from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.present.log import with_found
from pgbackup_tui.tui.present.pieces import Piece, Tone
from pgbackup_tui.tui.records import Severity
from tests.driver import ConsoleDriver, console_on, demo


def fill(console: ConsoleDriver) -> None:
    """A hundred records; every thirtieth has a needle."""
    for number in range(100):
        console.desk.log.add(Severity.INFO, f"record {number}" + (" Needle" if number % 30 == 10 else ""))
    console.app.log_panel.view.show_new()


async def top_of_log(console: ConsoleDriver) -> str:
    view = console.app.log_panel.view
    await console.screen()
    return "".join(piece.text for piece in view.line(view.scroll_offset.y, view.size.width))


async def test_a_search_goes_to_the_newest_find_and_on_with_n_and_back_with_capital_n() -> None:
    async with console_on(demo()) as console:
        fill(console)
        await console.press("3", "slash", *"needle", "enter")
        assert "record 70 Needle" in await top_of_log(console)
        await console.press("n")
        assert "record 40 Needle" in await top_of_log(console)
        await console.press("n", "N")
        assert "record 40 Needle" in await top_of_log(console)
        assert "record 41" in await console.screen()
        assert "n older  N newer" in console.words("#keys")


async def test_beyond_the_last_find_it_says_so_and_stays() -> None:
    async with console_on(demo()) as console:
        fill(console)
        await console.press("3", "slash", *"needle", "enter", "n", "n", "n")
        assert "No older place has “needle” in it." in console.log()
        assert "record 10 Needle" in await top_of_log(console)


async def test_what_is_nowhere_is_said_in_the_title() -> None:
    async with console_on(demo()) as console:
        await console.press("3", "slash", *"zzz")
        assert "“zzz” is nowhere in it" in console.words("#log-title")


async def test_without_a_search_n_says_how_one_is_begun() -> None:
    async with console_on(demo()) as console:
        await console.press("3", "n")
        assert "Nothing is searched for: / asks what." in console.log()


async def test_esc_ends_the_search_then_the_filter_then_leads_back_to_the_place() -> None:
    async with console_on(demo()) as console:
        fill(console)
        await console.press("3", "ampersand", *"record", "enter", "slash", *"needle", "enter")
        await console.press("escape")
        assert "needle" not in console.words("#log-title")
        assert "“record”" in console.words("#log-title")
        await console.press("escape")
        assert console.words("#log-title") == "LOG: everything"
        panels = console.app.panels
        await console.press("escape")
        assert panels[Place.BROWSE].has_focus_within
        assert console.place is Place.BROWSE


async def test_only_what_the_filter_lets_through_is_found() -> None:
    async with console_on(demo()) as console:
        fill(console)
        await console.press("3", "ampersand", *"record 4", "enter", "slash", *"needle", "enter")
        assert "record 40 Needle" in await top_of_log(console)
        await console.press("n")
        assert "No older place has “needle” in it." in console.log()


def test_finds_are_set_apart_without_regard_to_case_and_signs_are_literal() -> None:
    line = (Piece("a [B] b", Tone.WARN),)
    assert with_found(line, "[b]") == (Piece("a ", Tone.WARN), Piece("[B]", Tone.FOUND), Piece(" b", Tone.WARN))
