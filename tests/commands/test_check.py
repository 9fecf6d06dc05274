"""``check``: a gate that says whether the backup that is wanted exists already."""

from __future__ import annotations

import json

import pytest

from tests.commands.conftest import Site

FILES = "pg-pay-01/main/FS*"
KEYS = ["enough", "max_age_seconds", "level", "source", "as_of", "subclients"]
ROW_KEYS = [
    "path",
    "subclient_id",
    "enough",
    "reason",
    "job_id",
    "level",
    "status",
    "started",
    "ended",
    "size_bytes",
]


def test_a_backup_of_the_night_is_enough_for_a_day_and_not_for_a_minute(site: Site) -> None:
    day = site.run("check", FILES, "--max-age", "2d", "--level", "full", "--json")
    assert (day.status, list(day.report), day.report["enough"]) == (0, KEYS, True)
    assert isinstance(day.report["subclients"], list)
    assert [list(row) for row in day.report["subclients"]] == [ROW_KEYS]
    minute = site.run("check", FILES, "--max-age", "1m")
    assert (minute.status, "too old" in minute.out, "1 of 1 subclient" in minute.err) == (7, True, True)
    assert "POST Jobs" in minute.err


def test_the_limit_is_said_with_its_units(site: Site) -> None:
    assert "started in the last 4 weeks, by" in site.run("check", FILES, "--max-age", "4w").err


def test_one_that_lacks_it_is_enough_for_a_no(site: Site) -> None:
    done = site.run("check", FILES, "pg-sla-missed-01/*/FS*", "--max-age", "2d", "--json")
    rows = done.report["subclients"]
    assert isinstance(rows, list)
    assert (done.status, [row["enough"] for row in rows]) == (7, [True, False, False])


def test_a_backup_that_was_just_made_counts_and_one_request_asks_for_all(site: Site) -> None:
    assert site.run("backup", FILES, "--level", "FULL", "--yes", "--wait").status == 0
    before = len(site.server.received)
    assert site.run("check", FILES, "--max-age", "5m", "--level", "FULL").status == 0
    asked = [request for request in site.server.received[before:] if request.path.endswith("/Jobs")]
    assert [json.loads(request.body)["jobFilter"]["clientList"] for request in asked] == [[{"clientId": 1001}]]


@pytest.mark.parametrize(
    "words",
    [
        [FILES],
        [FILES, "--max-age", "0h"],
        [FILES, "--max-age", "4"],
        [FILES, "--max-age", "91d"],
        ["--max-age", "4h"],
    ],
)
def test_words_that_say_no_age_or_no_pattern_are_usage(site: Site, words: list[str]) -> None:
    assert site.run("check", *words).status == 2


def test_a_pattern_that_matches_nothing_is_an_error_and_no_yes(site: Site) -> None:
    assert site.run("check", "nothing-of-the-kind", "--max-age", "4h").status == 2
