"""What some tests need of the machine: where it is missing they are skipped, or fail if they have to run there."""

from __future__ import annotations

import os

import pytest


def skip_or_fail(reason: str, required: str) -> None:
    """Skips the test with the reason; fails it where the environment variable ``required`` is set."""
    if os.environ.get(required):
        pytest.fail(f"{reason}, and {required} is set")
    pytest.skip(reason)
