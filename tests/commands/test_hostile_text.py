"""Hostile text in every string of the wire, shown by every command on a real terminal: no such byte comes out."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pgbackup_tui.simulator import connection as simulator_connection
from pgbackup_tui.simulator.messages import Request, Response
from pgbackup_tui.simulator.routes import handle
from pgbackup_tui.simulator.world import World
from pgbackup_tui.text import clean
from tests.commands.conftest import Site
from tests.terminal import Terminal

HOSTILE = {
    "CSI": "\x1b[2J\x1b[31mred",
    "title": "\x1b]0;owned\x07",
    "link": "\x1b]8;;https://evil.example.com\x1b\\click\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "reset": "\x1bc",
    "C1": "\x9b2J\x9d0;owned\x9c",
    "NUL": "a\x00b",
    "DEL": "a\x7f\x7fb",
    "bidi": "safe\u202egnp.exe\u2066x\u2069\u200f",
    "hidden": "a\u200bb\ufeffc",
    "markup": "[/] [Remote User] [@click=app.quit]x[/]",
    "line": "first\nsecond\r\nthird\u2028fourth\x85fifth",
    "backspace": "yes\b\b\bno",
    "long": "x" * 5000,
}
SHORT = "⟦" + "".join(text for name, text in HOSTILE.items() if name != "long") + "⟧"
LONG = "⟦" + HOSTILE["long"] + "⟧"
NEVER = re.compile(r"[^\r\n\x20-\x7e\xa0-\u200a\u2010-\u2027\u202f-\u205f\u2070-\U0010fffd]")
"""Everything but what can be seen, and line ends, which the terminal writes as two."""
KEPT = {"userName", "token"}
"""Strings by which the program finds its way: their absence is another test's."""

END = re.compile(rb"=== (\d+) ===")

COMMANDS = (
    ["inventory"],
    ["inventory", "pg-pay-01"],
    ["backup", "id:2000001", "--level", "FULL", "--yes"],
    ["jobs", "--all"],
    ["jobs", "3587091"],
    ["events", "3587091"],
    ["kill", "3587091", "--yes"],
    ["resubmit", "3587091", "--yes"],
    ["login", "--profile", "site", "--store", "none", "--token-command", "echo wrong"],
    ["doctor"],
)


def spoiled(value: object, key: str, hostile: str, name: str = "") -> object:
    """The JSON value with every string under that key replaced."""
    if isinstance(value, dict):
        return {member: spoiled(inner, key, hostile, member) for member, inner in value.items()}
    if isinstance(value, list):
        return [spoiled(inner, key, hostile, name) for inner in value]
    return hostile if isinstance(value, str) and name == key else value


def keys_of(value: object, name: str = "") -> Iterator[str]:
    """The names of all members that are strings."""
    if isinstance(value, dict):
        for member, inner in value.items():
            yield from keys_of(inner, member)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_of(inner, name)
    elif isinstance(value, str):
        yield name


class Spoiler:
    """Stands before the simulated CommServe's answers and replaces strings."""

    def __init__(self) -> None:
        self.key = ""
        self.hostile = ""
        self.seen: set[str] = set()

    def answer(self, world: World, request: Request) -> Response:
        response = handle(world, request)
        try:
            body = json.loads(response.body)
        except ValueError:
            return response
        self.seen.update(keys_of(body))
        body = spoiled(body, self.key, self.hostile)
        return Response(response.status, json.dumps(body).encode(), response.content_type, response.headers)


@pytest.fixture
def spoiler(monkeypatch: pytest.MonkeyPatch) -> Spoiler:
    made = Spoiler()
    monkeypatch.setattr(simulator_connection, "handle", made.answer)
    return made


class Engineer:
    """Types one command after another on one terminal."""

    def __init__(self, site: Site, home: Path) -> None:
        pipe = home / "commands"
        os.mkfifo(pipe)
        env = site.env | {"XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home), "HOME": str(home)}
        code = "import runpy; runpy.run_module('tests.commands.hostile_run', run_name='__main__')"
        self.terminal = Terminal.start(str(pipe), env=env, code=code)
        self.commands = pipe.open("w")

    def run(self, words: list[str]) -> tuple[int, str]:
        """How the command ended, and what it wrote."""
        begun = len(self.terminal.written)
        self.commands.write(json.dumps(words) + "\n")
        self.commands.flush()
        self.terminal.until(lambda written: END.search(written, begun) is not None)
        found = END.search(self.terminal.written, begun)
        assert found is not None, bytes(self.terminal.written[begun:])
        return int(found[1]), bytes(self.terminal.written[begun : found.start()]).decode()

    def end(self) -> int:
        self.commands.close()
        return self.terminal.until_ended()


def test_no_byte_of_it_reaches_the_terminal_and_nothing_is_lost_without_a_mark(
    site_with: Callable[..., Site], spoiler: Spoiler, tmp_path: Path
) -> None:
    engineer = Engineer(site_with(world=World.sample(job_seconds=0)), tmp_path)
    shown_at_all = set()
    for words in COMMANDS:
        spoiler.key, spoiler.seen = "", set()
        status, text = engineer.run(words)
        assert status != 1, text
        for key in sorted(spoiler.seen - KEPT):
            for hostile in (SHORT, LONG):
                spoiler.key, spoiler.hostile = key, hostile
                status, text = engineer.run(words)
                assert_harmless(status, text, hostile, f"{words} with {key}")
                shown_at_all |= {key} if "⟦" in text else set()
    assert engineer.end() == 0
    assert shown_at_all >= {"clientName", "instanceName", "subclientName", "status", "errorMessage"}


def assert_harmless(status: int, text: str, hostile: str, what: str) -> None:
    assert (status != 1, "has a fault" in text, NEVER.findall(text)) == (True, False, []), f"{what}: {text}"
    whole = clean(hostile).rstrip("⟧")[:400]
    for part in text.replace("%2F", "/").split("⟦")[1:]:  # as paths show a slash
        assert f"⟦{part}".startswith(whole), f"{what}: {part[:500]}"
        assert "⟧" in part or "…" in part, f"{what}: {part[-200:]}"
