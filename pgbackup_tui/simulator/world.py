"""The state of a simulated CommServe and the clock it lives by."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import Self

from pgbackup_tui.simulator.entities import Behaviour
from pgbackup_tui.simulator.estate import Estate
from pgbackup_tui.simulator.history import History
from pgbackup_tui.simulator.jobbook import JobBook
from pgbackup_tui.simulator.sample import sample_estate
from pgbackup_tui.simulator.sessions import Sessions

JOB_SECONDS = 8.0
"""How long an undisturbed job takes where nothing else is said."""


class World:
    """An estate, its jobs and who may ask. Time passes only by the clock that was given; nothing here sleeps.

    State moves on when a request is answered: routes.handle holds `lock`, and calls `advance` first.
    """

    def __init__(
        self,
        estate: Estate,
        *,
        seed: int,
        token: str,
        users: Mapping[str, str],
        job_seconds: float,
        clock: Callable[[], float],
        every_job: Behaviour | None = None,
    ) -> None:
        self.estate = estate
        self.clock = clock
        self.sessions = Sessions(token, users)
        self.jobs = JobBook(History(estate, seed, clock()), job_seconds, every_job)
        self.lock = threading.Lock()

    @classmethod
    def sample(
        cls,
        *,
        clients: int = 12,
        seed: int = 7,
        token: str | None = None,
        users: Mapping[str, str] | None = None,
        job_seconds: float = JOB_SECONDS,
        clock: Callable[[], float] = time.time,
        every_job: Behaviour | None = None,
    ) -> Self:
        """The sample estate of sample.py with `clients` PostgreSQL clients.

        The same seed and clock give the same ids, names, sizes and jobs. The token is random when none is given;
        without `users` nobody can log in by password. `every_job` becomes of every job, whatever its subclient is
        known for.
        """
        return cls(
            sample_estate(clients, seed),
            seed=seed,
            token=secrets.token_hex(32) if token is None else token,
            users=users or {},
            job_seconds=job_seconds,
            clock=clock,
            every_job=every_job,
        )

    def end_token(self) -> None:
        """The API token ends, and the next one counts."""
        with self.lock:
            self.sessions.end_token()

    def advance(self) -> float:
        """Bring every job up to now, which is returned: one request sees one time."""
        now = self.clock()
        self.jobs.advance(now)
        return now
