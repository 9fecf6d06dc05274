"""Keep: a name for what the form means, so that the next change begins where this one did."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Button, Checkbox, Input

from pgbackup_tui.errors import PgBackupError
from pgbackup_tui.settings.profiles import Profile
from pgbackup_tui.settings.selections import Selection
from pgbackup_tui.text import clean, counted
from pgbackup_tui.tui.actions import Place, bindings_for
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.draft import Draft
from pgbackup_tui.tui.entrance import Entrance
from pgbackup_tui.tui.keeping import Kept, obstacles, patterns_of
from pgbackup_tui.tui.panels.panel import GoTo, Panel
from pgbackup_tui.tui.present.pieces import Piece, Signs
from pgbackup_tui.tui.records import Severity
from pgbackup_tui.tui.telling import tell_error
from pgbackup_tui.tui.widgets.choices import CheckMark
from pgbackup_tui.tui.widgets.field import TextField
from pgbackup_tui.tui.widgets.text_view import TextView
from pgbackup_tui.tui.widgets.words import Words


class KeepPanel(Panel):
    """Writes a named selection into the profile. Sends nothing."""

    PLACE = Place.KEEP
    BINDINGS = bindings_for(Place.KEEP)

    def __init__(
        self, desk: Desk, signs: Signs, entrance: Entrance | None, draft: Draft, *, read_only: bool = False
    ) -> None:
        super().__init__(desk, signs, read_only=read_only)
        self.entrance = entrance
        self.draft = draft
        self._may_replace = ""
        """The name of a selection that there is, and that was said to be replaced by another yes."""
        self._opened: Selection | None = None
        """The selection that the box for the ticket was set by."""

    def compose(self) -> ComposeResult:
        yield Words(id="keep-title", classes="title")
        with Horizontal(classes="field"):
            yield Words("Name", classes="label")
            yield TextField("keep_name", "of the selection, for instance: payments pre-change")
        with Horizontal(classes="field"):
            yield Words("Options", classes="label")
            yield CheckMark("wants a ticket each time", id="keep_ticket", compact=True)
        yield Words(id="keep-problem", classes="problem")
        yield TextView(id="kept", signs=self.signs)
        with Horizontal(id="keep-buttons"):
            yield Button("Keep", id="keep-it", compact=True)
            yield Button("Back", id="keep-back", compact=True)

    @property
    def _profile(self) -> Profile | None:
        return self.desk.target.profile if self.desk.target else None

    def enter(self) -> None:
        """Shows what would be kept."""
        name = clean(self._profile.name) if self._profile else "no profile"
        chosen = counted(len(self.draft.subclients), "subclient")
        self.query_one("#keep-title", Words).say(f"Keep {chosen} as a named selection of {name}")
        self._say_problem("")
        if self.draft.selection is not self._opened:
            self._opened = self.draft.selection
            wants_ticket = self._opened is not None and self._opened.ticket_required
            self.query_one("#keep_ticket", Checkbox).value = wants_ticket
        kept, patterns = self._selection(""), self._patterns()
        level = kept.level or "asked for each time"
        options = [
            words for words, given in (("data with the logs", kept.with_data), ("mail", kept.notify)) if given
        ]
        facts = [f"Level   {level}", f"Options {', '.join(options) or 'none'}", ""]
        if patterns.frozen:
            words = f"What is marked is not what “{patterns.frozen}” means:"
            facts += [words, "its patterns become these names.", ""]
        facts += kept.patterns
        self.query_one("#kept", TextView).say([Piece(clean(fact)) for fact in facts])
        self.query_one("#keep_name", Input).focus()

    @on(Button.Pressed, "#keep-it")
    @on(Input.Submitted, "#keep_name")
    def action_keep(self) -> None:
        """Keeps it, if it has a name; over another of that name only when asked twice."""
        profile, name = self._profile, self.query_one("#keep_name", Input).value.strip()
        if profile is None or self.entrance is None:
            words = "A selection belongs to a profile, and this CommServe has none here: "
            self._say_problem(words + self.keymap.say("{everywhere.connect} makes one."))
        elif not name:
            self._say_problem("It needs a name.")
        elif wrong := obstacles(self.draft):
            words = " ".join(f"{problem.problem} {problem.advice}" for problem in wrong)
            self._say_problem(f"Not kept: the form is not right yet. {words}")
        elif any(found.name == name for found in profile.selections) and self._may_replace != name:
            self._may_replace = name
            self._say_problem("There is a selection of that name: once more replaces it.")
        else:
            self.in_background(self._keep(self.entrance, profile, self._selection(name)), "keep", exclusive=True)

    async def _keep(self, entrance: Entrance, profile: Profile, selection: Selection) -> None:
        try:
            kept = await entrance.keep_selection(profile.name, selection)
        except PgBackupError as error:
            self._say_problem(f"{error.problem} {error.advice}")
            tell_error(self.desk.log, error, "The selection is not kept: ")
            return
        if self.desk.target is not None and self._profile is profile:
            self.desk.target.profile = kept
        self._may_replace = ""
        self.desk.log.add(Severity.INFO, f"Selection “{selection.name}” is kept in the profile {profile.name}.")
        if self.display:
            self.action_back()

    @on(Button.Pressed, "#keep-back")
    def action_back(self) -> None:
        """Back to the form."""
        self.post_message(GoTo(Place.COMPOSE))

    def _patterns(self) -> Kept:
        return patterns_of(self.draft, self.desk.catalogue)

    def _selection(self, name: str) -> Selection:
        draft = self.draft
        return Selection(
            name,
            self._patterns().patterns,
            draft.level.value if draft.level else "",
            with_data=draft.with_data,
            notify=draft.notify,
            ticket_required=self.query_one("#keep_ticket", Checkbox).value,
            max_subclients=draft.selection.max_subclients if draft.selection else 0,
        )

    def _say_problem(self, words: str) -> None:
        line = self.query_one("#keep-problem", Words)
        line.say(clean(f"! {words}") if words else "")
        line.display = bool(words)
