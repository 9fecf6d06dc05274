"""The log pane: nothing of a message is cut, and it can be filtered, searched and written to a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.widgets import Input

from pgbackup_tui.tui import records
from pgbackup_tui.tui.records import CAPACITY, LogStore, Severity
from pgbackup_tui.tui.widgets.log_view import LogView
from tests.driver import ConsoleDriver, console_on, demo


def shown(console: ConsoleDriver) -> list[str]:
    view = console.app.query_one(LogView)
    lines = [view.line(index, view.size.width) for index in range(view.count())]
    return ["".join(piece.text for piece in line) for line in lines]


def test_the_store_is_bounded_and_counts_what_made_room() -> None:
    store = LogStore()
    for number in range(CAPACITY + 5):
        store.add(Severity.INFO, f"record {number}")
    assert len(store.records) == CAPACITY
    assert store.dropped == 5
    assert store.records[0].text == "record 5"


def test_the_store_is_bounded_in_characters_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MOST_CHARACTERS", 1000)
    store = LogStore()
    store.add(Severity.INFO, *("x" * 300 for _ in range(9)), "the newest")
    assert [len(record.text) for record in store.records] == [300, 300, 300, 10]
    assert (store.dropped, store.taken) == (6, 10)


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


async def test_a_search_narrows_and_counts_as_you_type_and_escape_ends_it() -> None:
    async with console_on(demo()) as console:
        console.desk.log.add(Severity.INFO, "find the Needle here", "and the needles", "needle two")
        await console.press("3", "ampersand", *"needle")
        assert console.words("#log-title") == "LOG: everything that contains “needle” · 3"
        await console.press("s")
        assert [line[11:] for line in shown(console)] == ["and the needles"]
        assert console.words("#log-title") == "LOG: everything that contains “needles” · 1"
        await console.press("escape")
        assert len(shown(console)) == 5
        assert console.words("#log-title") == "LOG: everything"


async def test_the_count_is_said_however_much_is_searched_for() -> None:
    async with console_on(demo()) as console:
        console.app.query_one("#log-filter", Input).value = "x" * 100
        await console.pilot.pause()
        assert console.words("#log-title").endswith("xxx…” · 0")
        assert len(console.words("#log-title")) == 78


async def test_what_the_log_is_filtered_by_is_said_whole_and_an_older_search_is_over() -> None:
    async with console_on(demo()) as console:
        console.desk.log.add(Severity.INFO, "pg-orders-01/main has Failed", "pg-orders-01/main is here")
        await console.press("3", "slash", *"Failed", "enter", "ampersand", *"pg-orders-01/main", "enter")
        assert console.words("#log-title") == "LOG: everything that contains “pg-orders-01/main” · 2"
        await console.press("slash", *"Failed")
        await console.pilot.pause()
        assert console.words("#log-title") == "LOG: everything that contains “pg-orders-01/main” · 2"


async def test_why_a_key_did_nothing_is_shown_although_only_errors_are() -> None:
    async with console_on(demo()) as console:
        console.desk.log.add(Severity.ERROR, "an error")
        await console.press("3", "f", "f", "3", "c")
        console.app.query_one(LogView).show_new()
        await console.pilot.pause()
        assert [line[11:28] for line in shown(console)[:2]] == ["an error", "Nothing is marked"]
        assert console.words("#log-title") == "LOG: errors, and the newest message"
        console.desk.log.add(Severity.ERROR, "another error")
        console.app.query_one(LogView).show_new()
        await console.pilot.pause()
        assert [line[11:] for line in shown(console)] == ["an error", "another error"]
        assert console.words("#log-title") == "LOG: errors"


async def test_the_log_is_written_to_a_new_file_of_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with console_on(demo()) as console:
        console.desk.log.add(Severity.ERROR, "[Remote User] kept")
        await console.press("3", "w")
        await console.until(lambda: "written" in console.log()[-1])
        told = console.log()[-1]
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert "ERROR   [Remote User] kept" in path.read_text()
    assert str(path) in told


async def test_where_the_log_was_written_is_shown_although_only_errors_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with console_on(demo()) as console:
        await console.press("3", "f", "f", "w")
        await console.until(lambda: "was written to" in "".join(shown(console)))


async def test_the_log_can_be_written_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with console_on(demo()) as console:
        await console.press("3", "w", "w", "w")
        await console.until(lambda: len(list(tmp_path.iterdir())) == 3)


async def test_a_log_that_can_not_be_written_whole_is_not_left_in_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    async with console_on(demo()) as console:
        with monkeypatch.context() as patched:
            patched.setattr(records.Record, "exported", full)
            await console.press("3", "w")
            await console.until(lambda: "the home folder: No space left" in console.log()[-1])
    assert not list(tmp_path.iterdir())


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
            await console.until(lambda: "written to" in console.log()[-1])
        assert console.log()[-2] == "The log can't be written to the working folder: Permission denied."
        assert str(tmp_path) in console.log()[-1]
