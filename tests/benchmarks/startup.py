"""How long somebody waits who has typed a command: whole processes, and first frames."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence

from tests.benchmarks.measure import Measure, Scale, at_most, benchmark, in_turns
from tests.benchmarks.processes import (
    has_tmux,
    installed_environment,
    seconds_of_run,
    seconds_to_answer,
    seconds_to_frame,
    seconds_to_frame_in_tmux,
)
from tests.running import PROGRAM, simulate

FIRST_WORDS = b"Asking the CommServe"
"""What the first frame of the demo says, in place of a tree that isn't there yet."""
_BARE_APP = """
from textual.app import App
from textual.widgets import Static

class Bare(App):
    def compose(self):
        yield Static("this is a frame")

Bare().run()
"""
_BARE = [sys.executable, "-c", _BARE_APP]
_TO_ANSWER = 5
"""Everything is loaded by then: the tree, every other place, HTTP. Peers have only their first frame by then."""
_FIRST_FRAME = "first frame of demo {}, against a bare Textual app"
Stopwatch = Callable[[Sequence[str], bytes, Mapping[str, str]], float]
"""From the start of a command until something is shown, in seconds."""


@benchmark("version")
def version(scale: Scale) -> Iterator[Measure]:
    """``--version``, which scripts ask for, and shells at every prompt of some people."""
    env = installed_environment()
    sides = in_turns(
        lambda: seconds_of_run([*PROGRAM, "--version"], env),
        lambda: seconds_of_run([sys.executable, "-c", "pass"], env),
        scale.of(whole=25, smoke=1),
    )
    yield Measure("--version, against `python -c pass`", at_most(4), sides.ratio, "x", sides.shown)


@benchmark("inventory")
def inventory(scale: Scale) -> Iterator[Measure]:
    """A whole command with 15 requests in it, against no more than the import of the official SDK."""
    with simulate() as commserve:
        env = installed_environment(**commserve.variables)
        sides = in_turns(
            lambda: seconds_of_run([*PROGRAM, "inventory", "--json"], env),
            lambda: seconds_of_run([sys.executable, "-c", "from cvpysdk.commcell import Commcell"], env),
            scale.of(whole=15, smoke=1),
        )
    yield Measure(
        "inventory --json of 12 clients, against importing cvpysdk", at_most(1.3), sides.ratio, "x", sides.shown
    )


@benchmark("first-frame")
def first_frame(scale: Scale) -> Iterator[Measure]:
    """The console, against the least that its toolkit can do: through tmux, and on a terminal of its own."""
    rounds = scale.of(whole=25, smoke=1)
    if has_tmux():
        yield _against_bare_app("in tmux", seconds_to_frame_in_tmux, rounds)
    else:
        yield Measure(_FIRST_FRAME.format("in tmux"), at_most(1.25), None, "x", "tmux is not installed")
    yield _against_bare_app("without tmux", seconds_to_frame, rounds)
    env = installed_environment()
    sides = in_turns(
        lambda: seconds_to_answer([*PROGRAM, "demo"], FIRST_WORDS, "?", b"EVERYWHERE", env),
        lambda: seconds_to_frame(_BARE, b"this is a frame", env),
        scale.of(whole=9, smoke=1),
    )
    what = "a key typed at the first frame answered, against a bare app's first frame"
    yield Measure(what, at_most(_TO_ANSWER), sides.ratio, "x", sides.shown)


def _against_bare_app(where: str, seconds: Stopwatch, rounds: int) -> Measure:
    env = installed_environment()
    sides = in_turns(
        lambda: seconds([*PROGRAM, "demo"], FIRST_WORDS, env),
        lambda: seconds(_BARE, b"this is a frame", env),
        rounds,
    )
    return Measure(_FIRST_FRAME.format(where), at_most(1.25), sides.ratio, "x", sides.shown)
