"""Compose: problems at their fields, and the request that is shown is the request that is sent."""

from __future__ import annotations

import json

from textual.widgets import Checkbox

from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.present.pieces import fit_path
from tests.driver import console_on, demo

FILES, DUMPS = "FSBasedBackupSet", "DumpBasedBackupSet"


async def test_without_a_level_the_start_is_refused_at_its_field() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().start()
        assert console.place is Place.COMPOSE
        assert "No level is chosen" in console.words("#problem-level")


async def test_a_level_that_a_dump_can_not_take_is_said_at_once_and_what_it_means() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-02").mark("pg-pay-02")
        await console.compose.open().level("INCREMENTAL")
        assert "takes FULL only" in console.words("#problem-level")
        assert "1 of 2 are in a DumpBasedBackupSet" in console.words("#meaning")


async def test_data_with_logs_goes_with_incremental_only() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-orders-01").mark("main", FILES)
        await console.compose.open().level("FULL")
        console.app.query_one("#with_data", Checkbox).toggle()
        await console.pilot.pause()
        assert "INCREMENTAL only" in console.words("#problem-with_data")
        await console.compose.level("INCREMENTAL")
        assert console.words("#problem-with_data") == ""


async def test_while_no_level_is_chosen_that_alone_is_said_of_levels() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-orders-01").mark("main", FILES)
        await console.compose.open()
        console.app.query_one("#with_data", Checkbox).toggle()
        await console.press("ctrl+s")
        await console.pilot.pause()
        assert "No level is chosen" in console.words("#problem-level")
        assert console.words("#problem-with_data") == ""


async def test_half_an_installer_user_is_refused_at_its_field() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().level("FULL").type("user_id", "12x").type("user_name", "jane")
        assert "a number, and a name" in console.words("#problem-installer_user")


async def test_a_subclient_is_taken_out_of_the_form_and_off_the_tree() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES).mark("archive", FILES)
        await console.compose.open()
        console.compose.panel.associations.focus()
        await console.press("x")
        assert list(console.compose.panel.draft.subclients) == [2000005]
        assert list(console.desk.outline.marked) == [2000005]


async def test_the_request_that_is_shown_is_the_one_that_is_sent_and_has_no_token() -> None:
    async with console_on(demo(), size=(200, 50)) as console:
        await console.tree.open("pg-orders-01").mark("main", FILES)
        await console.compose.open().level("INCREMENTAL").type("ticket", "CHG1").type("user_id", "12")
        await console.compose.type("user_name", "operator")
        for box in ("with_data", "notify"):
            console.app.query_one(f"#{box}", Checkbox).toggle()
        await console.until(lambda: '"notifyUserOnJobCompletion": true' in console.text("#request"))
        shown = console.text("#request")
        start = shown.index("{")
        body = json.JSONDecoder().raw_decode(shown[start:])[0]
        await console.compose.start()
        await console.confirm.yes()
        (sent,) = map(json.loads, console.site.tasks_posted())
        marker = sent["taskInfo"]["subTasks"][0]["options"]["commonOpts"].pop("jobDescription")
        placeholder = body["taskInfo"]["subTasks"][0]["options"]["commonOpts"].pop("jobDescription")
        assert body == sent
        assert (placeholder.split()[1], marker.split()[1]) == ("<attempt>", "20261123T031200-7f3a9c12")
        assert sent["taskInfo"]["subTasks"][0]["options"]["adminOpts"]
        assert "Authtoken: $PGBACKUP_TUI_TOKEN" in shown
        assert console.site.server.token not in shown


async def test_on_a_narrow_screen_the_request_is_a_key_away() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().level("FULL")
        assert "CreateTask" not in await console.screen()
        await console.press("ctrl+r")
        assert "CreateTask" in await console.screen()
        await console.press("escape")
        assert console.place is Place.COMPOSE
        assert "CreateTask" not in await console.screen()


async def test_what_is_running_on_these_subclients_is_said_before_the_button_and_in_the_question() -> None:
    async with console_on(demo(job_seconds=3600)) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().level("FULL").start()
        await console.confirm.yes()
        await console.press("1")
        await console.tree.mark("main", FILES)
        await console.compose.open().level("FULL").start()
        assert "job 3587112" in console.words("#running")
        assert "Running now (as of 03:12:00) on 1 subclient of these: job 3587112." in console.text("#facts")


async def test_the_form_is_kept_when_one_goes_back_to_the_tree() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().level("FULL").type("ticket", "CHG1")
        await console.press("escape")
        assert console.place is Place.BROWSE
        await console.tree.mark("archive", FILES)
        await console.compose.open()
        draft = console.compose.panel.draft
        assert (draft.ticket, len(draft.subclients)) == ("CHG1", 2)


def test_paths_that_differ_at_their_end_differ_on_a_narrow_screen_too() -> None:
    paths = [f"pg-pay-01/main/{name}" for name in (f"{FILES}/default", f"{DUMPS}/default", f"{DUMPS}/payments")]
    shown = [fit_path(path, 29) for path in paths]
    assert shown == [
        "pg-pay-01/main/FSBas…/default",
        "pg-pay-01/main/DumpB…/default",
        "pg-pay-01/main/Dump…/payments",
    ]
    assert fit_path("short/a", 20) == "short/a" + " " * 13
    assert fit_path("x" * 30 + "/" + "y" * 30, 20) == "x" * 19 + "…"


async def test_a_screen_that_is_made_wide_shows_the_request_beside_the_form() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().level("FULL").settle()
        await console.pilot.resize_terminal(120, 36)
        await console.until(lambda: "CreateTask" in console.text("#request"))
