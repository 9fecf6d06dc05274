"""What a desk works with, each part made when it is first asked for.

The first frame shows nothing of the journal, of backups, or of what a CommServe answers, and to load all that takes
longer than to show the frame. So these modules are loaded here and nowhere else before it; the console has them
loaded as soon as it is on the screen (``furnishing``).
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pgbackup_tui.tui.records import LogStore

if TYPE_CHECKING:
    from pgbackup_tui.backup.attempt import Attempt
    from pgbackup_tui.backup.journal.journal import Journal
    from pgbackup_tui.target import Target
    from pgbackup_tui.tui.catalogue import Catalogue
    from pgbackup_tui.tui.dispatch import Dispatch
    from pgbackup_tui.tui.outline import Outline
    from pgbackup_tui.tui.recovery import Recovery
    from pgbackup_tui.tui.watch import Watch


class Change(Enum):
    """What the panels should look at again."""

    CONNECTION = auto()
    SIGN_IN = auto()
    """A person has to sign in before anything goes on."""
    TREE = auto()
    JOBS = auto()


@dataclass(eq=False)
class DeskParts:
    """The parts of a desk, and what they are made with."""

    find_target: Callable[[], Awaitable[Target]]
    log: LogStore
    open_journal: Callable[[], Journal]
    """Called once, when the journal is first needed."""
    keeps_estate: bool = False
    """Whether the estate is kept beside the journal, for the next start."""
    changed: Callable[[Change], None] = lambda _: None
    fault: Callable[[BaseException], None] = lambda _: None
    """Called with what should not have happened, outside of any call from a panel."""
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = random.random
    make_attempt: Callable[[], Attempt] | None = None
    """Makes the name of a request; None for one of this person, now."""

    def make_all(self) -> None:
        """Makes every part now, so that nobody has to wait for one later."""
        _ = self.catalogue, self.dispatch, self.recovery

    @property
    def made(self) -> Mapping[str, Any]:
        """The parts there are by now, by name. Whoever leaves before one is there doesn't have to make it for that.

        It would have nothing under way, and to make it may be just what failed.
        """
        return vars(self)

    @property
    def is_sending(self) -> bool:
        """Whether a request is under way whose answer has to be waited for."""
        return "dispatch" in self.made and self.dispatch.is_sending

    @cached_property
    def journal(self) -> Journal:
        """What was asked of CommServes from here, and what became of it."""
        return self.open_journal()

    @cached_property
    def outline(self) -> Outline:
        """The tree, and what is marked in it."""
        from pgbackup_tui.tui.outline import Outline

        return Outline(clock=self.clock)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The estate, as far as it was read."""
        from pgbackup_tui.estate.cache_files import EstateFiles
        from pgbackup_tui.tui.catalogue import Catalogue

        return Catalogue(
            self.log,
            self.outline,
            news=lambda: self.changed(Change.TREE),
            fault=lambda error: self.fault(error),
            clock=self.clock,
            recalled=lambda: self.changed(Change.CONNECTION),
            files=EstateFiles(self.journal.state) if self.keeps_estate else None,
        )

    @cached_property
    def dispatch(self) -> Dispatch:
        """What is sent."""
        from pgbackup_tui.backup.attempt import new_attempt
        from pgbackup_tui.tui.dispatch import Dispatch

        return Dispatch(self.log, self.journal, self.make_attempt or new_attempt)

    @cached_property
    def watch(self) -> Watch:
        """The jobs that are followed."""
        from pgbackup_tui.tui.watch import Watch

        return Watch(
            self.log,
            self.journal,
            news=lambda: self.changed(Change.JOBS),
            fault=lambda error: self.fault(error),
            clock=self.clock,
            monotonic=self.monotonic,
            sleep=self.sleep,
            jitter=self.jitter,
        )

    @cached_property
    def recovery(self) -> Recovery:
        """What an earlier run left behind."""
        from pgbackup_tui.tui.recovery import Recovery

        return Recovery(
            self.log,
            self.journal,
            self.watch,
            fault=lambda error: self.fault(error),
            monotonic=self.monotonic,
            sleep=self.sleep,
        )
