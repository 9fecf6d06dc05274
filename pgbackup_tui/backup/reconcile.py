"""Looks on the CommServe for the jobs of an attempt whose answer was lost, and says what may follow from it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pgbackup_tui.backup.guard import MARGIN_SECONDS, follows_by_itself, is_full
from pgbackup_tui.backup.journal.attempts import Association, KnownAttempt, Standing
from pgbackup_tui.backup.journal.journal import Journal, Known
from pgbackup_tui.backup.journal.records import Found, Intent, Looked
from pgbackup_tui.commserve.errors import AuthError, CommvaultError
from pgbackup_tui.commserve.wire import JobSummary, Listing

LOOK_SECONDS = 15.0
"""How long a command without a screen looks for the jobs of a request whose answer was lost."""
ENOUGH_LOOKS = 3
"""Clean looks without a job before a person is offered to send again."""
_PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds between one look and the next; the last goes on."""
_LATEST_START = 600.0
"""Seconds behind the patience within which a job has to have started to be this attempt's."""
_LOOK_BACK_MARGIN = 600.0
_LONGEST_LOOK_BACK = 7 * 24 * 3600.0
_MARK = "pgbackup-tui "


class JobSource(Protocol):
    """Where jobs are looked for; ``commserve.Jobs`` is one."""

    async def listing(self, *, look_back: int = ..., active_only: bool = ...) -> Listing[JobSummary]: ...

    async def description(self, job_id: int) -> str: ...


class Door(Protocol):
    """A CommServe that is searched; ``CommServe`` is one."""

    @property
    def jobs(self) -> JobSource: ...

    def server_time(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one look showed of an attempt."""

    found: Mapping[int, int] = field(default_factory=dict)
    """Job ids by subclient id: certainly this attempt's."""
    by: str = ""
    """How they were known: see ``records.Found``."""
    to_ask: Mapping[int, tuple[JobSummary, ...]] = field(default_factory=dict)
    """Jobs by subclient id that could be this attempt's; a person has to say."""
    is_clean: bool = False
    """Whether nothing can have been overlooked."""
    trouble: str = ""


def window(intent: Intent) -> tuple[float, float] | None:
    """Between which starts (the CommServe's clock) a job can be the intent's; None where it is not known."""
    if intent.server_time is None:
        return None
    return intent.server_time - MARGIN_SECONDS, intent.server_time + intent.patience + _LATEST_START


def sight(
    attempt: KnownAttempt,
    listing: Listing[JobSummary],
    descriptions: Mapping[int, str],
    taken: Collection[int] = (),
    *,
    reaches_back: bool = True,
) -> Sighting:
    """What a list of jobs says of an attempt.

    A job is the attempt's if its description carries the attempt's id, or if the lost answer named it. Else it is
    one if subclient, user, level and start fit and it is the only such job; two are for a person to choose from.
    ``taken`` are jobs of other attempts, ``reaches_back`` tells whether the list covers the whole time since.
    """
    intent = attempt.intent
    if intent is None:
        return Sighting(trouble="What was asked can't be read any more.")
    found: dict[int, int] = {}
    to_ask: dict[int, tuple[JobSummary, ...]] = {}
    ways = set()
    for wanted in attempt.unsettled:
        matching, way = _candidates(attempt, intent, wanted, listing.rows, descriptions, taken)
        if len(matching) == 1 and way:
            found[wanted.subclient.subclient_id] = matching[0].job_id
            ways.add(way)
        elif matching:
            to_ask[wanted.subclient.subclient_id] = matching
    trouble = _overlooked(intent, listing, reaches_back)
    return Sighting(found, "+".join(sorted(ways)), to_ask, is_clean=not trouble, trouble=trouble)


async def look(door: Door, journal: Journal, attempt: KnownAttempt, known: Known) -> Sighting:
    """Looks once, and writes down what was found, or that nothing was. Raises AuthError."""
    start, reach = _since(attempt), _age(attempt, door.server_time()) + _LOOK_BACK_MARGIN
    try:
        listing = await door.jobs.listing(look_back=int(min(max(reach, _LOOK_BACK_MARGIN), _LONGEST_LOOK_BACK)))
        descriptions = await _descriptions(door.jobs, attempt, listing, start)
    except AuthError:
        raise
    except CommvaultError as error:
        seen = Sighting(trouble=error.problem)
    else:
        taken = {job for other in known.attempts if other is not attempt for job in other.job_ids}
        seen = sight(attempt, listing, descriptions, taken, reaches_back=reach <= _LONGEST_LOOK_BACK)
    if attempt.is_newer or attempt.standing is Standing.IN_FLIGHT:
        return seen  # somebody else's to write of
    if seen.found:
        journal.note(attempt.attempt_id, Found(dict(seen.found), seen.by))
    elif not seen.to_ask:
        journal.note(attempt.attempt_id, Looked(seen.is_clean, door.server_time(), seen.trouble))
    return seen


async def look_for(
    door: Door,
    journal: Journal,
    attempt_id: str,
    *,
    seconds: float = LOOK_SECONDS,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> tuple[KnownAttempt | None, Sighting]:
    """Looks again and again, until the attempt is settled, a person has to choose, or ``seconds`` are over.

    Returns the attempt as it is known then, and the last look. Raises AuthError, PathError.
    """
    end = clock() + seconds
    looks = 0
    while True:
        known = journal.read()
        attempt = known.attempt(attempt_id)
        if attempt is None or not attempt.unsettled:
            return attempt, Sighting()
        seen = await look(door, journal, attempt, known)
        attempt = journal.read().attempt(attempt_id)
        pause = _PAUSES[min(looks, len(_PAUSES) - 1)]
        settled = attempt is None or not attempt.unsettled
        if settled or seen.to_ask or clock() + pause > end:
            return attempt, seen
        await sleep(pause)
        looks += 1


def waits_for(attempt: KnownAttempt) -> str:
    """Why sending again can't be offered yet for an unknown attempt; empty where it can.

    That nothing was found once proves little: a request can wait in a proxy's queue. Enough is ENOUGH_LOOKS clean
    looks, the last of them after the attempt's patience, by the CommServe's own clock.
    """
    clean = [found for found in attempt.looks if found.is_clean]
    if len(clean) < ENOUGH_LOOKS:
        return f"{len(clean)} of {ENOUGH_LOOKS} looks at the whole list of jobs were made so far"
    patience = attempt.intent.patience if attempt.intent else 0.0
    sent = attempt.intent.server_time if attempt.intent else None
    last = clean[-1].server_time
    if sent is None or last is None:
        return "the CommServe's clock is not known"
    if last - sent < patience:
        return f"the last look was {int(last - sent)} s after the request; less than {patience:.0f} s prove nothing"
    return ""


def _candidates(
    attempt: KnownAttempt,
    intent: Intent,
    wanted: Association,
    jobs: Collection[JobSummary],
    descriptions: Mapping[int, str],
    taken: Collection[int],
) -> tuple[tuple[JobSummary, ...], str]:
    """Jobs that can be this subclient's, and how they are known; no way to know them means: ask."""
    number = wanted.subclient.subclient_id
    others = {*taken, *intent.jobs_before, intent.resubmits}
    here = [job for job in jobs if _is_of(job, number) and job.job_id not in others]
    marked = tuple(job for job in here if attempt.attempt_id in _words(job, descriptions))
    if marked:
        return marked, "marker"
    # a resubmitted job keeps the words that the first one was started with, the mark in them too
    inherited = descriptions.get(intent.resubmits, "") if intent.resubmits is not None else ""
    unmarked = [job for job in here if _MARK not in (words := _words(job, descriptions)) or words == inherited]
    fitting = tuple(job for job in unmarked if _fits(job, intent))
    named = tuple(job for job in fitting if attempt.ending and job.job_id in attempt.ending.job_ids)
    if named:
        return named, "answer"
    behind = {job.job_id for job in fitting for first in fitting if follows_by_itself(job, first, wanted.subclient)}
    fitting = tuple(job for job in fitting if job.job_id not in behind)
    is_sure = window(intent) is not None and all(job.user_name and job.user_name.user_name for job in fitting)
    return fitting, "window" if is_sure else ""


def _fits(job: JobSummary, intent: Intent) -> bool:
    user = job.user_name.user_name if job.user_name else ""
    if user and user.casefold() != intent.asked_as.casefold():
        return False
    level = job.backup_level_name.casefold().replace(" ", "_")
    if level and level != intent.level.casefold() and not is_full(job):
        return False
    between = window(intent)
    return between is None or between[0] <= job.job_start_time <= between[1]


def _overlooked(intent: Intent, listing: Listing[JobSummary], reaches_back: bool) -> str:
    """Why a job of the attempt may be missing from this list; empty where none can."""
    if not reaches_back:
        return "The list of jobs does not reach back to the request."
    if listing.damaged:
        return f"{listing.damaged[0]}: it could be the job."
    nameless = [job.job_id for job in listing.rows if _is_of(job, 0) and _fits(job, intent)]
    if nameless:
        return f"Job {nameless[0]} does not say which subclient it backs up."
    return ""


async def _descriptions(
    jobs: JobSource, attempt: KnownAttempt, listing: Listing[JobSummary], start: float
) -> dict[int, str]:
    """The words that jobs in question were started with, as far as the CommServe gives them back."""
    wanted = {found.subclient.subclient_id for found in attempt.unsettled}
    resubmits = attempt.intent.resubmits if attempt.intent else None
    found = {} if resubmits is None else {resubmits: await jobs.description(resubmits)}
    for job in listing.rows:
        if job.subclient and job.subclient.subclient_id in wanted and job.job_start_time >= start - MARGIN_SECONDS:
            found[job.job_id] = await jobs.description(job.job_id)
    return found


def _is_of(job: JobSummary, subclient_id: int) -> bool:
    """Whether the job says that it backs up this subclient; 0 for one that says nothing."""
    return (job.subclient.subclient_id if job.subclient else 0) == subclient_id


def _words(job: JobSummary, descriptions: Mapping[int, str]) -> str:
    return job.job_description or descriptions.get(job.job_id, "")


def _age(attempt: KnownAttempt, now: float | None) -> float:
    """Seconds since the attempt, by one clock at both ends: the CommServe's, or else this machine's."""
    told = attempt.intent.server_time if attempt.intent else None
    return time.time() - attempt.asked_at if told is None or now is None else now - told


def _since(attempt: KnownAttempt) -> float:
    told = attempt.intent.server_time if attempt.intent else None
    return attempt.asked_at if told is None else told
