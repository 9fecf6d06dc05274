"""Confirm: what is about to be changed on the CommServe, and the one yes."""

from __future__ import annotations

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Button, Input

from pgbackup_tui.tui.actions import Place, bindings_for
from pgbackup_tui.tui.decision import Decision
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.panels.panel import GoTo, Panel
from pgbackup_tui.tui.present.pieces import Piece, Signs, Tone
from pgbackup_tui.tui.widgets.field import TextField
from pgbackup_tui.tui.widgets.text_view import TextView
from pgbackup_tui.tui.widgets.words import Words

_BESIDE_A_LABEL = 4
SMALLEST = (60, 18)
"""Columns and rows of a screen below which nothing is confirmed: what it is about could be cut."""


class ConfirmPanel(Panel):
    """A question, with the focus on No."""

    PLACE = Place.CONFIRM
    BINDINGS = bindings_for(Place.CONFIRM)

    class Confirmed(Message):
        """The first yes to a decision."""

        def __init__(self, decision: Decision) -> None:
            super().__init__()
            self.decision = decision

    def __init__(self, desk: Desk, signs: Signs, *, read_only: bool = False) -> None:
        super().__init__(desk, signs, read_only=read_only)
        self.decision: Decision | None = None
        self.back_to = Place.BROWSE

    def compose(self) -> ComposeResult:
        yield Words(id="question", classes="title")
        yield TextView(id="facts", signs=self.signs)
        with Horizontal(id="confirm-buttons"):
            yield Button("No, back", id="no", compact=True)
            yield TextField("typed")
            yield Button("Yes", id="yes", compact=True)

    def ask(self, decision: Decision, back_to: Place) -> None:
        """Puts a question."""
        self.decision, self.back_to = decision, back_to
        self.query_one("#question", Words).say(decision.question)
        cautions = [Piece(f"! {caution}", Tone.WARN) for caution in decision.cautions]
        self.query_one("#facts", TextView).say([*cautions, *map(Piece, decision.facts)])
        typed = self.query_one("#typed", Input)
        typed.value = ""
        typed.placeholder = f"type {decision.must_type} to go on"
        typed.display = bool(decision.must_type)
        yes = self.query_one("#yes", Button)
        yes.label = decision.yes
        yes.styles.width = cell_len(decision.yes) + _BESIDE_A_LABEL  # a label alone keeps the width of the last one

    def offers(self, action: str) -> bool:
        return super().offers(action) or (self.decision is not None and not self.decision.changes)

    def enter(self) -> None:
        self.query_one("#no", Button).focus()

    @on(Button.Pressed, "#no")
    def action_back(self) -> None:
        """No."""
        self.decision = None
        self.post_message(GoTo(self.back_to))

    @on(Button.Pressed, "#yes")
    @on(Input.Submitted, "#typed")
    def action_yes(self) -> None:
        """Yes, if it may be one; however often it comes, it counts once."""
        decision = self.decision
        if decision is None or (decision.changes and not self.may("yes")):
            return
        if not self._is_in_sight():
            self.tell(f"Make the screen at least {SMALLEST[0]}x{SMALLEST[1]} to confirm.")
            return
        facts = self.query_one("#facts", TextView)
        if not decision.must_type and not facts.was_seen_to_its_end:
            self.tell("Look at all of it first: End goes to its end.")
            facts.focus()
            return
        typed = self.query_one("#typed", Input)
        if decision.must_type and typed.value.strip() != decision.must_type:
            self.tell(f"Type {decision.must_type} first.")
            typed.focus()
            return
        if decision.take():
            self.decision = None
            self.post_message(self.Confirmed(decision))

    def _is_in_sight(self) -> bool:
        """Whether nothing that decides is cut off by a screen that is too small."""
        width, height = self.app.size
        asked = [self.query_one(name) for name in ("#question", "#yes", "#typed")]
        return (
            width >= SMALLEST[0]
            and height >= SMALLEST[1]
            and all(self.region.contains_region(widget.region) for widget in asked if widget.display)
        )
