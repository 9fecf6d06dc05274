"""Browse: the tree answers every key at once, whatever the network does."""

from __future__ import annotations

import json

from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.nodes import Kind
from pgbackup_tui.tui.outline import Reading
from tests.driver import console_on, demo

FILES, DUMPS = "FSBasedBackupSet", "DumpBasedBackupSet"


async def test_instances_are_there_after_one_request() -> None:
    async with console_on(demo()) as console:
        asked = [found.path for found in console.site.server.received if "/api/" in found.path]
        assert [path.rpartition("/api/")[2] for path in asked] == ["", "WhoAmI", "databases/instances"]
        assert len(console.desk.outline.clients) == 12


async def test_opening_a_client_shows_everything_below_it() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-02")
        shown = [node.name for node in console.tree.panel.tree_view._rows]
        start = shown.index("pg-pay-02")
        assert shown[start : start + 6] == ["pg-pay-02", "main", FILES, "default", DUMPS, "default"]


async def test_marking_a_branch_that_is_not_read_reads_it_first() -> None:
    async with console_on(demo()) as console:
        await console.tree.mark("pg-pay-01")
        assert len(console.desk.outline.marked) == 6
        assert "6 marked on 1 client" in console.words("#basket")


async def test_marks_survive_the_filter_and_a_second_space_takes_them_off() -> None:
    async with console_on(demo()) as console:
        await console.tree.mark("pg-pay-02").filter("ledger")
        assert len(console.desk.outline.marked) == 2
        await console.press("escape")
        await console.tree.mark("pg-pay-02")
        assert console.desk.outline.marked == {}


async def test_the_filter_shows_what_is_read_and_says_what_is_not() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").filter("refunds")
        rows = [node.name for node in console.tree.panel.tree_view._rows]
        assert rows[:4] == ["pg-pay-01", "main", DUMPS, "refunds"]
        assert "11 clients not read yet" in rows[4]
        await console.press("enter", "end", "enter")
        await console.until(lambda: not console.desk.outline.unread())
        await console.until(lambda: Reading.NOW not in console.desk.outline.reading.values())
        assert len([found for found in console.site.server.received if "/Subclient?" in found.path]) == 12


async def test_a_filter_that_finds_nothing_says_how_to_clear_it() -> None:
    async with console_on(demo()) as console:
        await console.tree.filter("zzz")
        console.desk.outline.reading = dict.fromkeys(console.desk.outline.reading, Reading.DONE)
        await console.press("z")
        assert "No name contains “zzzz”" in console.tree.panel.tree_view.empty
        await console.press("escape")
        assert console.tree.panel.tree_view.count() == 12


async def test_a_filter_that_hides_the_row_at_the_cursor_puts_it_on_the_first_one_that_it_found() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", "FSBasedBackupSet", "default")
        await console.tree.filter("ledger")
        await console.press("enter")
        node = console.tree.panel.tree_view.node
        assert node is not None
        assert node.name == "pg-ledger-01"


async def test_keys_are_answered_while_a_branch_never_comes() -> None:
    faults = '[{"path": "Subclient", "answer": "silence"}]'
    async with console_on(demo(faults=faults)) as console:
        await console.press("right")
        tree = console.tree.panel.tree_view
        assert tree.node is not None
        assert console.desk.outline.reading[tree.node.client_id] is Reading.NOW
        await console.press("down", "down", "space", "2")
        assert console.place is Place.JOBS
        await console.press("1", "down")
        assert tree.cursor == 3


async def test_five_thousand_clients_on_a_slow_line_answer_every_key() -> None:
    silent = '[{"path": "Subclient", "answer": "silence"}]'
    async with console_on(demo(clients=5000, latency=0.2, faults=silent)) as console:
        tree = console.tree.panel.tree_view
        await console.press("end", "right")
        assert tree.node is not None
        assert console.desk.outline.reading[tree.node.client_id] is Reading.NOW
        await console.press("home", "down")
        assert tree.cursor == 1
        assert tree.count() > 5000


async def test_a_branch_that_can_not_be_read_says_why_and_r_reads_it_again() -> None:
    faults = '[{"path": "Subclient", "times": 1, "answer": "500"}]'
    async with console_on(demo(faults=faults)) as console:
        await console.tree.open("pg-pay-01")
        assert "can't be read: Failed to start backups" in await console.screen()
        await console.press("r")
        client = console.desk.outline.clients[0].client_id
        await console.until(lambda: console.desk.outline.reading[client] is Reading.DONE)


async def test_hostile_names_are_shown_literally_and_open_nothing() -> None:
    names = [
        "[/]",
        "[Remote User]",
        "[@click=app.quit]x[/]",
        "\x1b[2J\x1b]52;c;aGk=\x07",
        "a\nb",
        "\u202eevil",
        "n" * 5000,
    ]
    rows = [
        {
            "instance": {
                "clientId": 1001 + number,
                "clientName": name,
                "instanceId": 50001 + number,
                "instanceName": name,
                "applicationId": 125,
            },
            "status": name,
            "sla": name,
        }
        for number, name in enumerate(names)
    ]
    faults = json.dumps([{"path": "databases/instances", "answer": {"status": 200, "body": {"dbInstance": rows}}}])
    for size in ((80, 24), (200, 50)):
        async with console_on(demo(faults=faults), size=size) as console:
            for node in console.desk.outline.clients:
                node.is_open = True
            console.tree.panel.show()
            shown = await console.screen()
            for literal in ("[/]", "[Remote User]", "[@click=app.quit]x[/]", "␛[2J␛]52;c;aGk=␇", "a⏎b", "�evil"):
                assert literal in shown
            assert "\x1b" not in shown


async def test_a_row_of_notes_can_be_neither_marked_nor_composed() -> None:
    async with console_on(demo()) as console:
        await console.tree.filter("refunds")
        await console.press("enter", "end")
        node = console.tree.panel.tree_view.node
        assert node is not None
        assert node.kind is Kind.NOTE
        await console.press("space", "c")
        assert console.place is Place.BROWSE
        assert console.desk.outline.marked == {}
