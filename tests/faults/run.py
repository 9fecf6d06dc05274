"""One run of the campaign: faults drawn from a seed, an engineer who goes on, and what must hold at the end."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field, replace

from pgbackup_tui.backup.attempt import new_attempt
from pgbackup_tui.backup.journal.attempts import KnownAttempt, Standing
from pgbackup_tui.backup.journal.records import NotStarted
from pgbackup_tui.backup.outcome import OutcomeKind
from pgbackup_tui.backup.reconcile import waits_for
from pgbackup_tui.backup.task import BackupTask
from pgbackup_tui.commserve.errors import CommvaultError
from pgbackup_tui.errors import RefusedHereError
from tests.faults.rig import PATIENCE, QUICK, TOKEN, Engineer, Rig, files_in
from tests.faults.victim import Victims

KILLED_SHARE = 0.2
_MOMENTS = 40
"""A run has about so many moments in which it can be killed."""
IMPATIENT = replace(QUICK, read=0.08, total=0.2)
"""Seconds: what a silent CommServe costs a run."""

_Fault = dict[str, object]
_CUTS = ("reset", "close", "half-header", "half-body")
_PAGES = ("502", "503", "504", "html", "empty")
TASK_FAULTS: list[_Fault | None] = [
    None,
    {"answer": "reset-before-read"},
    *(_Fault(answer=cut, carried_out=made) for cut in _CUTS for made in (True, False)),
    {"answer": "silence", "carried_out": True},
    {"answer": "silence", "carried_out": False},
    *(_Fault(answer=page, carried_out=made) for page in _PAGES for made in (True, False)),
    *(_Fault(answer=named) for named in ("400", "401", "403", "500", "200-403", "200-500")),
    *(_Fault(answer=change) for change in ("zero-id", "no-ids", "both", "fewer-jobs", "extra-job")),
    {"answer": "trickle", "interval": 0.02},
    {"answer": "redirect:https://elsewhere.example.com/"},
    {"answer": "bad-gzip", "carried_out": True},
    {"answer": {"status": 500, "body": {"error": "Internal Server Error \x1b[2J"}}, "carried_out": True},
    {"answer": {"status": 502, "body": f"<pre>Authtoken={TOKEN}</pre>"}, "carried_out": True},
]
LOOK_FAULTS: tuple[object, ...] = ("502", "html", "reset", "half-body", {"status": 200, "body": {"jobs": [{}]}})


class BrokenInvariantError(AssertionError):
    """What must never happen has happened."""


@dataclass(slots=True)
class Run:
    """One run: what was decided in it, and what is checked at its end."""

    seed: int
    rig: Rig
    dying: Victims
    counts: Counter[str]
    rng: random.Random = field(init=False)
    people: list[Engineer] = field(default_factory=list)
    decisions: Counter[str] = field(default_factory=Counter)
    """How often Start was pressed, by attempt."""
    declared: set[str] = field(default_factory=set)
    """Attempts that a person declared not started, after the looks that this takes."""
    shown_accepted: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """The jobs that the engineer was told were started, by attempt."""

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)  # a seed that replays

    async def play(self) -> None:
        """The run, to its end."""
        engineer = self.rig.engineer(limits=IMPATIENT)
        self.people.append(engineer)
        task = self.rig.task(*self.rng.sample(self.rig.subclients, self.rng.choice([1, 1, 1, 2, 3])))
        self._draw_faults()
        way = self.rng.choices(
            [self._once, self._killed, self._side_by_side, self._cancelled],
            [1 - KILLED_SHARE - 0.25, KILLED_SHARE, 0.1, 0.15],
        )[0]
        self.counts[f"way: {way.__name__.strip('_')}"] += 1
        await way(engineer, task)
        await self.rig.settle()
        await self._go_on(engineer, task)
        await self.rig.settle()
        self.check()

    def _draw_faults(self) -> None:
        rules: list[_Fault] = []
        fault = self.rng.choice(TASK_FAULTS)
        if fault is not None:
            rules.append({"method": "POST", "path": "CreateTask", "times": 1, **fault})
        if self.rng.random() < 0.2:
            answer = self.rng.choice(LOOK_FAULTS)
            rules.append({"path": "Jobs", "after": self.rng.randrange(3), "times": 1, "answer": answer})
        if self.rng.random() < 0.3:  # a CommServe that gives no description back
            rules.append({"path": "JobDetails", "answer": {"status": 200, "body": {"job": {}}}})
        self.rig.spoil(*rules)

    async def _press(self, engineer: Engineer, task: BackupTask) -> None:
        attempt = new_attempt()
        self.decisions[attempt.attempt_id] += 1
        try:
            outcome = await engineer.press(task, attempt=attempt)
        except RefusedHereError as error:
            self.counts[f"refused: {type(error).__name__}"] += 1
        except CommvaultError:
            self.counts["refused: nobody answered the look before"] += 1
        else:
            self.counts[outcome.kind.value] += 1
            if outcome.kind is OutcomeKind.ACCEPTED:
                self.shown_accepted[attempt.attempt_id] = outcome.job_ids

    async def _once(self, engineer: Engineer, task: BackupTask) -> None:
        await self._press(engineer, task)

    async def _killed(self, engineer: Engineer, task: BackupTask) -> None:
        attempt = new_attempt()
        self.decisions[attempt.attempt_id] += 1
        outcome = self.dying.press(engineer, task, attempt, self.rng.randint(1, _MOMENTS))
        self.counts["kill -9" if self.dying.was_killed else "outlived its killer"] += 1
        if outcome is not None:
            self.counts[outcome.value] += 1

    async def _side_by_side(self, engineer: Engineer, task: BackupTask) -> None:
        twin = self.rig.engineer(state=engineer.state, limits=IMPATIENT)
        await asyncio.gather(self._press(engineer, task), self._press(twin, task))

    async def _cancelled(self, engineer: Engineer, task: BackupTask) -> None:
        engineer.grace = 0.05
        pressing = asyncio.create_task(self._press(engineer, task))
        for _ in range(self.rng.randrange(30)):
            await asyncio.sleep(0.0002 if self.rng.random() < 0.3 else 0)
        pressing.cancel()
        await asyncio.wait({pressing})
        if pressing.cancelled():
            self.counts["cancelled in flight"] += 1

    async def _go_on(self, engineer: Engineer, task: BackupTask) -> None:
        """The engineer starts the program again, presses Start again, looks, waits, and only then declares."""
        for _ in range(self.rng.randint(1, 2)):
            await self._press(engineer, task)
        await self._look_at_all(engineer)
        if self.rng.random() < 0.5:
            return
        self.rig.clock.now += PATIENCE + 1
        for _ in range(3):
            await self._look_at_all(engineer)
        for attempt in engineer.journal.read().attempts:
            if attempt.unsettled and not waits_for(attempt):
                left = tuple(found.subclient.subclient_id for found in attempt.unsettled)
                journal = engineer.journal
                journal.note(attempt.attempt_id, NotStarted(left))
                journal.close()
                self.declared.add(attempt.attempt_id)
                self.counts["declared not started"] += 1
        await self._press(engineer, task)

    async def _look_at_all(self, engineer: Engineer) -> None:
        for attempt in engineer.journal.read().attempts:
            if attempt.unsettled:
                await engineer.look(attempt.attempt_id)
                self.counts["looks"] += 1

    def check(self) -> None:
        """The invariants; raises BrokenInvariantError."""
        known = {found.attempt_id: found for one in self.people for found in one.journal.read().attempts}
        for attempt_id in self.decisions:
            self._check_attempt(attempt_id, known.get(attempt_id))
        on_subclient = Counter(
            number for found in self.decisions for number in {job.subclient.id for job in self.rig.jobs_of(found)}
        )
        most = max(on_subclient.values(), default=0)
        self._require(most <= 1, "I1: two decisions run on one subclient (duplicate)")
        for one in self.people:
            self._require(
                not any(TOKEN.encode() in content for content in files_in(one.state)), "I4: a token on disk"
            )
        for attempt in known.values():
            words = attempt.ending.message if attempt.ending else ""
            self._require(words.isprintable(), "I5: a control character of the server's was kept")
            for found in attempt.unsettled:
                self._require(found.standing is not Standing.IN_FLIGHT, "I7: in flight for ever")

    def _check_attempt(self, attempt_id: str, known: KnownAttempt | None) -> None:
        posts, jobs = self.rig.posts_of(attempt_id), {job.id for job in self.rig.jobs_of(attempt_id)}
        self._require(posts <= 1, "I1: one decision was posted more than once (duplicate)")
        if known is None:
            self._require(posts == 0, "I3: posted without an intent on the disk")
            return
        told = self.shown_accepted.get(attempt_id, ())
        self._require(set(told) <= jobs | self._extra(jobs), "I2: accepted was shown, and there is no such job")
        if known.standing is Standing.FOUND:
            self._require(set(known.job_ids) <= jobs, "I2: found a job that is not its own (false accepted)")
        if jobs:
            said_not = known.standing in (Standing.REJECTED, Standing.NOT_SENT, Standing.NOT_STARTED)
            self._require(not said_not, "I3: a job runs that the journal says does not (false not started)")
        self.counts[f"ended {known.standing.value}"] += 1
        self.counts["jobs made"] += len(jobs)

    def _extra(self, jobs: set[int]) -> set[int]:
        """The second job that a fault of the simulator starts beside one of these."""
        tasks = {job.task_id for job in self.rig.started() if job.id in jobs}
        return {job.id for job in self.rig.started() if job.task_id in tasks}

    def _require(self, holds: bool, words: str) -> None:
        if not holds:
            raise BrokenInvariantError(words)
