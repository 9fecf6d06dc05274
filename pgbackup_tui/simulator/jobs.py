"""The life of a job: a script, and where a job stands in it at a given time.

Nothing here keeps time. Where a job stands is a function of when it may begin, its script, what was done to it
(suspend, resume, kill) and now; so a test with a clock of its own sees a whole life without waiting.
Status words: sdk:job.py and the SMA OpCon connector's list; terminal ones as sdk:job.py `is_finished` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from pgbackup_tui.simulator.entities import Behaviour, Named, Subclient


class Level(Enum):
    """Backup levels: the code in a request or a summary, and the name in a summary."""

    FULL = (1, "Full")
    INCREMENTAL = (2, "Incremental")
    DIFFERENTIAL = (4, "Differential")
    SYNTHETIC_FULL = (64, "Synthetic Full")

    @property
    def code(self) -> int:
        return self.value[0]

    @property
    def label(self) -> str:
        return self.value[1]


def level_named(text: str | int | None) -> Level | None:
    """The level for a name in any case, or for its number; incremental when none is given (the API's default)."""
    if text is None or text == "":
        return Level.INCREMENTAL
    if isinstance(text, int):
        return next((level for level in Level if level.code == text), None)
    return Level.__members__.get(text.strip().upper().replace(" ", "_"))


class Status(StrEnum):
    """The words of jobSummary.status that jobs here can show."""

    WAITING = "Waiting"
    QUEUED = "Queued"
    RUNNING = "Running"
    PENDING = "Pending"
    SUSPENDED = "Suspended"
    COMPLETED = "Completed"
    WITH_ERRORS = "Completed w/ one or more errors"
    WITH_WARNINGS = "Completed w/ one or more warnings"
    COMMITTED = "Committed"
    FAILED = "Failed"
    FAILED_TO_START = "Failed to Start"
    KILLED = "Killed"


LEAVES_A_BACKUP = frozenset({Status.COMPLETED, Status.WITH_ERRORS, Status.WITH_WARNINGS, Status.COMMITTED})


class Action(StrEnum):
    """What can be done to a job that is not over."""

    SUSPEND = "suspend"
    RESUME = "resume"
    KILL = "kill"


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of a job's life in which it shows one status."""

    status: Status
    seconds: float
    phase: str = ""
    reason: str = ""
    work: float = 0.0
    """The part of the whole work that is done in this step."""


@dataclass(frozen=True, slots=True)
class Script:
    """Steps in order, and how it ends."""

    steps: tuple[Step, ...]
    outcome: Status = Status.COMPLETED
    reason: str = ""
    failed_files: int = 0

    @property
    def seconds(self) -> float:
        return sum(step.seconds for step in self.steps)


@dataclass(frozen=True, slots=True)
class Mark:
    """What was done to a job, and when."""

    at: float
    action: Action


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a job is."""

    status: Status
    phase: str = ""
    reason: str = ""
    done: float = 0.0
    """Part of the whole work, 0 to 1."""
    ended: float | None = None
    phases: tuple[tuple[float, str], ...] = ()
    """The phases entered so far, in seconds of the job's own running time."""


@dataclass(frozen=True, slots=True)
class Job:
    """A backup of one subclient, as it was asked for."""

    id: int
    task_id: int
    subclient: Subclient
    level: Level
    """The level that runs, which a first backup makes Full whatever was asked."""
    submitted: float
    user: Named
    script: Script
    size: int
    """What sizeOfApplication will be at the end."""
    with_data: bool = False
    scheduled: bool = False
    description: str = ""
    notify: bool = False
    marks: tuple[Mark, ...] = ()
    over: Standing | None = None
    """What it came to, of a job from before the world began."""


def stand(job: Job, begin: float | None, queued_behind: int, now: float) -> Standing:
    """Where `job` is at `now`. It may begin at `begin`; None while job `queued_behind` holds the subclient."""
    spent, since, suspended = 0.0, begin, False
    for mark in job.marks:
        if since is not None and not suspended:
            spent += max(0.0, mark.at - since)
        if mark.action is Action.KILL:
            return _killed(job, spent, mark.at)
        suspended = mark.action is Action.SUSPEND
        since = None if begin is None else max(mark.at, begin)
    if since is None:
        return _held(queued_behind, suspended)
    if not suspended:
        spent += max(0.0, now - since)
    if spent >= job.script.seconds:
        return _over(job, ended=now - (spent - job.script.seconds))
    return _within(job.script, spent, suspended)


def _held(queued_behind: int, suspended: bool) -> Standing:
    reason = f"Another backup is running for the same subclient [Job {queued_behind}]."
    return Standing(Status.SUSPENDED if suspended else Status.QUEUED, reason=reason)


def _killed(job: Job, spent: float, at: float) -> Standing:
    before = _within(job.script, spent, suspended=False)
    return Standing(Status.KILLED, before.phase, "The job was killed by a user.", before.done, at, before.phases)


def _over(job: Job, ended: float) -> Standing:
    script = job.script
    last = _within(script, script.seconds, suspended=False)
    done = 1.0 if script.outcome in LEAVES_A_BACKUP - {Status.COMMITTED} else last.done
    return Standing(script.outcome, "", script.reason, done, ended, last.phases)


def _within(script: Script, spent: float, suspended: bool) -> Standing:
    """After `spent` seconds of the script."""
    begins, done = 0.0, 0.0
    phases: list[tuple[float, str]] = []
    for step in script.steps:
        if step.phase and (not phases or phases[-1][1] != step.phase):
            phases.append((begins, step.phase))
        within = spent - begins
        if within < step.seconds:
            done += step.work * within / step.seconds
            break
        begins += step.seconds
        done += step.work
    status = Status.SUSPENDED if suspended else step.status
    return Standing(status, step.phase, step.reason, min(done, 1.0), None, tuple(phases))


DATA, INDEX = "Database Backup", "Archive Index"
NO_SPACE = (
    "Error occurred while writing to the mount path [/srv/cvlib/mp01] of library [DiskLib-01] on the media agent"
    " [ma-01]: no space left on device."
)
NO_LIBRARY = "The library [DiskLib-01] has no mount path with enough free space."
"""In the manner of a CommServe; the words are this simulator's choice."""


def script_for(behaviour: Behaviour, seconds: float) -> Script:
    """What a backup goes through whose undisturbed run takes `seconds`."""
    waiting = Step(Status.WAITING, 0.1 * seconds)
    ordinary = (
        waiting,
        Step(Status.RUNNING, 0.75 * seconds, DATA, work=0.95),
        Step(Status.RUNNING, 0.15 * seconds, INDEX, work=0.05),
    )
    match behaviour:
        case Behaviour.COMPLETES_WITH_ERRORS:
            reason = "3 of 1204 files could not be backed up."
            return Script(ordinary, Status.WITH_ERRORS, reason, failed_files=3)
        case Behaviour.COMPLETES_WITH_WARNINGS:
            return Script(ordinary, Status.WITH_WARNINGS, "The archive directory holds more than 500 old logs.")
        case Behaviour.COMMITS:
            stopped = Step(Status.RUNNING, 0.5 * seconds, DATA, work=0.6)
            reason = "The job was stopped by the system; what was backed up until then is kept."
            return Script((waiting, stopped), Status.COMMITTED, reason)
        case Behaviour.FAILS:
            stopped = Step(Status.RUNNING, 0.5 * seconds, DATA, work=0.6)
            reason = "The archive directory [/var/lib/pgsql/archive] is full: no space left on device."
            return Script((waiting, stopped), Status.FAILED, reason)
        case Behaviour.CANNOT_START:
            reason = "The database server is down or refuses connections on port 5432."
            stuck = Step(Status.PENDING, 0.3 * seconds, reason="Unable to connect to the database server.")
            return Script((waiting, stuck), Status.FAILED_TO_START, reason)
        case Behaviour.PENDS:
            return Script((waiting, *_interrupted(seconds)))
        case Behaviour.QUEUES:
            reason = "The job is queued: a blackout window is in force for this client."
            return Script((Step(Status.QUEUED, seconds, reason=reason), *ordinary))
        case Behaviour.STORAGE_FULL:
            return Script((waiting, *_out_of_space(seconds)), Status.FAILED, f"{NO_SPACE} {NO_LIBRARY}")
        case _:
            return Script(ordinary)


def _interrupted(seconds: float) -> tuple[Step, ...]:
    reason = "The media agent [ma-01] is offline; the job will go on when it is back."
    return (
        Step(Status.RUNNING, 0.35 * seconds, DATA, work=0.4),
        Step(Status.PENDING, 0.5 * seconds, DATA, reason),
        Step(Status.RUNNING, 0.4 * seconds, DATA, work=0.55),
        Step(Status.RUNNING, 0.15 * seconds, INDEX, work=0.05),
    )


def _out_of_space(seconds: float) -> tuple[Step, ...]:
    """The library fills up in the middle; the job is tried again, and waits for space that doesn't come."""
    return (
        Step(Status.RUNNING, 0.25 * seconds, DATA, work=0.3),
        Step(Status.PENDING, 0.4 * seconds, DATA, NO_SPACE),
        Step(Status.WAITING, 0.25 * seconds, DATA, NO_LIBRARY),
    )
