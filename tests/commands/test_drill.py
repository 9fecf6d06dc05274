"""The drill of the README: its very lines, in a shell."""

from __future__ import annotations

import re
import shlex
import socket
import subprocess
from pathlib import Path

import pytest

from tests.running import LONGEST, PROGRAM, environment

DRILL = Path(__file__).with_name("drill.sh").read_text(encoding="utf-8")
README = Path(__file__).resolve().parents[2] / "README.md"
MARKER = "<!-- the drill -->"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.fixture
def path_with_the_program(tmp_path: Path) -> str:
    program = tmp_path / "bin" / "pgbackup-tui"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.join(PROGRAM)} "$@"\n', encoding="utf-8")
    program.chmod(0o700)
    return f"{program.parent}:{environment()['PATH']}"


def steps(printed: str) -> list[str]:
    """What was printed up to each exit status, that included."""
    return re.findall(r".*?exit status \d+", printed, re.DOTALL)


def test_every_line_of_the_drill_does_what_it_says(path_with_the_program: str, tmp_path: Path) -> None:
    env = environment(PATH=path_with_the_program, TMPDIR=str(tmp_path))
    script = DRILL.replace("8400", str(free_port()))
    # monitor mode, as at a prompt: it is what gives a job the name %1
    done = subprocess.run(
        ["bash", "-m", "-c", f"exec 2>&1\n{script}"],
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    unknown, refused, found, followed, evidence = steps(done.stdout)
    assert "UNKNOWN whether the backup was started" in unknown
    assert unknown.endswith("exit status 6")
    assert "an earlier request is not settled" in refused
    assert refused.endswith("exit status 10")
    assert re.search(r"^\S+  unknown ", found, re.MULTILINE), "history says so"
    assert re.search(r"found as job \d+\nexit status 0$", found)
    assert followed.endswith("GO: every job is Completed.\nexit status 0")
    assert "# Backup evidence: GO" in evidence
    assert "was cut before an answer came" in evidence
    assert evidence.endswith("exit status 0")
    assert "Traceback" not in done.stdout
    assert [left.name for left in tmp_path.iterdir()] == ["bin"], "nothing is left behind"


def test_the_readme_has_the_drill_word_for_word() -> None:
    text = README.read_text(encoding="utf-8")
    if MARKER not in text:
        pytest.skip("the README has no drill yet")
    assert f"{MARKER}\n```sh\n{DRILL}```\n" in text
