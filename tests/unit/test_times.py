"""Times as people read them."""

from __future__ import annotations

import pytest

from pgbackup_tui.times import span


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (-3, "0 s"),
        (10.9, "10 s"),
        (60, "1 min"),
        (90, "1 min 30 s"),
        (4 * 3600, "4 h"),
        (6 * 3600 + 10 * 60 + 59, "6 h 10 min"),
        (86_400, "24 h"),
        (2 * 86_400 + 4 * 3600, "2 days 4 h"),
        (7 * 86_400, "7 days"),
        (28 * 86_400, "4 weeks"),
        (30 * 86_400, "30 days"),
    ],
)
def test_ages_and_limits_name_their_units(seconds: float, words: str) -> None:
    assert span(seconds) == words
