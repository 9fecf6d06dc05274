"""What a benchmark is: a function that yields measures, each a ratio or a count with the limit it has to keep.

A machine is never fast or slow by itself here: a time is always divided by another time of the same run.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Literal


class Kind(Enum):
    """What a figure depends on."""

    COUNT = "count"
    """Of the program alone: wrong is wrong, on every machine and in the smallest run."""
    TIMING = "timing"
    """Of the machine and its load, too: shown in a smoke run, judged in a whole one."""


@dataclass(frozen=True, slots=True)
class Target:
    """The limit of a figure."""

    sense: Literal["at most", "at least", "exactly"]
    limit: float

    def met_by(self, value: float) -> bool:
        """Whether a figure keeps it."""
        match self.sense:
            case "at most":
                return value <= self.limit
            case "at least":
                return value >= self.limit
            case "exactly":
                return value == self.limit


def at_most(limit: float) -> Target:
    """A limit from above."""
    return Target("at most", limit)


def at_least(limit: float) -> Target:
    """A limit from below."""
    return Target("at least", limit)


def exactly(limit: float) -> Target:
    """A count that has to be this one."""
    return Target("exactly", limit)


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the table."""

    what: str
    """What was measured, and against what: ``--version against python -c pass``."""
    target: Target
    value: float | None
    """The ratio or the count; None where it could not be measured, and then ``measured`` says why."""
    unit: str
    """Of the value: ``x`` for a ratio, else what is counted: ``requests``, ``B``, ``MB``, ``ms``."""
    measured: str = ""
    """What the value was made of: ``41 ms / 12 ms, median of 9``."""
    kind: Kind = Kind.TIMING

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where nothing was measured."""
        return None if self.value is None else self.target.met_by(self.value)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much a run does."""

    smoke: bool = False
    """Small sizes: to see that everything still runs, and that the counts are right."""

    def of(self, whole: int, smoke: int) -> int:
        """A size: of a whole run, and of a smoke run."""
        return smoke if self.smoke else whole


Benchmark = Callable[[Scale], Iterator[Measure]]

BENCHMARKS: dict[str, Benchmark] = {}
"""By name, in the order in which they were declared; each module beside this one adds its own."""


def benchmark(name: str) -> Callable[[Benchmark], Benchmark]:
    """Declares a benchmark under the name that ``--only`` takes."""

    def declare(function: Benchmark) -> Benchmark:
        assert name not in BENCHMARKS, f"two benchmarks are called {name}"
        BENCHMARKS[name] = function
        return function

    return declare


@dataclass(frozen=True, slots=True)
class Sides:
    """Two things that were measured in turns, in seconds each."""

    ours: tuple[float, ...]
    theirs: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """Ours by theirs, medians."""
        return self.seconds / statistics.median(self.theirs)

    @property
    def seconds(self) -> float:
        """Ours alone, the median."""
        return statistics.median(self.ours)

    @property
    def shown(self) -> str:
        """Both medians, in words."""
        ours, theirs = (statistics.median(side) * 1000 for side in (self.ours, self.theirs))
        return f"{ours:,.1f} ms / {theirs:,.1f} ms, medians of {len(self.ours)}"


def in_turns(ours: Callable[[], float], theirs: Callable[[], float], rounds: int) -> Sides:
    """Measures two things in turns, so that a neighbour's load falls on both; the first of each is thrown away.

    Each returns what it took, in seconds.
    """
    pairs = [(ours(), theirs()) for _ in range(rounds + 1)][1:]
    return Sides(tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs))
