"""The night's story in the console: found, marked, composed, confirmed, sent once, followed to a verdict."""

from __future__ import annotations

import json

import pytest
from textual.events import Paste

from pgbackup_tui.tui.actions import Place
from tests.driver import console_on, demo
from tests.unit.test_text import DOCUMENTED_403

FILES = "FSBasedBackupSet"


async def test_three_subclients_on_two_clients_are_one_request_followed_to_go() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES).mark("archive", FILES)
        await console.tree.open("pg-pay-02").mark("pg-pay-02", "main", FILES, "default")
        await console.compose.open().level("FULL").type("ticket", "CHG0012345").start()
        assert console.place is Place.CONFIRM
        assert console.site.tasks_posted() == []
        await console.confirm.yes()
        await console.jobs.until_ended()
        (body,) = console.site.tasks_posted()
        sent = json.loads(body)["taskInfo"]
        assert {found["clientName"] for found in sent["associations"]} == {"pg-pay-01", "pg-pay-02"}
        assert len(sent["associations"]) == 3
        assert sent["subTasks"][0]["options"]["commonOpts"]["jobDescription"].endswith(" for CHG0012345")
        assert console.log()[-1] == "GO: task 71945: every job is Completed."
        assert "GO  task 71945" in await console.screen()


@pytest.mark.parametrize(
    ("answer", "head", "words"),
    [
        ("400", "Rejected by the CommServe (HTTP 400):", "Request body is empty or format is invalid"),
        ("401", "Rejected by the CommServe (HTTP 401, errorCode 5):", "Access Denied"),
        ("403", "Rejected by the CommServe (HTTP 403, errorCode 587203022):", DOCUMENTED_403),
        (
            "500",
            "Rejected by the CommServe (HTTP 500, errorCode 587207178):",
            "Failed to start backups as no eligible subclients were found. ",
        ),
        ("200-403", "Rejected by the CommServe (HTTP 200, errorCode 587203022):", DOCUMENTED_403),
    ],
)
async def test_each_documented_error_is_in_the_log_exactly_as_it_was_sent(
    answer: str, head: str, words: str
) -> None:
    faults = json.dumps([{"path": "CreateTask", "answer": answer}])
    async with console_on(demo(faults=faults), size=(120, 36)) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().level("FULL").start()
        await console.confirm.yes()
        log = console.log()
        assert log[log.index(head) + 1] == words
        assert "Nothing was started" in log[log.index(head) + 2]
        painted = "".join(line[11:] for line in (await console.screen()).splitlines())
        assert "".join(words.split()) in "".join(painted.split())


@pytest.mark.parametrize(
    "answer", ["reset", "close", "502", "html", "zero-id", "redirect:https://elsewhere.example.com/"]
)
async def test_an_answer_that_is_lost_is_called_unknown_and_nothing_is_sent_again(answer: str) -> None:
    faults = json.dumps([{"path": "CreateTask", "answer": answer}])
    async with console_on(demo(faults=faults)) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().level("FULL").start()
        await console.confirm.yes()
        assert [line for line in console.log() if line.startswith("UNKNOWN whether the backup was started")]
        assert len(console.site.tasks_posted()) == 1


async def test_the_focus_is_on_no_and_enter_sends_nothing() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().level("FULL").start()
        await console.press("enter")
        await console.until(lambda: console.place is Place.COMPOSE)
        assert console.site.tasks_posted() == []


@pytest.mark.parametrize(
    "keys", [["tab", *["enter"] * 30], ["y"] * 30, ["tab", "enter", "y", "enter", "tab", "enter"]]
)
async def test_a_held_key_in_the_confirmation_gives_one_post(keys: list[str]) -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().level("FULL").start()
        await console.press(*keys)
        await console.until(lambda: bool(console.desk.tasks))
        assert len(console.site.tasks_posted()) == 1


async def test_a_double_click_and_pasted_enters_on_yes_give_one_post() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().level("FULL").start()
        await console.pilot.click("#yes", times=2)
        console.app.post_message(Paste("\r\r\ry\ry"))
        await console.burst("\ry\ry")
        await console.until(lambda: bool(console.desk.tasks))
        assert len(console.site.tasks_posted()) == 1


async def test_what_is_not_settled_is_not_sent_again() -> None:
    faults = json.dumps([{"path": "CreateTask", "answer": "reset", "carried_out": False}])
    async with console_on(demo(faults=faults)) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().level("FULL").start()
        await console.confirm.yes()
        await console.press("1")
        await console.compose.open().start()
        assert console.place is Place.COMPOSE
        assert "is not settled" in console.words("#problem-associations")
        assert len(console.site.tasks_posted()) == 1


async def test_a_lost_answer_is_looked_for_at_once_and_its_job_followed_to_go() -> None:
    faults = json.dumps([{"path": "CreateTask", "answer": "reset", "carried_out": True}])
    async with console_on(demo(faults=faults)) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().level("FULL").start()
        await console.confirm.yes()
        await console.until(lambda: bool(console.desk.tasks))
        await console.jobs.until_ended()
        assert any("is settled: its jobs are 3587112" in line for line in console.log())
        assert console.log()[-1] == "GO: attempt 20261123T031200-7f3a9c12: every job is Completed."
        assert len(console.site.tasks_posted()) == 1


async def test_many_subclients_have_their_number_typed_first() -> None:
    async with console_on(demo(clients=30)) as console:
        for client in [node.name for node in console.desk.outline.clients[:8]]:
            await console.tree.open(client).mark(client)
        number = len(console.desk.outline.marked)
        assert number > 10
        await console.compose.open().level("FULL").start()
        await console.press("y")
        assert console.site.tasks_posted() == []
        assert f"Type {number} first." in console.log()
        await console.press(*str(number), "enter")
        await console.until(lambda: bool(console.site.tasks_posted()))


async def test_read_only_nothing_can_be_started_or_killed() -> None:
    async with console_on(demo(), read_only=True) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().level("FULL").start()
        assert console.place is Place.COMPOSE
        assert not console.app.query_one("#start").display
        assert "READ-ONLY" in await console.screen()
        assert "start" not in console.words("#keys")


async def test_a_job_is_killed_after_a_question_and_the_verdict_is_no_go() -> None:
    async with console_on(demo(job_seconds=3600)) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().level("FULL").start()
        await console.confirm.yes()
        await console.jobs.next_look()
        await console.press("x")
        await console.until(lambda: console.place is Place.CONFIRM)
        assert "Kill job 3587112" in await console.screen()
        assert "Yes, kill job 3587112" in await console.screen()
        await console.confirm.yes()
        await console.jobs.until_ended()
        assert console.log()[-1].startswith("NO-GO: task 71945")


async def test_a_commserve_that_is_not_reachable_is_said_and_tried_again_on_a_key() -> None:
    async with console_on(demo(), reachable=False) as console:
        assert "Not connected." in await console.screen()
        assert "refused the connection" in console.tree.panel.tree_view.empty
        lines = len(console.log())
        await console.press("r")
        await console.until(lambda: len(console.log()) > lines)


async def test_an_empty_estate_says_whose_rights_to_check() -> None:
    faults = '[{"path": "databases/instances", "answer": {"status": 200, "body": {"dbInstance": []}}}]'
    async with console_on(demo(faults=faults)) as console:
        assert "no PostgreSQL client to oncall" in console.tree.panel.tree_view.empty


async def test_leaving_ends_at_once_with_status_zero() -> None:
    async with console_on(demo(job_seconds=3600)) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().level("FULL").start()
        await console.confirm.yes()
        await console.press("q")
        assert not console.app.is_running
        assert console.app.return_code == 0
