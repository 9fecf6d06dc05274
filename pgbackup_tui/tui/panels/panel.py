"""What every place of the console has in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, cast

from textual.app import App
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from pgbackup_tui.tui.actions import Place, is_dangerous
from pgbackup_tui.tui.copying import Copy
from pgbackup_tui.tui.decision import Decision
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.keymap import Keymap
from pgbackup_tui.tui.present.pieces import Signs
from pgbackup_tui.tui.records import Severity


class GoTo(Message):
    """Another place is wanted; with ``back`` as it was left."""

    def __init__(self, place: Place, *, back: bool = False) -> None:
        super().__init__()
        self.place = place
        self.back = back


class GoBack(Message):
    """The place before this one is wanted, as it was left."""


class Ask(Message):
    """A decision has to be made by the person."""

    def __init__(self, decision: Decision, back_to: Place) -> None:
        super().__init__()
        self.decision = decision
        self.back_to = back_to


class KeysChanged(Message):
    """Other actions are offered now."""


class Panel(Vertical):
    """A place. Its bindings come from the table of actions; read-only, the dangerous ones are refused."""

    PLACE: ClassVar[Place]
    keymap = Keymap()
    """The keys, for words that name one."""

    def __init__(self, desk: Desk, signs: Signs, *, read_only: bool = False) -> None:
        super().__init__(id=self.PLACE.value)
        self.desk = desk
        self.signs = signs
        self.read_only = read_only
        self._focused_last: Widget | None = None

    def enter(self) -> None:
        """This place is shown now: puts the focus where keys are expected."""
        raise NotImplementedError

    def come_back(self) -> None:
        """The person looked elsewhere for a moment, and finds everything as it was."""
        if self._focused_last is not None and self._focused_last.focusable:
            self._focused_last.focus()
        else:
            self.enter()

    def on_descendant_focus(self) -> None:
        self._focused_last = self.screen.focused

    def action_back(self) -> None:
        """One step back; a place that is left otherwise says so itself."""
        self.post_message(GoBack())

    def leave(self) -> None:
        """Another place is shown now."""

    def offers(self, action: str) -> bool:
        """Whether an action makes sense now, for the key strip."""
        return not (self.read_only and is_dangerous(self.PLACE, action))

    def may(self, action: str) -> bool:
        """Whether an action may be done; says why not, because a key that is silent looks broken."""
        if self.read_only and is_dangerous(self.PLACE, action):
            self.tell("The console is read-only: nothing that changes anything can be done.")
            return False
        return True

    def tell(self, words: str) -> None:
        """Why a key did nothing; in the log, which is always in sight and covers nothing."""
        self.desk.log.answer(Severity.WARNING, words)

    def copy(self, what: str, make: Callable[[], str]) -> None:
        """Copies the text that ``make`` gives; the log says where it is then."""
        self.post_message(Copy(what, make))

    def say_keys(self) -> None:
        """Has the key strip made anew: other actions are offered now."""
        self.post_message(KeysChanged())

    def in_background(self, work: object, name: str, *, exclusive: bool = False) -> None:
        """Runs a coroutine on the console's loop; what it raises ends the console in the crash guard.

        Exclusive, it takes the place of an earlier one of the same name.
        """
        cast("App[None]", self.app).run_worker(work, name=name, group=name, exclusive=exclusive)  # type: ignore[arg-type]
