"""Marks on the tree of the last run: they hold, but nothing is started that this run has not read."""

from __future__ import annotations

import json

import pytest

from pgbackup_tui.backup.outcome import OutcomeKind
from pgbackup_tui.backup.task import BackupOptions, BackupTask, Level
from pgbackup_tui.errors import RefusedHereError
from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.widgets.fact_sheet import FactSheet
from tests.driver import demo
from tests.remembering import (
    OPENED,
    Earlier,
    names,
    night_on,
    open_a_branch,
    open_and_close_a_branch,
    until_fresh,
    until_remembered,
    without,
)

SLOW_SECOND_LISTING = json.dumps([{"path": "databases/instances", "after": 1, "latency_ms": 5000}])


async def test_a_mark_on_the_old_tree_holds_and_the_form_waits_for_the_refresh() -> None:
    with night_on(demo(faults=SLOW_SECOND_LISTING)) as night:
        await night.evening(OPENED)
        async with night.console() as console:
            await until_remembered(console)
            await console.press("space", "c")
            assert len(console.desk.outline.marked) == 1
            assert console.place is Place.BROWSE
            assert console.desk.outline.as_of is not None
            await console.until(lambda: console.place is Place.COMPOSE)
            await console.until(lambda: " now" in console.words("#running"))
            assert console.desk.outline.unconfirmed() == []


async def test_a_marked_subclient_that_is_gone_loses_its_mark_and_is_not_composed() -> None:
    with night_on(demo(faults=SLOW_SECOND_LISTING)) as night:
        await night.evening(Earlier(open_a_branch, since=without("archive")))
        async with night.console() as console:
            await until_remembered(console)
            await console.press("space")
            (marked,) = console.desk.outline.marked.values()
            await console.press("c")
            await console.until(lambda: console.desk.outline.marked == {})
            assert f"No longer there, its mark is taken off: {marked.path}" in console.log()
            await console.until(lambda: console.log()[-1].startswith("Nothing is marked"))
            assert console.place is Place.BROWSE


async def test_marks_of_a_client_that_is_gone_are_taken_off() -> None:
    with night_on(demo(faults=SLOW_SECOND_LISTING)) as night:
        await night.evening(Earlier(open_a_branch, since=without("pg-pay-01")))
        async with night.console() as console:
            await until_remembered(console)
            await console.press("space")
            await console.until(lambda: console.desk.outline.marked == {})
            assert any(line.startswith("No longer there, its mark is taken off:") for line in console.log())


async def test_a_branch_marked_on_the_old_tree_is_marked_as_it_is_now() -> None:
    with night_on(demo(faults=SLOW_SECOND_LISTING)) as night:
        await night.evening(Earlier(open_and_close_a_branch, had=without("refunds")))
        async with night.console() as console:
            await until_remembered(console)
            await console.press("space")
            assert console.desk.outline.marked == {}
            await console.until(lambda: bool(console.desk.outline.marked))
            assert "refunds" in {found.subclient for found in console.desk.outline.marked.values()}


async def test_not_connected_the_old_tree_can_be_looked_at_and_nothing_started() -> None:
    with night_on(demo()) as night:
        await night.evening(OPENED)
        night.site.server.stop()
        async with night.console() as console:
            await console.connected()
            assert "NOT CONNECTED, shown as of 02:41 yesterday" in console.words("#headline")
            await console.press("space", "c")
            await console.until(lambda: "is old and can't be read now" in console.log()[-1])
            assert console.place is Place.BROWSE
            await console.tree.go_to("pg-pay-02")
            await console.press("right", "space")
            assert "not read yet" in names(console)
            assert "Not connected" in console.words("#basket")


async def test_what_is_gone_can_not_be_marked() -> None:
    with night_on(demo()) as night:
        await night.evening(Earlier(since=without("pg-pay-02")))
        async with night.console() as console:
            await console.until(lambda: "pg-orders-01" in names(console))
            await until_fresh(console)
            await console.until(lambda: console.desk.outline.as_of is None)
            await console.tree.go_to("pg-pay-02")
            await console.press("space", "enter", "right")
            assert console.desk.outline.marked == {}
            assert "pg-pay-02 is no longer there: there is nothing to mark." in console.log()


async def test_the_facts_of_what_is_gone_say_that_and_nothing_else() -> None:
    with night_on(demo()) as night:
        await night.evening(Earlier(since=without("pg-pay-02", "archive")))
        async with night.console(size=(120, 36)) as console:
            await until_fresh(console)
            await console.until(lambda: console.desk.outline.as_of is None)
            for names_of_gone in (("pg-pay-02",), ("pg-pay-01", "archive")):
                if len(names_of_gone) > 1:
                    await console.tree.open("pg-pay-01")
                await console.tree.go_to(*names_of_gone)
                await console.pilot.pause()
                said = console.app.query_one("#row-facts", FactSheet).text.splitlines()
                assert said[0] == "/".join(names_of_gone)
                assert said[1:] == ["It was there in an earlier run of the console, and is no longer."]


async def test_what_only_an_earlier_run_has_read_is_not_sent() -> None:
    with night_on(demo()) as night:
        await night.evening(Earlier(open_and_close_a_branch))
        async with night.console() as console:
            await until_fresh(console)
            client = console.desk.outline.clients[0]
            console.desk.catalogue.memory.grow(client.client_id)
            task = BackupTask(tuple(client.subclients()), BackupOptions(Level.FULL))
            with pytest.raises(RefusedHereError, match="as an earlier run read it"):
                await console.desk.submit(task, [])
        assert night.site.tasks_posted() == []


async def test_a_failed_job_is_resubmitted_also_where_only_an_earlier_run_has_read_its_client() -> None:
    with night_on(demo()) as night:
        await night.evening(Earlier(open_and_close_a_branch))
        async with night.console() as console:
            await until_fresh(console)
            client = console.desk.outline.clients[0]
            console.desk.catalogue.memory.grow(client.client_id)
            first, *_ = client.subclients()
            task = BackupTask((first,), BackupOptions(Level.FULL), resubmits=1)
            outcome = await console.desk.submit(task, [])
        assert outcome.kind is OutcomeKind.REJECTED  # by the CommServe, which has no such job
