"""Which line of the log is in which record, for records by the hundred thousand that come and go.

Lines have places: numbers that a line keeps while others come before it, come after it, or go. To know them, each
record has to be looked at, and measured if it is wanted, which takes a tenth of a second for a full log. So that is
done piece by piece, outwards from where the reader is, and only what is in sight is wrapped.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Sequence
from itertools import islice

from pgbackup_tui.tui.present.log import height, heights, lines
from pgbackup_tui.tui.present.pieces import Line
from pgbackup_tui.tui.records import LogStore, Record, Wanted

_STEP = 50
"""Records between two looks at the clock; the longest there can be take some milliseconds."""


class LogLines:
    """The lines of the records that are wanted, as far as they were looked at."""

    def __init__(
        self, store: LogStore, wanted: Wanted, width: int, at: int, *, since: int = 0, ascii_only: bool = False
    ) -> None:
        """Begins at the record with the number ``at``; its first line, or the first after it, gets the place 0."""
        self.store = store
        self.wanted = wanted
        self.width = width
        self.since = since
        """The number from which on a record that is urgent is shown, wanted or not."""
        self.end = 0
        """The place after the last line."""
        self.stray: int | None = None
        """The number of the newest record, if that is shown because it is urgent, and not because it is wanted."""
        self._ascii_only = ascii_only
        kept = list(store.records)
        split = at - store.dropped
        # What is still to be looked at: everything before ``_oldest``, and everything from ``_newest`` on.
        self._before = kept[:split]
        self._after = deque(kept[split:])
        self._oldest = self._newest = at
        # Of each record that is shown: itself, its number, and the place of its first line.
        self._records: list[Record] = []
        self._numbers = array("q")
        self._places = array("q")
        self._wrapped: tuple[int, list[Line]] = (-1, [])

    @property
    def first(self) -> int:
        """The place of the first line."""
        return self._places[0] if self._places else self.end

    @property
    def count(self) -> int:
        """How many lines there are."""
        return self.end - self.first

    @property
    def matches(self) -> int:
        """How many records are wanted."""
        return len(self._records) - (self.stray is not None)

    @property
    def seen(self) -> int:
        """The number of the first record that was not taken in yet."""
        return self._newest + len(self._after)

    @property
    def is_complete(self) -> bool:
        """Whether every record that was taken in was looked at."""
        return not self._before and not self._after

    @property
    def reaches_newest(self) -> bool:
        """Whether the last line is the last there is."""
        return not self._after

    def line(self, place: int) -> Line:
        """The line at a place."""
        index = bisect_right(self._places, place) - 1
        number = self._numbers[index]
        if self._wrapped[0] != number:
            self._wrapped = number, lines(self._records[index], self.width, ascii_only=self._ascii_only)
        return self._wrapped[1][place - self._places[index]]

    def number_at(self, place: int) -> int:
        """The number of the record that has the line at a place, or of the nearest one."""
        if not self._numbers:
            return self._newest
        return self._numbers[max(0, bisect_right(self._places, place) - 1)]

    def number_beside(self, number: int, by: int) -> int:
        """The number of the record that is shown so many records further down; at an end, of the last one there."""
        at = bisect_left(self._numbers, number) + by
        return self._numbers[max(0, min(at, len(self._numbers) - 1))] if self._numbers else number

    def places_of(self, number: int) -> range:
        """The places of the lines of a record; of the last one, if it is not shown any more."""
        if not self._places:
            return range(self.end, self.end)
        index = min(bisect_left(self._numbers, number), len(self._numbers) - 1)
        ends = self._places[index + 1 : index + 2] or [self.end]
        return range(self._places[index], ends[0])

    def between(self, first: int, last: int) -> list[Record]:
        """The records that are shown from one number to another, both included."""
        return self._records[bisect_left(self._numbers, first) : bisect_right(self._numbers, last)]

    def take_in(self) -> None:
        """Takes in what was added to the store, to be looked at, and lets go of what was dropped from it."""
        new = self.store.taken - self.seen
        self._after.extend(reversed(list(islice(reversed(self.store.records), new))))
        self._let_go(self.store.dropped)

    def look(self, until: float) -> None:
        """Looks at some records, and at more until a moment of ``time.perf_counter``: first newer, then older."""
        while self._after:
            for _ in range(min(_STEP, len(self._after))):
                self._look_at_newer(self._after.popleft())
            if time.perf_counter() >= until:
                return
        if self._before:
            self._look_at_older(until)

    def _look_at_newer(self, record: Record) -> None:
        number, self._newest = self._newest, self._newest + 1
        is_wanted = self.wanted.includes(record)
        if not is_wanted and not self._is_stray(number, record):
            return
        if self.stray is not None:
            self._remove_last()
        self.stray = None if is_wanted else number
        self._records.append(record)
        self._numbers.append(number)
        self._places.append(self.end)
        self.end += height(record, self.width)

    def _look_at_older(self, until: float) -> None:
        found: list[Record] = []
        numbers, places = array("q"), array("q")
        number, place = self._oldest, self.first
        while self._before:
            step = self._before[: -_STEP - 1 : -1]  # the newest of them first
            del self._before[-_STEP:]
            shown, shown_numbers = self._shown(step, number - 1, can_be_stray=not self._records and not found)
            found += shown
            numbers.extend(shown_numbers)
            for lines_taken in heights(shown, self.width):
                place -= lines_taken
                places.append(place)
            number -= len(step)
            if time.perf_counter() >= until:
                break
        self._oldest = number
        for known, older in ((self._numbers, numbers), (self._places, places)):
            older.reverse()
            known[:0] = older
        self._records[:0] = reversed(found)

    def _shown(
        self, records: list[Record], newest: int, *, can_be_stray: bool
    ) -> tuple[list[Record], Sequence[int]]:
        """Which of some records, newest first, are shown, and their numbers; ``newest`` is that of the first."""
        numbers = range(newest, newest - len(records), -1)
        if self.wanted.is_everything:
            return records, numbers
        shown: list[tuple[int, Record]] = []
        for number, record in zip(numbers, records, strict=True):
            if self.wanted.includes(record):
                shown.append((number, record))
            elif can_be_stray and not shown and self._is_stray(number, record):
                self.stray = number
                shown.append((number, record))
        return [record for _, record in shown], [number for number, _ in shown]

    def _is_stray(self, number: int, record: Record) -> bool:
        """Whether a record that is not wanted is shown all the same, until a newer one is."""
        return number >= self.since and record.is_urgent

    def _remove_last(self) -> None:
        self._records.pop()
        self._numbers.pop()
        self.end = self._places.pop()
        self._wrapped = (-1, [])

    def _let_go(self, oldest: int) -> None:
        """Forgets the records before a number; those that were not looked at yet, too."""
        unread = self._oldest - len(self._before)
        del self._before[: max(0, oldest - unread)]
        while self._after and self._newest < oldest:
            self._after.popleft()
            self._newest += 1
        self._oldest = max(self._oldest, oldest)
        gone = bisect_left(self._numbers, oldest)
        del self._records[:gone], self._numbers[:gone], self._places[:gone]
        if self.stray is not None and self.stray < oldest:
            self.stray = None
