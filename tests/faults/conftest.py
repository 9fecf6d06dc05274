"""A rig for each test, whose time passes only when the test says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.rig import Engineer, Rig, rig_in


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """A simulated CommServe with jobs of an hour."""
    with rig_in(tmp_path) as made:
        yield made


@pytest.fixture
def engineer(rig: Rig) -> Engineer:
    """Somebody who starts backups there."""
    return rig.engineer()
