"""The journal's attempts as rows, and what can be said of each."""

from __future__ import annotations

from pgbackup_tui.backup.evidence import evidence
from pgbackup_tui.backup.evidence_formats import VERDICT_WORD, facts_of
from pgbackup_tui.backup.journal.attempts import KnownAttempt, Standing
from pgbackup_tui.backup.reconcile import waits_for
from pgbackup_tui.backup.verdict import Verdict
from pgbackup_tui.commserve.wire import JobSummary
from pgbackup_tui.text import clean, clean_name
from pgbackup_tui.times import age, iso_time
from pgbackup_tui.tui.keymap import Keymap
from pgbackup_tui.tui.present.facts import Fact
from pgbackup_tui.tui.present.jobs import VERDICTS
from pgbackup_tui.tui.present.pieces import BOXES, Line, Piece, Signs, Tone, fit, fit_path, fit_right

_ATTEMPT, _STATE, _VERDICT, _LEVEL, _WHEN = 26, 13, 10, 12, 12
_BAD = (Standing.UNKNOWN, Standing.IN_FLIGHT, Standing.MISSING)


def heading(width: int) -> str:
    """The names of the columns."""
    text = fit("ATTEMPT (UTC)", _ATTEMPT) + fit("STATE", _STATE) + fit("VERDICT", _VERDICT)
    if width >= _ATTEMPT + _STATE + _VERDICT + _LEVEL + _WHEN + 20:
        text += fit("LEVEL", _LEVEL) + fit_right("ASKED", _WHEN) + "  "
    return fit(text + "SUBCLIENTS", width)


def row(attempt: KnownAttempt, width: int, *, now: float, signs: Signs = BOXES) -> Line:
    """One attempt, exactly ``width`` columns wide."""
    verdict = attempt.verdict
    word, tone, _ = VERDICTS[verdict] if verdict else ("", Tone.PLAIN, "")
    if verdict is Verdict.UNDECIDED:
        word = "open"
    state_tone = Tone.BAD if attempt.standing in _BAD else Tone.PLAIN
    pieces = [
        Piece(fit(attempt.attempt_id, _ATTEMPT, signs)),
        Piece(fit(attempt.standing.value.replace("_", " "), _STATE, signs), state_tone),
        Piece(fit(word, _VERDICT, signs), tone),
    ]
    left = width - _ATTEMPT - _STATE - _VERDICT
    if left >= _LEVEL + _WHEN + 20:
        level = attempt.intent.level if attempt.intent else ""
        pieces.append(Piece(fit(clean_name(level), _LEVEL, signs)))
        pieces.append(Piece(fit_right(age(int(attempt.asked_at), now=now), _WHEN, signs) + "  ", Tone.DIM))
        left -= _LEVEL + _WHEN + 2
    return (*pieces, Piece(_subclients(attempt, left, signs)))


def _subclients(attempt: KnownAttempt, width: int, signs: Signs) -> str:
    """What it was about, in exactly ``width`` columns: the first one, and how many more."""
    others = len(attempt.associations) - 1
    if others < 0:
        return fit("?", width, signs)
    more = f" +{others}" if others else ""
    first = clean_name(attempt.associations[0].subclient.path)
    return fit(fit_path(first, max(1, width - len(more)), signs).rstrip() + more, width, signs)


def candidate_row(job: JobSummary, width: int, signs: Signs = BOXES) -> Line:
    """A job that may be an attempt's."""
    user = job.user_name.user_name if job.user_name else "an unknown user"
    words = f"  ? job {job.job_id} {job.backup_level_name} by {user}, started {iso_time(job.job_start_time) or '?'}"
    return (Piece(fit(clean_name(words), width, signs), Tone.WARN),)


def detail(attempt: KnownAttempt, origin: str, keymap: Keymap) -> str:
    """What a row has no room for, and what can be done."""
    intent, jobs = attempt.intent, ", ".join(map(str, attempt.job_ids))
    parts = []
    if attempt.unsettled:
        why_not = not_from_here(attempt, origin)
        words = keymap.say("{history.look} looks again, {history.not_started} declares it not started.")
        parts.append(why_not or f"{words} {doubt(attempt)}".strip())
    parts += [f"{attempt.author.user}@{attempt.author.host} at {iso_time(int(attempt.asked_at)) or '?'}"]
    if intent is not None:
        again = "" if intent.resubmits is None else f", resubmit of job {intent.resubmits},"
        parts += [f"{intent.level}{again} on {intent.origin} as {intent.asked_as}"]
        parts += [f"ticket {intent.ticket}"] if intent.ticket else []
    parts += [f"jobs {jobs}"] if jobs else []
    if attempt.ending is not None and attempt.ending.message:
        parts.append(attempt.ending.message)
    return " · ".join(map(clean_name, parts))


def attempt_facts(attempt: KnownAttempt, origin: str, keymap: Keymap, now: float) -> list[Fact]:
    """The attempt's record, one fact a line; ``now`` in UNIX seconds."""
    record = evidence(attempt, journal=(), made_at=now)
    _, tone, _ = VERDICTS[record.verdict]
    facts = [Fact("", clean(attempt.attempt_id), Tone.STRONG)]
    if attempt.unsettled:
        words = "{history.look} looks again, {history.not_started} declares it not started."
        facts.append(Fact("to do", clean(not_from_here(attempt, origin)) or keymap.say(words), Tone.WARN))
        facts += [Fact("doubt", clean(doubt(attempt)))] if doubt(attempt) else []
    facts.append(Fact("verdict", clean(f"{VERDICT_WORD[record.verdict]}: {record.reason}"), tone))
    left_out = ("attempt", "made", "jobs as of")
    facts += [Fact(name, clean(value)) for name, value in facts_of(record) if name not in left_out and value != "-"]
    for job in record.jobs:
        words = " ".join(filter(None, [job.status, job.level_run or job.level_asked, job.reason]))
        facts += [Fact("", ""), Fact("", clean(job.path) or "not told", Tone.STRONG)]
        facts.append(Fact(f"job {job.job_id}" if job.job_id else "job", clean(words)))
    return facts


def doubt(attempt: KnownAttempt) -> str:
    """Why it is not proved that nothing was started; empty where it is as good as proved."""
    waits = waits_for(attempt)
    return f"{waits}." if waits else ""


def not_from_here(attempt: KnownAttempt, origin: str) -> str:
    """Why nothing can be written of an unsettled attempt from this console; empty where it can."""
    if attempt.is_newer:
        return "A newer version of this program wrote of it: use that one."
    if attempt.standing is Standing.IN_FLIGHT:
        return "Another process has it under way: wait until that has ended."
    if attempt.origin and attempt.origin != origin:
        return f"It was sent to {attempt.origin}: sign in there first."
    return ""
