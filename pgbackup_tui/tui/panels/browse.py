"""Browse: the tree, a filter that works as you type, and the basket of what is marked."""

from __future__ import annotations

import asyncio
import time

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Key
from textual.timer import Timer
from textual.widgets import Input

from pgbackup_tui.text import counted
from pgbackup_tui.tui.actions import Place, bindings_for
from pgbackup_tui.tui.decision import reading_decision
from pgbackup_tui.tui.desk import Desk
from pgbackup_tui.tui.nodes import Kind, Node
from pgbackup_tui.tui.outline import Reading
from pgbackup_tui.tui.panels.panel import Ask, GoTo, Panel
from pgbackup_tui.tui.present.browse import basket_line, basket_lines, emptiness
from pgbackup_tui.tui.present.pieces import Signs
from pgbackup_tui.tui.present.row_facts import row_facts
from pgbackup_tui.tui.present.tree import heading
from pgbackup_tui.tui.widgets.estate_tree import EstateTree
from pgbackup_tui.tui.widgets.fact_sheet import FactSheet
from pgbackup_tui.tui.widgets.field import hidden_field
from pgbackup_tui.tui.widgets.line_view import LineView
from pgbackup_tui.tui.widgets.words import Passage, Words

_MOST_REFRESHED = 50
"""Clients of an earlier run that are read again because a filter found something in them."""
_COALESCE = 0.05
_SHARE = 10.0
"""Seconds from one time that changes are shown to the next, and how many times the cost of it that has to be."""
_AT_ONCE = 0.001


class BrowsePanel(Panel):
    """Finds and marks subclients."""

    PLACE = Place.BROWSE
    BINDINGS = bindings_for(Place.BROWSE)

    def __init__(self, desk: Desk, signs: Signs, *, read_only: bool = False) -> None:
        super().__init__(desk, signs, read_only=read_only)
        self._marks_pending = 0
        """Marks that wait for their branch to be read."""
        self._mark_round = 0
        """Counts up when every mark is taken off: those that wait are meant too."""
        self._due: Timer | None = None
        self._shown_at = self._cost = 0.0
        """When everything was shown the last time (``time.perf_counter``), and the seconds that it took."""
        self._compose_wanted = False
        """The form was asked for while marks wait; any other key takes that back."""
        self.facts = FactSheet(id="row-facts", signs=signs)
        self.tree_view = EstateTree(desk.outline, id="tree", signs=signs, clock=desk.clock)

    def compose(self) -> ComposeResult:
        yield hidden_field("filter", "part of a name; Enter: to the tree, Esc: clear")
        with Horizontal(id="browse-columns"):
            with Vertical(id="tree-column"):
                yield Words(id="tree-heading")
                yield self.tree_view
            with Vertical(id="browse-side"):
                yield self.facts
                yield Passage(id="basket-detail")
        yield Words(id="basket")

    def on_mount(self) -> None:
        self.show()

    def enter(self) -> None:
        self.tree_view.focus()

    def show_soon(self) -> None:
        """Shows what branches that were read have changed, together and not so often that keys have to wait."""
        if self._due is None:
            wait = self._shown_at + max(_COALESCE, _SHARE * self._cost) - time.perf_counter()
            self._due = self.set_timer(max(_AT_ONCE, wait), self.show)

    def show(self) -> None:
        """Shows the tree and the basket as they are now."""
        if self._due is not None:
            self._due.stop()
            self._due = None
        begun = time.perf_counter()
        self._show_all()
        self._shown_at = time.perf_counter()
        self._cost = self._shown_at - begun

    def _show_all(self) -> None:
        self.tree_view.show()
        self.tree_view.empty = emptiness(self.desk, self.keymap)
        self._show_heading()
        self._show_basket()
        self._show_facts()

    @on(EstateTree.WidthChanged)
    def _show_heading(self) -> None:
        width = self.tree_view.scrollable_content_region.width or self.query_one("#tree-column").size.width - 1
        if width > 1:
            line = heading(width - 1, self.desk.outline)
            self.query_one("#tree-heading", Words).say(" " + "".join(piece.text for piece in line))

    @on(LineView.Moved)
    def _show_facts(self) -> None:
        self.facts.say(row_facts(self.tree_view.node, self.desk.outline, self.desk.server_time()))

    def action_filter(self) -> None:
        """Opens the filter."""
        field = self.query_one("#filter", Input)
        field.display = True
        field.focus()

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        self.desk.outline.filter = event.value.strip()
        self.desk.catalogue.memory.grow_all()
        self.show()

    @on(Input.Submitted, "#filter")
    def _filter_done(self) -> None:
        self.query_one("#filter").display = bool(self.desk.outline.filter)
        self.tree_view.focus()
        if self.desk.outline.filter:
            self.desk.catalogue.want(self.desk.outline.kept_in_sight(_MOST_REFRESHED), ahead=True)

    def leave(self) -> None:
        self._compose_wanted = False

    def on_key(self, event: Key) -> None:
        """Esc goes on without a keyring that is waited for, or clears the filter, wherever the focus is."""
        self._compose_wanted = False
        if event.key in ("down", "pagedown") and self.query_one("#filter").has_focus:
            self.tree_view.focus()
        if event.key == "escape" and self.desk.waiting_for:
            event.stop()  # it leads to another place, where it means something else
            self.desk.skip_waiting()
        elif event.key == "escape" and (self.desk.outline.filter or self.query_one("#filter").has_focus):
            self.query_one("#filter", Input).value = ""
            self.query_one("#filter").display = False
            self.tree_view.focus()

    @on(EstateTree.MarkClicked)
    def action_mark(self) -> None:
        """Marks what the cursor is on; a branch that this run hasn't read is read first."""
        node = self.tree_view.node
        if node is not None and node.kind is Kind.GONE:
            self.tell(f"{node.name} is no longer there: there is nothing to mark.")
        if node is None or not (node.is_branch or node.subclient):
            return
        if node.subclient is not None or self.desk.outline.reading.get(node.client_id) is Reading.DONE:
            self.desk.outline.toggle_mark(node)
            self.desk.catalogue.want(self.desk.outline.unconfirmed())
            self.show()
        else:
            self._marks_pending += 1
            self.in_background(self._mark_when_read(node), "mark")

    async def _mark_when_read(self, node: Node) -> None:
        """Marks as soon as the branch is read, and then does what was asked for after the mark."""
        asked_in = self._mark_round
        await self.desk.catalogue.until_read(node.client_id)
        if asked_in != self._mark_round:
            return
        self._marks_pending -= 1
        found = self.desk.outline.find(node.identity)  # it was made anew where the clients were listed meanwhile
        if found is None or self.desk.outline.reading.get(node.client_id) is not Reading.DONE:
            self._compose_wanted = False
            self.tell(f"{node.name} could not be read: nothing of it is marked.")
            return
        self.desk.outline.toggle_mark(found)
        self._marks_were_made()

    async def _confirm_marks(self) -> None:
        """Has what is marked of an earlier run's tree read again: what is gone since loses its mark."""
        asked_in = self._mark_round
        await asyncio.gather(*map(self.desk.catalogue.until_read, self.desk.outline.unconfirmed()))
        if asked_in != self._mark_round:
            return
        self._marks_pending -= 1
        left = self.desk.outline.unconfirmed()
        if left:
            self._compose_wanted = False
            clients = counted(len(left), "client")
            words = f"What is marked on {clients} is old and can't be read now: {{browse.reload}} tries again."
            self.tell(self.keymap.say(words))
        self._marks_were_made()

    def _marks_were_made(self) -> None:
        """Goes on to the form, if that was asked for and nothing else is waited for."""
        self.show()
        if self._compose_wanted and not self._marks_pending:
            self._open_form()

    def action_unmark_all(self) -> None:
        """Takes off every mark, and those that wait for their branch."""
        self._mark_round += 1
        self._marks_pending = 0
        self.desk.outline.marked.clear()
        self.show()

    def action_reload(self) -> None:
        """Connects again, or reads the estate again."""
        node = self.tree_view.node
        if node is not None and self.desk.outline.reading.get(node.client_id) is Reading.FAILED:
            self.desk.catalogue.want([node.client_id])
        else:
            self.in_background(self.desk.connect(), "connect")

    def action_compose(self) -> None:
        """Goes on to the form, as soon as every mark is made; without a mark, with what the cursor is on."""
        node = self.tree_view.node
        is_unmarked = not self.desk.outline.marked and not self._marks_pending
        if is_unmarked and node is not None and node.subclient is not None:
            self.desk.outline.toggle_mark(node)
            self.show()
        self._open_form()

    def _open_form(self) -> None:
        if self.desk.outline.unconfirmed():
            self._marks_pending += 1
            self.in_background(self._confirm_marks(), "mark")
        self._compose_wanted = self._marks_pending > 0
        if self._compose_wanted:
            self.tell("The form opens as soon as what you marked is read; any other key takes that back.")
            return
        if self.desk.outline.marked:
            self.post_message(GoTo(Place.COMPOSE))
        else:
            self.tell(self.keymap.say("Nothing is marked: {browse.mark} marks a subclient, or a whole branch."))

    def action_backups(self) -> None:
        """Whether there are good backups already of what is marked, or of what the cursor is on, into the log."""
        node = self.tree_view.node
        chosen = tuple(self.desk.outline.marked.values())
        if not chosen and node is not None and node.subclient is not None:
            chosen = (node.subclient,)
        if chosen:
            self.in_background(self.desk.tell_backups(chosen), "backups", exclusive=True)
        else:
            self.tell("Nothing is marked, and the cursor is on no subclient.")

    @on(EstateTree.FilterOpens)
    def _filter_opens(self) -> None:
        self.tell("The filter holds this branch open, because it found something in it: Esc clears the filter.")

    @on(EstateTree.BranchWanted)
    def _branch_wanted(self, event: EstateTree.BranchWanted) -> None:
        wanted = event.client_ids
        cost = self.desk.catalogue.cost(len(wanted))
        if not cost:
            self.desk.catalogue.want(wanted, ahead=event.ahead)
            return

        async def read() -> None:
            self.desk.catalogue.want(wanted, ahead=event.ahead)

        self.post_message(Ask(reading_decision(len(wanted), cost, read), Place.BROWSE))

    def _show_basket(self) -> None:
        self.query_one("#basket", Words).say(basket_line(self.desk, self.keymap))
        self.query_one("#basket-detail", Words).say("\n".join(basket_lines(self.desk, self.keymap)))
