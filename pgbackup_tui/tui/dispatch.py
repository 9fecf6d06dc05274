"""The requests that this console has sent: each written down first, sent once, and never lost sight of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pgbackup_tui.backup.attempt import Attempt, new_attempt
from pgbackup_tui.backup.guard import resubmit_of
from pgbackup_tui.backup.job_actions import JobDoor, act
from pgbackup_tui.backup.journal.journal import Journal
from pgbackup_tui.backup.outcome import Outcome, OutcomeKind
from pgbackup_tui.backup.resubmit import resubmit_task
from pgbackup_tui.backup.submit import Listener, Submission, TaskDoor, submit
from pgbackup_tui.backup.task import BackupTask
from pgbackup_tui.backup.where import Where
from pgbackup_tui.commserve.errors import CommvaultError
from pgbackup_tui.commserve.jobs import JobAction
from pgbackup_tui.commserve.wire import JobSummary
from pgbackup_tui.errors import PathError, RefusedHereError
from pgbackup_tui.estate.model import Subclient
from pgbackup_tui.text import counted
from pgbackup_tui.tui.narration import tell_job_action, tell_outcome
from pgbackup_tui.tui.records import LogStore, Severity


@dataclass(slots=True)
class Dispatch:
    """Sends tasks. A request goes on when its caller is gone; only :meth:`settle` ends it."""

    log: LogStore
    journal: Journal
    make_attempt: Callable[[], Attempt] = new_attempt
    is_closing: bool = False
    """Whether nothing new is sent, because the console is being left."""
    last_outcome: Outcome | None = None
    """Of the newest request."""
    _sent: list[str] = field(default_factory=list)
    """The attempts of this console that were not settled when last looked at."""
    unknown_actions: list[str] = field(default_factory=list)
    """What was done to jobs of which nobody knows whether it arrived: ``kill of job 3587112``."""
    _sending: set[asyncio.Task[Outcome]] = field(default_factory=set)

    @property
    def is_sending(self) -> bool:
        """Whether a request that changes something has no answer yet."""
        return bool(self._sending)

    def unknown(self) -> list[str]:
        """The attempts of this console of which nobody knows whether they were carried out."""
        if not self._sent:
            return []
        try:
            known = self.journal.read()
        except PathError:
            return list(self._sent)
        found = [known.attempt(attempt_id) for attempt_id in self._sent]
        # What is settled stays so, and the journal is not read for it at every look.
        self._sent = [attempt.attempt_id for attempt in found if attempt is not None and attempt.unsettled]
        return list(self._sent)

    def unsettled(self, where: Where, subclients: Iterable[Subclient]) -> tuple[Subclient, ...]:
        """Those of which an earlier request is not settled: sending again could start them twice."""
        asked = tuple(subclients)
        try:
            attempts = self.journal.read().blocking(where, asked)
        except PathError:
            return ()  # without a journal nothing is sent, and that is said when it is asked for
        blocked = {found.subclient.subclient_id for attempt in attempts for found in attempt.unsettled}
        return tuple(found for found in asked if found.subclient_id in blocked)

    def resubmission(self, job: JobSummary, where: Where) -> BackupTask:
        """The task of starting a job again. Raises RefusedHereError, PathError."""
        return resubmit_task(job, self.journal.read(), where)

    def was_resubmitted(self, job_id: int, where: Where) -> bool:
        """Whether a job was started again already, as far as the journal can be read."""
        try:
            return resubmit_of(self.journal.read(), where, job_id) is not None
        except PathError:
            return False

    async def send(
        self,
        door: TaskDoor,
        task: BackupTask,
        where: Where,
        shown: Collection[int],
        begun: Callable[[], None] = lambda: None,
    ) -> tuple[Attempt, Outcome]:
        """Sends the task, once, and says what became of it; ``shown`` are jobs that the person knows to be running.

        ``begun`` is called as soon as it is under way. Raises RefusedHereError where nothing was sent: an earlier
        request is not settled, a backup runs already, it can't be told, or the journal can't be written.
        """
        if self.is_closing:
            raise RefusedHereError("Not sent: the console is being left.")
        attempt = self.make_attempt()
        what = f"{task.options.level} of {counted(len(task.subclients), 'subclient')}"
        how = "one task" if task.resubmits is None else f"the resubmit of job {task.resubmits}"
        self.log.add(Severity.INFO, f"Checking what runs there, then sending {how}: {what}.")

        def intended() -> None:
            self._sent.append(attempt.attempt_id)
            self.log.add(Severity.INFO, f"Sending {how}: {what}, attempt {attempt.attempt_id}.")

        listener = Listener(
            intended=intended,
            concluded=partial(self._conclude, attempt.attempt_id),
            warned=lambda words: self.log.add(Severity.WARNING, words),
        )
        # How long a request in flight is waited for is decided by settle, so there is no grace behind it.
        submission = Submission(task, attempt, where, self.journal, shown, listener, grace=0)
        sending = self._begin(submit(door, submission))
        begun()
        try:
            return attempt, await asyncio.shield(sending)
        except CommvaultError as error:  # of the look at what is running, before anything was sent
            raise RefusedHereError(f"Not sent: {error.problem}", error.advice) from error

    async def act(self, door: JobDoor, job_id: int, action: JobAction) -> None:
        """Suspends, resumes or kills a job, once, and says what came of it."""
        words = f"{action.name.lower()} of job {job_id}"
        self.log.add(Severity.INFO, f"Sending {words}.")
        self.unknown_actions.append(words)
        outcome = await asyncio.shield(self._begin(act(door, job_id, action)))
        if outcome.kind is not OutcomeKind.UNKNOWN:
            self.unknown_actions.remove(words)
        tell_job_action(self.log, words, outcome)

    async def settle(self, seconds: float) -> None:
        """Gives requests that are under way some time for their answer; after it, they are unknown."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=seconds)
        for sending in list(self._sending):
            sending.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    def _begin(self, work: Coroutine[Any, Any, Outcome]) -> asyncio.Task[Outcome]:
        sending = asyncio.create_task(work)
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)
        return sending

    def _conclude(self, attempt_id: str, outcome: Outcome) -> None:
        self.last_outcome = outcome
        tell_outcome(self.log, attempt_id, outcome)
