"""What the README says is so: its lines run, and its tables name what there is."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pgbackup_tui.arguments import build_parser
from pgbackup_tui.commands.exits import ExitStatus
from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.simulator.world import World
from pgbackup_tui.tui.actions import Place, actions_at
from tests.running import LONGEST, PROGRAM, environment

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCED = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROSE = FENCED.sub("", README)

ELSEWHERE = {
    "python3 -m venv .venv && .venv/bin/pip install -q . ": ".ci/run runs it in a fresh clone",
    "python3 -m venv .venv && .venv/bin/pip install -q -e ": ".ci/run runs it; it is what runs these tests",
    ".venv/bin/python -m tests.build_single_file ": "test_single_file.py builds it, and runs it without a network",
}
"""How lines begin that are not run here, and why."""
CHANGED = {
    "login commandcenter.example.com": (
        "login $PGBACKUP_TUI_URL --token-fd 0 --store none <token",
        "nobody answers at example.com, and nobody is there to type a token",
    ),
    "--wait --ticket CHG0012345": ("--wait --ticket CHG0012345 --yes", "nobody is there to be asked"),
    "20261124T031502-7f3a9c12": ("$(cat attempt)", "the attempt is that of the line before"),
    "--port 8400": ("--port 0", "the port may be taken"),
}
"""What is written in another way to be run here, and why. Everything else is run as it stands."""
SERVES = "pgbackup-tui simulate"
"""How lines begin that run until a signal."""
NO_ROW = {
    "console": "it is what the program does without a command",
    "names": "the completion scripts ask it, nobody types it",
}
"""Commands that the README's table doesn't have, and why."""
OTHER_PROGRAMS = {"--runs": "of the campaign of drawn faults", "--check": "of the pictures"}
"""Options in the README that are none of this program's, and whose."""


def section(heading: str) -> str:
    """The part of the README under a heading, down to the next one that is no lower."""
    level = heading.split(" ")[0]
    _, _, below = README.partition(f"\n{heading}\n")
    assert below, heading
    return re.split(rf"\n#{{2,{len(level)}}} ", below)[0]


def shell_lines() -> list[str]:
    """The lines of every ``sh`` block but the drill's, which test_drill.py runs as one, from top to bottom."""
    blocks = re.findall(r"(?<!<!-- the drill -->\n)^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def rows(first_heading: str) -> Iterator[list[str]]:
    """The rows of the table whose first column has this heading, as their cells."""
    _, _, below = README.partition(f"\n| {first_heading} |")
    assert below, first_heading
    for line in below.splitlines()[2:]:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split(" | ")]


def code(text: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", text)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who types the README's lines at a shell, in a folder that has what they name."""

    folder: Path
    server: SimulatedCommServe

    def __post_init__(self) -> None:
        self.script("bin/pgbackup-tui", f'exec {shlex.join(PROGRAM)} "$@"')
        self.script("deploy", "echo deployed >> deployments")
        (self.folder / "token").write_text(self.server.token, encoding="utf-8")

    def script(self, name: str, words: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{words}\n", encoding="utf-8")
        path.chmod(0o700)

    @property
    def env(self) -> dict[str, str]:
        known = environment(
            HOME=str(self.folder),
            XDG_CONFIG_HOME=str(self.folder),
            PGBACKUP_TUI_URL=self.server.url,
            PGBACKUP_TUI_TOKEN=self.server.token,
            PGBACKUP_TUI_STATE_DIR=str(self.folder / "state"),
            PYTHONPATH=str(ROOT),
        )
        return known | {"PATH": f"{self.folder / 'bin'}:{known['PATH']}"}

    def types(self, line: str) -> None:
        """Runs a line to its end, which has to be a good one."""
        done = subprocess.run(
            ["bash", "-euc", line],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"

    def starts_and_ends(self, line: str) -> None:
        """Runs a line that serves, reads where, and ends it."""
        with subprocess.Popen(
            ["bash", "-euc", f"exec {line}"], cwd=self.folder, env=self.env, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                assert process.stdout is not None
                assert set(json.loads(process.stdout.readline())) == {"url", "token"}, line
            finally:
                process.terminate()
            assert process.wait(LONGEST) == 128 + 15

    def notes_the_last_attempt(self) -> None:
        self.types("pgbackup-tui history --json > history")
        attempts = json.loads((self.folder / "history").read_text(encoding="utf-8"))
        if attempts:
            (self.folder / "attempt").write_text(attempts[0]["attempt"], encoding="utf-8")


def test_every_line_runs_from_top_to_bottom(tmp_path: Path) -> None:
    with SimulatedCommServe(World.sample(job_seconds=0.2)) as server:
        reader = Reader(tmp_path, server)
        for line in shell_lines():
            if line.startswith(tuple(ELSEWHERE)):
                continue
            for written, (instead, _why) in CHANGED.items():
                line = line.replace(written, instead)
            if line.startswith(SERVES):
                reader.starts_and_ends(line)
                continue
            reader.types(line)
            reader.notes_the_last_attempt()
    assert (tmp_path / "deployments").read_text() == "deployed\n" * 2
    assert (tmp_path / "CHG0012345.md").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("treated", [*ELSEWHERE, *CHANGED, SERVES])
def test_what_is_treated_in_another_way_is_in_the_readme(treated: str) -> None:
    assert any(treated in line for line in shell_lines())


def test_the_lines_that_are_run_elsewhere_are_run_there() -> None:
    marks = re.findall(r"<!-- (the \w+ line) -->\n```sh\n(.*)\n", README)
    assert [line.startswith(tuple(ELSEWHERE)) for _, line in marks] == [True, True]
    runs = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert all(f"line_of '{mark}'" in runs for mark, _ in marks)


def test_every_exit_status_has_its_row() -> None:
    said = [cells[0] for cells in rows("exit status")]
    assert said == [*(str(status.value) for status in ExitStatus), "128+n"]


def subparsers() -> dict[str, argparse.ArgumentParser]:
    (commands,) = (action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction))
    return dict(commands.choices)


def test_every_command_has_its_row() -> None:
    first_words = {words.split()[0] for cells in rows("command") for words in code(cells[0])}
    assert {word for word in first_words if word.islower()} == subparsers().keys() - NO_ROW.keys()


def test_every_option_exists() -> None:
    named = {
        option
        for words in [*code(PROSE), *shell_lines()]
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", words)
    }
    there = {option for parser in subparsers().values() for option in parser._option_string_actions}
    assert named - there - {"--help", "--version"} == set(OTHER_PROGRAMS)


@pytest.mark.parametrize("cells", list(rows("place")), ids=lambda cells: cells[0].split()[0])
def test_every_key_of_a_place_exists(cells: list[str]) -> None:
    place = Place(cells[0].split()[0].lower())
    keys = {action.shown_key for action in actions_at(place)}
    assert set(code(cells[0])) | set(code(cells[2])) <= keys


def architecture() -> list[str]:
    """The numbered paragraphs of the architecture, each about some rooms."""
    return re.findall(
        r"^\d+\. (.*(?:\n   .*)*)", section("## Architecture: a walk of one backup through the rooms"), re.M
    )


@pytest.mark.parametrize("paragraph", architecture(), ids=lambda paragraph: code(paragraph)[0])
def test_every_file_of_the_architecture_is_where_it_is_said_to_be(paragraph: str) -> None:
    package = ROOT / "pgbackup_tui"
    named = [name for name in code(paragraph) if re.fullmatch(r"[\w/]+(?:\.py|/)", name)]
    assert named
    rooms = [package / name for name in named if name.endswith("/") and (package / name).is_dir()]
    places = [package, ROOT, *rooms, *(path for room in rooms for path in room.rglob("*") if path.is_dir())]
    assert [name for name in named if not any((place / name).exists() for place in places)] == []


def test_every_other_path_exists() -> None:
    named = {name for name in code(PROSE) if re.fullmatch(r"(?:tests|screenshots|pgbackup_tui)/[\w/.-]+", name)}
    linked = set(re.findall(r"\]\(([\w/.-]+)\)", README))
    assert [name for name in sorted(named | linked) if not (ROOT / name).exists()] == []
