"""The last line of defence: even a widget that was given raw text writes nothing that a terminal obeys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import ControlType, Segment
from textual.color import Color
from textual.scrollbar import ScrollBarRender

from pgbackup_tui.tui.line_filter import ControlFilter
from tests.driver import console_on, demo
from tests.tui.test_browse import FILES

BLACK = Color(0, 0, 0)


@given(st.text(st.characters(), max_size=80))
def test_every_painted_segment_is_printable_and_as_long_as_before(raw: str) -> None:
    (painted,) = ControlFilter().apply([Segment(raw)], BLACK)
    assert painted.text.isprintable()
    assert len(painted.text) == len(raw)


@given(st.text(st.characters(), max_size=80))
def test_on_an_ascii_terminal_every_segment_is_ascii(raw: str) -> None:
    (painted,) = ControlFilter(ascii_only=True).apply([Segment(raw)], BLACK)
    assert painted.text.isascii()
    assert painted.text.isprintable()


def test_the_ends_of_a_scroll_bar_are_no_question_marks_on_an_ascii_terminal() -> None:
    (painted,) = ControlFilter(ascii_only=True).apply([Segment("".join(ScrollBarRender.VERTICAL_BARS))], BLACK)
    assert painted.text == "||||||| "


def test_textuals_own_control_segments_pass() -> None:
    control = Segment("\x1b[2J", None, [(ControlType.CLEAR,)])
    assert ControlFilter().apply([control], BLACK) == [control]


@pytest.mark.parametrize("raw", ["\x1b]52;c;aGk=\x07", "\x9b31m", "\x00\x7f"])
async def test_the_console_has_the_filter_in_place(raw: str) -> None:
    async with console_on(demo()) as console:
        await console.tree.open("pg-pay-01")
        node = console.tree.panel.tree_view.find("main", FILES)
        assert node is not None
        node.name = raw
        console.tree.panel.show()
        assert all(line.isprintable() for line in (await console.screen()).splitlines())
