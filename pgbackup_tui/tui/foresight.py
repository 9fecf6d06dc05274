"""What is known of the subclients in the form before they are backed up. Knows nothing of the screen."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pgbackup_tui.backup.existing import Wanted, existing
from pgbackup_tui.backup.existing import in_short as existing_in_short
from pgbackup_tui.backup.guard import RunningJob, jobs_on
from pgbackup_tui.backup.outlook import Outlook, in_short, outlook
from pgbackup_tui.backup.past import HISTORY_SECONDS, Past, read_past
from pgbackup_tui.backup.task import Level
from pgbackup_tui.commserve.errors import CommvaultError
from pgbackup_tui.estate.model import Subclient
from pgbackup_tui.times import clock_time
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.narration import tell_backups
from pgbackup_tui.tui.records import Severity
from pgbackup_tui.tui.telling import tell_error

_LOOKING = "Looking what is running on these subclients …"


@dataclass(slots=True)
class Foresight:
    """One look at some subclients: what runs on them, and how earlier backups of them went."""

    desk: Desk
    running: tuple[RunningJob, ...] | None = None
    """Of any of them; None as long as it is not known."""
    past: Past | None = None
    """Their earlier backups; None as long as they are not known."""
    as_of: str = ""
    """When what is running was told."""
    untold: str = _LOOKING
    """Why it is not known what is running. Raw."""

    def begin(self) -> None:
        """Forgets the look before."""
        self.running = self.past = None
        self.untold = _LOOKING

    async def look(self, subclients: Sequence[Subclient]) -> None:
        """Asks for both at once. What can't be had keeps nobody from a backup, and is said."""
        self.begin()
        await asyncio.gather(self._look_at_running(subclients), self._look_at_past(subclients))

    def running_on(self, chosen: Iterable[int]) -> list[RunningJob]:
        """What runs on those of the subclients that are still ``chosen``, by their ids."""
        ids = set(chosen)
        return [found for found in self.running or () if found.subclient.subclient_id in ids]

    def outlook(self, subclients: Iterable[Subclient], level: Level) -> tuple[Outlook, ...]:
        """What is known of each; nothing without its earlier backups."""
        return () if self.past is None else outlook(subclients, self.past, level)

    def in_short(self, subclients: Sequence[Subclient], level: Level | None, *, is_strict: bool) -> str:
        """Whether there is a good backup already, what this one may take, and which are due anyway. Raw.

        ``level`` is None as long as none is chosen; ``is_strict`` counts warnings as less than good.
        """
        if self.past is None or not subclients:
            return ""
        now = self.desk.server_time()
        rows = existing(subclients, self.past, Wanted(HISTORY_SECONDS, level, is_strict), now=now)
        known = self.outlook(subclients, level or Level.FULL)
        words = [existing_in_short(rows, level or "backup", now=now)]
        if level is not None:
            words.append(in_short(known))
        due = [found.subclient.path for found in known if found.is_due_soon(now)]
        if due:
            more = f" and {len(due) - 1} more" if due[1:] else ""
            words.append(f"A schedule starts {due[0]}{more} within two hours.")
        return " ".join(filter(None, words))

    async def _look_at_running(self, subclients: Sequence[Subclient]) -> None:
        try:
            self.running = (await jobs_on(self.desk.jobs, subclients)).running
            self.as_of = f"as of {clock_time(self.desk.clock())}"
        except CommvaultError as error:
            self.untold = f"What is running on these subclients can't be told: {error.problem}"

    async def look_at_past(self, subclients: Sequence[Subclient]) -> None:
        """Asks for their earlier backups alone. Raises CommvaultError."""
        self.past = await read_past(self.desk.jobs, subclients)

    async def _look_at_past(self, subclients: Sequence[Subclient]) -> None:
        # The look at what runs asks the same list, and says why it can't be had.
        with contextlib.suppress(CommvaultError):
            await self.look_at_past(subclients)

    async def tell(self, subclients: Sequence[Subclient]) -> None:
        """Whether there are good backups of these already, into the log."""
        log = self.desk.log
        try:
            await self.look_at_past(subclients)
        except CommvaultError as error:
            tell_error(log, error, "Which backups there are can't be told: ")
            return
        tell_backups(log, self.outlook(subclients, Level.FULL), self.desk.server_time())
        strict = self.desk.watch.warnings_are_partial
        log.answer(Severity.INFO, self.in_short(subclients, Level.FULL, is_strict=strict))
