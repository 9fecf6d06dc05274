"""What happened, as data: the log pane is a view of this, so that it can be filtered, searched and exported."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from pgbackup_tui.text import clean
from pgbackup_tui.times import clock_time

CAPACITY = 20_000
"""Records kept; older ones make room."""


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


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the log. Its text is cleaned when it is made."""

    severity: Severity
    text: str
    moment: float
    """UNIX seconds."""
    folded: str
    """For searching."""

    @property
    def clock(self) -> str:
        """Local time of day."""
        return clock_time(self.moment)

    def exported(self) -> str:
        """The record as a line of an exported file, with its date and UTC offset."""
        stamp = datetime.fromtimestamp(self.moment).astimezone().isoformat(timespec="seconds")
        return f"{stamp} {self.severity.name:<7} {self.text}"


@dataclass(slots=True)
class LogStore:
    """A bounded store of records, and who wants to know of new ones."""

    clock: Callable[[], float] = time.time
    on_added: Callable[[], None] = lambda: None
    records: deque[Record] = field(default_factory=lambda: deque(maxlen=CAPACITY))
    dropped: int = 0
    """Records that made room for newer ones."""

    def add(self, severity: Severity, *texts: str) -> None:
        """Takes in one record a text; raw server text may be in them."""
        for raw in texts:
            text = clean(raw)
            self.dropped += len(self.records) == self.records.maxlen
            self.records.append(Record(severity, text, self.clock(), text.casefold()))
        self.on_added()

    def matching(self, lowest: Severity, needle: str = "") -> Iterator[Record]:
        """Records of at least this severity that contain ``needle``, without regard to case."""
        folded = needle.casefold()
        return (record for record in self.records if record.severity >= lowest and folded in record.folded)

    def export(self) -> str:
        """Everything kept, one line a record."""
        return "".join(record.exported() + "\n" for record in self.records)
