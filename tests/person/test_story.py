"""The whole story as a person lives it: keys into a real terminal, and what is seen there; also on a bad line.

Every wait is for what is shown. Nothing is done with a mouse, and nothing is read off a colour.
"""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from tests.person.pane import PROMPT, Pane, Size, pane

SMALL, LARGE = (80, 24), (200, 50)
KINDS = ("xterm", "screen-256color", "linux")
COLOUR = re.compile(r"\x1b\[(?:[0-9;:]*[;:])?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:[;:][0-9;:]*)?m")


def mark_three_on_two_clients(person: Pane) -> None:
    person.until("pg-nojob-01", "17 PostgreSQL instances")
    person.type("Enter")
    person.until("FSBasedBackupSet")
    person.type("j", "j", "j", "Space")
    person.until("1 marked on 1 client")
    person.type("/")
    person.until("type here; Enter is done")
    person.type("pay-02")
    person.until_so(
        lambda screen: "pg-pay-02" in screen and "pg-orders-01" not in screen, "only what is looked for"
    )
    person.type("Enter")
    person.until("space mark")
    person.type("Enter")
    person.until("pg-pay-02", "DumpBasedBackupSet")
    person.type("j", "j", "j", "Space")
    person.until("2 marked on 2 clients")
    person.type("j", "j", "Space")
    person.until("3 marked on 2 clients: FSBasedBackupSet 2, DumpBasedBackupSet 1")


def start_a_full_of_them(person: Pane) -> None:
    person.type("c")
    person.until("3 subclients on 2 clients as one task", "Nothing is running on these subclients now")
    person.type("Space")
    person.until("(x) FULL")
    person.type("C-s")
    person.until("Start 3 FULL backups on the demo as oncall?", "No, back")
    person.type("y")
    person.until("Accepted (HTTP 200)")
    person.until("GO  task", "3 of 3 ended")


def write_the_evidence(person: Pane) -> None:
    person.type("4")
    person.until("ATTEMPT (UTC)", "accepted")
    person.type("e")
    person.until("The evidence was written to")
    (record,) = person.folder.glob("pgbackup-tui-*.md")
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    written = record.read_text(encoding="utf-8")
    assert "GO" in written
    assert written.count("Completed") >= 3


def leave(person: Pane) -> None:
    person.type("q")
    person.until("status 0", f"\n{PROMPT.rstrip()}")


def live_the_story(person: Pane, other_size: Size) -> None:
    """All of it, with the terminal made another size in its middle, and back before its end."""
    size = tuple(map(int, person.state("pane_width", "pane_height")))
    mark_three_on_two_clients(person)
    person.resize(other_size)
    person.until_so(lambda screen: is_whole(screen, other_size) and "3 marked" in screen, "the other size")
    start_a_full_of_them(person)
    person.resize((size[0], size[1]))
    person.until_so(lambda screen: is_whole(screen, size) and "GO  task" in screen, "the first size")
    write_the_evidence(person)


def is_whole(screen: str, size: tuple[int, ...]) -> bool:
    """The headline is the first row, the keys are the last one, and nothing is wider than the terminal."""
    rows = screen.split("\n")
    return (
        len(rows) == size[1]
        and rows[0].startswith(" pgbackup-tui ")
        and any(row.startswith(" LOG: ") for row in rows)
        and bool(rows[-1].strip())
        and max(map(len, rows)) <= size[0]
    )


def assert_screens_are_whole(person: Pane) -> None:
    shown = [screen for screen in person.seen if screen.startswith(" pgbackup-tui ")]
    assert len(shown) > 10
    for screen in shown:
        size = SMALL if screen.count("\n") < LARGE[1] - 1 else LARGE
        assert is_whole(screen, size), screen


def assert_terminal_is_as_before(person: Pane) -> None:
    flags = person.state("alternate_on", "cursor_flag", "mouse_any_flag", "insert_flag", "wrap_flag")
    assert flags == ("0", "1", "0", "0", "1")
    person.line("stty -a | tr ' ' '\\n' | grep -xE -- '-?(echo|icanon|isig|icrnl)' | xargs echo modes")
    person.until("modes icrnl isig icanon echo")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("size", "other_size"), [(SMALL, LARGE), (LARGE, SMALL)], ids=["80x24", "200x50"])
def test_the_story_on_every_kind_of_terminal(kind: str, size: Size, other_size: Size, tmp_path: Path) -> None:
    with pane(tmp_path, size) as person:
        person.run("demo", TERM=kind)
        live_the_story(person, other_size)
        leave(person)
        assert_screens_are_whole(person)
        assert_terminal_is_as_before(person)


@pytest.mark.parametrize(("size", "other_size"), [(SMALL, LARGE), (LARGE, SMALL)], ids=["80x24", "200x50"])
def test_the_story_over_a_line_of_25_kilobytes_a_second(size: Size, other_size: Size, tmp_path: Path) -> None:
    with pane(tmp_path, size) as person:
        person.run("demo", slow=True, TERM="xterm")
        live_the_story(person, other_size)
        leave(person)
        assert_terminal_is_as_before(person)


def test_the_story_without_colours(small: Pane) -> None:
    small.run("demo", TERM="xterm-256color", NO_COLOR="1")
    live_the_story(small, LARGE)
    assert COLOUR.findall(small.screen(with_codes=True)) == []
    leave(small)


def test_the_story_in_ascii(small: Pane) -> None:
    small.run("demo", "--ascii", TERM="xterm")
    live_the_story(small, LARGE)
    leave(small)
    assert all(screen.isascii() for screen in small.seen)
