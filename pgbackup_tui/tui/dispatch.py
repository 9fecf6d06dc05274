"""The requests that this console has sent, each once, and those of which nobody knows what became of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pgbackup_tui.backup.attempt import Attempt, new_attempt
from pgbackup_tui.backup.outcome import LOOK_BEFORE_AGAIN, Outcome, OutcomeKind
from pgbackup_tui.backup.submit import TaskDoor, submit
from pgbackup_tui.backup.task import BackupTask
from pgbackup_tui.errors import RefusedHereError
from pgbackup_tui.estate.model import Subclient
from pgbackup_tui.text import counted
from pgbackup_tui.tui.narration import tell_outcome
from pgbackup_tui.tui.records import LogStore, Severity


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A request of which nobody knows whether it was carried out, or whose answer is not there yet."""

    attempt: Attempt
    subclient_ids: frozenset[int]


@dataclass(slots=True)
class Dispatch:
    """Sends tasks. A request goes on when its caller is gone; only :meth:`settle` ends it."""

    log: LogStore
    make_attempt: Callable[[], Attempt] = new_attempt
    last_outcome: Outcome | None = None
    """Of the newest request."""
    _unsettled: dict[str, Unsettled] = field(default_factory=dict)
    """By attempt: requests that are under way, or of which nobody knows whether they were carried out."""
    _sending: set[asyncio.Task[Outcome]] = field(default_factory=set)

    @property
    def is_sending(self) -> bool:
        """Whether a request that starts backups has no answer yet."""
        return bool(self._sending)

    @property
    def unknown(self) -> list[Attempt]:
        """The attempts of which nobody knows whether they were carried out."""
        return [found.attempt for found in self._unsettled.values()]

    def unsettled(self, subclients: Iterable[Subclient]) -> tuple[Subclient, ...]:
        """Those of which an earlier request is not settled: sending again could start them twice."""
        ids = {subclient_id for found in self._unsettled.values() for subclient_id in found.subclient_ids}
        return tuple(found for found in subclients if found.subclient_id in ids)

    async def send(self, door: TaskDoor, task: BackupTask) -> Outcome:
        """Sends the task, once, and says what became of it.

        Raises RefusedHereError where an earlier request for one of its subclients is not settled.
        """
        if self.unsettled(task.subclients):
            raise RefusedHereError(
                "Not sent: an earlier request for these subclients is under way, or its end is not known.",
                LOOK_BEFORE_AGAIN,
            )
        attempt = self.make_attempt()
        chosen = frozenset(subclient.subclient_id for subclient in task.subclients)
        self._unsettled[attempt.attempt_id] = Unsettled(attempt, chosen)
        what = f"{task.options.level} of {counted(len(task.subclients), 'subclient')}"
        self.log.add(Severity.INFO, f"Sending one task: {what}, attempt {attempt.attempt_id}.")
        sending = asyncio.create_task(submit(door, task, attempt, lambda outcome: self._record(attempt, outcome)))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)
        return await asyncio.shield(sending)

    async def settle(self, seconds: float) -> None:
        """Gives requests that are under way some time for their answer; after it, they are unknown."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=seconds)
        for sending in list(self._sending):
            sending.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    def _record(self, attempt: Attempt, outcome: Outcome) -> None:
        self.last_outcome = outcome
        if outcome.kind is not OutcomeKind.UNKNOWN:
            del self._unsettled[attempt.attempt_id]
        tell_outcome(self.log, outcome)
