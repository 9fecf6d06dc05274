"""Jobs: each row says what the CommServe said last, and the cursor stays on the job that the person chose."""

from __future__ import annotations

import json

from pgbackup_tui.backup.attempt import new_attempt
from pgbackup_tui.backup.outcome import Outcome, OutcomeKind
from pgbackup_tui.tui.actions import Place
from tests.driver import ConsoleDriver, console_on, demo

FILES = "FSBasedBackupSet"


async def start(console: ConsoleDriver, *names: str) -> None:
    await console.press("1")
    await console.tree.open(names[0]).mark(*names)
    await console.compose.open().level("FULL").start()
    await console.confirm.yes()


async def test_jobs_are_in_sight_as_soon_as_the_task_is_accepted() -> None:
    async with console_on(demo(job_seconds=3600)) as console:
        await start(console, "pg-pay-01", "main", FILES)
        assert "3587112" in await console.screen()


async def test_the_cursor_stays_on_its_job_when_a_task_comes_that_this_person_did_not_start_now() -> None:
    async with console_on(demo(job_seconds=3600)) as console:
        await start(console, "pg-pay-01", "main", FILES)
        table, desk = console.jobs.panel.table, console.desk
        before = table.job
        assert before is not None
        attempt, task = new_attempt(), desk.tasks[0].task
        desk.journal.intend(attempt, task, desk.where, b"")
        desk.journal.conclude(attempt, task, Outcome(OutcomeKind.ACCEPTED, 71990, (3587990,)))
        desk.take_up()
        await console.until(lambda: len(desk.tasks) == 2)
        assert table.job is not None
        assert table.job.job_id == before.job_id


async def test_the_cursor_goes_to_the_first_job_of_the_task_that_was_just_started() -> None:
    async with console_on(demo(job_seconds=3600)) as console:
        await start(console, "pg-pay-01", "main", FILES)
        await start(console, "pg-pay-02", "main", FILES)
        newest = console.desk.tasks[0].outcome.job_ids[0]
        assert console.jobs.panel.table.job is not None
        assert console.jobs.panel.table.job.job_id == newest
        assert console.words("#job-detail").startswith(f"Job {newest}")


async def test_a_task_whose_id_was_not_told_is_named_by_its_attempt() -> None:
    async with console_on(demo()) as console:
        await start(console, "pg-pay-01", "main", FILES)
        attempt, desk = new_attempt(), console.desk
        desk.journal.intend(attempt, desk.tasks[0].task, desk.where, b"")
        told = Outcome(OutcomeKind.ACCEPTED, None, desk.tasks[0].outcome.job_ids)
        desk.journal.conclude(attempt, desk.tasks[0].task, told)
        desk.take_up()
        assert f"IN PROGRESS  attempt {attempt.attempt_id}" in await console.screen()
        await console.jobs.until_ended()
        assert f"GO: attempt {attempt.attempt_id}: every job is Completed." in console.log()


async def test_no_go_names_the_job_that_left_no_backup_in_the_line_and_in_the_log() -> None:
    async with console_on(demo(), size=(120, 36)) as console:
        await start(console, "pg-fail-01", "main", FILES)
        await console.jobs.until_ended()
        words = "1 of 1 job left no backup: job 3587112 Failed"
        assert console.log()[-1] == f"NO-GO: task 71945: {words}."
        assert words in await console.screen()


async def test_the_request_counts_as_being_sent_only_when_its_intent_is_on_the_disk() -> None:
    async with console_on(demo()) as console:
        await start(console, "pg-pay-01", "main", FILES)
        checking = console.log().index("Checking what runs there, then sending one task: FULL of 1 subclient.")
        attempt_id = console.desk.tasks[0].attempt_id
        assert console.log()[checking + 1] == (f"Sending one task: FULL of 1 subclient, attempt {attempt_id}.")


async def test_a_request_that_is_not_sent_is_never_said_to_be_sent() -> None:
    async with console_on(demo()) as console:
        (console.desk.journal.state / "locks").write_text("a file where a folder should be")
        await start(console, "pg-pay-01", "main", FILES)
        assert any(line.startswith("Not sent: ") for line in console.log())
        assert not any(line.startswith("Sending ") for line in console.log())


async def test_the_tree_shows_the_backup_of_a_task_that_has_ended() -> None:
    async with console_on(demo()) as console:
        await start(console, "pg-pay-01", "main", FILES, "default")
        path = f"pg-pay-01/main/{FILES}/default"

        def last_backup() -> float | None:
            assert console.desk.catalogue.estate is not None
            (found,) = (found for found in console.desk.catalogue.estate.subclients() if found.path == path)
            return found.last_backup

        before = last_backup()
        await console.jobs.until_ended()
        await console.until(lambda: last_backup() != before)
        shown = console.desk.outline.client(console.desk.tasks[0].task.subclients[0].client_id)
        assert shown is not None
        assert last_backup() in {found.last_backup for found in shown.subclients()}


async def test_a_task_that_left_no_backup_has_nothing_read_again() -> None:
    async with console_on(demo()) as console:
        await start(console, "pg-fail-01", "main", FILES, "default")
        await console.jobs.until_ended()
        assert console.desk.tasks[0].backed_up() == set()


async def test_no_news_of_one_task_leaves_the_details_of_another() -> None:
    faults = json.dumps([{"path": "Job/3587112*", "answer": "502"}])
    async with console_on(demo(job_seconds=3600, faults=faults)) as console:
        await start(console, "pg-pay-01", "main", FILES)
        await start(console, "pg-pay-02", "main", FILES)
        await console.until(lambda: bool(console.desk.tasks[1].trouble))
        await console.press("home", "down")
        assert console.words("#job-detail").startswith("Job 3587113")
        await console.press("end")
        assert console.words("#job-detail").startswith("No news of task")


async def test_the_strip_offers_what_can_be_done_to_the_job_at_the_cursor_only() -> None:
    async with console_on(demo()) as console:
        await console.press("2")
        assert "kill" not in console.words("#keys")
        await start(console, "pg-pay-01", "main", FILES)
        await console.until(lambda: "kill" in console.words("#keys"))
        await console.jobs.until_ended()
        await console.until(lambda: "kill" not in console.words("#keys"))


async def test_a_key_that_can_do_nothing_says_so() -> None:
    async with console_on(demo()) as console:
        await console.press("2", "x")
        assert console.log()[-1] == "The cursor is on no job that still runs."


async def test_a_task_whose_jobs_run_is_in_progress_and_not_undecided() -> None:
    async with console_on(demo(job_seconds=3600)) as console:
        await start(console, "pg-pay-01", "main", FILES)
        assert "IN PROGRESS  task 71945" in await console.screen()


async def test_after_a_task_the_next_one_begins_with_nothing_marked_and_no_level() -> None:
    async with console_on(demo(job_seconds=3600)) as console:
        await start(console, "pg-pay-01", "main", FILES)
        await console.press("1")
        assert console.desk.outline.marked == {}
        await console.tree.mark("archive", FILES)
        await console.compose.open()
        assert console.compose.panel.draft.level is None
        await console.compose.start()
        assert console.place is Place.COMPOSE


async def test_what_became_of_a_request_without_jobs_stands_in_their_place() -> None:
    faults = json.dumps([{"path": "CreateTask", "answer": "reset", "carried_out": False}])
    async with console_on(demo(faults=faults)) as console:
        await start(console, "pg-pay-01", "main", FILES)
        assert "UNKNOWN whether the last backup was started." in await console.screen()


async def test_the_detail_says_how_much_how_fast_and_about_how_long() -> None:
    async with console_on(demo(job_seconds=100)) as console:
        await start(console, "pg-pay-01", "main", FILES)
        for _ in range(12):
            await console.jobs.next_look()
        await console.until(lambda: " left" in console.words("#job-detail"))
        assert "/s, about " in console.words("#job-detail")


async def test_the_events_of_a_job_are_a_key_away() -> None:
    async with console_on(demo()) as console:
        await start(console, "pg-pay-01", "main", FILES)
        await console.jobs.until_ended()
        await console.press("2", "v")
        await console.until(lambda: any("job 3587112 2026-11-23T" in line for line in console.log()))
