"""Leaving the console: never without a word about a request whose answer is not known."""

from __future__ import annotations

import json

from tests.driver import PATIENCE, ConsoleDriver, console_on, demo
from tests.running import simulate
from tests.terminal import Terminal
from tests.tui.test_terminal import compose_something, env

FILES = "FSBasedBackupSet"
NO_ANSWER = json.dumps([{"path": "CreateTask", "answer": "silence"}])


async def send_without_an_answer(console: ConsoleDriver) -> None:
    await console.tree.open("pg-pay-01").mark("main", FILES)
    await console.compose.open().level("FULL").start()
    await console.press("y")
    await console.until(lambda: bool(console.site.tasks_posted()))


async def test_leaving_while_a_request_is_under_way_waits_for_its_answer_and_says_so() -> None:
    async with console_on(demo(faults=NO_ANSWER)) as console:
        await send_without_an_answer(console)
        await console.press("q")
        assert console.app.is_running
        assert console.log()[-1].startswith("A request is under way: leaving when it is answered")


async def test_leaving_twice_leaves_at_once_and_the_attempt_is_called_unknown() -> None:
    async with console_on(demo(faults=NO_ANSWER)) as console:
        await send_without_an_answer(console)
        await console.press("q", "q")
        await console.desk.dispatch.settle(PATIENCE)
        assert console.desk.dispatch.unknown() == ["20261123T031200-7f3a9c12"]
    assert any(line.startswith("UNKNOWN whether the backup was started") for line in console.log())


async def test_leaving_with_an_answer_on_its_way_takes_the_answer_in() -> None:
    async with console_on(demo(faults='[{"path": "CreateTask", "latency_ms": 3000}]')) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().level("FULL").start()
        await console.press("y", "q")
        assert console.desk.dispatch.is_sending
        await console.until(lambda: not console.app.is_running)
    assert console.desk.dispatch.unknown() == []
    assert any(line.startswith("Accepted") for line in console.log())


async def test_the_console_is_not_stopped_while_an_answer_is_waited_for() -> None:
    async with console_on(demo(faults=NO_ANSWER)) as console:
        await send_without_an_answer(console)
        await console.press("ctrl+z")
        assert console.log()[-1] == "Not now: a request is under way, and its answer is waited for."


async def test_ctrl_c_says_how_to_leave() -> None:
    async with console_on(demo()) as console:
        await console.press("ctrl+c")
        assert console.log()[-1] == "q leaves the console; jobs that were started go on."


def test_the_last_words_after_a_request_without_an_answer_are_unknown_with_exit_status_six() -> None:
    with simulate("--token", "a-token-of-the-story", "--faults", NO_ANSWER) as commserve:
        words = ["--url", commserve.url, "--token-command", "echo a-token-of-the-story"]
        terminal = Terminal.start(*words, env=env())
        terminal.until(lambda written: b"17 PostgreSQL instances" in written)
        compose_something(terminal)
        terminal.type(" ")
        terminal.until(lambda written: b"all data, whatever" in written)
        terminal.type("\x13")
        terminal.until(lambda written: b"Yes, start" in written)
        terminal.type("y")
        terminal.until(lambda written: b"Sending one task" in written)
        terminal.type("q")
        terminal.until(lambda written: b"A request is under way" in written)
        terminal.type("q")
        assert terminal.until_ended() == 6
    assert b"UNKNOWN whether the backups of attempt " in terminal.written
