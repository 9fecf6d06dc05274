"""Hostile text in every string of the wire, shown in every place of the console: no such byte comes out."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.geometry import Region
from textual.widget import Widget

from pgbackup_tui.simulator import connection as simulator_connection
from pgbackup_tui.simulator.messages import Request, Response
from pgbackup_tui.simulator.routes import handle
from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.simulator.world import World
from pgbackup_tui.text import clean
from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.outline import Reading
from pgbackup_tui.tui.widgets.line_view import LineView
from tests.commands.test_hostile_text import HOSTILE, KEPT, LONG, NEVER, SHORT, keys_of, spoiled
from tests.driver import ConsoleDriver, console_on, demo
from tests.running import environment
from tests.terminal import Terminal

NAMES = {"clientName", "displayName", "hostName", "instanceName", "backupsetName", "subclientName", "description"}
"""Strings that are shown and steer nothing."""
OWN_SIGNS = re.compile(r"[\s│▌▐█░▾▸]")
"""What the screen puts between the parts of a text that is wrapped, or beside it."""
WHOLE = {hostile: OWN_SIGNS.sub("", clean(hostile).partition("…")[0]) for hostile in (SHORT, LONG)}
SLASH_CUT = re.compile("%2?(?=…)")
"""Of a slash that a path has in a name."""
ON_THE_TERMINAL = {name: text.encode() for name, text in HOSTILE.items() if name not in ("markup", "long", "line")}


class Spoiler:
    """Stands before the simulated CommServe's answers and replaces the strings of some members, or of all."""

    def __init__(self) -> None:
        self.keys: set[str] | None = set()
        self.hostile = SHORT
        self.seen: set[str] = set()

    def answer(self, world: World, request: Request) -> Response:
        response = handle(world, request)
        try:
            body = json.loads(response.body)
        except ValueError:
            return response
        self.seen.update(keys_of(body))
        for key in (self.seen if self.keys is None else self.keys) - KEPT:
            body = spoiled(body, key, self.hostile)
        return Response(response.status, json.dumps(body).encode(), response.content_type, response.headers)


@pytest.fixture
def spoiler(monkeypatch: pytest.MonkeyPatch) -> Spoiler:
    made = Spoiler()
    monkeypatch.setattr(simulator_connection, "handle", made.answer)
    return made


async def places(console: ConsoleDriver) -> AsyncIterator[str]:
    """Every place as far as one gets, by keys alone, because no name is what it was."""
    yield "browse"
    await console.press("space", "right", "down", "right", "down", "right", "down")
    await console.until(lambda: Reading.NOW not in console.desk.outline.reading.values())
    yield "browse, opened and marked"
    await console.press("c")
    if console.place is Place.COMPOSE:
        await console.until(lambda: "…" not in console.words("#running") or "⟦" in console.words("#running"))
        await console.compose.level("FULL")
        yield "compose"
        await console.press("ctrl+r")
        yield "request"
        await console.press("ctrl+r", "ctrl+s")
        yield "confirm"
        await console.press("y", "end", "y")
        await console.until(console.confirm._is_carried_out)
        for _ in range(6):
            console.clock.pass_to_next()
            await console.pilot.pause()
    for key, place in (("2", "jobs"), ("x", "kill"), ("4", "history"), ("question_mark", "help"), ("p", "connect")):
        await console.press(key)
        yield place
    await console.press("escape", "3", "home")
    yield "log"
    console.app.idle.minutes = 30
    console.clock.now += 31 * 60
    console.app.lock_if_idle()
    yield "lock"


def leaves(console: ConsoleDriver) -> list[Widget]:
    """The widgets that are in sight and show something themselves."""
    return [
        widget
        for widget in console.app.screen.walk_children(Widget)
        if widget in console.app.screen._compositor.visible_widgets and not widget.children
    ]


def shown_by(widget: Widget) -> str:
    """What a widget paints, through the console's filters."""
    strips = widget.render_lines(Region(0, 0, *widget.outer_size))
    return "\n".join(strip.text for strip in strips)


def assert_nothing_is_lost(widget: Widget, hostile: str, where: str) -> bool:
    """Each text is whole, or ends with a mark, or can be scrolled to its end. Whether there was one."""
    whole = WHOLE[hostile]
    _, *parts = SLASH_CUT.sub("", OWN_SIGNS.sub("", shown_by(widget)).replace("%2F", "/")).split("⟦")
    for part in parts:
        same = next((n for n, (a, b) in enumerate(zip("⟦" + part, whole, strict=False)) if a != b), len(part) + 1)
        goes_on = isinstance(widget, LineView) and same == len(part) + 1
        assert same >= len(whole) or part[same - 1 : same] == "…" or goes_on, f"{where}, {widget!r}: {part}"
    return bool(parts)


@pytest.mark.parametrize(
    ("keys", "hostile", "size"),
    [
        (NAMES, SHORT, (80, 24)),
        (NAMES, LONG, (200, 50)),
        ({"status", "jobStatus"}, SHORT, (200, 50)),
        (None, SHORT, (200, 50)),
        (None, LONG, (80, 24)),
    ],
    ids=["names", "long names", "states", "everything", "everything long"],
)
async def test_no_byte_of_it_is_painted_and_nothing_is_lost_without_a_mark(
    spoiler: Spoiler, keys: set[str] | None, hostile: str, size: tuple[int, int]
) -> None:
    spoiler.keys, spoiler.hostile = keys, hostile
    reached = []
    async with console_on(demo(job_seconds=60), size=size) as console:
        async for place in places(console):
            assert NEVER.findall(await console.screen()) == [], place
            was_shown = [assert_nothing_is_lost(widget, hostile, place) for widget in leaves(console)]
            reached += [place] if any(was_shown) else []
        assert console.app.return_code is None
    assert reached
    if keys is NAMES:
        assert {"browse, opened and marked", "compose", "confirm", "jobs", "history"} <= set(reached)


def test_a_terminal_gets_no_byte_of_it(spoiler: Spoiler, tmp_path: Path) -> None:
    spoiler.keys = NAMES
    with SimulatedCommServe(World.sample(clients=12, job_seconds=0.2)) as server:
        env = environment(
            TERM="xterm-256color",
            XDG_CONFIG_HOME=str(tmp_path),
            PGBACKUP_TUI_STATE_DIR=str(tmp_path / "state"),
            PGBACKUP_TUI_URL=server.url,
            PGBACKUP_TUI_TOKEN=server.token,
        )
        terminal = Terminal.start(env=env, size=(200, 50))
        terminal.until(lambda written: "⟦␛[2J".encode() in written and b"PostgreSQL instances" in written)
        terminal.type(" ")
        terminal.until(lambda written: b"Ready" in written and b"marked" in written)
        terminal.type("c")
        terminal.until(lambda written: b"SYNTHETIC_FULL" in written)
        terminal.type("\x1b")
        terminal.type("234")
        terminal.until(lambda written: b"Nothing was asked for yet" in written)
        terminal.type("q")
        assert terminal.until_ended() == 0
    assert [name for name, text in ON_THE_TERMINAL.items() if text in terminal.written] == []
