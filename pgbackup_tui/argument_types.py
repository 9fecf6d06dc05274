"""What the words behind an option may be; each raises ArgumentTypeError with what it has to be."""

from __future__ import annotations

import argparse
import math

_JOB_ID_LIMIT = 2**63


def never_a_token(_text: str) -> str:
    """Refuses a token on the command line, where every user of the machine can read it, without repeating it."""
    raise argparse.ArgumentTypeError("a token is never an argument: use --token-fd, --token-command or a variable")


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


def milliseconds(text: str) -> float:
    """Milliseconds, a fraction too."""
    return _number(text, "milliseconds")


def _number(text: str, unit: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1e9:
        raise argparse.ArgumentTypeError(f"this has to be a number of {unit}")
    return number
