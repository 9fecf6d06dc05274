"""The console started again: the tree of the last run at once, and nothing of it relied on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pgbackup_tui.simulator.world import World
from pgbackup_tui.tui.desk import State
from pgbackup_tui.tui.nodes import Kind
from pgbackup_tui.tui.outline import Reading
from tests.driver import ConsoleDriver, console_on, demo
from tests.remembering import (
    OPENED,
    READ,
    Earlier,
    Night,
    names,
    night_on,
    open_a_branch,
    until_fresh,
    until_remembered,
    without,
)
from tests.running import simulate
from tests.terminal import Terminal
from tests.tui.test_terminal import env

FILES = "FSBasedBackupSet"
NO_SECOND_LISTING = json.dumps([{"path": "databases/instances", "after": 1, "answer": "silence"}])
NO_SECOND_BRANCH = json.dumps([{"path": "Subclient", "after": 1, "answer": "silence"}])
REFUSED_SECOND = json.dumps([{"path": "WhoAmI", "after": 1, "answer": "401"}])


@pytest.fixture
def night() -> Iterator[Night]:
    with night_on(demo()) as found:
        yield found


def since(console: ConsoleDriver) -> dict[str, str]:
    return {node.name: node.since.word for node in console.tree.panel.tree_view._rows if node.since}


def rename_instance(world: World) -> None:
    (found,) = [f for f in world.estate.instances.values() if (f.client.name, f.name) == ("pg-pay-01", "archive")]
    object.__setattr__(found, "name", "archive-16")


async def test_tree_branches_and_cursor_come_back_and_marks_do_not() -> None:
    async def mark(console: ConsoleDriver) -> None:
        await open_a_branch(console)
        await console.press("space")

    with night_on(demo(faults=NO_SECOND_LISTING)) as night:
        await night.evening(Earlier(mark))
        async with night.console() as console:
            await until_remembered(console)
            assert len(console.desk.outline.clients) == 12
            assert console.desk.state is State.CONNECTING
            assert names(console)[:4] == ["pg-pay-01", "main", FILES, "default"]
            cursor = console.tree.panel.tree_view.node
            assert cursor is not None
            assert cursor.kind is Kind.SUBCLIENT
            assert [step.name for step in console.desk.outline.path_to(cursor)[:2]] == ["pg-pay-01", "archive"]
            assert console.desk.outline.marked == {}


async def test_a_branch_that_was_closed_by_hand_comes_back_closed(night: Night) -> None:
    async def close(console: ConsoleDriver) -> None:
        await console.tree.open("pg-pay-01").go_to("pg-pay-01", "main")
        await console.press("left")

    await night.evening(Earlier(close))
    async with night.console() as console:
        await until_fresh(console)
        assert names(console)[:3] == ["pg-pay-01", "main", "archive"]


async def test_after_the_refresh_nothing_is_old_any_more(night: Night) -> None:
    await night.evening(OPENED)
    async with night.console() as console:
        await until_fresh(console)
        shown = await console.screen()
        assert "as of" not in shown.split("LOG")[0]
        assert " old " not in shown
        assert since(console) == {}


async def test_a_closed_branch_keeps_its_age_until_it_is_opened_and_then_is_read(night: Night) -> None:
    await night.evening(READ)
    async with night.console() as console:
        await until_fresh(console)
        before = len([found for found in night.site.server.received if "Subclient" in found.path])
        client = console.desk.outline.clients[0].client_id
        assert console.desk.outline.reading[client] is Reading.NOT_YET
        await console.tree.open("pg-pay-01")
        await console.until(lambda: console.desk.outline.reading[client] is Reading.DONE)
        assert len([found for found in night.site.server.received if "Subclient" in found.path]) == before + 1


async def test_an_opened_branch_is_shown_old_while_it_is_read() -> None:
    with night_on(demo(faults=NO_SECOND_BRANCH)) as night:
        await night.evening(READ)
        async with night.console() as console:
            await console.connected()
            await console.press("right")
            await console.until(lambda: "as of 02:41 yesterday · reading …" in names(console))
            assert names(console)[:4] == ["pg-pay-01", "main", FILES, "default"]


async def test_a_filter_looks_into_old_branches_and_reads_again_what_it_finds(night: Night) -> None:
    await night.evening(READ)
    async with night.console() as console:
        await until_fresh(console)
        await console.tree.filter("refunds")
        await console.until(lambda: "refunds" in names(console))
        assert "+ 1 client as they were in an earlier run: Enter reads them again" in names(console)
        await console.press("enter")
        await console.until(lambda: not console.desk.outline.kept)
        assert "refunds" in names(console)


async def test_what_is_new_renamed_and_gone_is_said_in_its_row_until_the_next_reload(night: Night) -> None:
    def change(world: World) -> None:
        without("pg-pay-02", "payments")(world)
        rename_instance(world)

    await night.evening(Earlier(open_a_branch, had=without("pg-orders-01", "refunds"), since=change))
    async with night.console() as console:
        await until_fresh(console)
        assert since(console) == {
            "payments": "gone",
            "refunds": "new",
            "archive-16": "renamed",
            "pg-pay-02": "gone",
            "pg-orders-01": "new",
        }
        assert any("of clients and instances: 1 renamed, 1 new, 1 gone" in line for line in console.log())
        await console.press("r")
        await until_fresh(console)
        await console.until(lambda: since(console) == {})


async def test_another_user_is_not_shown_it(night: Night) -> None:
    await night.evening(OPENED)
    night.site.server.stop()
    async with night.console(token="a-token-of-somebody-else") as console:
        await console.connected()
        assert console.desk.outline.clients == []


async def test_another_profile_is_not_shown_it(night: Night) -> None:
    await night.evening(OPENED)
    night.site.server.stop()
    async with night.console(profile="test") as console:
        await console.connected()
        assert console.desk.outline.clients == []


async def test_a_token_that_is_refused_is_not_shown_it() -> None:
    with night_on(demo(faults=REFUSED_SECOND)) as night:
        await night.evening(OPENED)
        async with night.console() as console:
            await console.connected()
            assert console.desk.state is State.SIGNED_OUT
            assert console.desk.outline.clients == []


async def test_what_is_damaged_is_said_with_one_word_and_written_anew(night: Night) -> None:
    await night.evening(OPENED)
    (path,) = night.files.folder.iterdir()
    path.write_bytes(b"\x00" * 100)
    async with night.console() as console:
        await until_fresh(console)
        assert "The tree of the last run is not shown: damaged." in console.log()
    async with night.console() as console:
        await until_fresh(console)
        assert any(line.startswith("Shown as of 03:12") for line in console.log())


async def test_a_folder_that_can_not_be_written_keeps_nobody_from_anything(night: Night) -> None:
    night.state.joinpath("estates").write_text("in the way")
    async with night.console() as console:
        await until_fresh(console)
        await console.until(lambda: any("can't be kept for the next start" in line for line in console.log()))
        assert len(console.desk.outline.clients) == 12


async def test_leaving_a_commserve_keeps_its_tree_and_shows_it_no_more(night: Night) -> None:
    async with night.console() as console:
        await until_fresh(console)
        await open_a_branch(console)
        await console.desk.forget()
        assert console.desk.outline.clients == []
        (path,) = night.files.folder.iterdir()
        assert b"refunds" in path.read_bytes()


async def test_nothing_of_the_token_is_kept(night: Night) -> None:
    await night.evening(OPENED)
    (path,) = night.files.folder.iterdir()
    assert night.site.server.token.encode() not in path.read_bytes()


async def test_a_demo_is_not_remembered() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01")
        assert console.desk.catalogue.memory.target is None
        state = console.desk.journal.state
        assert list(state.iterdir()) == []


def test_the_state_folder_that_was_named_has_the_tree_and_a_demo_leaves_none(tmp_path: Path) -> None:
    with simulate("--token", "a-token-of-the-story") as commserve:
        words = ["--url", commserve.url, "--token-command", "echo a-token-of-the-story"]
        for arguments in (["demo"], [*words, "--state-dir", str(tmp_path / "named")]):
            terminal = Terminal.start(*arguments, env=env(XDG_STATE_HOME=str(tmp_path)))
            terminal.until(lambda written: b"17 PostgreSQL instances" in written)
            terminal.type("q")
            assert terminal.until_ended() == 0
    (kept,) = tmp_path.rglob("*.jsonl")
    assert kept.parent == tmp_path / "named" / "estates"
