"""What a server says of how often it wants to be asked, garbage too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgbackup_tui.commserve.answer import Answer
from pgbackup_tui.commserve.throttle import fair_interval, is_saas, retry_after

NOW = 1_795_403_520.0
"""Mon, 23 Nov 2026 03:12:00 GMT."""


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        (" 8 ", 8.0),
        ("300", 300.0),
        ("301", 300.0),
        ("9" * 40, 300.0),
        ("Mon, 23 Nov 2026 03:12:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 03:11:00 GMT", 0.0),
        ("Mon, 23 Nov 2099 03:11:00 GMT", 300.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5e9", None),
        ("٣", None),
        ("Mon, 99 Nov 2026 03:12:30 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_never_more_than_five_minutes(
    header: str, seconds: float | None
) -> None:
    assert retry_after(header, NOW) == seconds


@given(st.text())
def test_garbage_in_these_headers_ends_in_no_crash(header: str) -> None:
    told = retry_after(header, NOW)
    assert told is None or 0 <= told <= 300
    assert 0 <= fair_interval(header, header) <= 600


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
@pytest.mark.parametrize("body", [b'{"errorCode": 1, "errorMessage": "no"}', b"<html>busy</html>"])
def test_every_refusal_carries_when_to_ask_again(status: int, body: bytes) -> None:
    assert Answer("GET Job/1", status, "text/html", body, retry_after="8").refusal().retry_after == 8.0


@pytest.mark.parametrize(
    ("limit", "period", "seconds"),
    [("1000", "3600", 30.0), ("1000", "1 hour", 30.0), ("", "3600", 0.0), ("0", "60", 0.0), ("nan", "x", 0.0)],
)
def test_an_eighth_of_a_limit_is_taken_for_following(limit: str, period: str, seconds: float) -> None:
    assert fair_interval(limit, period) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("https://m034.metallic.io/commandcenter/api/", True),
        ("https://M034.METALLIC.IO/webconsole/api/", True),
        ("https://metallic.io.example.com/commandcenter/api/", False),
        ("https://notmetallic.io/commandcenter/api/", False),
        ("https://commandcenter.example.com/commandcenter/api/", False),
    ],
)
def test_a_saas_address_is_known_by_its_domain(base: str, expected: bool) -> None:
    assert is_saas(base) is expected
