"""Real keyrings, or the reason why there are none here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pgbackup_tui.credentials.kernel import KernelKeyring
from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.simulator.world import World
from tests.desktop import PASSWORD, Desktop, desktop, missing
from tests.needed import skip_or_fail

USER, USER_PASSWORD = "jane", "correct horse"
REQUIRED = "CI_REQUIRES_KEYRING"
"""Set where these tests have to run: what is missing there is a failure."""


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Desktop]:
    """A session without any keyring in it yet."""
    if missing():
        skip_or_fail(f"{' and '.join(missing())} not installed", REQUIRED)
    with desktop(tmp_path) as started:
        yield started


@pytest.fixture
def unlocked(session: Desktop) -> Desktop:
    """A session whose login keyring is unlocked."""
    session.start_keyring(PASSWORD)
    return session


@pytest.fixture
def locked(unlocked: Desktop) -> Desktop:
    """A session of the next day: the login keyring is there, and nobody has unlocked it."""
    unlocked.end_keyring()
    unlocked.start_keyring()
    return unlocked


@pytest.fixture
def kernel() -> KernelKeyring:
    """The kernel keyring of whoever runs the tests."""
    store = KernelKeyring()
    state = store.state()
    if not state.is_ready:
        pytest.skip(state.words)
    return store


@pytest.fixture
def server() -> Iterator[SimulatedCommServe]:
    with SimulatedCommServe(World.sample(users={USER: USER_PASSWORD}, job_seconds=0.2)) as started:
        yield started
