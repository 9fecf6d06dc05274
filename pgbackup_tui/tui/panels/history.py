"""History: every attempt that the journals know, and how one that nobody knows the end of is settled."""

from __future__ import annotations

import os

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from pgbackup_tui.backup.evidence import evidence
from pgbackup_tui.backup.evidence_formats import as_markdown
from pgbackup_tui.backup.journal.attempts import KnownAttempt
from pgbackup_tui.backup.journal.checksum import digests
from pgbackup_tui.backup.journal.records import Content, Found, NotStarted
from pgbackup_tui.commserve.wire import JobSummary
from pgbackup_tui.errors import PathError
from pgbackup_tui.text import clean
from pgbackup_tui.tui.actions import Place, bindings_for
from pgbackup_tui.tui.decision import Decision
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.exporting import export
from pgbackup_tui.tui.panels.panel import Ask, Panel
from pgbackup_tui.tui.parts import Change
from pgbackup_tui.tui.present.history import (
    attempt_facts,
    candidate_row,
    detail,
    doubt,
    heading,
    not_from_here,
    row,
)
from pgbackup_tui.tui.present.pieces import Line, Signs
from pgbackup_tui.tui.records import Severity
from pgbackup_tui.tui.telling import tell_error
from pgbackup_tui.tui.widgets.fact_sheet import FactSheet
from pgbackup_tui.tui.widgets.line_view import LineView
from pgbackup_tui.tui.widgets.words import Passage, Words

_EMPTY = (
    "Nothing was asked for yet.\nWhat is sent from here is written down first, and stands here.\n"
    "{everywhere.browse} goes to the tree."
)


class AttemptTable(LineView):
    """A line for each attempt, and under an unsettled one a line for each job that may be its."""

    def __init__(self, desk: Desk, signs: Signs) -> None:
        super().__init__(id="attempt-table", signs=signs)
        self._desk = desk
        self.entries: list[tuple[KnownAttempt, JobSummary | None]] = []

    def count(self) -> int:
        return len(self.entries)

    def line(self, index: int, width: int) -> Line:
        attempt, job = self.entries[index]
        if job is not None:
            return candidate_row(job, width, self.signs)
        return row(attempt, width, now=self._desk.clock(), signs=self.signs)

    @property
    def at_cursor(self) -> tuple[KnownAttempt, JobSummary | None] | None:
        """The attempt at the cursor, and the job if the cursor is on one."""
        return self.entries[self.cursor] if self.cursor < len(self.entries) else None


class HistoryPanel(Panel):
    """The journals of this user."""

    PLACE = Place.HISTORY
    BINDINGS = bindings_for(Place.HISTORY)

    def __init__(self, desk: Desk, signs: Signs, *, read_only: bool = False) -> None:
        super().__init__(desk, signs, read_only=read_only)
        self.facts = FactSheet(id="history-facts", signs=signs)
        self.table = AttemptTable(desk, signs)
        self._written = 0

    def compose(self) -> ComposeResult:
        with Horizontal(id="history-columns"):
            with Vertical(id="attempt-column"):
                yield Words(id="history-heading")
                yield self.table
            yield self.facts
        yield Passage(id="history-detail")

    def enter(self) -> None:
        self.show()
        self.table.focus()

    def come_back(self) -> None:
        self.show()
        super().come_back()

    def show(self) -> None:
        """Shows what the journals say now."""
        try:
            known = self.desk.journal.read()
        except PathError as error:
            tell_error(self.desk.log, error)
            self.table.empty = f"The journal can't be read.\n{clean(error.problem)}\n{clean(error.advice)}"
            return
        sightings = self.desk.recovery.sightings
        self.table.entries = []
        for attempt in known.attempts:
            self.table.entries.append((attempt, None))
            if attempt.unsettled and attempt.attempt_id in sightings:
                jobs = [job for found in sightings[attempt.attempt_id].to_ask.values() for job in found]
                self.table.entries += [(attempt, job) for job in jobs]
        self.table.empty = self.keymap.say(_EMPTY)
        self.table.lines_changed()
        self._show_detail()

    def offers(self, action: str) -> bool:
        found = self.table.at_cursor
        is_open = found is not None and bool(found[0].unsettled)
        if action == "attach":
            return super().offers(action) and is_open and found is not None and found[1] is not None
        return super().offers(action) and found is not None and (action not in ("look", "not_started") or is_open)

    @on(LineView.Reshaped)
    def _show_heading(self) -> None:
        width = self.table.scrollable_content_region.width - 1
        if width > 1:
            self.query_one("#history-heading", Words).say(" " + heading(width))

    @on(LineView.Moved)
    def _show_detail(self) -> None:
        found, origin, now = self.table.at_cursor, self.desk.where.origin, self.desk.clock()
        self.query_one("#history-detail", Words).say(detail(found[0], origin, self.keymap) if found else "")
        self.facts.say(attempt_facts(found[0], origin, self.keymap, now) if found else [])
        self.set_class(found is None, "-empty")
        self.say_keys()

    def action_look(self) -> None:
        """Looks on the CommServe for the jobs of an unsettled attempt."""
        attempt = self._to_settle()
        if attempt is not None:
            self.tell(f"Looking for the jobs of attempt {attempt.attempt_id} …")
            self.desk.look_again(attempt.attempt_id)

    def action_attach(self) -> None:
        """Asks whether the job at the cursor is the attempt's."""
        attempt, found = self._to_settle(), self.table.at_cursor
        if attempt is None or not self.may("attach"):
            return
        job = found[1] if found else None
        if job is None or job.subclient is None:
            self.tell(
                self.keymap.say("The cursor is on no job that may be the attempt's: {history.look} looks for some.")
            )
            return
        content = Found({job.subclient.subclient_id: job.job_id}, "person")
        self._ask(
            attempt, f"Is job {job.job_id} the backup of attempt {attempt.attempt_id}?", "Yes, it is", content
        )

    def action_not_started(self) -> None:
        """Asks whether the attempt is declared not started, which lets its subclients be sent again."""
        attempt = self._to_settle()
        if attempt is None or not self.may("not_started"):
            return
        left = tuple(found.subclient.subclient_id for found in attempt.unsettled)
        words = "Declare attempt {} not started? Sending again may then start a second backup."
        self._ask(
            attempt,
            words.format(attempt.attempt_id),
            "Yes, not started",
            NotStarted(left),
            must_type=attempt.attempt_id.rpartition("-")[2],
        )

    def action_evidence(self) -> None:
        """Writes the record of the attempt for the change ticket."""
        attempt, text = self._evidence()
        if attempt is None:
            return
        self._written += 1
        name = f"pgbackup-tui-{attempt.attempt_id}-{os.getpid()}-{self._written}.md"
        self.in_background(export("The evidence", name, lambda: [text], self.desk.log), "evidence")

    def action_copy(self) -> None:
        """Copies the record of the attempt for the change ticket."""
        attempt, text = self._evidence()
        if attempt is not None:
            self.copy(f"the evidence of attempt {attempt.attempt_id}", lambda: text)

    def _evidence(self) -> tuple[KnownAttempt | None, str]:
        """The attempt at the cursor and its record; says why not where there is none, or it can't be made."""
        found = self.table.at_cursor
        if found is None:
            self.tell("There is no attempt yet.")
            return None, ""
        attempt, journal = found[0], self.desk.journal
        try:
            proof = digests(journal.folder, attempt.attempt_id)
            retried_by = journal.read().retries_of(attempt.attempt_id)
        except PathError as error:
            tell_error(self.desk.log, error)
            return None, ""
        now = self.desk.clock()
        return attempt, as_markdown(evidence(attempt, journal=proof, made_at=now, retried_by=retried_by))

    def _to_settle(self) -> KnownAttempt | None:
        """The attempt at the cursor, if something can be written of it from here; else says why not."""
        found = self.table.at_cursor
        attempt = found[0] if found else None
        if attempt is None or not attempt.unsettled:
            self.tell("Nothing is open about this attempt.")
            return None
        why_not = not_from_here(attempt, self.desk.where.origin)
        if why_not:
            self.tell(why_not)
            return None
        return attempt

    def _ask(self, attempt: KnownAttempt, question: str, yes: str, content: Content, must_type: str = "") -> None:
        async def carry_out() -> None:
            trouble = self.desk.journal.note(attempt.attempt_id, content)
            words = trouble or f"Attempt {attempt.attempt_id}: written down."
            self.desk.log.add(Severity.WARNING if trouble else Severity.INFO, words)
            self.desk.take_up()
            self.show()
            self.desk.changed(Change.JOBS)

        unproved = doubt(attempt)
        chosen = [found.subclient for found in attempt.unsettled]
        decision = Decision(
            question=question,
            facts=tuple(f"  {clean(found.path)}  id {found.subclient_id}" for found in chosen),
            yes=yes,
            carry_out=carry_out,
            must_type=must_type,
            cautions=(clean(f"Nobody has proved it: {unproved}"),) if unproved and must_type else (),
            leads_to=Place.HISTORY,
        )
        self.post_message(Ask(decision, Place.HISTORY))
