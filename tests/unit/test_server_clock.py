"""The CommServe's clock, from the Date header of its answers."""

from __future__ import annotations

import pytest

from pgbackup_tui.commserve.server_clock import ServerClock


def test_it_goes_on_from_the_last_date_by_the_monotonic_clock() -> None:
    passed = [100.0]
    clock = ServerClock(lambda: passed[0])
    assert clock.now() is None
    clock.note("Mon, 23 Nov 2026 03:12:00 GMT")
    passed[0] += 7.5
    assert clock.now() == 1_795_403_527.5


@pytest.mark.parametrize(
    "date", ["", "now", "Mon, 99 Nov 2026 03:12:00 GMT", "Mon, 23 Nov 99999 03:12:00 GMT", "\x00"]
)
def test_what_is_no_date_changes_nothing(date: str) -> None:
    clock = ServerClock(lambda: 0.0)
    clock.note(date)
    assert clock.now() is None
