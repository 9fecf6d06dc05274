"""The log as it is read: it follows, or stays where the reader is; quick when it is long, and light on the line."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from rich.console import Console as RichConsole
from textual._compositor import CompositorUpdate
from textual.widgets import Input

from pgbackup_tui.tui.records import Severity, Wanted
from pgbackup_tui.tui.widgets import log_view
from pgbackup_tui.tui.widgets.log_view import LogView
from tests.driver import ConsoleDriver, console_on, demo

THUMB = "\x1b[7;"
"""Only the handle of a scroll bar is painted in reverse."""


def view(console: ConsoleDriver) -> LogView:
    return console.app.query_one(LogView)


def in_sight(console: ConsoleDriver) -> list[str]:
    """The lines that the pane shows, without clock and mark."""
    top, height = view(console).scroll_offset.y, view(console).size.height
    places = range(top, min(view(console).count(), top + height))
    return ["".join(piece.text for piece in view(console).line(place, 0))[11:] for place in places]


async def add(console: ConsoleDriver, *texts: str) -> None:
    """New records, painted at once."""
    console.desk.log.add(Severity.INFO, *texts)
    view(console).show_new()
    await console.until(lambda: view(console).is_complete)


def records(many: int, start: int = 0) -> list[str]:
    return [f"record {number}" for number in range(start, start + many)]


@contextmanager
def written(console: ConsoleDriver, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What a terminal of 16 million colours gets."""
    terminal = RichConsole(force_terminal=True, color_system="truecolor", legacy_windows=False)
    got: list[str] = []

    def take(_screen: object, update: CompositorUpdate | None) -> None:
        if update is not None:
            got.append(update.render_segments(terminal))

    with monkeypatch.context() as patched:
        patched.setattr(console.app, "_display", take)
        yield got


@pytest.fixture
def sliced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others have their turn as often as possible."""
    monkeypatch.setattr(log_view, "_SLICE", 0.0)


async def test_the_newest_is_kept_in_sight() -> None:
    async with console_on(demo()) as console:
        await add(console, *records(50))
        assert in_sight(console)[-1] == "record 49"
        await add(console, "one more")
        assert in_sight(console)[-2:] == ["record 49", "one more"]


async def test_who_scrolled_up_stays_there_and_follows_again_from_the_end_on() -> None:
    async with console_on(demo()) as console:
        await add(console, *records(50))
        await console.press("3", "pageup", "up")
        before = in_sight(console)
        await add(console, "one more")
        assert in_sight(console) == before
        await console.press("end")
        await add(console, "and another")
        assert in_sight(console)[-2:] == ["one more", "and another"]


async def test_the_first_line_and_the_newest_are_a_key_away() -> None:
    async with console_on(demo()) as console:
        await add(console, *records(50))
        await console.press("3", "g")
        assert view(console).scroll_offset.y == 0
        assert not view(console).follows
        await console.press("G")
        assert in_sight(console)[-1] == "record 49"
        assert view(console).follows


async def test_the_reader_stays_at_the_same_lines_while_older_ones_make_room() -> None:
    async with console_on(demo()) as console:
        console.desk.log.capacity = 100
        await add(console, *records(100))
        await console.press("3", "pageup", "pageup")
        before = in_sight(console)
        for number in range(60):
            await add(console, f"new {number}")
        assert in_sight(console) == before
        assert view(console).count() == 100


async def test_when_what_was_read_had_to_make_room_the_oldest_that_is_kept_is_shown() -> None:
    async with console_on(demo()) as console:
        console.desk.log.capacity = 100
        await add(console, *records(100))
        await console.press("3", "home")
        await add(console, *records(50, 100))
        assert in_sight(console)[0] == "record 50"
        await add(console, *records(1000, 150))  # not one of those that were seen is left
        assert in_sight(console)[0] == "record 1050"
        assert not view(console).follows


async def test_a_resize_keeps_the_newest_in_sight() -> None:
    async with console_on(demo()) as console:
        await add(console, *records(50))
        for size in ((120, 36), (60, 20), (200, 50), (80, 24)):
            await console.pilot.resize_terminal(*size)
            assert "record 49" in await console.screen()
        assert view(console).follows


async def test_on_a_terminal_that_is_too_small_for_everything_that_is_said_once_and_the_rest_stays() -> None:
    async with console_on(demo()) as console:
        for size in ((50, 12), (55, 13)):
            await console.pilot.resize_terminal(*size)
        await console.until(lambda: "80x24 is needed to see everything." in in_sight(console))
        assert console.log().count("80x24 is needed to see everything.") == 1
        assert "pg-pay-01" in await console.screen()


async def test_a_resize_keeps_the_record_at_the_top_for_who_reads() -> None:
    async with console_on(demo()) as console:
        await add(console, *(f"{text} {'long words ' * 12}" for text in records(50)))
        await console.press("3", *["pageup"] * 5)
        while not in_sight(console)[0].startswith("record"):
            await console.press("up")
        first = in_sight(console)[0].split(" long")[0]
        for size in ((120, 36), (60, 20), (200, 50), (80, 24)):
            await console.pilot.resize_terminal(*size)
            await console.pilot.pause()
            assert in_sight(console)[0].startswith(first), size


async def test_a_resize_wraps_again_and_loses_nothing() -> None:
    async with console_on(demo()) as console:
        words = "User [Remote User] " * 12
        await add(console, words)
        for size in ((60, 24), (200, 50), (80, 24)):
            await console.pilot.resize_terminal(*size)
            await console.pilot.pause()
            text = "".join(in_sight(console))
            assert words in text, size


@pytest.mark.usefixtures("sliced")
async def test_what_is_searched_for_is_in_sight_before_the_whole_log_was_looked_at() -> None:
    async with console_on(demo()) as console:
        console.desk.log.add(Severity.INFO, *(f"record {n} {'odd' if n % 2 else 'even'}" for n in range(9000)))
        view(console).show_new()
        view(console).show_only(Wanted.from_words(Severity.DETAIL, "EVEN"))
        assert not view(console).is_complete
        assert in_sight(console)[-1] == "record 8998 even"
        await console.until(lambda: view(console).is_complete)
        assert view(console).matches == 4500
        assert in_sight(console)[-1] == "record 8998 even"


@pytest.mark.usefixtures("sliced")
async def test_others_have_their_turn_while_a_long_log_is_searched() -> None:
    turns = 0
    async with console_on(demo()) as console:
        console.desk.log.add(Severity.INFO, *records(10_000))
        await console.until(lambda: view(console).is_complete)
        view(console).show_only(Wanted.from_words(Severity.DETAIL, "record 7"))
        while not view(console).is_complete:
            await asyncio.sleep(0)
            turns += 1
    assert turns > 100


@pytest.mark.usefixtures("sliced")
async def test_the_title_says_that_the_count_is_not_the_last_word_yet() -> None:
    async with console_on(demo()) as console:
        console.desk.log.add(Severity.INFO, *records(20_000))
        view(console).show_new()
        console.app.query_one("#log-filter", Input).value = "record"
        titles = set()
        while console.words("#log-title") != "LOG: everything that contains “record” · 20,000":
            await asyncio.sleep(0)
            titles.add(console.words("#log-title"))
    assert [title for title in titles if title.endswith(" so far")]


async def test_the_end_of_a_search_leads_back_to_where_the_reader_was() -> None:
    async with console_on(demo()) as console:
        await add(console, *records(500))
        view(console).scroll_to(y=200, animate=False)
        await console.pilot.pause()
        before = in_sight(console)
        await console.press("3", "ampersand", *"77", "escape")
        assert in_sight(console) == before


async def test_a_burst_shows_its_newest_line_at_once() -> None:
    async with console_on(demo()) as console:
        console.desk.log.add(Severity.INFO, *records(50_000))
        view(console).show_new()
        assert in_sight(console)[-1] == "record 49999"


async def test_a_new_line_costs_at_most_1500_bytes_with_the_pane_full_of_long_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with console_on(demo()) as console:
        await add(console, *(f"{number:03} {'long' * 16}" for number in range(100)))
        with written(console, monkeypatch) as got:
            await add(console, f"100 {'LONG' * 16}")
            await console.pilot.pause()
        assert "LONG" in "".join(got)
        assert len("".join(got).encode()) <= 1500


async def test_only_lines_that_changed_are_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    async with console_on(demo()) as console:
        await add(console, *(["the same line"] * 100))
        with written(console, monkeypatch) as got:
            await add(console, "the same line", "another line")
            await console.pilot.pause()
        painted = "".join(got)
        assert "another line" in painted
        assert "the same line" not in painted


async def test_the_scroll_bar_is_painted_when_it_looks_different_and_only_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with console_on(demo()) as console:
        await add(console, *records(500))
        with written(console, monkeypatch) as got:
            await add(console, "one more")
            await console.pilot.pause()
        assert THUMB not in "".join(got)
        with written(console, monkeypatch) as got:
            await console.press("3", "home")
        assert THUMB in "".join(got)


async def test_nothing_is_painted_for_lines_out_of_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    async with console_on(demo()) as console:
        await add(console, *records(500))
        view(console).scroll_to(y=200, animate=False)
        await console.pilot.pause()
        with written(console, monkeypatch) as got:
            await add(console, "out of sight")
            await console.pilot.pause()
        assert "".join(got) == ""
