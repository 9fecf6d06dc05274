"""What a person also does to a terminal: odd sizes, a paste, keys that are held, ^C."""

from __future__ import annotations

import pytest

from tests.person.pane import Pane
from tests.person.test_story import assert_terminal_is_as_before, is_whole, leave


@pytest.fixture
def console(small: Pane) -> Pane:
    """The demo, listed."""
    small.run("demo", TERM="xterm")
    small.until("pg-nojob-01", "17 PostgreSQL instances")
    return small


def test_another_size_is_noticed_although_the_parent_exports_one(small: Pane) -> None:
    small.run("demo", TERM="xterm", COLUMNS="80", LINES="24")
    small.until("pg-nojob-01", "17 PostgreSQL instances")
    small.resize((120, 36))
    small.until("BASKET")


def test_a_terminal_made_tiny_in_the_form_keeps_what_was_chosen(console: Pane) -> None:
    console.type("Enter")
    console.until("FSBasedBackupSet")
    console.type("j", "j", "j", "Space", "c")
    console.until("Level *")
    for size in ((60, 15), (40, 10)):
        console.resize(size)
        console.until_so(lambda screen, size=size: is_whole(screen, size), "the form")  # type: ignore[misc]
    console.type("Space")
    console.resize((80, 24))
    console.until("(x) FULL", "pg-pay-01/main/FSBasedBackupSet/default")


def test_a_paste_into_the_tree_does_nothing_and_into_the_filter_its_first_line(console: Pane) -> None:
    console.paste("qqq c /zzz\nq\n")
    console.type("/")
    console.until("type here; Enter is done")
    console.paste("ledger\nq\n")
    console.until_so(lambda screen: "pg-ledger-01" in screen and "pg-pay-01" not in screen, "what is looked for")


def test_a_held_key_stops_where_the_list_does_and_the_next_key_is_answered(console: Pane) -> None:
    console.type(*["j"] * 200)
    console.type("Enter")
    console.until_so(lambda screen: "▌    ▾ pg-nojob-01" in screen, "the last client, open")


def test_ctrl_c_says_how_to_leave(console: Pane) -> None:
    console.type("C-c")
    console.until("q leaves the console; jobs that were started go on.")


def test_ctrl_z_leads_to_the_shell_and_fg_back_to_the_same_place(console: Pane) -> None:
    console.type("Enter")
    console.until("FSBasedBackupSet")
    console.type("C-z")
    console.until("Stopped", "bash console")
    assert_terminal_is_as_before(console)
    console.resize((120, 36))
    console.line("fg")
    console.until_so(
        lambda screen: is_whole(screen, (120, 36)) and "FSBasedBackupSet" in screen, "the console again"
    )
    console.type("q")
    console.until("fg\nbash console\n$")
    console.line('echo "left with $?"')
    console.until("\nleft with 0")


def test_ctrl_z_without_a_shell_to_go_to_changes_nothing(small: Pane) -> None:
    small.run("demo", slow=True, TERM="xterm")
    small.until("pg-nojob-01", "17 PostgreSQL instances")
    small.type("C-z", "Enter")
    small.until("FSBasedBackupSet")
    leave(small)
