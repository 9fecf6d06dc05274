"""The log pane: nothing of a message is cut, and it can be filtered, searched and written to a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgbackup_tui.tui.present.log import wrap
from pgbackup_tui.tui.records import CAPACITY, LogStore, Severity
from pgbackup_tui.tui.widgets.log_view import LogView
from tests.driver import ConsoleDriver, console_on, demo


def shown(console: ConsoleDriver) -> list[str]:
    view = console.app.query_one(LogView)
    return ["".join(piece.text for piece in line) for line in view._lines]


@given(st.text(max_size=300), st.integers(2, 80))
def test_wrapping_keeps_every_character(text: str, width: int) -> None:
    assert "".join(wrap(text, width)) == text


def test_the_store_is_bounded_and_counts_what_made_room() -> None:
    store = LogStore()
    for number in range(CAPACITY + 5):
        store.add(Severity.INFO, f"record {number}")
    assert len(store.records) == CAPACITY
    assert store.dropped == 5
    assert store.records[0].text == "record 5"


def test_records_are_cleaned_when_they_are_made() -> None:
    store = LogStore()
    store.add(Severity.ERROR, "\x1b]0;title\x07 [Remote User]")
    assert store.records[0].text == "␛]0;title␇ [Remote User]"


async def test_levels_go_round_everything_warnings_errors() -> None:
    async with console_on(demo()) as console:
        console.desk.log.add(Severity.WARNING, "a warning")
        console.desk.log.add(Severity.ERROR, "an error")
        await console.press("3", "f")
        assert [line[11:] for line in shown(console)] == ["a warning", "an error"]
        assert console.words("#log-title") == "LOG: warnings and errors"
        await console.press("f")
        assert [line[11:] for line in shown(console)] == ["an error"]
        await console.press("f")
        assert len(shown(console)) == 4


async def test_a_search_narrows_as_you_type_and_escape_ends_it() -> None:
    async with console_on(demo()) as console:
        console.desk.log.add(Severity.INFO, "find the Needle here")
        await console.press("3", "slash", *"needle")
        assert [line[11:] for line in shown(console)] == ["find the Needle here"]
        await console.press("escape")
        assert len(shown(console)) == 3


async def test_new_records_follow_unless_the_reader_has_scrolled_up() -> None:
    async with console_on(demo()) as console:
        view = console.app.query_one(LogView)
        console.desk.log.add(Severity.INFO, *(f"record {number}" for number in range(50)))
        view.show_new()
        await console.pilot.pause()
        assert view.follows
        await console.press("3", "home")
        console.desk.log.add(Severity.INFO, "one more")
        view.show_new()
        await console.pilot.pause()
        assert view.scroll_offset.y == 0
        assert shown(console)[-1].endswith("one more")


async def test_a_resize_keeps_the_newest_in_sight() -> None:
    async with console_on(demo()) as console:
        view = console.app.query_one(LogView)
        console.desk.log.add(Severity.INFO, *(f"record {number}" for number in range(50)))
        for size in ((120, 36), (60, 20), (200, 50), (80, 24)):
            await console.pilot.resize_terminal(*size)
            assert "record 49" in await console.screen()
        assert view.follows


async def test_a_resize_wraps_again_and_loses_nothing() -> None:
    async with console_on(demo()) as console:
        words = "User [Remote User] " * 12
        console.desk.log.add(Severity.ERROR, words)
        for size in ((60, 20), (200, 50), (80, 24)):
            await console.pilot.resize_terminal(*size)
            await console.pilot.pause()
            await console.screen()
            text = "".join(line[11:] for line in shown(console))
            assert words in text


async def test_the_log_is_written_to_a_new_file_of_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with console_on(demo()) as console:
        console.desk.log.add(Severity.ERROR, "[Remote User] kept")
        await console.press("3", "w")
        told = console.log()[-1]
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert "ERROR   [Remote User] kept" in path.read_text()
    assert str(path) in told


async def test_a_folder_that_can_not_be_written_is_said_and_the_home_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    monkeypatch.setenv("HOME", str(tmp_path))
    real_open = os.open

    def refusing(path: object, flags: int, mode: int = 0o777) -> int:
        if str(path).startswith(str(gone)):
            raise PermissionError(13, "Permission denied")
        return real_open(str(path), flags, mode)

    async with console_on(demo()) as console:
        with monkeypatch.context() as patched:
            patched.setattr("pgbackup_tui.tui.panels.log.os.open", refusing)
            await console.press("3", "w")
        assert "Permission denied" in console.log()[-2]
        assert str(tmp_path) in console.log()[-1]
