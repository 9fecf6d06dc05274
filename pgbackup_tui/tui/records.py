"""What happened, as data: the log pane is a view of this, so that it can be filtered, searched and exported."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from functools import lru_cache, partial
from itertools import repeat
from typing import NamedTuple

from pgbackup_tui.text import clean
from pgbackup_tui.times import clock_time

CAPACITY = 100_000
"""Records kept; older ones make room. At 80 characters a record they take 24 MB."""
MOST_CHARACTERS = 20_000_000
"""Characters kept in all, whatever a CommServe writes: its longest messages would make fifty times as much."""


class Severity(IntEnum):
    """How much a record asks for attention."""

    DETAIL = 0
    INFO = 1
    GOOD = 2
    WARNING = 3
    ERROR = 4


MARKS = {
    Severity.DETAIL: "·",
    Severity.INFO: " ",
    Severity.GOOD: "+",
    Severity.WARNING: "!",
    Severity.ERROR: "✗",
}
"""One character each, so that colour is never alone."""


class Record(NamedTuple):
    """One line of the log. Its text is cleaned when it is made."""

    severity: Severity
    text: str
    moment: float
    """UNIX seconds."""
    is_answer: bool = False
    """Whether it answers a key that was just pressed: then it is shown, whatever the log is narrowed to."""

    @property
    def clock(self) -> str:
        """Local time of day."""
        return clock_time(self.moment)

    @property
    def is_urgent(self) -> bool:
        """Whether it should be seen although the log was narrowed to something else."""
        return self.is_answer or self.severity >= Severity.WARNING

    def exported(self) -> str:
        """The record as a line of an exported file, with its date and UTC offset."""
        return f"{_stamp(int(self.moment))} {self.severity.name:<7} {self.text}"


_record = partial(tuple.__new__, Record)
"""A record from all its fields: by the hundred thousand, to call the class takes several times as long."""


class Wanted(NamedTuple):
    """What the log is narrowed to."""

    lowest: Severity = Severity.DETAIL
    folded: str = ""
    """What a text has to contain, case-folded."""

    @classmethod
    def from_words(cls, lowest: Severity, words: str) -> Wanted:
        """Records of at least this severity that contain ``words``, without regard to case."""
        return cls(lowest, words.casefold())

    @property
    def is_everything(self) -> bool:
        """Whether every record is among them."""
        return self.lowest is Severity.DETAIL and not self.folded

    def includes(self, record: Record) -> bool:
        """Whether a record is among them."""
        # Folding all texts again at a search takes milliseconds; to keep them folded, too, would double the memory.
        return record.severity >= self.lowest and (not self.folded or self.folded in record.text.casefold())


@dataclass(slots=True)
class LogStore:
    """A bounded store of records, and who wants to know of new ones.

    Records are numbered as they come, from 0; the oldest that is kept has the number ``dropped``.
    """

    clock: Callable[[], float] = time.time
    on_added: Callable[[], None] = lambda: None
    capacity: int = CAPACITY
    records: deque[Record] = field(default_factory=deque)
    dropped: int = 0
    """Records that made room for newer ones."""
    _characters: int = 0

    @property
    def taken(self) -> int:
        """Records taken in so far, kept or not: the number that the next one gets."""
        return self.dropped + len(self.records)

    def add(self, severity: Severity, *texts: str) -> None:
        """Takes in one record a text; raw server text may be in them."""
        fields = zip(repeat(severity), map(clean, texts), repeat(self.clock()), repeat(False))
        self._take(list(map(_record, fields)))
        self.on_added()

    def answer(self, severity: Severity, text: str) -> None:
        """Takes in what answers a key: it is shown, whatever the log is narrowed to."""
        self._take([Record(severity, clean(text), self.clock(), is_answer=True)])
        self.on_added()

    def find(self, wanted: Wanted, words: str, beside: int, by: int) -> int | None:
        """The number of the nearest record with ``words`` in it, older (-1) or newer (1) than the one ``beside``.

        Only those that are wanted are looked at. None where there is none.
        """
        only = Wanted.from_words(Severity.DETAIL, words)
        kept = list(self.records)
        start = beside - self.dropped + by
        numbers = range(min(start, len(kept) - 1), -1, -1) if by < 0 else range(max(0, start), len(kept))
        found = (place for place in numbers if only.includes(kept[place]) and wanted.includes(kept[place]))
        place = next(found, None)
        return None if place is None else place + self.dropped

    def _take(self, records: Sequence[Record]) -> None:
        self.records.extend(records)
        self._characters += sum([len(record.text) for record in records])
        surplus = len(self.records) - self.capacity
        while surplus > 0 or self._characters > MOST_CHARACTERS:
            self._characters -= len(self.records.popleft().text)
            self.dropped += 1
            surplus -= 1


@lru_cache(maxsize=16)
def _stamp(seconds: int) -> str:
    """Local date and time with the UTC offset; kept for a while, because records come many a second."""
    return datetime.fromtimestamp(seconds).astimezone().isoformat()
