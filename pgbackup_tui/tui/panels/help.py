"""Help: what each key does, made from the table of actions."""

from __future__ import annotations

from textual.app import ComposeResult

from pgbackup_tui.tui.actions import ACTIONS, Place, bindings_for
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.panels.panel import GoTo, Panel
from pgbackup_tui.tui.present.pieces import Piece, Signs
from pgbackup_tui.tui.widgets.text_view import TextView

_MOVING = (
    "  ↑ ↓ j k     one line      PgUp PgDn     a page      Home End g G   first, last\n"
    "  → l Enter   open          ← h           close       Tab            next field\n"
    "  ^p          the palette: what can be done here, by its name"
)


class HelpPanel(Panel):
    """The keys of every place, that of where the person came from first."""

    PLACE = Place.HELP
    BINDINGS = bindings_for(Place.HELP)

    def __init__(self, desk: Desk, signs: Signs, *, read_only: bool = False) -> None:
        super().__init__(desk, signs, read_only=read_only)
        self.asked_from = Place.BROWSE

    def compose(self) -> ComposeResult:
        yield TextView(id="help-text", signs=self.signs)

    def enter(self) -> None:
        others = [place for place in Place if place not in (self.asked_from, Place.EVERYWHERE)]
        parts = [self._section(place) for place in (self.asked_from, Place.EVERYWHERE, *others)]
        words = "\n\n".join([*filter(None, parts[:2]), _MOVING, *filter(None, parts[2:])])
        view = self.query_one("#help-text", TextView)
        view.say([Piece(line) for line in words.splitlines()])
        view.focus()

    def action_back(self) -> None:
        """Back to where the person came from."""
        self.post_message(GoTo(self.asked_from, back=True))

    def _section(self, place: Place) -> str:
        lines = [
            f"  {self.keymap.shown(action):<8} {action.hint}"
            for action in ACTIONS
            if action.place is place and not (self.read_only and action.dangerous)
        ]
        return "\n".join([place.value.upper(), *lines]) if lines else ""
