"""Reloading the tree: what the person had open and marked stays where it was, or is said to be gone."""

from __future__ import annotations

from tests.driver import ConsoleDriver, console_on, demo

FILES = "FSBasedBackupSet"


def listings(console: ConsoleDriver) -> int:
    """How often the whole estate was asked for."""
    return len([found for found in console.site.server.received if found.path.endswith("databases/instances")])


async def reload(console: ConsoleDriver) -> None:
    before = listings(console)
    await console.press("r")
    await console.until(lambda: listings(console) > before)
    await console.connected()


async def test_an_open_branch_stays_open_with_the_cursor_where_it_was() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").go_to("pg-pay-01", "archive", FILES, "default")
        tree = console.tree.panel.tree_view
        rows, cursor = [node.name for node in tree._rows], tree.cursor
        await reload(console)
        await console.until(lambda: "reading …" not in [node.name for node in tree._rows])
        assert ([node.name for node in tree._rows], tree.cursor) == (rows, cursor)


async def test_a_branch_that_was_closed_by_hand_stays_closed() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").go_to("pg-pay-01", "main")
        await console.press("left")
        tree = console.tree.panel.tree_view
        rows = [node.name for node in tree._rows]
        await reload(console)
        await console.until(lambda: "reading …" not in [node.name for node in tree._rows])
        assert [node.name for node in tree._rows] == rows


async def test_marks_of_a_client_that_is_gone_are_taken_off_and_said() -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01").mark("main", FILES)
        marked = next(iter(console.desk.outline.marked.values()))
        world = console.site.server.world
        with world.lock:
            del world.estate.clients[marked.client_id]
        await reload(console)
        assert console.desk.outline.marked == {}
        assert f"No longer there, its mark is taken off: {marked.path}" in console.log()


async def test_a_held_reload_lists_the_estate_once_more() -> None:
    second_never_ends = '[{"path": "databases/instances", "after": 1, "answer": "silence"}]'
    async with console_on(demo(faults=second_never_ends)) as console:
        await console.press(*["r"] * 12)
        await console.until(lambda: listings(console) == 2)
        await console.press("down", "r")
        assert listings(console) == 2


async def test_marks_that_wait_for_their_branch_are_taken_off_too() -> None:
    async with console_on(demo(latency=1.0)) as console:
        await console.press("space", "u")
        client = console.desk.outline.clients[0].client_id
        await console.until(lambda: console.desk.outline.reading[client].value == "read")
        await console.pilot.pause()
        assert console.desk.outline.marked == {}


async def test_the_form_that_waits_for_marks_does_not_take_the_person_away_from_elsewhere() -> None:
    async with console_on(demo(latency=1.0)) as console:
        await console.press("space", "c")
        assert any(line.startswith("The form opens as soon as") for line in console.log())
        await console.press("2")
        await console.until(lambda: bool(console.desk.outline.marked))
        await console.pilot.pause()
        assert console.place.value == "jobs"


async def test_the_form_opens_by_itself_when_the_marks_are_made() -> None:
    async with console_on(demo(latency=1.0)) as console:
        await console.press("space", "c")
        await console.until(lambda: console.place.value == "compose")
        assert len(console.desk.outline.marked) == 6
