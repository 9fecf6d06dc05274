"""What ``backup`` leaves behind: one JSON object, or words and a table."""

from __future__ import annotations

from dataclasses import dataclass, field

from pgbackup_tui.backup.evidence_formats import VERDICT_WORD
from pgbackup_tui.backup.outcome import Outcome, OutcomeKind
from pgbackup_tui.backup.progress import TaskProgress
from pgbackup_tui.backup.reasons import reason
from pgbackup_tui.backup.task import BackupTask
from pgbackup_tui.backup.verdict import Ending, Verdict
from pgbackup_tui.commands.exits import ExitStatus, of_error, of_jobs, of_outcome
from pgbackup_tui.commands.job_rows import job_of_task_as_json, print_jobs
from pgbackup_tui.commands.narration import say
from pgbackup_tui.commands.output import print_json, print_line
from pgbackup_tui.commands.stdout import finish, forget_stdout
from pgbackup_tui.commserve.errors import ServerSaidNoError
from pgbackup_tui.errors import PathError, PgBackupError, RefusedHereError, UsageError
from pgbackup_tui.estate.reading import UnreadableError
from pgbackup_tui.text import counted


@dataclass(slots=True)
class BackupReport:
    """What is known of one run of the command; filled as it goes, so that it can be told at any moment."""

    task: BackupTask | None = None
    attempt_id: str | None = None
    outcome: Outcome | None = None
    progress: TaskProgress | None = None
    warnings: list[str] = field(default_factory=list)
    said: set[str] = field(default_factory=set)
    """Those of the warnings that were said when they came up."""
    failure: PgBackupError | None = None
    """What ended the command before anything was sent."""
    shown_only: dict[str, object] | None = None
    """The request body of a dry run."""
    followed: bool = False
    """Whether the jobs were to be followed to their end."""
    timed_out: bool = False
    contact_lost: bool = False
    is_demo: bool = False
    connection_words: str = ""
    """The options that name the same CommServe again."""
    is_told: bool = False

    @property
    def verdict(self) -> Verdict | None:
        if self.outcome is None or self.outcome.kind is not OutcomeKind.ACCEPTED:
            return None
        if self.progress is not None:
            return self.progress.verdict
        asked = len(self.task.subclients) if self.task else 0
        return Verdict.NO_GO if len(self.outcome.job_ids) < asked else Verdict.UNDECIDED

    @property
    def outcome_word(self) -> str:
        """The outcome as JSON has it, also where nothing was sent."""
        if self.outcome is not None:
            return self.outcome.kind.value
        is_refused = isinstance(self.failure, (UsageError, RefusedHereError, PathError))
        return "refused_here" if is_refused else "not_sent"

    @property
    def exit_status(self) -> ExitStatus:
        if self.outcome is None:
            return of_error(self.failure) if self.failure else ExitStatus.FAULT
        verdict = self.verdict
        if verdict is None:
            return of_outcome(self.outcome)
        endings = frozenset(job.ending for job in self.progress.jobs) if self.progress else frozenset[Ending]()
        return of_jobs(
            verdict,
            endings,
            followed=self.followed,
            contact_lost=self.contact_lost,
            timed_out=self.timed_out,
        )

    def all_warnings(self) -> list[str]:
        """What a person should know besides the verdict, each once."""
        found = list(self.warnings)
        if self.progress is not None:
            found.extend(self.progress.warnings())
            never_started = self.progress.never_started
            if never_started and not self.progress.missing:
                found.append(f"{never_started} of the subclients got no job.")
        return list(dict.fromkeys(found))

    def warn(self, words: str) -> None:
        """Something that a person should know, said at once and kept for the report."""
        self.warnings.append(words)
        self.said.add(words)
        say(f"warning: {words}")

    def caution(self, words: str) -> None:
        """What a person should know before confirming: said at once, and kept for the report."""
        self.warnings.append(words)
        self.said.add(words)
        say(f"caution: {words}")

    def say_how_to_settle(self) -> None:
        """The line with which a person says what became of a request that nobody knows the end of."""
        line = f"pgbackup-tui resolve {self.attempt_id}"
        if self.is_demo or self.attempt_id is None:
            return
        say(f"  This attempt is {self.attempt_id}; {self._known_by()} Until it is settled,")
        say("  nothing else is sent for these subclients. Look for its jobs again, or say what became of it:")
        say(f"    {line}{self.connection_words}")
        say(f"    {line} --attach JOBID{self.connection_words}")
        say(f"    {line} --not-started{self.connection_words}")

    def _known_by(self) -> str:
        if self.task is not None and self.task.resubmits is not None:
            return "its job is known by its subclient, user, level and start."
        return "its jobs carry that in their description."

    def say_how_to_go_on(self) -> None:
        """The line that takes up the following where it was left."""
        if self.outcome is None or not self.outcome.job_ids:
            return
        if self.is_demo:
            say("The demo's CommServe ends with this program, and its jobs with it.")
            return
        ids = " ".join(map(str, self.outcome.job_ids))
        line = f"pgbackup-tui jobs {ids} --follow{self.connection_words}"
        say(f"The jobs go on without this program. Follow them again with: {line}")


def print_report(report: BackupReport, *, as_json: bool) -> None:
    """The report on stdout, and in words on stderr what isn't data. Raises OSError where stdout is lost."""
    report.is_told = True
    if as_json:
        print_json(_as_json(report))
        if report.outcome is not None and report.outcome.kind is OutcomeKind.UNKNOWN:
            report.say_how_to_settle()
        return
    outcome = report.outcome
    if outcome is None:
        return
    if outcome.kind is not OutcomeKind.ACCEPTED:
        _say_not_accepted(report, outcome)
        return
    if report.progress is not None:
        print_jobs(report.progress)
        for subclient in report.progress.missing:
            say(f"never started: {subclient.path} (id {subclient.subclient_id})")
    for warning in report.all_warnings():
        if warning not in report.said:
            say(f"warning: {warning}")
    verdict = report.verdict
    if verdict is not None:
        print_line(f"{VERDICT_WORD[verdict]}: {_reason(report)} ({_counted(report, outcome)}).")


def _reason(report: BackupReport) -> str:
    return reason(report.progress) if report.progress is not None else "nothing was told of its jobs"


def _counted(report: BackupReport, outcome: Outcome) -> str:
    asked = len(report.task.subclients) if report.task else 0
    jobs, subclients = counted(len(outcome.job_ids), "job"), counted(asked, "subclient")
    return f"task {outcome.task_id or '?'}, {jobs} for {subclients}"


def _say_not_accepted(report: BackupReport, outcome: Outcome) -> None:
    facts = [f"HTTP {outcome.http_status}" if outcome.http_status else ""]
    facts.append(f"errorCode {outcome.code}" if outcome.code is not None else "")
    known = ", ".join(filter(None, facts))
    head = {
        OutcomeKind.REJECTED: "Rejected by the CommServe",
        OutcomeKind.NOT_SENT: "Not sent",
        OutcomeKind.UNKNOWN: "UNKNOWN whether the backup was started",
    }[outcome.kind]
    say(head + (f" ({known}):" if known else ":"))
    say(outcome.message)
    if outcome.advice:
        say("  →", outcome.advice)
    if outcome.kind is OutcomeKind.UNKNOWN:
        report.say_how_to_settle()
        report.say_how_to_go_on()


def _as_json(report: BackupReport) -> dict[str, object]:
    outcome, progress, verdict = report.outcome, report.progress, report.verdict
    return {
        "attempt": report.attempt_id,
        "outcome": report.outcome_word,
        "task_id": outcome.task_id if outcome else None,
        "jobs": _jobs_as_json(outcome, progress),
        "missing": [subclient.subclient_id for subclient in progress.missing] if progress else [],
        "warnings": report.all_warnings(),
        "error": _error_as_json(report),
        "verdict": verdict.value if verdict else None,
    }


def _jobs_as_json(outcome: Outcome | None, progress: TaskProgress | None) -> list[dict[str, object]]:
    if progress is not None:
        return [job_of_task_as_json(job) for job in progress.jobs]
    unseen = dict.fromkeys(("subclient_id", "path", "status", "level", "percent"))
    return [{"job_id": job_id, **unseen} for job_id in outcome.job_ids] if outcome else []


def print_report_safely(report: BackupReport, *, as_json: bool) -> None:
    """The report; where stdout is lost, on stderr at least what was started."""
    try:
        print_report(report, as_json=as_json)
        finish()
    except OSError as error:
        forget_stdout()
        kind = report.outcome.kind.value if report.outcome else "not sent"
        ids = ", ".join(map(str, report.outcome.job_ids)) if report.outcome else ""
        say(f"The result can't be written ({error.strerror}). The backup is {kind}; jobs: {ids or 'none known'}.")


def _error_as_json(report: BackupReport) -> dict[str, object] | None:
    outcome, failure = report.outcome, report.failure
    if isinstance(failure, UnreadableError):
        failure = failure.cause
    if outcome is not None and outcome.kind is not OutcomeKind.ACCEPTED:
        return {"http_status": outcome.http_status, "code": outcome.code, "message": outcome.message}
    if isinstance(failure, ServerSaidNoError):
        return {"http_status": failure.status, "code": failure.code, "message": failure.message or failure.problem}
    if failure is not None:
        return {"http_status": None, "code": None, "message": failure.problem}
    return None
