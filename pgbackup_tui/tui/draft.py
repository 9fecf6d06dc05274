"""What the form holds before it is a task: words as they were typed, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pgbackup_tui.backup.attempt import describe, local_host, local_user
from pgbackup_tui.backup.task import (
    MARKER_PLACEHOLDER,
    BackupOptions,
    BackupTask,
    Field,
    InstallerUser,
    Level,
    Problem,
    problems,
    request_body,
)
from pgbackup_tui.estate.model import Subclient
from pgbackup_tui.settings.selections import Selection

MAX_SUBCLIENTS = 500
"""In one task from the console; from a few on, the confirmation has their number typed."""

MEANINGS = {
    Level.FULL: "all data, whatever was backed up before",
    Level.INCREMENTAL: "what came since the last backup: the logs (WAL)",
    Level.DIFFERENTIAL: "what came since the last full; not offered by Command Center for PostgreSQL",
    Level.SYNTHETIC_FULL: "a full made on the media server; not offered by Command Center for PostgreSQL",
}


@dataclass(slots=True)
class Draft:
    """The form's fields, as typed."""

    subclients: dict[int, Subclient] = field(default_factory=dict)
    level: Level | None = None
    with_data: bool = False
    notify: bool = False
    user_id: str = ""
    user_name: str = ""
    ticket: str = ""
    selection: Selection | None = None
    """The named selection that the form was opened with: its limit and its wish for a ticket count on."""

    def take_selection(self, selection: Selection) -> None:
        """How a named selection is backed up; what it leaves open has to be said."""
        self.selection = selection
        self.level = Level(selection.level) if selection.level else None
        self.with_data, self.notify = selection.with_data, selection.notify

    def take_in(self, marked: dict[int, Subclient]) -> None:
        """The associations are what is marked."""
        self.subclients = dict(marked)

    def begin_anew(self) -> None:
        """For the next task: the ticket and whom to tell stay, what and how have to be said again."""
        self.level, self.with_data, self.selection = None, False, None

    def problems(self) -> list[Problem]:
        """Everything that keeps this from being a task."""
        found = []
        if self.level is None:
            found.append(Problem(Field.LEVEL, "No level is chosen.", "Choose one: there is no default."))
        id_typed, name_typed = self.user_id.strip(), self.user_name.strip()
        if bool(id_typed) != bool(name_typed) or (id_typed and not _is_id(id_typed)):
            found.append(
                Problem(
                    Field.INSTALLER_USER,
                    "The installer option needs an id, a number, and a name.",
                    "Give both, or neither.",
                )
            )
        if self.selection is not None and self.selection.ticket_required and not self.ticket.strip():
            found.append(
                Problem(
                    Field.TICKET,
                    f"The selection “{self.selection.name}” wants a ticket.",
                    "Type the change's ticket.",
                )
            )
        options = self._options(self.level or Level.FULL)
        if self.level is None:
            options = replace(options, with_data=False)  # what it goes with can be said once a level is chosen
        return found + list(problems(list(self.subclients.values()), options, max_subclients=self.max_subclients))

    @property
    def max_subclients(self) -> int:
        """In one task: the selection's limit, where it has one."""
        return (self.selection.max_subclients if self.selection else 0) or MAX_SUBCLIENTS

    def task(self) -> BackupTask | None:
        """The task, or None while there are problems."""
        if self.level is None or self.problems():
            return None
        return BackupTask(tuple(self.subclients.values()), self._options(self.level))

    def body(self) -> dict[str, object] | None:
        """The exact request, with a placeholder for the attempt's id; None while there is no task."""
        task = self.task()
        if task is None:
            return None
        return request_body(task, describe(MARKER_PLACEHOLDER, local_user(), local_host(), task.options.ticket))

    def _options(self, level: Level) -> BackupOptions:
        user_id, user_name = self.user_id.strip(), self.user_name.strip()
        user = InstallerUser(int(user_id), user_name) if _is_id(user_id) and user_name else None
        return BackupOptions(level, self.with_data, self.notify, user, self.ticket.strip())


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def meaning(level: Level, subclients: list[Subclient]) -> str:
    """What a level means for these backup sets."""
    words = f"{level}: {MEANINGS[level]}"
    dumps = sum(subclient.is_dump for subclient in subclients)
    never = sum(subclient.last_backup is None and not subclient.is_dump for subclient in subclients)
    if dumps and level is not Level.FULL:
        words += f". {dumps} of {len(subclients)} are in a DumpBasedBackupSet, which takes FULL only"
    elif never and level is not Level.FULL:
        words += f". {never} of {len(subclients)} have no backup yet and will run as FULL"
    return words
