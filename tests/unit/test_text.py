"""What a server writes can be shown without harm, and nothing of it is lost without a mark."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgbackup_tui.text import clean, clean_name

DOCUMENTED_403 = (
    "User [Remote User] does not have required capability [Data Protection/Management Operations] "
    "for this client [pgsql_win] and this operation."
)


@pytest.mark.parametrize(
    "words",
    [
        DOCUMENTED_403,
        "Failed to start backups as no eligible subclients were found. ",
        "[/] [@click=app.quit]x[/]",
        "größer 漢字 é",
    ],
)
def test_ordinary_words_stay_as_they_are(words: str) -> None:
    assert clean(words) == words


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[2J", "␛[2J"),
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("a\x00b", "a␀b"),
        ("del\x7f", "del␡"),
        ("c1\x9b31m", "c1�31m"),
        ("two\nlines\r\n", "two⏎lines␍⏎"),
        ("line\u2028separator", "line⏎separator"),
        ("rtl\u202eover", "rtl�over"),
        ("zero\u200bwidth", "zero�width"),
        ("lone\ud800surrogate", "lone�surrogate"),
        ("no\xa0break", "no break"),
        ("tab\there", "tab␉here"),
    ],
)
def test_what_could_harm_is_shown_as_a_mark(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_a_long_text_is_cut_and_the_cut_says_how_much_is_missing() -> None:
    assert clean("x" * 5000) == "x" * 4096 + "…(+904 characters)"
    assert clean_name("n" * 513) == "n" * 512 + "…(+1 characters)"


@given(st.text(st.characters(), max_size=200))
def test_no_character_that_a_terminal_obeys_gets_through(raw: str) -> None:
    shown = clean(raw)
    assert shown.isprintable()
    assert len(shown) == len(raw)
