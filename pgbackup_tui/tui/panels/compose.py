"""Compose: the form for one task, and beside it the exact request that it makes."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Checkbox, Input, RadioButton, RadioSet

from pgbackup_tui.backup.outcome import OutcomeKind
from pgbackup_tui.backup.task import BackupTask, Field, Level, cautions
from pgbackup_tui.errors import RefusedHereError
from pgbackup_tui.text import clean, counted
from pgbackup_tui.tui.actions import Place, bindings_for
from pgbackup_tui.tui.decision import TYPED_ABOVE, Decision
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.draft import Draft, meaning
from pgbackup_tui.tui.foresight import Foresight
from pgbackup_tui.tui.panels.panel import Ask, GoTo, Panel
from pgbackup_tui.tui.parts import Change
from pgbackup_tui.tui.present.compose import decision_place, running_words, task_facts
from pgbackup_tui.tui.present.pieces import Signs
from pgbackup_tui.tui.telling import tell_error
from pgbackup_tui.tui.widgets.associations import Associations
from pgbackup_tui.tui.widgets.choices import CheckMark, Choice, Choices
from pgbackup_tui.tui.widgets.field import TextField
from pgbackup_tui.tui.widgets.request_view import RequestView
from pgbackup_tui.tui.widgets.words import Words


class ComposePanel(Panel):
    """The form. Nothing is sent from here: it ends in a question."""

    PLACE = Place.COMPOSE
    BINDINGS = bindings_for(Place.COMPOSE)

    def __init__(self, desk: Desk, signs: Signs, *, read_only: bool = False) -> None:
        super().__init__(desk, signs, read_only=read_only)
        self.draft = Draft()
        self.foresight = Foresight(desk)
        self.associations = Associations(self.draft, self.foresight, signs)
        self.request = RequestView(desk, self.draft, signs)
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
                    with Choices(id="level", compact=True):
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
                    yield TextField("ticket", "change ticket, into the job's description")
                yield Words(id="problem-ticket", classes="problem")
                with Horizontal(classes="field"):
                    yield Words("Installer", classes="label")
                    yield TextField("user_id", "user id")
                    yield TextField("user_name", "user name; both may stay empty")
                yield Words(id="problem-installer_user", classes="problem")
                yield Words(id="running", classes="note")
                yield Words(id="foreseen", classes="note")
                yield Words(id="cautions", classes="problem")
                with Horizontal(id="compose-buttons"):
                    yield Button("Start…", id="start", compact=True)
                    yield Button("Request", id="show-request", compact=True)
                    yield Button("Back", id="leave", compact=True)
            yield self.request

    def offers(self, action: str) -> bool:
        is_beside = self.request.display and self.query_one("#form").display
        return super().offers(action) and not (action == "request" and is_beside)

    def enter(self) -> None:
        """Shows the form for what is marked now, and asks what is running there."""
        self.draft.take_in(self.desk.outline.marked)
        self._tried = False
        self.foresight.begin()
        self.remove_class("-request")
        self.query_one("#start").display = not self.read_only
        self._show_choices()
        self.associations.empty = "Empty: Esc leads back to the tree."
        self.associations.lines_changed()
        self.show()
        self.in_background(self._look_ahead(), "running", exclusive=True)
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
        words = meaning(level, chosen) if level else "Choose a level: there is no default."
        self.query_one("#meaning", Words).say(words)
        self._show_problems()
        self._show_foresight()
        self.request.show_soon()

    @on(RadioSet.Changed, "#level")
    def _level_chosen(self, event: RadioSet.Changed) -> None:
        self.draft.level = Level((event.pressed.id or "").removeprefix("level-"))
        self.associations.refresh()
        self.show()

    def _show_choices(self) -> None:
        """Makes marks and dots what the draft says."""
        level = self.draft.level
        with self.prevent(Checkbox.Changed, RadioButton.Changed, RadioSet.Changed):
            for choice in self.query(Choice):
                choice.value = False
            for name in ("with_data", "notify"):
                self.query_one(f"#{name}", Checkbox).value = getattr(self.draft, name)
        if level is not None:  # told, so that the set knows which one to take back at the next choice
            self.query_one(f"#level-{level.value}", Choice).value = True

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
        if not self._has_unsettled(task):
            self.post_message(Ask(self._decision(task), Place.COMPOSE))

    @on(Button.Pressed, "#show-request")
    def action_request(self) -> None:
        """On a narrow screen, the request in place of the form, and back."""
        self.toggle_class("-request")
        (self.request if self.has_class("-request") else self.query_one("#level")).focus()
        self.call_after_refresh(self.request.show)

    @on(Button.Pressed, "#leave")
    def action_back(self) -> None:
        """From the request to the form, from the form to the tree."""
        if self.has_class("-request"):
            self.action_request()
        else:
            self.post_message(GoTo(Place.BROWSE))

    def action_copy(self) -> None:
        """Copies the request as a line for the shell."""
        self._copy_request("the curl line", self.request.as_curl())

    def action_copy_all(self) -> None:
        """Copies the request's JSON."""
        self._copy_request("the request's JSON", self.request.as_json())

    def _copy_request(self, what: str, text: str) -> None:
        if text:
            self.copy(what, lambda: text)
        else:
            self.tell("There is no request to copy until the form is complete.")

    def action_keep(self) -> None:
        """Keeps what the form means under a name."""
        self.post_message(GoTo(Place.KEEP))

    def action_take_out(self) -> None:
        """Takes the subclient at the cursor out of the task, and its mark off the tree."""
        if not self.draft.subclients:
            return
        if not self.associations.has_focus:
            self.tell("The cursor is not in the list of subclients: shift+Tab goes there.")
            return
        subclient_id = list(self.draft.subclients)[self.associations.cursor]
        del self.draft.subclients[subclient_id]
        self.desk.outline.marked.pop(subclient_id, None)
        self.associations.lines_changed()
        self.show()

    async def _look_ahead(self) -> None:
        await self.foresight.look(tuple(self.draft.subclients.values()))
        self.associations.refresh()
        self._show_foresight()

    def _show_foresight(self) -> None:
        """What runs on these subclients, what there is of them already, and what speaks against starting."""
        chosen, foresight = tuple(self.draft.subclients.values()), self.foresight
        running = foresight.running_on(self.draft.subclients)
        words = f"Nothing is running on these subclients now ({foresight.as_of})."
        if running:
            words = f"Running now ({foresight.as_of}): {clean('; '.join(map(str, running)))}"
        line = self.query_one("#running", Words)
        line.display = bool(chosen)
        line.say(clean(foresight.untold) if foresight.running is None else words)
        line.set_class(bool(running), "problem")
        known = foresight.in_short(chosen, self.draft.level, is_strict=self.desk.watch.warnings_are_partial)
        self._say_or_hide("#foreseen", clean(known))
        task = self.draft.task()
        self._say_or_hide("#cautions", "\n".join(f"! {clean(found)}" for found in (cautions(task) if task else ())))

    def _say_or_hide(self, selector: str, words: str) -> None:
        line = self.query_one(selector, Words)
        line.say(words)
        line.display = bool(words)

    def _show_problems(self) -> None:
        found = self.draft.problems()
        for place in Field:
            words = [f"! {problem.problem} {problem.advice}" for problem in found if problem.field is place]
            shown = words and (self._tried or place is not Field.LEVEL or self.draft.level is not None)
            self._say_or_hide(f"#problem-{place.value}", "\n".join(words) if shown else "")

    def _decision(self, task: BackupTask) -> Decision:
        where = decision_place(self.desk.target)
        number, level = len(task.subclients), task.options.level
        warned = [
            f"An earlier request for {found.path} is not settled."
            for found in self.desk.dispatch.unsettled(self.desk.where, task.subclients)
        ]
        if self.foresight.running is None:
            warned.append("What is running on these subclients is not known.")
        running = self.foresight.running_on(self.draft.subclients)
        if running:
            warned.append(running_words(running, self.foresight.as_of))
        warned += cautions(task)
        shown = [found.job.job_id for found in running]

        async def carry_out() -> None:
            try:
                outcome = await self.desk.submit(task, shown, self.foresight.past)
            except RefusedHereError as error:
                tell_error(self.desk.log, error)
                return
            if outcome.kind is OutcomeKind.ACCEPTED:
                self._begin_anew(task)

        return Decision(
            question=f"Start {counted(number, f'{level} backup')} on {clean(where)}?",
            facts=task_facts(task),
            yes=f"Yes, start {number} {level}",
            carry_out=carry_out,
            must_type=str(number) if number > TYPED_ABOVE else "",
            cautions=tuple(map(clean, warned)),
        )

    def _has_unsettled(self, task: BackupTask) -> bool:
        """Whether an earlier request for one of these may have been carried out; says which, and what to do."""
        found = self.desk.dispatch.unsettled(self.desk.where, task.subclients)
        if found:
            paths = ", ".join(clean(subclient.path) for subclient in found)
            line = self.query_one("#problem-associations", Words)
            settle = self.keymap.say("Settle it in the history ({everywhere.history}) first.")
            line.say(f"! An earlier request for {paths} is not settled. {settle}")
            line.display = True
            line.scroll_visible(animate=False)
        return bool(found)

    def _begin_anew(self, sent: BackupTask) -> None:
        """After a task was accepted: what it was made of must not slip into the next one.

        Only what was sent is taken out; a form that was changed meanwhile is the next one already.
        """
        is_next = set(self.draft.subclients) != {found.subclient_id for found in sent.subclients}
        for found in sent.subclients:
            self.desk.outline.marked.pop(found.subclient_id, None)
            if not is_next:
                self.draft.subclients.pop(found.subclient_id, None)
        if not is_next:
            self.draft.begin_anew()
            self._show_choices()
            self.associations.lines_changed()
            self.show()
        self.desk.changed(Change.TREE)
