"""A terminal for each test, or the reason why there is none here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.needed import skip_or_fail
from tests.person.pane import Pane, missing, pane

REQUIRED = "CI_REQUIRES_TMUX"
"""Set where these tests have to run: what is missing there is a failure."""


@pytest.fixture(autouse=True)
def _needs_a_terminal() -> None:
    if missing():
        skip_or_fail(f"{' and '.join(missing())} not installed", REQUIRED)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Pane]:
    """A terminal of 80x24."""
    with pane(tmp_path, (80, 24)) as opened:
        yield opened
