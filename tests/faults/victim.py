"""A process that starts backups and is killed while it does: ``python -m tests.faults.victim``.

It has one thread, and forks one child for each line on stdin; the child presses Start once, and kills itself with
SIGKILL at the write, or the sign of life of the transport, that the line names. A killed ``os.write`` writes half
of its bytes first, which is the worst that a power cut can leave.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import structs

from pgbackup_tui.backup.attempt import Attempt
from pgbackup_tui.backup.journal.journal import Journal
from pgbackup_tui.backup.outcome import OutcomeKind
from pgbackup_tui.backup.submit import Submission, submit
from pgbackup_tui.backup.task import BackupOptions, BackupTask, Level, compose
from pgbackup_tui.backup.where import Where
from pgbackup_tui.commserve.address import Address
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.commserve.delivery import Delivery
from pgbackup_tui.commserve.route import Route
from pgbackup_tui.errors import PgBackupError
from pgbackup_tui.estate.model import Subclient
from pgbackup_tui.secret import Secret
from tests.faults.rig import QUICK, TOKEN, USER, Engineer

KINDS = tuple(OutcomeKind)
REFUSED = 100
"""Exit status of a child that declined."""
_WRITES = ("write", "fsync", "link", "unlink", "posix_fallocate", "open")


class Killer:
    """Counts the moments in which a process can be killed, and kills this one at the one that it was given."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.seen = 0

    def is_due(self) -> bool:
        """Whether this is the moment."""
        self.seen += 1
        return self.seen == self.at

    def watch_writes(self) -> None:
        """Every write to the disk is such a moment."""
        for name in _WRITES:
            setattr(os, name, self._watched(name, getattr(os, name)))

    def watch_transport(self) -> None:
        """Every sign of life of the transport is such a moment."""
        told = Delivery.__call__

        async def watched(delivery: Delivery, event: str, info: Mapping[str, Any]) -> None:
            if self.is_due():
                kill()
            await told(delivery, event, info)

        Delivery.__call__ = watched  # type: ignore[method-assign,assignment]

    def _watched(self, name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*values: Any, **named: Any) -> object:
            if self.is_due():
                if name == "write":
                    real(values[0], bytes(values[1])[: len(values[1]) // 2])
                kill()
            return real(*values, **named)

        return call


def kill() -> None:
    """Ends this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def press(told: Mapping[str, Any]) -> int:
    """Presses Start, and dies on the way, or returns what became of it as an exit status."""
    task = compose(
        [Subclient(**found) for found in told["subclients"]], BackupOptions(Level.FULL), max_subclients=50
    )
    attempt = Attempt(told["attempt"], "victim", "here")

    async def hand_in() -> int:
        async with CommServe(Route(Address(told["base"]), limits=QUICK), Secret(TOKEN)) as commserve:
            where = Where(commserve.address.origin, USER)
            outcome = await submit(commserve, Submission(task, attempt, where, Journal(Path(told["state"]))))
            return KINDS.index(outcome.kind)

    killer = Killer(told["kill_at"])
    killer.watch_writes()
    killer.watch_transport()
    try:
        return asyncio.run(hand_in())
    except PgBackupError:
        return REFUSED


def serve() -> None:
    """One child a line; answers with how it ended."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(press(json.loads(line)))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{status}\n")
        sys.stdout.flush()


class Victims:
    """The process, as the tests see it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def press(self, engineer: Engineer, task: BackupTask, attempt: Attempt, kill_at: int) -> OutcomeKind | None:
        """Has Start pressed by a child that dies at that moment; None if it did, or declined."""
        engineer.last = attempt
        told = {
            "base": engineer.rig.server.url + "/",
            "state": str(engineer.state),
            "attempt": attempt.attempt_id,
            "subclients": [structs.asdict(found) for found in task.subclients],
            "kill_at": kill_at,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        assert status in (-signal.SIGKILL, REFUSED, *range(len(KINDS))), f"a child ended with {status}"
        self.was_killed = status == -signal.SIGKILL
        return KINDS[status] if 0 <= status < len(KINDS) else None


@contextmanager
def victims() -> Iterator[Victims]:
    """Starts the process, and ends it afterwards."""
    command = [sys.executable, "-m", "tests.faults.victim"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Victims(process)
        finally:
            process.kill()
            process.communicate()


if __name__ == "__main__":
    serve()
