"""What the console does with a CommServe; the panels show it and ask for it. Knows nothing of the screen."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from pgbackup_tui.commserve.errors import AuthError
from pgbackup_tui.errors import CredentialError, PgBackupError
from pgbackup_tui.tui.parts import Change, DeskParts
from pgbackup_tui.tui.prompt import Prompt
from pgbackup_tui.tui.records import Severity
from pgbackup_tui.tui.telling import tell_error

if TYPE_CHECKING:
    from pgbackup_tui.backup.outcome import Outcome
    from pgbackup_tui.backup.past import Past
    from pgbackup_tui.backup.task import BackupTask
    from pgbackup_tui.backup.where import Where
    from pgbackup_tui.commserve.client import CommServe
    from pgbackup_tui.commserve.jobs import JobAction, Jobs
    from pgbackup_tui.estate.model import Subclient
    from pgbackup_tui.target import Target
    from pgbackup_tui.tui.watch import FollowedTask

_CLIENT = "pgbackup_tui.commserve.client"
"""With the HTTP library in it, it takes long to load: off the loop, and when the console is on the screen."""


class State(Enum):
    """How far the connection is."""

    CONNECTING = "connecting"
    READY = "ready"
    FAILED = "not connected"
    SIGNED_OUT = "not signed in"


@dataclass(eq=False)
class Desk(DeskParts):
    """One console's work with one CommServe."""

    state: State = State.CONNECTING
    failure: PgBackupError | None = None
    target: Target | None = None
    skip_waiting: Callable[[], None] = lambda: None
    """Goes on without the keyring that is waited for."""
    waiting_for: str = ""
    """The keyring that the token is looked for in, when it takes longer than a moment."""
    prompt: Prompt | None = None
    """Who is asked when the token has ended."""
    _connecting: bool = False
    _commserve: CommServe | None = None

    @property
    def tasks(self) -> list[FollowedTask]:
        """What was accepted, the newest first."""
        return self.watch.tasks

    async def connect(self) -> None:
        """Signs in and lists the estate; a failure is kept and said, and may be tried again.

        Does nothing while it is under way: a held key is one reload.
        """
        if self._connecting:
            return
        self._connecting, self.state, self.failure = True, State.CONNECTING, None
        self.changed(Change.CONNECTION)
        try:
            commserve = await self._signed_in()
            await self.catalogue.list(commserve)
            self.take_up()
        except (CredentialError, AuthError) as error:
            self.state, self.failure, self.target = State.SIGNED_OUT, error, None
            self.catalogue.forget_kept()
            tell_error(self.log, error)
            self.changed(Change.SIGN_IN)
        except PgBackupError as error:
            self.state, self.failure = State.FAILED, error
            tell_error(self.log, error)
        else:
            self.state = State.READY
        finally:
            self._connecting = False
        self.changed(Change.CONNECTION)

    async def use(self, target: Target) -> None:
        """Goes on with a target that a person signed in to.

        Requests that were refused with the old token are asked again with the new one; another CommServe, or
        another user of it, begins anew.
        """
        if self.prompt is not None and self.prompt.is_open and self.is_same(target):
            assert self.target is not None  # noqa: S101  # compared just now
            self.target.token, self.target.token_source = target.token, target.token_source
            self.log.add(Severity.INFO, f"Signed in again as {target.user}; following goes on.")
            self.prompt.answer(target.token)
            self.changed(Change.CONNECTION)
            return
        await self.forget()
        self.target = target
        await self.connect()

    async def prove(self) -> bool:
        """Whether the token's source, asked anew, lets the same user in; without a connection, it is made.

        The person is asked where the source has nothing more to give.
        """
        if self.target is None or self._commserve is None:
            await self.connect()
            return self.state is State.READY
        try:
            found = await self.find_target()
            await (await found.open()).session.close()
        except (CredentialError, AuthError) as error:
            self.failure = error
            self.changed(Change.SIGN_IN)
            return False
        except PgBackupError as error:
            tell_error(self.log, error)
            return False
        if not self.is_same(found):
            self.log.add(
                Severity.WARNING, f"The token is {found.user}'s now; this console is {self.target.user}'s."
            )
            return False
        if self.prompt is not None and self.prompt.is_open:
            await self.use(found)
        return True

    async def forget(self) -> None:
        """Ends the connection and lets go of the token; what is on the screen of the estate goes with it."""
        if self.prompt is not None:
            self.prompt.answer(None)
        await self.recovery.close()
        await self.watch.close()
        await self.catalogue.clear()
        if self._commserve is not None:
            await self._commserve.session.close()
        self._commserve = self.target = None
        self.watch.tasks.clear()
        self.state = State.SIGNED_OUT
        self.changed(Change.CONNECTION)

    async def close(self) -> None:
        """Ends what is under way; the jobs on the CommServe go on."""
        if "dispatch" in self.made:
            await self.dispatch.settle(0)
        for part in ("recovery", "watch", "catalogue"):
            if part in self.made:
                await self.made[part].close()
        if self._commserve is not None:
            await self._commserve.session.close()

    @property
    def where(self) -> Where:
        """Which CommServe this is, and as whom."""
        from pgbackup_tui.backup.where import Where  # loaded when there is a CommServe

        origin = self._commserve.address.origin if self._commserve else ""
        return Where(origin, self.target.user if self.target else "")

    @property
    def jobs(self) -> Jobs:
        """The jobs of the CommServe that it is connected to; before that there is nothing to ask of them."""
        assert self._commserve is not None  # noqa: S101
        return self._commserve.jobs

    def server_time(self) -> float:
        """The CommServe's clock (UNIX seconds), or this machine's as long as it is not known."""
        return (self._commserve.server_time() if self._commserve else None) or self.clock()

    async def submit(self, task: BackupTask, shown: Collection[int], past: Past | None = None) -> Outcome:
        """Sends the task, once, says what became of it, and follows its jobs, or looks for them.

        ``shown`` are jobs that the person knows to be running, ``past`` earlier backups. Raises RefusedHereError.
        """
        commserve, where = self._commserve, self.where
        assert commserve is not None  # noqa: S101  # there is nothing to compose before it is connected
        self.catalogue.require_fresh(task)
        try:
            attempt, outcome = await self.dispatch.send(
                commserve, task, where, shown, begun=lambda: self.changed(Change.JOBS)
            )
        finally:
            self.changed(Change.JOBS)
        if self._commserve is not commserve:
            return outcome  # the console is somewhere else by now; the journal knows, and goes on with it there
        if outcome.is_accepted:
            self.watch.begin(commserve, task, outcome, attempt.attempt_id, past, sent_now=True)
            self.recovery.look_for_rivals(commserve, attempt.attempt_id, where)
        elif outcome.is_unknown:
            self.recovery.search(commserve, attempt.attempt_id)
        return outcome

    def take_up(self) -> None:
        """Goes on with everything of the journal that is open on this CommServe."""
        if self._commserve is not None:
            self.recovery.take_up(self._commserve, self.where)

    def look_again(self, attempt_id: str) -> None:
        """Looks once more for the jobs of an attempt whose answer was lost."""
        if self._commserve is not None:
            self.recovery.search(self._commserve, attempt_id)

    async def tell_backups(self, chosen: tuple[Subclient, ...]) -> None:
        """Whether there are good backups of these subclients already, into the log."""
        from pgbackup_tui.tui.foresight import Foresight  # loaded when it is wanted, as the parts are

        await Foresight(self).tell(chosen)

    async def act(self, job_id: int, action: JobAction) -> None:
        """Suspends, resumes or kills a job, once, and says what came of it."""
        await self.dispatch.act(self.jobs, job_id, action)

    async def _signed_in(self) -> CommServe:
        await asyncio.to_thread(importlib.import_module, _CLIENT)
        if self.target is None:
            self.target = await self.find_target()
        if self._commserve is None:
            self.prompt = Prompt(self.target.renewal, self._sign_in_wanted)
            self.target.renewal = self.prompt
            async with self.catalogue.recalling(self.target):
                self._commserve = await self.target.open()
            source = self.target.token_source
            self.log.add(
                Severity.INFO, f"Signed in to {self.target.where} as {self.target.user}, token from {source}."
            )
        return self._commserve

    def _sign_in_wanted(self) -> None:
        self.watch.stall("The Authtoken has ended: sign in, and following goes on.")
        self.log.add(Severity.WARNING, "The CommServe does not take the Authtoken any more. Sign in to go on.")
        self.changed(Change.SIGN_IN)

    def is_same(self, target: Target) -> bool:
        mine = self.target
        if mine is None or mine.route is None or target.route is None:
            return False
        return (mine.route.address.origin, mine.user) == (target.route.address.origin, target.user)
