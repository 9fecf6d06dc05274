"""The question before anything is changed: everything that decides is in it, and in sight."""

from __future__ import annotations

from textual.widgets import Checkbox

from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.present.pieces import Piece
from pgbackup_tui.tui.widgets.text_view import TextView
from tests.driver import ConsoleDriver, console_on, demo

FILES = "FSBasedBackupSet"


async def ask(console: ConsoleDriver, level: str = "FULL") -> None:
    await console.tree.open("pg-orders-01").mark("main", FILES)
    await console.compose.open().level(level)


async def test_a_text_that_has_no_width_yet_is_not_shown_as_a_column_of_letters() -> None:
    async with console_on(demo()) as console:
        facts = console.app.query_one("#facts", TextView)
        facts.say([Piece("The same data would be backed up twice.")])
        assert facts.line(0, 1) == ()
        assert not facts.was_seen_to_its_end
        await ask(console)
        await console.compose.start()
        await console.until(lambda: console.place is Place.CONFIRM)
        assert facts.line(0, 80) != ()


async def test_every_option_is_named() -> None:
    async with console_on(demo()) as console:
        await ask(console, "INCREMENTAL")
        await console.compose.type("ticket", "CHG0012345").type("user_id", "12").type("user_name", "jane")
        for box in ("with_data", "notify"):
            console.app.query_one(f"#{box}", Checkbox).toggle()
        await console.compose.start()
        facts = console.text("#facts")
        for said in (
            "with the data",
            "mails its user",
            "user jane (id 12)",
            "ticket CHG0012345",
            "2 subclients on 1 client",
        ):
            assert said in facts


async def test_what_was_taken_out_of_the_form_does_not_warn_any_more() -> None:
    async with console_on(demo(job_seconds=3600)) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.compose.open().level("FULL").start()
        await console.confirm.yes()
        await console.press("1")
        await console.tree.mark("main", FILES).mark("archive", FILES)
        await console.compose.open().level("FULL")
        assert "Running now (as of 03:12:00): job 3587112" in console.words("#running")
        console.compose.panel.associations.focus()
        await console.press("x")
        assert console.words("#running") == "Nothing is running on these subclients now (as of 03:12:00)."
        await console.compose.start()
        assert "Running now" not in console.text("#facts")


async def test_the_help_comes_back_to_the_question() -> None:
    async with console_on(demo()) as console:
        await ask(console)
        await console.compose.start()
        await console.press("question_mark")
        assert "esc back" in console.words("#keys")
        await console.press("escape")
        assert console.place is Place.CONFIRM
        await console.confirm.yes()
        assert len(console.site.tasks_posted()) == 1


async def test_a_screen_that_is_too_small_to_show_the_question_confirms_nothing() -> None:
    async with console_on(demo()) as console:
        await ask(console)
        await console.compose.start()
        await console.pilot.resize_terminal(50, 12)
        await console.press("y")
        assert console.site.tasks_posted() == []
        assert console.log()[-1] == "Make the screen at least 60x18 to confirm."
        await console.pilot.resize_terminal(60, 18)
        await console.press("y")
        await console.until(lambda: bool(console.site.tasks_posted()))


async def test_read_only_says_why_a_key_does_nothing() -> None:
    async with console_on(demo(), read_only=True) as console:
        await ask(console)
        await console.compose.start()
        assert console.log()[-1].startswith("The console is read-only")


async def test_read_only_is_in_sight_however_long_the_commserves_name_is() -> None:
    async with console_on(demo(), read_only=True) as console:
        assert console.desk.target is not None
        console.desk.target.user = "n" * 300
        console.app.show_headline()
        first = (await console.screen()).splitlines()[0]
        assert "READ-ONLY" in first
        assert first.endswith("…")
