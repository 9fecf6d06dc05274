"""The lines of the log as numbers: whatever comes and goes, every line of every wanted record is there, once."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pgbackup_tui.tui.present.log import _is_narrow, height, lines, wrap
from pgbackup_tui.tui.records import LogStore, Record, Severity, Wanted
from pgbackup_tui.tui.widgets.log_lines import LogLines

NEVER = math.inf
AT_ONCE = -math.inf
EVERYTHING = Wanted()
ERRORS = Wanted(Severity.ERROR)

texts = st.text(st.sampled_from("a b→日e\N{COMBINING ACUTE ACCENT}☎\N{VARIATION SELECTOR-16}👩\u200d"), max_size=60)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(st.tuples(st.sampled_from(Severity), texts), max_size=9)),
        st.tuples(st.just("look"), st.none()),
    ),
    max_size=30,
)


def store_of(*many: str, capacity: int = 1000) -> LogStore:
    store = LogStore(capacity=capacity)
    store.add(Severity.INFO, *many)
    return store


def shown(of: LogLines) -> list[str]:
    return ["".join(piece.text for piece in of.line(place)) for place in range(of.first, of.end)]


def one_by_one(records: list[Record], width: int) -> list[str]:
    return ["".join(piece.text for piece in line) for record in records for line in lines(record, width)]


@given(st.text(max_size=300) | texts, st.integers(2, 80))
def test_wrapping_keeps_every_character(text: str, width: int) -> None:
    assert "".join(wrap(text, width)) == text


@given(st.text(max_size=300) | texts, st.integers(2, 80))
def test_no_part_is_wider_than_the_pane(text: str, width: int) -> None:
    assert all(cell_len(part) <= width for part in wrap(text, width))


def test_what_counts_as_narrow_takes_a_column_each() -> None:
    narrow = [character for character in map(chr, range(0x3000)) if _is_narrow(character)]
    assert len(narrow) > 500
    assert {cell_len(character) for character in narrow if character.isprintable()} == {1}


@given(texts, st.integers(10, 40))
def test_a_record_is_as_high_as_it_has_lines(text: str, width: int) -> None:
    record = Record(Severity.INFO, text, 0.0)
    assert height(record, width) == len(lines(record, width))


@given(acts, st.integers(1, 12), st.sampled_from([EVERYTHING, ERRORS, Wanted.from_words(Severity.DETAIL, "A")]))
def test_every_line_of_every_wanted_record_is_there_once_whatever_comes_and_goes(
    steps: list[tuple[str, list[tuple[Severity, str]] | None]], capacity: int, wanted: Wanted
) -> None:
    store = LogStore(capacity=capacity)
    of = LogLines(store, wanted, 20, 0, since=10**9)
    for act, records in steps:
        for severity, text in records or ():
            store.add(severity, text)
            of.take_in()
        if act == "look":
            of.look(AT_ONCE)
    of.look(NEVER)
    of.look(NEVER)
    assert of.is_complete
    assert shown(of) == one_by_one([record for record in store.records if wanted.includes(record)], 20)


@given(st.integers(0, 200))
def test_from_wherever_it_begins_it_ends_with_the_same_lines(at: int) -> None:
    store = store_of(*(f"record {number} " * (number % 4) for number in range(200)))
    of = LogLines(store, EVERYTHING, 30, at)
    while not of.is_complete:
        of.look(AT_ONCE)
    assert shown(of) == one_by_one(list(store.records), 30)


def test_a_line_keeps_its_place_while_others_come_before_it_and_after_it_and_go() -> None:
    store = store_of(*(f"record {number}" for number in range(500)), capacity=500)
    of = LogLines(store, EVERYTHING, 40, 300)
    of.look(AT_ONCE)
    assert shown(of)[0].endswith("record 300")
    while not of.is_complete:
        of.look(AT_ONCE)
        assert "".join(piece.text for piece in of.line(0)).endswith("record 300")
    assert of.first == -300
    store.add(Severity.INFO, *(f"new {number}" for number in range(200)))
    of.take_in()
    of.look(NEVER)
    assert of.first == -100
    assert "".join(piece.text for piece in of.line(0)).endswith("record 300")
    assert "".join(piece.text for piece in of.line(of.end - 1)).endswith("new 199")


def test_what_is_next_to_the_reader_is_looked_at_first() -> None:
    store = store_of(*(f"record {number}" for number in range(10_000)), capacity=10_000)
    of = LogLines(store, EVERYTHING, 40, 10_000)
    of.look(AT_ONCE)
    assert not of.is_complete
    assert shown(of)[-1].endswith("record 9999")


def test_nothing_of_records_that_made_room_is_kept() -> None:
    store = store_of(*(f"record {number}" for number in range(20)), capacity=20)
    of = LogLines(store, EVERYTHING, 40, 20)
    of.look(NEVER)
    for number in range(1000):
        store.add(Severity.INFO, f"new {number}")
        of.take_in()
        of.look(NEVER)
    assert [len(kept) for kept in (of._records, of._numbers, of._places)] == [20, 20, 20]
    assert not of._before
    assert not of._after


@pytest.mark.parametrize("comes_first", [True, False], ids=["as it comes", "looked at afterwards"])
def test_an_urgent_record_is_shown_until_a_wanted_one_comes(*, comes_first: bool) -> None:
    store = LogStore()
    store.add(Severity.ERROR, "an error")
    of = LogLines(store, ERRORS, 40, 1, since=1)
    store.add(Severity.WARNING, "why a key did nothing")
    if not comes_first:
        of = LogLines(store, ERRORS, 40, 2, since=1)
    of.take_in()
    of.look(NEVER)
    assert [line[11:] for line in shown(of)] == ["an error", "why a key did nothing"]
    assert of.matches == 1
    store.add(Severity.ERROR, "another error")
    of.take_in()
    of.look(NEVER)
    assert [line[11:] for line in shown(of)] == ["an error", "another error"]
    assert of.matches == 2


def test_warnings_from_before_the_log_was_narrowed_stay_hidden() -> None:
    store = store_of()
    store.add(Severity.WARNING, "an old warning")
    of = LogLines(store, ERRORS, 40, 1, since=1)
    of.look(NEVER)
    assert shown(of) == []
