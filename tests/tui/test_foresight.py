"""What an on-call engineer is told before a backup is started, and while it waits."""

from __future__ import annotations

import json

from pgbackup_tui.tui.actions import Place
from tests.driver import ConsoleDriver, console_on, demo
from tests.story import NIGHT

FILES = "FSBasedBackupSet"
NO_LIST = json.dumps([{"path": "Jobs", "answer": "403"}])


async def compose(console: ConsoleDriver, *names: str) -> None:
    await console.tree.open(names[0]).mark(*names)
    await console.compose.open()
    await console.until(lambda: console.compose.panel.foresight.past is not None)


async def test_each_subclient_in_the_form_has_its_last_full_with_age_size_and_how_long_it_took() -> None:
    async with console_on(demo()) as console:
        await compose(console, "pg-pay-01", "main", FILES)
        assert "full 6 h ago  460.2 GiB   26:59" in await console.screen()


async def test_a_level_tells_what_is_there_already_and_what_this_one_may_take() -> None:
    async with console_on(demo()) as console:
        await compose(console, "pg-pay-01", "main", FILES)
        assert console.words("#foreseen") == "It has a good backup already, 6 h ago."
        await console.compose.level("FULL")
        assert console.words("#foreseen") == (
            "It has a good FULL already, 6 h ago. It may take about 26:59, 448.3 GiB."
        )


async def test_what_was_never_backed_up_is_said_as_such() -> None:
    async with console_on(demo()) as console:
        await compose(console, "pg-pay-02", "main", "DumpBasedBackupSet")
        await console.compose.level("FULL")
        assert console.words("#foreseen") == "No good FULL is there yet."
        assert "no full is known" in await console.screen()


async def test_an_instance_that_is_not_ready_is_said_in_the_form_and_not_first_in_the_question() -> None:
    async with console_on(demo()) as console:
        await compose(console, "pg-notready-01", "main", FILES)
        await console.compose.level("FULL")
        assert "is “Not Ready”" in console.words("#cautions")


async def test_a_schedule_that_is_due_soon_is_said() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        (chosen,) = console.desk.outline.marked.values()
        assert chosen.next_backup is not None
        console.clock.now = chosen.next_backup - 1800
        await console.compose.open()
        await console.until(lambda: "A schedule starts" in console.words("#foreseen"))
        assert chosen.path in console.words("#foreseen")


async def test_without_the_list_of_jobs_the_form_goes_on_and_says_what_it_does_not_know() -> None:
    async with console_on(demo(faults=NO_LIST)) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        await console.press("c")
        await console.compose.level("FULL")
        await console.until(lambda: "can't be told" in console.words("#running"))
        assert console.words("#foreseen") == ""
        await console.compose.start()
        assert console.place is Place.CONFIRM


async def test_which_backups_there_are_of_what_is_marked_is_told_from_the_tree() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES).mark("archive", FILES)
        await console.press("b")
        await console.until(lambda: "Each has a good FULL" in console.log()[-1])
        assert console.log()[-3].startswith(
            f"pg-pay-01/main/{FILES}/default: last full 6 h ago (460.2 GiB in 26 min 59 s)"
        )


async def test_a_job_that_waits_says_why_and_since_when() -> None:
    async with console_on(demo(job_seconds=60)) as console:
        await compose(console, "pg-waits-01", "pending", FILES)
        await console.compose.level("FULL").start()
        await console.confirm.yes()
        while "Pending" not in console.words("#job-detail"):
            await console.jobs.next_look()
        words = console.words("#job-detail")
        assert "media agent [ma-01] is offline" in words
        seen = console.clock.now
        assert seen > NIGHT
        await console.jobs.next_look()
        assert console.words("#job-detail").split(" · ")[2] == words.split(" · ")[2]


async def test_before_a_job_has_a_pace_of_its_own_earlier_ones_say_how_long_it_may_take() -> None:
    async with console_on(demo(job_seconds=3600)) as console:
        await compose(console, "pg-pay-01", "main", FILES)
        await console.compose.level("FULL").start()
        await console.confirm.yes()
        while "left" not in console.words("#job-detail"):
            await console.jobs.next_look()
        assert "about 26:" in console.words("#job-detail")
