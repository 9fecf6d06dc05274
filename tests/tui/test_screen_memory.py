"""What the terminal is sent, and that it shows the same as if it had been sent everything."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import set_cell_size

from pgbackup_tui.tui.screen_memory import ScreenMemory
from tests.emulator import Emulator

WIDTH, HEIGHT = 12, 4
LOOKS = ("", "1;38;2;1;2;3;48;2;4;5;6", "38;2;1;2;3;48;2;4;5;6", "4;32", "7;97;40", "2;39;49", "1;3;9;38;5;99")


def painted(row: int, column: int, text: str, look: str) -> str:
    """A piece of a frame, as Textual writes it."""
    shown = f"\x1b[{look}m{text}\x1b[0m" if look else text
    return f"\x1b[{row};{column}H{shown}"


@st.composite
def frames(draw: st.DrawFn) -> str:
    """Some pieces that lie within the screen, and where the cursor is in the end."""
    parts = []
    for _ in range(draw(st.integers(0, 6))):
        row, column = draw(st.integers(1, HEIGHT)), draw(st.integers(1, WIDTH))
        text = draw(st.text("ab ▸é", min_size=1, max_size=WIDTH - column + 1))
        parts.append(painted(row, column, text, draw(st.sampled_from(LOOKS))))
    return "\n".join([*parts, f"\x1b[{draw(st.integers(1, HEIGHT))};{draw(st.integers(1, WIDTH))}H"])


@st.composite
def whole_rows(draw: st.DrawFn) -> str:
    """A frame whose rows are painted from end to end, with characters of two columns and of none."""
    parts = []
    for row in draw(st.sets(st.integers(1, HEIGHT))):
        text = set_cell_size(draw(st.text("a 漢\u0301", max_size=WIDTH)), WIDTH)
        parts.append(painted(row, 1, text, draw(st.sampled_from(LOOKS))))
    return "\n".join([*parts, "\x1b[1;1H"])


@given(st.lists(frames(), max_size=6) | st.lists(whole_rows(), max_size=6))
def test_a_terminal_that_is_sent_the_changes_shows_what_was_painted(written: list[str]) -> None:
    memory, whole, thrifty = ScreenMemory(), Emulator(WIDTH, HEIGHT), Emulator(WIDTH, HEIGHT)
    for frame in written:
        whole.write(frame)
        thrifty.write(memory.changes(frame))
        assert thrifty.cells == whole.cells
        assert (thrifty.row, thrifty.column) == (whole.row, whole.column)


@given(st.lists(frames(), max_size=4), frames())
def test_what_is_shown_already_is_not_sent_again(before: list[str], frame: str) -> None:
    memory = ScreenMemory()
    for written in before:
        memory.changes(written)
    memory.changes(frame)
    assert memory.changes(frame.rpartition("\n")[2]) == ""


def test_one_character_that_changed_is_sent_alone() -> None:
    memory = ScreenMemory()
    memory.changes(painted(2, 1, "job 41 %", "32") + "\x1b[1;1H")
    assert memory.changes(painted(2, 1, "job 42 %", "32") + "\x1b[1;1H") == "\x1b[2;6H\x1b[32m2\x1b[m\x1b[1;1H"


def test_two_changes_with_few_alike_between_them_are_one() -> None:
    memory = ScreenMemory()
    memory.changes(painted(1, 1, "1 of 9 jobs", "") + "\x1b[1;1H")
    assert memory.changes(painted(1, 1, "2 of 8 jobs", "") + "\x1b[1;12H") == "2 of 8\x1b[5C"


def test_a_row_with_a_character_of_two_columns_is_sent_whole_and_what_follows_it_is_placed() -> None:
    memory = ScreenMemory()
    memory.changes(painted(1, 1, "漢 a b", ""))
    assert memory.changes(painted(1, 1, "漢 a c", "")) == "\x1b[1;1H漢\x1b[1;3H a c"


def test_after_what_may_change_the_screen_everything_is_sent_again() -> None:
    for disturbing in ("\x1b[?1049h", "\x1b[?1049l", "\x1b[2J", "\x1b]8;;x\x1b\\a link\x1b]8;;\x1b\\", "tab\t"):
        memory = ScreenMemory()
        frame = painted(1, 1, "GO", "1;32") + "\x1b[1;1H"
        first = memory.changes(frame)
        assert memory.changes(disturbing) == disturbing
        assert memory.changes(frame) == first


def test_bell_title_clipboard_and_modes_go_through_as_they_are_and_the_screen_is_still_known() -> None:
    memory = ScreenMemory()
    frame = painted(1, 1, "GO", "1;32") + "\x1b[1;1H"
    memory.changes(frame)
    for written in ("\a", "\a\x1b]0;GO\x07", "\x1b]52;c;R08=\x1b\\", "\x1b[?25l"):
        assert memory.changes(written) == written
    assert memory.changes(frame) == ""


def test_what_was_painted_for_a_wider_screen_is_cut() -> None:
    memory = ScreenMemory()
    memory.forget((4, 2))
    assert memory.changes(painted(1, 1, "no more than four", "") + "\x1b[1;1H") == "\x1b[1;1Hno m\x1b[1;1H"


def test_after_the_terminal_was_made_smaller_nothing_of_a_frame_for_the_old_size_is_left() -> None:
    memory, terminal = ScreenMemory(), Emulator(WIDTH, 2)
    memory.forget((WIDTH, 2))
    for rows in (["jobs", "keys .. more", "Completed."], ["jobs", "keys    more"]):  # the old size, once more
        frame = [painted(row, 1, text.ljust(WIDTH), "") for row, text in enumerate(rows, 1)]
        terminal.write(memory.changes("\n".join([*frame, "\x1b[1;1H"])))
    assert terminal.text() == ["jobs        ", "keys    more"]
