"""Runs the program again and again in this process, and each time one of its calls raises with everything it knows.

Given on the command line: the first and the last of the points, and how many are between two of them. What is
raised carries the locals of the call and of its callers, so that whatever prints it prints the token.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import FrameType

from pgbackup_tui.cli import main
from pgbackup_tui.secret import Secret

WATCHED = ("pgbackup_tui", "httpx", "httpcore", "h11", "msgspec", "truststore", "json")
NOT_WATCHED = ("pgbackup_tui/cli.py", "pgbackup_tui/crash.py", "pgbackup_tui/secret.py")
MOST_FRAMES = 20


class Boom(Exception):  # noqa: N818
    """What no part of the program expects."""


class Countdown:
    """Raises at a call by its number, counted over the whole run."""

    def __init__(self, at: int) -> None:
        self.left = at
        self.where = ""

    def __call__(self, frame: FrameType, event: str, _argument: object) -> None:
        path = frame.f_code.co_filename
        if event != "call" or not any(name in path for name in WATCHED) or path.endswith(NOT_WATCHED):
            return
        self.left -= 1
        if self.left == 0:
            sys.setprofile(None)
            self.where = f"{Path(path).name}:{frame.f_code.co_name}"
            raise Boom(everything_in_sight(frame))


def everything_in_sight(frame: FrameType | None) -> str:
    """The locals of the call and of all its callers, tokens revealed where they are objects that hide them."""
    words = [f"token={os.environ.get('CANARY', '')}"]
    for _ in range(MOST_FRAMES):
        if frame is None:
            break
        words += [
            f"{name}={value!r}" for name, value in frame.f_locals.items() if isinstance(value, (str, bytes, dict))
        ]
        words += [found.reveal() for found in frame.f_locals.values() if isinstance(found, Secret)]
        frame = frame.f_back
    return "\n".join(words)


def run_to(point: int, words: list[str], token: str) -> tuple[int, str]:
    """One run that crashes at the point, if it gets so far."""
    os.environ["PGBACKUP_TUI_TOKEN"] = token
    # What an earlier crash left unsettled would refuse this one: each has a state of its own, in the searched home.
    os.environ["PGBACKUP_TUI_STATE_DIR"] = str(Path.home() / f"state-{point}")
    countdown = Countdown(point)
    sys.setprofile(countdown)
    try:
        status = main(words)
    except SystemExit as ended:
        status = int(ended.code or 0)
    finally:
        sys.setprofile(None)
    return status, countdown.where


if __name__ == "__main__":
    first, last, step, *command = sys.argv[1:]
    canary = os.environ.pop("PGBACKUP_TUI_TOKEN")
    os.environ["CANARY"] = canary
    for number in range(int(first), int(last), int(step)):
        ended_with, place = run_to(number, command, canary)
        print(f"POINT {number} {ended_with} {place}", flush=True)  # noqa: T201
        if not place:
            break
