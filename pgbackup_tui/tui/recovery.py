"""What an earlier run of the program left behind: unknown attempts are looked for, running ones followed on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from pgbackup_tui.backup.follow import JobSource
from pgbackup_tui.backup.guard import rivals
from pgbackup_tui.backup.journal.attempts import KnownAttempt, Standing
from pgbackup_tui.backup.journal.journal import Journal
from pgbackup_tui.backup.outcome import Outcome, OutcomeKind
from pgbackup_tui.backup.reconcile import JobSource as SearchedJobs
from pgbackup_tui.backup.reconcile import Sighting, look_for
from pgbackup_tui.backup.where import Where
from pgbackup_tui.errors import PathError, PgBackupError
from pgbackup_tui.tui.narration import tell_sighting
from pgbackup_tui.tui.records import LogStore, Severity
from pgbackup_tui.tui.telling import tell_error
from pgbackup_tui.tui.watch import Watch

SEARCH_SECONDS = 300.0
"""How long the console looks for the jobs of a request whose answer was lost, before a person has to."""


class Jobs(SearchedJobs, JobSource, Protocol):
    """Where jobs are looked for, and followed."""


class Door(Protocol):
    """A CommServe; ``CommServe`` is one."""

    @property
    def jobs(self) -> Jobs: ...

    def server_time(self) -> float | None: ...

    def least_interval(self) -> float: ...

    async def reconnect(self) -> None: ...


@dataclass(slots=True)
class Recovery:
    """Takes up the attempts of the journal."""

    log: LogStore
    journal: Journal
    watch: Watch
    fault: Callable[[BaseException], None]
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    sightings: dict[str, Sighting] = field(default_factory=dict)
    """What the last look showed, by attempt."""
    _searching: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    """By attempt."""

    def take_up(self, door: Door, where: Where) -> None:
        """Goes on with everything on this CommServe that is neither settled nor finished."""
        try:
            known = self.journal.read()
        except PathError as error:
            tell_error(self.log, error)
            return
        for trouble in known.troubles:
            self.log.add(Severity.WARNING, trouble)
        followed = {task.attempt_id for task in self.watch.tasks}
        for attempt in known.open_on(where.origin):
            if attempt.attempt_id in followed or attempt.standing is Standing.IN_FLIGHT:
                continue  # whoever sends it, this console or another process, goes on with it
            if attempt.unsettled:
                self.log.add(Severity.WARNING, f"Attempt {attempt.attempt_id} of an earlier run is not settled.")
                self.search(door, attempt.attempt_id)
            else:
                self.follow(door, attempt)

    def search(self, door: Door, attempt_id: str) -> None:
        """Looks for the jobs of a request whose answer was lost, and follows them as soon as they are found."""
        self._begin(attempt_id, self._search(door, attempt_id))

    def look_for_rivals(self, door: Door, attempt_id: str, where: Where) -> None:
        """Says in the log if somebody else started the same in the moment of sending."""
        self._begin(attempt_id, self._look_for_rivals(door, attempt_id, where))

    def follow(self, door: Door, attempt: KnownAttempt) -> None:
        """Follows the jobs that are known to be an attempt's."""
        task = attempt.task()
        if any(followed.attempt_id == attempt.attempt_id for followed in self.watch.tasks):
            return
        if task is not None and attempt.job_ids:
            task_id = attempt.ending.task_id if attempt.ending else None
            outcome = Outcome(OutcomeKind.ACCEPTED, task_id, attempt.job_ids)
            self.watch.begin(door, task, outcome, attempt.attempt_id)

    @property
    def is_searching(self) -> bool:
        """Whether something is still looked for."""
        return bool(self._searching)

    async def close(self) -> None:
        """Ends the looking."""
        searching = list(self._searching.values())
        for task in searching:
            task.cancel()
        await asyncio.gather(*searching, return_exceptions=True)

    async def _search(self, door: Door, attempt_id: str) -> None:
        try:
            attempt, seen = await look_for(
                door, self.journal, attempt_id, seconds=SEARCH_SECONDS, clock=self.monotonic, sleep=self.sleep
            )
        except PgBackupError as error:
            tell_error(self.log, error, f"Attempt {attempt_id} could not be looked for: ")
            return
        self.sightings[attempt_id] = seen
        if attempt is None:
            return
        tell_sighting(self.log, attempt, seen)
        if not attempt.unsettled:
            self.follow(door, attempt)
        self.watch.news()

    async def _look_for_rivals(self, door: Door, attempt_id: str, where: Where) -> None:
        try:
            attempt = self.journal.read().attempt(attempt_id)
            task = attempt.task() if attempt else None
            if attempt is None or attempt.intent is None or task is None:
                return
            sent_at, before = attempt.intent.server_time, attempt.intent.jobs_before
            found = await rivals(door.jobs, task, attempt.job_ids, where, sent_at, before)
        except PgBackupError as error:
            tell_error(self.log, error, "Whether somebody else started the same can't be told: ")
            return
        for alarm in found:
            self.log.add(Severity.ERROR, alarm)

    def _begin(self, attempt_id: str, work: Coroutine[Any, Any, None]) -> None:
        if attempt_id in self._searching:
            work.close()
            return
        searching = asyncio.create_task(work)
        self._searching[attempt_id] = searching
        searching.add_done_callback(lambda done: self._has_ended(attempt_id, done))

    def _has_ended(self, attempt_id: str, searching: asyncio.Task[None]) -> None:
        self._searching.pop(attempt_id, None)
        error = None if searching.cancelled() else searching.exception()
        if error is not None:
            self.fault(error)
