"""The PATTERN language: what a person types, and which subclients are meant."""

from __future__ import annotations

import pytest

from pgbackup_tui.estate.model import Subclient
from pgbackup_tui.estate.patterns import Pattern, PatternError, parse_patterns, pattern_of, select
from pgbackup_tui.estate.reading import clients_needed
from tests.unit.estates import DUMPS, FILES, estate_of, subclient

PAY_FILES = subclient(1)
PAY_DUMPS = subclient(2, backupset=DUMPS)
PAY_ARCHIVE = subclient(3, instance="archive")
LEDGER = subclient(4, client="PG-Ledger-01")
ODD = subclient(5, client="pg[odd]", instance="a/b", name="name\nof two lines")
ESTATE = estate_of(PAY_FILES, PAY_DUMPS, PAY_ARCHIVE, LEDGER, ODD)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("pg-pay-*", [PAY_FILES, PAY_DUMPS, PAY_ARCHIVE]),
        ("PG-PAY-01/MAIN", [PAY_FILES, PAY_DUMPS]),
        ("pg-ledger-01", [LEDGER]),
        ("*/*/FSBasedBackupSet", [PAY_FILES, PAY_ARCHIVE, LEDGER, ODD]),
        ("*/*/dump*/default", [PAY_DUMPS]),
        ("pg-pay-0[12]/archive", [PAY_ARCHIVE]),
        ("pg[[]odd]", [ODD]),
        ("*/a?b", [ODD]),
        ("*/*/*/name*lines", [ODD]),
        ("id:2000004", [LEDGER]),
        ("ID:2000004", [LEDGER]),
        ("*", [PAY_FILES, PAY_DUMPS, PAY_ARCHIVE, LEDGER, ODD]),
    ],
)
def test_a_pattern_means_these_subclients(pattern: str, expected: list[Subclient]) -> None:
    assert [found.path for found in select(ESTATE, [Pattern.parse(pattern)])] == [found.path for found in expected]


def test_several_patterns_choose_each_subclient_once_in_the_estates_order() -> None:
    chosen = select(ESTATE, parse_patterns(["pg-ledger-01", "pg-pay-01/main", "pg-pay-01"]))
    assert [found.subclient_id for found in chosen] == [2000001, 2000002, 2000003, 2000004]


def test_no_pattern_is_everything() -> None:
    assert len(select(ESTATE, ())) == 5


@pytest.mark.parametrize("pattern", ["pg-pay", "pg[odd]", "pg-pay-01/main/FSBasedBackupSet/other", "id:1"])
def test_a_pattern_that_matches_nothing_is_an_error_that_names_it(pattern: str) -> None:
    with pytest.raises(PatternError) as refused:
        select(ESTATE, parse_patterns(["*", pattern]))
    assert pattern in refused.value.problem
    assert "“*”" not in refused.value.problem
    assert "inventory" in refused.value.advice


def test_in_an_empty_estate_the_error_speaks_of_rights() -> None:
    with pytest.raises(PatternError, match="no PostgreSQL client to this user"):
        select(estate_of(), parse_patterns(["*"]))


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("a/b/c/d/e", "5 parts"),
        ("", "where the client should be"),
        ("a//c", "where the instance should be"),
        ("/main", "where the client should be"),
        ("id:", "not an id"),
        ("id:12x", "not an id"),
        ("id:-5", "not an id"),
        ("id:99999999999999999999999", "not an id"),
    ],
)
def test_a_pattern_that_can_not_be_read_is_refused_with_the_reason(pattern: str, problem: str) -> None:
    with pytest.raises(PatternError, match=problem) as refused:
        Pattern.parse(pattern)
    assert refused.value.advice


def test_many_stars_are_matched_without_delay() -> None:
    pattern = Pattern.parse("*a*a*a*a*a*a*a*a*a*a*b")
    assert not pattern.matches(subclient(client="a" * 500))


@pytest.mark.parametrize(
    ("patterns", "clients"),
    [
        (["pg-pay-*"], ["pg-pay-01"]),
        (["*/archive"], ["pg-pay-01"]),
        (["pg-ledger-01/none"], []),
        (["*/*/FSBasedBackupSet"], ["pg-pay-01", "PG-Ledger-01", "pg[odd]"]),
        (["id:2000001"], []),
        ([], ["pg-pay-01", "PG-Ledger-01", "pg[odd]"]),
    ],
)
def test_only_clients_that_a_pattern_can_match_are_read(patterns: list[str], clients: list[str]) -> None:
    needed = [found.client for found in clients_needed(ESTATE, parse_patterns(patterns))]
    assert list(dict.fromkeys(needed)) == clients


def test_a_slash_in_a_name_is_escaped_in_the_path() -> None:
    assert ODD.path == f"pg[odd]/a%2Fb/{FILES}/name\nof two lines"


@pytest.mark.parametrize("meant", [PAY_FILES, PAY_DUMPS, PAY_ARCHIVE, LEDGER, ODD], ids=lambda found: found.path)
def test_the_pattern_of_a_subclient_means_it_and_no_other(meant: Subclient) -> None:
    assert select(ESTATE, [Pattern.parse(pattern_of(meant))]) == (meant,)


def test_the_pattern_of_a_subclient_can_be_read_by_a_person() -> None:
    assert pattern_of(PAY_DUMPS) == f"pg-pay-01/main/{DUMPS}/default"
    assert pattern_of(subclient(9, client="pg*[1]?", instance="a/b")) == f"pg[*][[]1][?]/a?b/{FILES}/default"


@pytest.mark.parametrize("names", [{"client": "id:7"}, {"instance": ""}, {"name": "two\nlines"}])
def test_a_subclient_whose_names_can_not_be_written_is_meant_by_its_id(names: dict[str, str]) -> None:
    assert pattern_of(subclient(9, **names)) == "id:2000009"
