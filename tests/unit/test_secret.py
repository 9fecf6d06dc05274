"""A secret can't be seen by accident."""

from __future__ import annotations

import copy
import pickle

import pytest

from pgbackup_tui.secret import Secret

CANARY = "QSDK canary-7f3a9c"


def test_no_way_of_showing_it_shows_the_value() -> None:
    secret = Secret(CANARY)
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r:>40}",
        repr([secret]),
        repr({"t": secret}),
    ]
    assert not [text for text in shown if "canary" in text]


def test_it_has_no_dictionary_to_look_into() -> None:
    assert not hasattr(Secret(CANARY), "__dict__")


@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_can_be_neither_pickled_nor_copied(duplicate: object) -> None:
    assert callable(duplicate)
    with pytest.raises(TypeError, match="can't be pickled"):
        duplicate(Secret(CANARY))


def test_it_is_compared_by_value_and_never_hashed() -> None:
    assert Secret(CANARY) == Secret(CANARY)
    assert Secret(CANARY) != Secret("other")
    assert Secret(CANARY) != CANARY
    with pytest.raises(TypeError):
        hash(Secret(CANARY))


def test_reveal_gives_the_value_to_who_asks_for_it() -> None:
    assert Secret(CANARY).reveal() == CANARY
