"""Named selections at the console: which there are, and marking what one means. Knows nothing of the screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from pgbackup_tui.errors import PgBackupError
from pgbackup_tui.estate.patterns import PatternError, parse_patterns, select
from pgbackup_tui.settings.selections import Selection
from pgbackup_tui.text import counted
from pgbackup_tui.tui.decision import Decision, reading_decision
from pgbackup_tui.tui.desk import Desk, State
from pgbackup_tui.tui.records import Severity
from pgbackup_tui.tui.telling import tell_error


@dataclass(slots=True)
class Selecting:
    """The selections of the profile that the desk works with."""

    desk: Desk
    wanted: str = ""
    """The name that the command line asked for; opened once, as soon as the estate is there."""

    @property
    def offered(self) -> tuple[Selection, ...]:
        """The selections that can be opened now."""
        target = self.desk.target
        return target.selections if target is not None and self.desk.state is State.READY else ()

    def take_wanted(self) -> Selection | None:
        """What the command line asked for, once, when there is an estate to mark it in."""
        if not self.wanted or self.desk.state is not State.READY:
            return None
        name, self.wanted = self.wanted, ""
        found = next((selection for selection in self.offered if selection.name == name), None)
        if found is None:
            self.desk.log.add(
                Severity.WARNING, f"The selection “{name}” is not one of this profile: nothing is marked."
            )
        return found

    def question(self, selection: Selection, carry_out: Callable[[], Awaitable[None]]) -> Decision | None:
        """Whether a selection is opened, where reading what it means costs much."""
        try:
            requests = self.desk.catalogue.requests_for(parse_patterns(selection.patterns))
        except PatternError:
            return None  # which is told when it is opened
        cost = self.desk.catalogue.cost(requests)
        return reading_decision(requests, cost, carry_out) if cost else None

    async def mark(self, selection: Selection) -> bool:
        """Marks what a selection means, and nothing else.

        False where that can't be told: then every mark is as it was, and the log says why.
        """
        try:
            patterns = parse_patterns(selection.patterns)
            estate = await self.desk.catalogue.until_read_for(patterns)
            found = select(estate, patterns)
        except PgBackupError as error:
            tell_error(self.desk.log, error, f"The selection “{selection.name}” can't be opened: ")
            return False
        marked = self.desk.outline.marked
        marked.clear()
        marked |= {subclient.subclient_id: subclient for subclient in found}
        clients = counted(len({subclient.client_id for subclient in found}), "client")
        self.desk.log.add(
            Severity.INFO, f"Selection “{selection.name}”: {counted(len(found), 'subclient')} on {clients} marked."
        )
        return True
