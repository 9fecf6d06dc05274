"""Getting in: the first start, profiles, a token that has ended, and the lock."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from pgbackup_tui.credentials.store import StoreKind
from pgbackup_tui.settings.profiles import load_settings
from pgbackup_tui.tui.actions import Place
from tests.entering import Door, Drawer, door

FILES = "FSBasedBackupSet"
HERE = {"PGBACKUP_TUI_URL": "{url}", "PGBACKUP_TUI_TOKEN": "{token}"}


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


async def start_a_backup(entered: Door) -> None:
    console = entered.console
    await console.tree.open("pg-pay-01").mark("main", FILES)
    await console.compose.open().level("FULL").start()
    await console.confirm.yes()


async def idle(entered: Door, minutes: float = 31) -> None:
    entered.console.clock.now += minutes * 60
    entered.console.app.lock_if_idle()
    await entered.console.pilot.pause()


async def test_the_first_start_asks_whom_to_sign_in_to_and_shows_the_estate_after_it() -> None:
    async with door() as entered:
        await entered.console.until(lambda: entered.console.place is Place.CONNECT)
        await entered.sign_in()
        await entered.until_in()
        assert len(entered.console.desk.outline.clients) == 12
        assert any("as oncall, token from memory (this session)" in line for line in entered.console.log())


async def test_a_profile_is_kept_with_its_word_for_production_and_the_token_in_the_store() -> None:
    async with door() as entered:
        await entered.console.until(lambda: entered.console.place is Place.CONNECT)
        await entered.console.until(lambda: not entered.console.app.query_one("#store-kernel").disabled)
        entered.console.app.query_one("#store-kernel").value = True  # type: ignore[attr-defined]
        await entered.console.pilot.pause()
        await entered.sign_in(login_profile="prod", login_production="PROD EU")
        await entered.until_in()
        profile = load_settings().profile("prod")
        assert (profile.production, profile.store) == ("PROD EU", "kernel")
        assert [token.reveal() for token in entered.kernel.tokens.values()] == [entered.server.token]
        assert "▸ PROD EU ▸ Browse" in await entered.console.screen()
        assert entered.server.token not in await entered.console.screen()


async def test_a_token_that_is_refused_is_said_in_the_servers_words_and_the_form_is_kept() -> None:
    async with door() as entered:
        await entered.console.until(lambda: entered.console.place is Place.CONNECT)
        await entered.sign_in(login_secret="wrong-but-well-formed-token")
        await entered.console.until(lambda: "Access" in entered.console.words("#connect-reason"))
        assert entered.console.place is Place.CONNECT
        assert entered.console.app.query_one("#address").value == entered.server.url  # type: ignore[attr-defined]
        assert "wrong-but-well-formed-token" not in "\n".join(entered.console.log())


async def test_a_store_that_loses_the_token_is_said_and_the_session_goes_on() -> None:
    losing = Drawer(StoreKind.KERNEL)
    async with door(stores=[losing]) as entered:
        await entered.console.until(lambda: not entered.console.app.query_one("#store-kernel").disabled)
        entered.console.app.query_one("#store-kernel").value = True  # type: ignore[attr-defined]
        await entered.console.pilot.pause()
        losing.loses = True
        await entered.sign_in(login_profile="prod")
        await entered.until_in()
        assert any(line.startswith("The token is kept for this session only:") for line in entered.console.log())


async def test_a_store_that_can_not_be_used_can_not_be_chosen_and_says_what_mends_it() -> None:
    async with door() as entered:
        await entered.console.until(lambda: "mend-it" in entered.console.words("#store-note"))
        assert entered.console.app.query_one("#store-keyring").disabled


async def test_the_token_of_a_profile_is_found_without_asking() -> None:
    async with door() as entered:
        await entered.console.until(lambda: not entered.console.app.query_one("#store-kernel").disabled)
        entered.console.app.query_one("#store-kernel").value = True  # type: ignore[attr-defined]
        await entered.console.pilot.pause()
        await entered.sign_in(login_profile="prod")
        await entered.until_in()
        await entered.console.press("p")
        await entered.console.press("enter")
        await entered.until_in()
        assert entered.console.log()[-2].endswith("token from the kernel of the test.")


async def test_a_read_only_profile_starts_nothing() -> None:
    async with door() as entered:
        await entered.console.until(lambda: entered.console.place is Place.CONNECT)
        entered.console.app.query_one("#login_read_only").value = True  # type: ignore[attr-defined]
        await entered.sign_in(login_profile="look")
        await entered.until_in()
        await entered.console.tree.open("pg-pay-01").mark("main", FILES)
        await entered.console.compose.open().level("FULL").start()
        assert entered.console.place is Place.COMPOSE
        assert entered.console.log()[-1].startswith("The console is read-only")


async def test_a_token_that_ends_is_asked_for_once_and_following_goes_on() -> None:
    ended = json.dumps([{"path": "Job/*", "after": 1, "times": 1, "answer": "401"}])
    async with door(environ=HERE, faults=ended, job_seconds=40) as entered:
        await entered.console.connected()
        await start_a_backup(entered)
        console = entered.console
        for _ in range(6):
            console.clock.pass_to_next()
            await console.pilot.pause(0.05)
        await console.until(lambda: console.desk.prompt is not None and console.desk.prompt.is_open)
        asked = [line for line in console.log() if line.startswith("The CommServe does not take the Authtoken")]
        assert len(asked) == 1
        assert console.place is Place.JOBS
        assert "SIGNED OUT" in await console.screen()
        await console.press("p")
        await entered.sign_in()
        await console.until(lambda: console.place is Place.JOBS)
        await console.jobs.until_ended()
        assert console.log()[-1].startswith("GO: task")
        assert len(console.site.tasks_posted()) == 1


async def test_an_idle_console_locks_forgets_the_token_and_answers_no_key() -> None:
    async with door(environ=HERE) as entered:
        await entered.console.connected()
        await entered.console.tree.open("pg-pay-01").mark("main", FILES)
        await idle(entered)
        await entered.console.until(lambda: entered.console.desk.target is None)
        await entered.console.press("1", "c", "2", "3", "slash", "ctrl+p", "question_mark", "x")
        assert entered.console.place is Place.LOCK
        shown = await entered.console.screen()
        assert "The Authtoken is forgotten." in shown
        assert "pg-pay-01" not in shown


async def test_a_token_of_the_environment_can_not_be_had_again_so_unlocking_asks_for_it() -> None:
    async with door(environ=HERE) as entered:
        await entered.console.connected()
        await idle(entered)
        await entered.console.press("enter")
        await entered.console.until(lambda: entered.console.place is Place.CONNECT)
        await entered.console.press("escape", "escape")
        await entered.console.until(lambda: entered.console.place is Place.LOCK)
        await entered.console.press("enter")
        await entered.console.until(lambda: entered.console.place is Place.CONNECT)
        await entered.sign_in()
        await entered.until_in()
        assert not entered.console.app.idle.is_locked


async def test_behind_the_lock_jobs_are_followed_on_to_the_verdict() -> None:
    async with door(environ=HERE) as entered:
        await entered.console.connected()
        await start_a_backup(entered)
        await idle(entered)
        assert entered.console.desk.target is not None
        assert "1 job still followed" in await entered.console.screen()
        await entered.console.jobs.until_ended()
        assert any(line.startswith("GO: task") for line in entered.console.log())
        await entered.console.until(lambda: "not signed in" in entered.console.words("#headline"))
        assert "The Authtoken is forgotten." in await entered.console.screen()


async def test_a_keyring_that_does_not_answer_is_named_and_esc_goes_on_without_it() -> None:
    answers = threading.Event()
    silent = Drawer(StoreKind.KEYRING, hangs_until=answers)
    async with door(environ={"PGBACKUP_TUI_URL": "{url}"}, stores=[silent]) as entered:
        await entered.console.until(lambda: "Waiting for the keyring" in entered.console.tree.panel.tree_view.empty)
        assert "waiting for the keyring of the test" in await entered.console.screen()
        await entered.console.press("escape")
        await entered.console.until(lambda: entered.console.place is Place.CONNECT)
        assert "The keyring was left out." in entered.console.words("#connect-reason")
        answers.set()


async def test_stores_that_answer_while_the_console_is_taken_down_disturb_nothing() -> None:
    async with door(environ=HERE) as entered:
        await entered.console.connected()
        panel = entered.console.app.furniture.connect
        await panel.query("#store-note, RadioSet").remove()
        await panel._offer_stores()


async def test_a_key_keeps_the_console_open() -> None:
    async with door(environ=HERE) as entered:
        await entered.console.connected()
        entered.console.clock.now += 29 * 60
        await entered.console.press("down")
        await idle(entered, 29)
        assert entered.console.place is Place.BROWSE


async def test_signing_in_elsewhere_waits_for_what_is_under_way() -> None:
    silent = json.dumps([{"path": "CreateTask", "answer": "silence"}])
    async with door(environ=HERE, faults=silent) as entered:
        await entered.console.connected()
        await entered.console.tree.open("pg-pay-01").mark("main", FILES)
        await entered.console.compose.open().level("FULL").start()
        await entered.console.press("y")
        await entered.console.until(lambda: entered.console.desk.dispatch.is_sending)
        before = entered.console.desk.target
        await entered.console.press("p")
        await entered.sign_in()
        await entered.console.until(lambda: entered.console.log()[-1].startswith("Not now:"))
        assert entered.console.desk.target is before


async def test_a_sign_in_that_was_left_takes_neither_the_focus_nor_the_commserve() -> None:
    slow = json.dumps([{"path": "WhoAmI", "after": 1, "latency_ms": 1500}])
    async with door(environ=HERE, faults=slow) as entered:
        await entered.console.connected()
        before = entered.console.desk.target
        await entered.console.press("p")
        await entered.sign_in(login_secret="wrong-but-well-formed-token")
        await entered.console.press("escape")
        await entered.console.until(lambda: any("Access" in line for line in entered.console.log()))
        await entered.console.press("2")
        assert entered.console.place is Place.JOBS
        assert entered.console.desk.target is before


async def test_reloading_while_a_request_is_under_way_follows_it_once() -> None:
    slow = json.dumps([{"path": "CreateTask", "latency_ms": 1500}])
    async with door(environ=HERE, faults=slow, job_seconds=3600) as entered:
        await entered.console.connected()
        await entered.console.tree.open("pg-pay-01").mark("main", FILES)
        await entered.console.compose.open().level("FULL").start()
        await entered.console.press("y", "1", "r")
        await entered.console.until(lambda: bool(entered.console.desk.tasks))
        await entered.console.connected()
        assert not any("of an earlier run" in line for line in entered.console.log())
        assert len(entered.console.desk.tasks) == 1
