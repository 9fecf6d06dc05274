"""Resubmitting from the console: a new attempt, whose job is followed as a task of its own."""

from __future__ import annotations

import json

from pgbackup_tui.tui.actions import Place
from tests.driver import ConsoleDriver, console_on, demo

FILES = "FSBasedBackupSet"
LOST = json.dumps([{"path": "Job/*/action/Resubmit", "times": 1, "answer": "reset", "carried_out": False}])


async def fail(console: ConsoleDriver, *names: str) -> None:
    """Backs up what fails, and waits for its end, with the cursor on its job."""
    path = names or ("pg-fail-01", "main", FILES, "default")
    await console.tree.open(path[0]).mark(*path)
    await console.compose.open().level("FULL").start()
    await console.confirm.yes()
    await console.jobs.until_ended()
    await console.press("2")


async def resubmit(console: ConsoleDriver) -> None:
    await console.press("R")
    await console.until(lambda: console.place is Place.CONFIRM)
    await console.confirm.yes()


def posts(console: ConsoleDriver) -> int:
    return sum("/action/Resubmit" in request.path for request in console.site.server.received)


async def test_a_failed_job_is_resubmitted_as_a_task_of_its_own_and_followed_to_its_verdict() -> None:
    async with console_on(demo()) as console:
        await fail(console)
        await resubmit(console)
        await console.jobs.until_ended()
        again, first = console.desk.tasks
        assert again.attempt_id != first.attempt_id
        assert (first.outcome.job_ids, again.outcome.job_ids) == ((3587112,), (3587113,))
        assert "task 71946, job 3587112 again (1 of 1 ended)" in await console.screen()
        attempt = console.desk.journal.read().attempt(again.attempt_id)
        assert attempt is not None
        assert attempt.intent is not None
        assert (attempt.intent.resubmits, attempt.intent.retry_of) == (3587112, (first.attempt_id,))
        assert posts(console) == 1


async def test_the_question_says_what_is_started_again_and_where() -> None:
    async with console_on(demo()) as console:
        await fail(console)
        await console.press("R")
        await console.until(lambda: console.place is Place.CONFIRM)
        assert console.words("#question") == "Resubmit job 3587112 on the demo as oncall?"
        assert f"pg-fail-01/main/{FILES}/default" in console.text("#facts")
        await console.press("n")
        assert (console.place, posts(console)) == (Place.JOBS, 0)


async def test_it_is_offered_for_a_job_that_left_no_backup_only() -> None:
    async with console_on(demo()) as console:
        await fail(console, "pg-pay-01", "main", FILES, "default")
        assert "resubmit" not in console.words("#keys")
        await console.press("R")
        assert console.log()[-1] == "The cursor is on no job that failed or was killed."
        await console.press("1")
        await fail(console)
        await console.press("home", "down")
        await console.until(lambda: "resubmit" in console.words("#keys"))


async def test_read_only_it_is_refused() -> None:
    async with console_on(demo()) as console:
        await fail(console)
        console.jobs.panel.read_only = True
        await console.press("R")
        assert "read-only" in console.log()[-1]
        assert (console.place, posts(console)) == (Place.JOBS, 0)


async def test_a_second_resubmit_of_the_same_job_is_refused_and_sends_nothing() -> None:
    async with console_on(demo()) as console:
        await fail(console)
        await resubmit(console)
        await console.jobs.until_ended()
        await console.press("end", "R")
        assert any("job 3587112 was resubmitted already, as job 3587113" in line for line in console.log())
        assert console.place is Place.JOBS
        assert posts(console) == 1


async def test_it_is_not_offered_for_a_job_that_was_resubmitted_already() -> None:
    async with console_on(demo(), size=(160, 36)) as console:
        await fail(console)
        await console.until(lambda: "resubmit" in console.words("#keys"))
        await resubmit(console)
        await console.jobs.until_ended()
        await console.until(lambda: "resubmit" in console.words("#keys"))  # the second job, which failed too
        await console.press("end")
        assert "resubmit" not in console.words("#keys")


async def test_an_unknown_one_is_told_and_blocks_the_subclient() -> None:
    async with console_on(demo(faults=LOST)) as console:
        await fail(console)
        await resubmit(console)
        (attempt_id,) = console.desk.dispatch.unknown()
        assert attempt_id in console.words("#job-alert")
        await console.press("2")
        await resubmit(console)
        assert any("an earlier request is not settled" in line for line in console.log())
        assert posts(console) == 1
