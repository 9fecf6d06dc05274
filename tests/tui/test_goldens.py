"""What the console looks like at every moment of the story, in three sizes, as text that a diff can show.

A change that is meant is written into the goldens, and then read in the diff like code:

    PGBACKUP_TUI_GOLDENS=write python -m pytest tests/tui/test_goldens.py
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.more_stories import MOMENTS, SIZES
from tests.pictures import same_everywhere, without_port

GOLDENS = Path(__file__).with_name("goldens")
WRITES = os.environ.get("PGBACKUP_TUI_GOLDENS") == "write"


@pytest.fixture(autouse=True)
def _same_everywhere() -> Iterator[None]:
    with same_everywhere():
        yield


@pytest.mark.parametrize("name", MOMENTS)
async def test_every_size_of_the_screen_is_as_it_was_agreed(name: str) -> None:
    shown: dict[str, str] = {}
    async for (width, height), console in MOMENTS[name].in_sizes(SIZES):
        shown[f"{name}-{width}x{height}.txt"] = without_port(await console.screen())
    if WRITES:
        GOLDENS.mkdir(exist_ok=True)
        for golden, screen in shown.items():
            (GOLDENS / golden).write_text(screen, encoding="utf-8")
    for golden, screen in shown.items():
        assert screen == (GOLDENS / golden).read_text(encoding="utf-8"), golden
