"""What a person relies on: nothing is done that was not meant, and nothing old is shown as if it were new."""

from __future__ import annotations

import json

from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.widgets.words import Words
from tests.driver import ConsoleDriver, console_on, demo

FILES, DUMPS = "FSBasedBackupSet", "DumpBasedBackupSet"


async def start(console: ConsoleDriver, *names: str) -> None:
    await console.tree.open(names[0]).mark(*names)
    await console.compose.open().level("FULL").start()
    await console.press("y")


async def test_a_mark_that_can_not_be_made_takes_the_form_back_too() -> None:
    faults = json.dumps([{"path": "Subclient", "after": 1, "times": 1, "answer": "503", "latency_ms": 2000}])
    async with console_on(demo(faults=faults)) as console:
        await console.tree.open("pg-pay-01").go_to("pg-pay-02")
        await console.press("space")
        await console.tree.go_to("refunds")
        await console.press("c")
        await console.until(
            lambda: any("could not be read: nothing of it is marked" in line for line in console.log())
        )
        assert console.place is Place.BROWSE
        assert console.desk.outline.marked == {}


async def test_a_mark_under_a_filter_is_about_what_the_filter_shows() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").filter("refund")
        await console.press("enter", "home", "space")
        assert [found.subclient for found in console.desk.outline.marked.values()] == ["refunds"]


async def test_nothing_is_confirmed_of_which_the_end_was_not_seen() -> None:
    async with console_on(demo(), size=(60, 18)) as console:
        await console.tree.open("pg-pay-01").mark("pg-pay-01")
        await console.tree.open("pg-pay-02").mark("pg-pay-02")
        await console.compose.open().level("FULL").start()
        await console.press("y")
        assert console.site.tasks_posted() == []
        assert console.log()[-1] == "Look at all of it first: End goes to its end."
        await console.press("end", "y")
        await console.until(lambda: bool(console.site.tasks_posted()))


async def test_while_a_request_is_under_way_the_jobs_say_so() -> None:
    slow = json.dumps([{"path": "CreateTask", "answer": "silence"}])
    async with console_on(demo(faults=slow)) as console:
        await start(console, "pg-pay-01", "main", FILES)
        await console.until(lambda: bool(console.site.tasks_posted()))
        assert "A request is under way; there is no answer yet." in await console.screen()


async def test_a_rejected_request_is_told_over_the_jobs_of_an_earlier_one() -> None:
    faults = json.dumps([{"path": "CreateTask", "after": 1, "answer": "403"}])
    async with console_on(demo(faults=faults)) as console:
        await start(console, "pg-pay-01", "main", FILES)
        await console.jobs.until_ended()
        await console.press("1")
        await start(console, "pg-pay-02", "main", FILES)
        await console.until(lambda: "Nothing was started by the last request" in console.words("#job-alert"))


async def test_a_form_that_was_begun_while_the_last_one_was_sent_is_kept() -> None:
    slow = json.dumps([{"path": "CreateTask", "latency_ms": 1500}])
    async with console_on(demo(faults=slow)) as console:
        await start(console, "pg-pay-01", "main", FILES)
        await console.press("1", "u")
        await console.tree.open("pg-orders-01").mark("pg-orders-01", "main", FILES)
        await console.compose.open().level("FULL")
        chosen = list(console.compose.panel.draft.subclients)
        await console.until(lambda: bool(console.desk.tasks))
        draft = console.compose.panel.draft
        assert (list(draft.subclients), draft.level) == (chosen, "FULL")


async def test_a_kill_under_way_is_waited_for_and_unknown_if_it_is_not() -> None:
    slow = json.dumps([{"method": "POST", "path": "Job*/action/kill", "answer": "silence"}])
    async with console_on(demo(job_seconds=3600, faults=slow)) as console:
        await start(console, "pg-pay-01", "main", FILES)
        await console.until(lambda: bool(console.desk.tasks) and console.jobs.panel.table.job is not None)
        await console.press("x")
        await console.until(lambda: console.place is Place.CONFIRM)
        await console.press("y")
        await console.until(lambda: "Sending kill of job 3587112." in console.log())
        await console.press("q")
        assert console.app.is_running
        assert console.desk.dispatch.unknown_actions == ["kill of job 3587112"]


async def test_a_search_that_is_still_going_on_does_not_say_that_nothing_is_there() -> None:
    silent = json.dumps([{"path": "Subclient", "answer": "silence"}])
    async with console_on(demo(faults=silent)) as console:
        await console.tree.filter("qqqq")
        await console.press("enter", "enter")
        assert "+ 12 clients being read …" in await console.screen()


async def test_a_reload_that_fails_says_how_old_the_tree_is() -> None:
    faults = json.dumps([{"path": "databases/instances", "after": 1, "answer": "503"}])
    async with console_on(demo(faults=faults)) as console:
        await console.press("r")
        await console.until(lambda: "RELOAD FAILED, shown as of 03:12" in console.words("#headline"))


async def test_after_the_palette_the_keys_are_those_of_the_place_again() -> None:
    async with console_on(demo()) as console:
        before = console.words("#keys")
        await console.press("ctrl+p")
        await console.press("escape")
        await console.until(lambda: str(console.app.query_one("#keys", Words).visual) == before)


async def test_looking_at_the_log_and_back_keeps_the_request_and_the_focus() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().level("FULL")
        await console.press("ctrl+r", "3", "3")
        assert "CreateTask" in await console.screen()
        await console.press("ctrl+r")
        console.app.query_one("#ticket").focus()
        await console.press("f1", "escape")
        assert console.app.focused is console.app.query_one("#ticket")


async def test_a_filter_without_a_hit_leaves_the_cursor_where_it_was() -> None:
    async with console_on(demo()) as console:
        await console.tree.go_to("pg-fail-01").filter("zzz")
        await console.press("escape")
        node = console.tree.panel.tree_view.node
        assert node is not None
        assert node.name == "pg-fail-01"


async def test_a_branch_that_the_filter_opens_looks_open_and_says_why_it_stays_so() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").go_to("pg-pay-01")
        await console.press("left")
        await console.tree.filter("refund")
        assert "▾ pg-pay-01" in await console.screen()
        await console.press("enter", "home", "enter")
        assert console.log()[-1].startswith("The filter holds this branch open")
