"""What the words behind an option may be; each raises ArgumentTypeError with what it has to be."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_JOB_ID_LIMIT = 2**63
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_OLDEST = 90 * 86_400


def never_a_token(_text: str) -> str:
    """Refuses a token on the command line, where every user of the machine can read it, without repeating it."""
    raise argparse.ArgumentTypeError("a token is never an argument: use --token-fd, --token-command or a variable")


def path(text: str) -> Path:
    """The path of a file or folder; imported here, because --help and --version need none."""
    from pathlib import Path

    return Path(text)


def _whole_number(text: str, lowest: int, highest: int) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 20 or not lowest <= int(text) <= highest:
        raise argparse.ArgumentTypeError(f"this has to be a whole number from {lowest} to {highest}")
    return int(text)


def positive(text: str) -> int:
    """A whole number from 1 to a million."""
    return _whole_number(text, 1, 1_000_000)


def job_id(text: str) -> int:
    """The id of a job, as any CommServe can have given it."""
    return _whole_number(text, 1, _JOB_ID_LIMIT - 1)


def port(text: str) -> int:
    """A port of this machine; 0 for a free one."""
    return _whole_number(text, 0, 65535)


def descriptor(text: str) -> int:
    """An open file descriptor."""
    return _whole_number(text, 0, 65535)


def seconds(text: str) -> float:
    """Seconds, a fraction too."""
    return _number(text, "seconds")


def age(text: str) -> int:
    """How old something may be, in seconds: ``4h``, ``90m``, ``1d``; at most 90 days."""
    found = re.fullmatch(r"([0-9]{1,8})([smhdw])", text.strip().lower())
    total = int(found[1]) * _UNITS[found[2]] if found else 0
    if not 0 < total <= _OLDEST:
        raise argparse.ArgumentTypeError("this has to be a number with s, m, h, d or w, such as 4h; 90d at most")
    return total


def milliseconds(text: str) -> float:
    """Milliseconds, a fraction too."""
    return _number(text, "milliseconds")


class ScenarioAction(argparse.Action):
    """Takes the name of a scenario of the simulated CommServe; ``help``, and a wrong name, list them."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        option_string: str | None = None,  # noqa: ARG002  # argparse gives it
    ) -> None:
        from pgbackup_tui.simulator.scenarios import listed, scenario_named

        name = str(values)
        if name == "help":
            print(listed())  # noqa: T201
            parser.exit()
        if not name or scenario_named(name) is None:
            raise argparse.ArgumentError(self, f"there is no scenario of that name; there are\n{listed()}")
        setattr(namespace, self.dest, name)


def _number(text: str, unit: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1e9:
        raise argparse.ArgumentTypeError(f"this has to be a number of {unit}")
    return number
