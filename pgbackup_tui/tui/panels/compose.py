"""Compose: the form for one task, and beside it the exact request that it makes."""

from __future__ import annotations

import json

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Checkbox, Input, RadioSet

from pgbackup_tui.backup.curl import curl_line
from pgbackup_tui.backup.task import BackupTask, Field, Level, cautions
from pgbackup_tui.commserve.errors import CommvaultError
from pgbackup_tui.errors import RefusedHereError
from pgbackup_tui.text import clean, counted
from pgbackup_tui.times import age
from pgbackup_tui.tui.actions import Place, bindings_for
from pgbackup_tui.tui.decision import TYPED_ABOVE, Decision
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.draft import Draft, meaning
from pgbackup_tui.tui.panels.panel import Ask, GoTo, Panel
from pgbackup_tui.tui.present.pieces import Line, Piece, Signs, Tone, fit, fit_right
from pgbackup_tui.tui.widgets.choices import CheckMark, Choice
from pgbackup_tui.tui.widgets.line_view import LineView
from pgbackup_tui.tui.widgets.words import Words

_FACTS_LISTED = 60


class Associations(LineView):
    """The subclients of the draft, one a line."""

    keeps_cursor = False

    def __init__(self, draft: Draft, desk: Desk, signs: Signs) -> None:
        super().__init__(id="associations", signs=signs)
        self._draft = draft
        self._desk = desk

    def count(self) -> int:
        return len(self._draft.subclients)

    def line(self, index: int, width: int) -> Line:
        chosen = list(self._draft.subclients.values())[index]
        last = age(chosen.last_backup, now=self._desk.clock())
        shown = clean(chosen.path)
        tail = fit_right(f"id {chosen.subclient_id}", 12) + fit_right(last, 14)
        return (Piece(fit(shown, max(1, width - 26), self.signs)), Piece(tail, Tone.DIM))


class ComposePanel(Panel):
    """The form. Nothing is sent from here: it ends in a question."""

    PLACE = Place.COMPOSE
    BINDINGS = bindings_for(Place.COMPOSE)

    def __init__(self, desk: Desk, signs: Signs, *, read_only: bool = False) -> None:
        super().__init__(desk, signs, read_only=read_only)
        self.draft = Draft()
        self.associations = Associations(self.draft, desk, signs)
        self._active: tuple[str, ...] | None = None
        """What is running on the subclients; None as long as it is not known."""
        self._tried = False
        """Whether the start was asked for: from then on every problem is shown."""

    def compose(self) -> ComposeResult:
        yield Words(id="compose-title", classes="title")
        with Horizontal(id="compose-columns"):
            with VerticalScroll(id="form", can_focus=False):
                yield self.associations
                yield Words(id="problem-associations", classes="problem")
                with Horizontal(classes="field"):
                    yield Words("Level *", classes="label")
                    with RadioSet(id="level", compact=True):
                        for level in Level:
                            yield Choice(level.value, id=f"level-{level.value}", compact=True)
                yield Words(id="meaning", classes="note")
                yield Words(id="problem-level", classes="problem")
                with Horizontal(classes="field"):
                    yield Words("Options", classes="label")
                    yield CheckMark("data with the logs", id="with_data", compact=True)
                    yield CheckMark("mail at the end", id="notify", compact=True)
                yield Words(id="problem-with_data", classes="problem")
                with Horizontal(classes="field"):
                    yield Words("Ticket", classes="label")
                    yield _input("ticket", "change ticket, into the job's description")
                yield Words(id="problem-ticket", classes="problem")
                with Horizontal(classes="field"):
                    yield Words("Installer", classes="label")
                    yield _input("user_id", "user id")
                    yield _input("user_name", "user name; both may stay empty")
                yield Words(id="problem-installer_user", classes="problem")
                yield Words(id="running", classes="note")
                with Horizontal(id="compose-buttons"):
                    yield Button("Start…", id="start", compact=True, disabled=self.read_only)
                    yield Button("Request", id="show-request", compact=True)
                    yield Button("Back", id="leave", compact=True)
            with VerticalScroll(id="request", can_focus=True):
                yield Words(id="request-text")

    def enter(self) -> None:
        """Shows the form for what is marked now, and asks what is running there."""
        self.draft.take_in(self.desk.outline.marked)
        self._tried = False
        self._active = None
        self.remove_class("-request")
        self.associations.lines_changed()
        self.show()
        self.in_background(self._look_what_runs(), "running")
        self.query_one("#level", RadioSet).focus()

    def show(self) -> None:
        """Shows problems, meanings and the request for the fields as they are."""
        chosen = list(self.draft.subclients.values())
        clients = len({subclient.client_id for subclient in chosen})
        where = self.desk.target.where if self.desk.target else ""
        self.query_one("#compose-title", Words).say(
            f"{counted(len(chosen), 'subclient')} on {counted(clients, 'client')} as one task on {clean(where)}"
        )
        level = self.draft.level
        self.query_one("#meaning", Words).say(
            meaning(level, chosen) if level else "Choose a level: there is no default."
        )
        self._show_problems()
        self._show_request()

    @on(RadioSet.Changed, "#level")
    def _level_chosen(self, event: RadioSet.Changed) -> None:
        self.draft.level = Level((event.pressed.id or "").removeprefix("level-"))
        self.show()

    @on(Checkbox.Changed)
    def _option_changed(self, event: Checkbox.Changed) -> None:
        setattr(self.draft, event.checkbox.id or "", event.value)
        self.show()

    @on(Input.Changed)
    def _words_changed(self, event: Input.Changed) -> None:
        setattr(self.draft, event.input.id or "", event.value)
        self.show()

    @on(Button.Pressed, "#start")
    def action_start(self) -> None:
        """Goes on to the question, or says at each field what is wrong."""
        if not self.may("start"):
            return
        self._tried = True
        self.show()
        task = self.draft.task()
        if task is None:
            found = self.draft.problems()
            self.tell(f"Not started yet: {counted(len(found), 'thing')} to correct in the form.")
            self.query_one(f"#problem-{found[0].field.value}").scroll_visible(animate=False)
            return
        self.post_message(Ask(self._decision(task), Place.COMPOSE))

    @on(Button.Pressed, "#show-request")
    def action_request(self) -> None:
        """On a narrow screen, the request in place of the form, and back."""
        self.toggle_class("-request")
        self.query_one("#request" if self.has_class("-request") else "#level").focus()

    @on(Button.Pressed, "#leave")
    def action_back(self) -> None:
        """From the request to the form, from the form to the tree."""
        if self.has_class("-request"):
            self.action_request()
        else:
            self.post_message(GoTo(Place.BROWSE))

    def action_take_out(self) -> None:
        """Takes the subclient at the cursor out of the task, and its mark off the tree."""
        if not self.associations.has_focus or not self.draft.subclients:
            return
        subclient_id = list(self.draft.subclients)[self.associations.cursor]
        del self.draft.subclients[subclient_id]
        self.desk.outline.marked.pop(subclient_id, None)
        self.associations.lines_changed()
        self.show()

    async def _look_what_runs(self) -> None:
        asked = tuple(self.draft.subclients.values())
        line = self.query_one("#running", Words)
        line.say("Looking what is running on these subclients …")
        try:
            self._active = await self.desk.running_on(asked)
        except CommvaultError as error:
            line.say(f"What is running on these subclients can't be told: {clean(error.problem)}")
            return
        if self._active:
            line.say(f"Running now: {clean('; '.join(self._active))}")
        else:
            line.say("Nothing is running on these subclients now.")

    def _show_problems(self) -> None:
        found = self.draft.problems()
        for place in Field:
            words = [f"! {problem.problem} {problem.advice}" for problem in found if problem.field is place]
            shown = words and (self._tried or place is not Field.LEVEL or self.draft.level is not None)
            line = self.query_one(f"#problem-{place.value}", Words)
            line.say("\n".join(words) if shown else "")
            line.display = bool(shown)

    def _show_request(self) -> None:
        body = self.draft.body()
        if body is None:
            words = "The exact request is shown here as soon as the form is complete."
        else:
            route = self.desk.target.route if self.desk.target else None
            base = route.address.base if route else ""
            words = f"POST {base}CreateTask\n{json.dumps(body, indent=1)}\n\nAs a line for the shell:\n"
            words += curl_line(base, body)
        self.query_one("#request-text", Words).say(words)

    def _decision(self, task: BackupTask) -> Decision:
        number, level = len(task.subclients), task.options.level
        target = self.desk.target
        where = f"{target.where} as {target.user}" if target else ""
        facts = [f"  {clean(found.path)}  id {found.subclient_id}" for found in task.subclients[:_FACTS_LISTED]]
        if number > _FACTS_LISTED:
            facts.append(f"  … and {number - _FACTS_LISTED} more")
        warned = [
            f"An earlier request for {found.path} is not settled." for found in self.desk.unsettled(task.subclients)
        ]
        if self._active is None:
            warned.append("What is running on these subclients is not known.")
        warned += [*(f"Running now: {line}" for line in self._active or ()), *cautions(task)]

        async def carry_out() -> None:
            try:
                await self.desk.submit(task)
            except RefusedHereError as error:
                self.desk.tell_error(error)

        return Decision(
            question=f"Start {counted(number, f'{level} backup')} on {clean(where)}?",
            facts=tuple(facts),
            yes=f"Yes, start {number} {level}",
            carry_out=carry_out,
            must_type=str(number) if number > TYPED_ABOVE else "",
            cautions=tuple(map(clean, warned)),
        )


def _input(name: str, placeholder: str) -> Input:
    field = Input(placeholder=placeholder, id=name, compact=True)
    field.cursor_blink = False
    return field
