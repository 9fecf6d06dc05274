"""What wide screens show beside a list: all that is known of the row at the cursor."""

from __future__ import annotations

from pgbackup_tui.tui.present.facts import Fact, lines_of
from pgbackup_tui.tui.widgets.fact_sheet import FactSheet
from tests.driver import ConsoleDriver, console_on, demo
from tests.stories import FILES, jobs_running, unknown

WIDE = (120, 36)


def told(console: ConsoleDriver, sheet: str) -> str:
    return console.app.query_one(sheet, FactSheet).text


async def test_a_subclient_has_its_ids_policy_readiness_backups_and_sla() -> None:
    async with console_on(demo(), size=WIDE) as console:
        await console.tree.open("pg-pay-01").go_to("main", FILES, "default")
        lines = told(console, "#row-facts").splitlines()
        assert lines[0] == f"pg-pay-01/main/{FILES}/default"
        for line in ("state: Ready", "SLA: Met", "policy: DB-Offsite", "subclient: id 2000001", "client: id 1001"):
            assert line in lines
        assert any(line.startswith("last backup: 6 h ago, 2026-11-22 ") for line in lines)
        assert any(line.startswith("next: in 18 h, 2026-11-23 ") for line in lines)


async def test_why_an_instance_is_not_ready_is_said_at_its_client() -> None:
    async with console_on(demo(), size=WIDE) as console:
        await console.tree.go_to("pg-notready-01")
        lines = told(console, "#row-facts").splitlines()
        assert "state: Not Ready" in lines
        assert any(line.startswith("why: ") for line in lines)
        assert "subclients: not read yet; Enter opens and reads them" in lines


async def test_a_job_has_why_it_waits_and_when_it_began() -> None:
    async with console_on(demo(job_seconds=60), size=WIDE) as console:
        await jobs_running(console)
        console.jobs.panel.table.move_to(1)
        await console.pilot.pause()
        lines = told(console, "#job-facts").splitlines()
        assert "subclient: pg-waits-01/pending/FSBasedBackupSet/default" in lines
        assert "why: The media agent [ma-01] is offline; the job will go on when it is back." in lines
        assert "started: 2026-11-23 03:12:00 UTC" in [line.partition(" (")[0] for line in lines]


async def test_an_attempt_has_its_whole_record_and_what_can_be_done() -> None:
    faults = '[{"path": "CreateTask", "answer": "reset", "carried_out": false}]'
    async with console_on(demo(faults=faults), size=WIDE) as console:
        await unknown(console)
        await console.press("4")
        lines = told(console, "#history-facts").splitlines()
        assert "to do: r looks again, n declares it not started." in lines
        assert "verdict: UNDECIDED: nobody knows whether it was started" in lines
        assert f"pg-pay-02/main/{FILES}/default" in lines


async def test_at_eighty_columns_the_list_has_the_screen_for_itself() -> None:
    async with console_on(demo()) as console:
        assert not console.app.query_one("#row-facts").is_on_screen


def test_a_long_fact_is_wrapped_beside_its_name() -> None:
    lines = lines_of(Fact("why", "the media agent is offline"), 28)
    assert ["".join(piece.text for piece in line) for line in lines] == [
        "why         the media agent ",
        "            is offline",
    ]
