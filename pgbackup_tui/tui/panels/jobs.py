"""Jobs: what was started here, how far it is, and the word for each task."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from pgbackup_tui.backup.outcome import Outcome, OutcomeKind
from pgbackup_tui.backup.progress import TaskJob
from pgbackup_tui.commserve.errors import CommvaultError
from pgbackup_tui.commserve.jobs import JobAction
from pgbackup_tui.commserve.wire import JobSummary
from pgbackup_tui.errors import PathError, RefusedHereError
from pgbackup_tui.text import clean, counted
from pgbackup_tui.times import clock_time
from pgbackup_tui.tui.actions import Place, bindings_for
from pgbackup_tui.tui.decision import Decision
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.keymap import Keymap
from pgbackup_tui.tui.narration import tell_events
from pgbackup_tui.tui.panels.panel import Ask, Panel
from pgbackup_tui.tui.present.compose import decision_place, task_facts
from pgbackup_tui.tui.present.job_facts import job_facts
from pgbackup_tui.tui.present.jobs import detail, heading
from pgbackup_tui.tui.present.pieces import Signs
from pgbackup_tui.tui.telling import tell_error
from pgbackup_tui.tui.widgets.fact_sheet import FactSheet
from pgbackup_tui.tui.widgets.job_table import JobTable
from pgbackup_tui.tui.widgets.line_view import LineView
from pgbackup_tui.tui.widgets.words import Passage, Words

_UNDER_WAY = "A request is under way; there is no answer yet."
_EMPTY = (
    "No backup was started from this console yet.\n"
    "{everywhere.browse} goes to the tree: mark subclients there, then {browse.compose} composes."
)


class JobsPanel(Panel):
    """The jobs of the tasks that this console started."""

    PLACE = Place.JOBS
    BINDINGS = bindings_for(Place.JOBS)

    def __init__(self, desk: Desk, signs: Signs, *, read_only: bool = False) -> None:
        super().__init__(desk, signs, read_only=read_only)
        self.facts = FactSheet(id="job-facts", signs=signs)
        self._resubmitted: dict[tuple[int, int], bool] = {}
        """Whether the job that was asked about last was started again, by its id and the number of tasks then."""
        self.table = JobTable(desk.tasks, id="job-table", signs=signs, clock=desk.clock)

    def compose(self) -> ComposeResult:
        yield Words(id="job-alert", classes="problem")
        with Horizontal(id="jobs-columns"):
            with Vertical(id="job-column"):
                yield Words(id="job-heading")
                yield self.table
            yield self.facts
        yield Passage(id="job-detail")

    def on_mount(self) -> None:
        self.show()

    def enter(self) -> None:
        self.show()
        self.table.focus()

    def come_back(self) -> None:
        self.show()
        super().come_back()

    def show(self) -> None:
        """Shows the tasks as they are now."""
        has_tasks = bool(self.desk.tasks)
        last = self.desk.dispatch.last_outcome
        self.table.empty = self.keymap.say(_EMPTY) if last is None else _without_jobs(last, self.keymap)
        if self.desk.is_sending:
            self.table.empty = _UNDER_WAY
        self._show_alert()
        self.query_one("#job-heading").display = has_tasks
        self.set_class(not has_tasks, "-empty")
        if self.is_on_screen:
            self.table.show()
        self._show_detail()

    def _show_alert(self) -> None:
        """What became of requests that left no jobs, over the tasks that have some."""
        words = []
        last = self.desk.dispatch.last_outcome
        if self.desk.is_sending:
            words.append(_UNDER_WAY)
        elif last is not None and last.kind in (OutcomeKind.REJECTED, OutcomeKind.NOT_SENT):
            words.append(f"Nothing was started by the last request: {clean(last.message)}")
        words += [
            self.keymap.say(f"UNKNOWN whether attempt {found} was started: {{everywhere.history}} shows it.")
            for found in self.desk.dispatch.unknown()
        ]
        alert = self.query_one("#job-alert", Words)
        alert.say("\n".join(f"! {line}" for line in words))
        alert.display = bool(words) and bool(self.desk.tasks)

    def offers(self, action: str) -> bool:
        is_about_a_job = action in ("suspend", "resume", "kill")
        if action == "events":
            return self.table.job is not None
        if action == "resubmit" and not self._can_resubmit():
            return False
        if action in ("copy", "copy_all") and not self.desk.tasks:
            return False
        return super().offers(action) and (not is_about_a_job or self._open_job() is not None)

    @on(LineView.Reshaped)
    def _show_heading(self) -> None:
        width = self.table.scrollable_content_region.width or self.query_one("#job-column").size.width - 1
        if width > 1:
            line = heading(width - 1)
            self.query_one("#job-heading", Words).say(" " + "".join(piece.text for piece in line))

    @on(LineView.Moved)
    def _show_detail(self) -> None:
        task = self.table.followed
        words = self._detail()
        if task is not None and task.trouble:
            since = f"{task.name} since {clock_time(task.as_of)}"
            words = f"No news of {since}: {clean(task.trouble)}"
        self.query_one("#job-detail", Words).say(words)
        self.facts.say(job_facts(task, self.table.job, self.desk.clock()))
        self.say_keys()

    def _detail(self) -> str:
        """What is known of the job at the cursor."""
        task, job = self.table.followed, self.table.job
        if task is None or job is None:
            return ""
        estimate = task.estimates.get(job.subclient.subclient_id) if job.subclient else None
        since = task.since.get(job.job_id)
        return detail(job, self.desk.clock(), estimate, since.seen_at if since else None)

    def action_events(self) -> None:
        """What the job at the cursor left in the CommServe's event log, into the log."""
        job = self.table.job
        if job is None:
            self.tell("The cursor is on no job.")
        else:
            self.in_background(self._tell_events(job.job_id), "events")

    async def _tell_events(self, job_id: int) -> None:
        try:
            listing = await self.desk.jobs.events(job_id)
        except CommvaultError as error:
            tell_error(self.desk.log, error, f"The events of job {job_id} can't be read: ")
        else:
            tell_events(self.desk.log, job_id, listing)

    def action_suspend(self) -> None:
        """Asks whether to halt the job."""
        self._ask(JobAction.SUSPEND, "Suspend")

    def action_resume(self) -> None:
        """Asks whether to let the job go on."""
        self._ask(JobAction.RESUME, "Resume")

    def action_kill(self) -> None:
        """Asks whether to end the job."""
        self._ask(JobAction.KILL, "Kill")

    def action_copy(self) -> None:
        """Copies the id of the job at the cursor."""
        job = self.table.job
        if job is None:
            self.action_copy_all()
        else:
            self.copy(f"job id {job.job_id}", lambda: str(job.job_id))

    def action_copy_all(self) -> None:
        """Copies the ids of the task's jobs, as the command line takes them."""
        task = self.table.followed
        if task is None or not task.progress.jobs:
            self.tell("There is no job yet whose id could be copied.")
            return
        ids = [str(job.job_id) for job in task.progress.jobs]
        self.copy(counted(len(ids), "job id"), lambda: " ".join(ids))

    def action_resubmit(self) -> None:
        """Asks whether to start the job again, as a new attempt."""
        if not self.may("resubmit"):
            return
        job = self._failed_job()
        if job is None:
            self.tell("The cursor is on no job that failed or was killed.")
            return
        try:
            task = self.desk.dispatch.resubmission(job, self.desk.where)
        except (RefusedHereError, PathError) as error:
            tell_error(self.desk.log, error)
            return

        async def carry_out() -> None:
            try:
                await self.desk.submit(task, ())
            except RefusedHereError as error:
                tell_error(self.desk.log, error)

        decision = Decision(
            question=f"Resubmit job {job.job_id} on {clean(decision_place(self.desk.target))}?",
            facts=task_facts(task),
            yes=f"Yes, resubmit job {job.job_id}",
            carry_out=carry_out,
        )
        self.post_message(Ask(decision, Place.JOBS))

    def _failed_job(self) -> JobSummary | None:
        """The job at the cursor as last told, if it left no backup."""
        job = self.table.job
        return job.summary if job is not None and job.ending.is_failure else None

    def _can_resubmit(self) -> bool:
        """Whether the job at the cursor left no backup and was not started again yet."""
        job = self._failed_job()
        if job is None:
            return False
        asked = (
            job.job_id,
            len(self.desk.tasks),
        )  # a resubmit is one task more; the journal is not read at every key
        if asked not in self._resubmitted:
            self._resubmitted = {asked: self.desk.dispatch.was_resubmitted(job.job_id, self.desk.where)}
        return not self._resubmitted[asked]

    def _open_job(self) -> TaskJob | None:
        """The job at the cursor, if something can still be done to it."""
        job = self.table.job
        return None if job is None or job.ending.is_final else job

    def _ask(self, action: JobAction, verb: str) -> None:
        if not self.may(action.name.lower()):
            return
        job = self._open_job()
        if job is None:
            self.tell("The cursor is on no job that still runs.")
            return
        job_id = job.job_id

        async def carry_out() -> None:
            await self.desk.act(job_id, action)

        where = self.desk.target.where if self.desk.target else ""
        decision = Decision(
            question=f"{verb} job {job_id} on {clean(where)}?",
            facts=(f"  {self._detail()}",),
            yes=f"Yes, {verb.lower()} job {job_id}",
            carry_out=carry_out,
        )
        self.post_message(Ask(decision, Place.JOBS))


def _without_jobs(outcome: Outcome, keymap: Keymap) -> str:
    """What became of the last request, where it left no job to show."""
    if outcome.kind is OutcomeKind.UNKNOWN:
        return (
            "UNKNOWN whether the last backup was started.\n"
            "Its jobs are looked for. Until it is settled, nothing else is sent for its subclients.\n"
            + keymap.say("{everywhere.history} shows the history.")
        )
    return f"Nothing was started by the last request.\n{clean(outcome.message)}\n" + keymap.say(
        "{everywhere.browse} goes back to the tree."
    )
