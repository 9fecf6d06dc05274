"""The first frame against two good consoles of the same toolkit, each installed for this alone."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.measure import Measure, Scale, at_most, benchmark, in_turns
from tests.benchmarks.processes import installed_environment, seconds_to_frame
from tests.benchmarks.startup import FIRST_WORDS
from tests.running import PROGRAM

_LIMIT = 0.4
_PATIENCE = 600.0
"""Seconds that pip may take."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another console."""

    name: str
    requirements: tuple[str, ...]
    first_words: bytes
    """What its first frame says."""


_RIVALS = (
    Rival("harlequin", ("harlequin",), b"Query Editor"),
    Rival("posting", ("posting", "tree-sitter==0.25.2"), b"Collection"),
)


@benchmark("consoles")
def consoles(scale: Scale) -> Iterator[Measure]:
    """Not in a smoke run: it installs them."""
    for rival in () if scale.smoke else _RIVALS:
        with tempfile.TemporaryDirectory(prefix="console-") as folder:
            yield _against(rival, Path(folder))


def _against(rival: Rival, folder: Path) -> Measure:
    what = f"first frame of demo, against {rival.name}"
    env = installed_environment(HOME=str(folder), XDG_CONFIG_HOME=str(folder), XDG_DATA_HOME=str(folder))
    try:
        _install(rival, folder)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        return Measure(what, at_most(_LIMIT), None, "x", f"pip could not install it: {error}")
    sides = in_turns(
        lambda: seconds_to_frame([*PROGRAM, "demo"], FIRST_WORDS, env),
        lambda: seconds_to_frame([str(folder / "bin" / rival.name)], rival.first_words, env),
        rounds=7,
    )
    return Measure(what, at_most(_LIMIT), sides.ratio, "x", sides.shown)


def _install(rival: Rival, folder: Path) -> None:
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(folder / "bin" / "pip"), "install", "--quiet", *rival.requirements],
    ):
        subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE)
