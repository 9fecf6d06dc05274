"""The first frame: there before anything else is loaded, and nothing in it moves when the rest takes its place."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.console import RenderableType
from rich.style import Style
from textual.pilot import Pilot
from textual.screen import Screen

from pgbackup_tui.backup.journal.journal import Journal
from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.app import Console
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.records import LogStore
from tests.running import environment, private_state
from tests.terminal import Terminal
from tests.tui.test_terminal import LEAVES_ALTERNATE_SCREEN

SIZES = [(80, 24), (120, 36), (200, 50), (110, 34), (109, 33), (78, 22), (77, 21), (40, 10)]


Cell = tuple[str, Style]


def cells(app: Console) -> list[Cell]:
    """Every column of the screen as it looks, row by row; the colour that a blank would have is nothing to see."""
    return [
        (character, look(segment.style or Style.null(), is_blank=character == " "))
        for strip in app.screen._compositor.render_strips()
        for segment in strip
        for character in segment.text
    ]


def look(style: Style, *, is_blank: bool) -> Style:
    return Style(
        color=None if is_blank else style.color,
        bgcolor=style.bgcolor,
        bold=bool(style.bold) and not is_blank,
        reverse=bool(style.reverse),
        underline=bool(style.underline),
    )


class HeldConsole(Console):
    """Loads nothing more before it is let go."""

    go_on: threading.Event
    painted_first: list[Cell] | None = None

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        super()._display(screen, renderable)
        if self.painted_first is None and any(character != " " for character, _ in cells(self)):
            self.painted_first = cells(self)

    def _load(self) -> None:
        self.go_on.wait(30)
        super()._load()


@asynccontextmanager
async def opening(
    size: tuple[int, int] = (80, 24), **options: Any
) -> AsyncIterator[tuple[HeldConsole, Pilot[None]]]:
    """A console at its first frame, whose CommServe will not answer."""
    never = asyncio.Event()

    async def find() -> Any:
        await never.wait()

    with private_state() as state:
        app = HeldConsole(Desk(find, LogStore(), lambda: Journal(state)), **options)
        app.go_on = threading.Event()
        async with app.run_test(size=size) as pilot:
            try:
                await pilot.pause()
                yield app, pilot
            finally:
                app.go_on.set()


async def furnished(app: HeldConsole, pilot: Pilot[None]) -> None:
    """Lets it go, and waits until everything is there."""
    app.go_on.set()
    async with asyncio.timeout(30):
        await app.is_furnished.wait()
    await pilot.pause()


def rows(app: Console) -> list[str]:
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


async def test_the_first_frame_says_where_one_is_what_is_done_and_what_keys_do() -> None:
    async with opening() as (app, _):
        shown = rows(app)
        assert shown[0] == " pgbackup-tui ▸ Browse   connecting"
        assert shown[7].strip() == "Asking the CommServe for its PostgreSQL instances …"
        assert shown[-9] == " LOG: everything"
        assert shown[-1].startswith(" space mark  / filter  c compose")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("theme", ["dark", "mono"])
async def test_nothing_that_the_first_frame_shows_moves_or_changes(size: tuple[int, int], theme: str) -> None:
    async with opening(size, theme=theme) as (app, pilot):
        first = app.painted_first
        assert first is not None
        await furnished(app, pilot)
        then = cells(app)
        assert len(first) == len(then) == size[0] * size[1]
        changed = [(was, is_now) for was, is_now in zip(first, then, strict=True) if was != is_now]
        assert all(was[0] == " " != is_now[0] and was[1].bgcolor == is_now[1].bgcolor for was, is_now in changed)


async def test_keys_at_the_first_frame_are_carried_out_when_the_rest_is_there() -> None:
    async with opening() as (app, pilot):
        await pilot.press("2")
        assert rows(app)[0].startswith(" pgbackup-tui ▸ Browse ")
        await furnished(app, pilot)
        await app.until_typed()
        assert app.place is Place.JOBS


async def test_a_click_at_the_first_frame_does_nothing() -> None:
    async with opening() as (app, pilot):
        await pilot.click("#keys", offset=(rows(app)[-1].index("2 jobs"), 0))
        await pilot.click("#headline", offset=(18, 0))
        await furnished(app, pilot)
        assert app.place is Place.BROWSE


async def test_read_only_is_said_from_the_first_frame_on() -> None:
    async with opening(read_only=True) as (app, _):
        assert rows(app)[0] == " pgbackup-tui ▸ READ-ONLY ▸ Browse   connecting"


async def test_whoever_leaves_at_the_first_frame_has_no_journal_opened_for_that() -> None:
    async with opening() as (app, _):
        await app.desk.close()
        assert "journal" not in app.desk.made


@pytest.mark.parametrize("moment", ["_load", "_make_places", "_painted"])
async def test_whoever_leaves_while_the_rest_is_made_leaves_in_order(moment: str) -> None:
    async def find() -> Any:
        raise AssertionError("nobody connects who leaves")

    with private_state() as state:
        app = Console(Desk(find, LogStore(), lambda: Journal(state)))
        go_on = getattr(app, moment)

        def leave_and_go_on() -> Any:
            if moment == "_load":  # in a thread
                app.call_from_thread(app.leave)
            else:
                app.leave()
            return go_on()

        setattr(app, moment, leave_and_go_on)
        async with asyncio.timeout(30):
            await app.run_async(headless=True)
    assert app.last_words == ""
    assert app.return_code == 0


_FAILING = """
import errno
from unittest.mock import patch
from pgbackup_tui.cli import main

with patch("pgbackup_tui.backup.journal.journal.open_journal", side_effect=OSError(errno.EIO, "a broken disk")):
    raise SystemExit(main(["demo"]))
"""


def test_a_fault_while_the_rest_is_loaded_is_told_as_a_fault_and_nothing_else(tmp_path: Path) -> None:
    terminal = Terminal.start(code=_FAILING, env=environment(TERM="xterm-256color", TMPDIR=str(tmp_path)))
    assert terminal.until_ended() == 1
    said = terminal.written.rpartition(LEAVES_ALTERNATE_SCREEN)[2].decode()
    assert "pgbackup-tui has a fault (OSError) and ended." in said
    assert "The result can't be written" not in said
    (report,) = tmp_path.glob("pgbackup-tui-crash-*")
    assert "builtins.OSError" in report.read_text()
