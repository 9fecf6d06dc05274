"""A terminal that is gone: nobody waits for it."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

import pytest
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from pgbackup_tui.tui.outlet import Outlet

PATIENCE = 20.0


def test_what_is_written_reaches_the_terminal() -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, encoding="utf-8") as received, os.fdopen(writer, "w", encoding="utf-8") as terminal:
        outlet = Outlet(terminal)
        assert outlet.fileno() == writer
        outlet.write("GO\n")
        outlet.flush()
        assert received.readline() == "GO\n"
        assert not outlet.is_gone


@pytest.fixture
def hung_up() -> Iterator[Outlet]:
    """A terminal whose other end was closed."""
    ours, theirs = os.openpty()
    terminal = os.fdopen(theirs, "w", encoding="utf-8")
    os.close(ours)
    yield Outlet(terminal)
    with contextlib.suppress(OSError):  # it still has what it could not write
        terminal.close()


def test_what_is_written_after_it_was_hung_up_is_dropped(hung_up: Outlet) -> None:
    hung_up.write("GO")
    hung_up.flush()
    assert hung_up.is_gone
    hung_up.write("GO")
    hung_up.flush()


def test_whoever_writes_more_than_the_queue_holds_comes_to_an_end(hung_up: Outlet) -> None:
    thread = WriterThread(hung_up)  # type: ignore[arg-type]  # it needs no more of a file
    thread.start()

    def write_and_stop() -> None:
        for _ in range(3 * MAX_QUEUED_WRITES):
            thread.write("a frame")
        thread.stop()

    writing = threading.Thread(target=write_and_stop, daemon=True)
    writing.start()
    writing.join(PATIENCE)
    assert not writing.is_alive()
    assert hung_up.is_gone
