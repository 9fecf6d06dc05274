"""What is asked of the CommServe: chosen subclients and options, checked, and the exact request for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from pgbackup_tui.commserve.wire import POSTGRESQL, POSTGRESQL_NAME
from pgbackup_tui.errors import UsageError
from pgbackup_tui.estate.model import Subclient, backed_up_twice

MARKER_PLACEHOLDER = "<attempt>"
"""Stands in a request that is only shown for the id that each attempt gets when it is made."""

_MOST_NAMED = 3
"""Instances that one caution names."""
_LONGEST_WORDS = 200
"""Characters of a ticket or a user's name."""
_IMMEDIATE = 1
_BACKUP = 2


class Level(StrEnum):
    """Backup levels of ``backupOpts.backupLevel`` (api.commvault.com, PostgreSQLDatabase)."""

    FULL = "FULL"
    INCREMENTAL = "INCREMENTAL"
    DIFFERENTIAL = "DIFFERENTIAL"
    SYNTHETIC_FULL = "SYNTHETIC_FULL"


@dataclass(frozen=True, slots=True)
class InstallerUser:
    """Whom the CommServe's installer option names. The job still runs as the token's user."""

    user_id: int
    user_name: str


@dataclass(frozen=True, slots=True)
class BackupOptions:
    """Everything of a task but what it backs up."""

    level: Level
    with_data: bool = False
    """Data with the logs, for an incremental of a block-level subclient."""
    notify: bool = False
    """The CommServe mails its user when the jobs end."""
    installer_user: InstallerUser | None = None
    ticket: str = ""
    """The change ticket, for the job's description."""


@dataclass(frozen=True, slots=True)
class BackupTask:
    """What can be asked for: a new task, made by :func:`compose`, or a job once more, made by ``resubmit_task``."""

    subclients: tuple[Subclient, ...]
    options: BackupOptions
    resubmits: int | None = None
    """The job that the CommServe is asked to start again; None for a new task."""

    def subclient(self, subclient_id: int) -> Subclient | None:
        """The association of this id, or None where the task has none."""
        return next((chosen for chosen in self.subclients if chosen.subclient_id == subclient_id), None)


class Field(StrEnum):
    """Where in a form a problem belongs."""

    ASSOCIATIONS = "associations"
    LEVEL = "level"
    WITH_DATA = "with_data"
    INSTALLER_USER = "installer_user"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a task can't be asked for as it stands."""

    field: Field
    problem: str
    advice: str
    subclients: tuple[Subclient, ...] = ()
    """Those that the problem is about."""


class TaskError(UsageError):
    """The task can't be asked for; says all that is wrong with it at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(
            " ".join(found.problem for found in problems), " ".join(dict.fromkeys(p.advice for p in problems))
        )
        self.problems = tuple(problems)


def compose(subclients: Sequence[Subclient], options: BackupOptions, *, max_subclients: int) -> BackupTask:
    """The task for these subclients. Raises TaskError with every problem that :func:`problems` finds."""
    found = tuple(problems(subclients, options, max_subclients=max_subclients))
    if found:
        raise TaskError(found)
    return BackupTask(tuple(subclients), options)


def problems(subclients: Sequence[Subclient], options: BackupOptions, *, max_subclients: int) -> Iterator[Problem]:
    """Everything that keeps this from being one task."""
    yield from _association_problems(subclients, max_subclients)
    yield from _level_problems(subclients, options)
    user = options.installer_user
    if user is not None and not (0 < user.user_id < 2**63 and _is_plain(user.user_name)):
        yield Problem(
            Field.INSTALLER_USER,
            "The installer option names no user that can be sent.",
            "Give the user's id and name, for instance 12:backup-operator.",
        )
    if options.ticket and not _is_plain(options.ticket):
        yield Problem(
            Field.TICKET,
            f"The ticket has a line break or a control character in it, or more than {_LONGEST_WORDS} characters.",
            "Give the ticket's number, for instance CHG0012345.",
        )


def _is_plain(words: str) -> bool:
    """Words of one line that any field can carry."""
    return 0 < len(words) <= _LONGEST_WORDS and words.isprintable()


def _association_problems(subclients: Sequence[Subclient], max_subclients: int) -> Iterator[Problem]:
    if not subclients:
        yield Problem(Field.ASSOCIATIONS, "No subclient is chosen.", "Choose at least one subclient.")
    counted = Counter(chosen.subclient_id for chosen in subclients)
    twice = {chosen.subclient_id: chosen for chosen in subclients if counted[chosen.subclient_id] > 1}
    if twice:
        yield Problem(
            Field.ASSOCIATIONS,
            f"The same subclient is chosen more than once ({len(twice)}).",
            "Choose each subclient once.",
            tuple(twice.values()),
        )
    if len(subclients) > max_subclients:
        yield Problem(
            Field.ASSOCIATIONS,
            f"{len(subclients)} subclients are chosen, and one task takes at most {max_subclients}.",
            "Choose fewer, or several tasks; a command takes --max-subclients if so many are meant.",
        )


def _level_problems(subclients: Sequence[Subclient], options: BackupOptions) -> Iterator[Problem]:
    dumps = tuple(chosen for chosen in subclients if chosen.is_dump)
    if dumps and options.level is not Level.FULL:
        yield Problem(
            Field.LEVEL,
            f"{len(dumps)} of the {len(subclients)} subclients can't be backed up as {options.level}: "
            "a DumpBasedBackupSet takes FULL only.",
            "Ask for FULL, or leave these out.",
            dumps,
        )
    if options.with_data and options.level is not Level.INCREMENTAL:
        yield Problem(
            Field.WITH_DATA,
            f"Data with the logs goes with INCREMENTAL only, not with {options.level}.",
            "Ask for INCREMENTAL, or leave the data out.",
        )


def cautions(task: BackupTask) -> tuple[str, ...]:
    """What a person should know before confirming; none of it keeps the task from being asked for."""
    options = task.options
    found = []
    twice = [f"{client}/{instance}" for client, instance in backed_up_twice(task.subclients)]
    if twice:
        named = ", ".join(twice[:_MOST_NAMED]) + (
            f" and {len(twice) - _MOST_NAMED} more" if twice[_MOST_NAMED:] else ""
        )
        found.append(f"The same data would be backed up twice, as files and as a dump: {named}.")
    if options.level in (Level.DIFFERENTIAL, Level.SYNTHETIC_FULL):
        found.append(
            f"Command Center does not offer {options.level} for PostgreSQL; it may be refused or run as a full."
        )
    if options.with_data:
        plain = sum(not chosen.block_level for chosen in task.subclients)
        if plain:
            found.append(f"{plain} of the subclients are not block-level: their incremental may carry logs only.")
    for chosen in task.subclients:
        if not chosen.backup_enabled:
            found.append(f"Backup is disabled on {chosen.path}.")
        if chosen.status and chosen.status.casefold() != "ready":
            reason = f" ({chosen.not_ready_reason})" if chosen.not_ready_reason else ""
            found.append(f"Instance {chosen.instance} of {chosen.client} is “{chosen.status}”{reason}.")
    return tuple(dict.fromkeys(found))


def request_body(task: BackupTask, description: str) -> dict[str, object]:
    """The body of ``POST CreateTask`` for a new task (api.commvault.com, PostgreSQLDatabase, postgre-sql-backup).

    ``description`` goes into jobDescription, so that the jobs can be told from others. Names are sent raw.
    """
    options = task.options
    subtask_options: dict[str, object] = {
        "backupOpts": {"backupLevel": options.level.value, "incrementalDataWithLogs": options.with_data},
        "commonOpts": {"notifyUserOnJobCompletion": options.notify, "jobDescription": description},
    }
    if options.installer_user is not None:
        user = {"userId": options.installer_user.user_id, "userName": options.installer_user.user_name}
        subtask_options["adminOpts"] = {"clientInstallOption": {"installerOption": {"User": user}}}
    return {
        "taskInfo": {
            "associations": [_association(chosen) for chosen in task.subclients],
            "task": {"taskType": _IMMEDIATE},
            "subTasks": [
                {"subTask": {"subTaskType": _BACKUP, "operationType": _BACKUP}, "options": subtask_options}
            ],
        }
    }


def encode(body: dict[str, object]) -> bytes:
    """The bytes that are sent."""
    return msgspec.json.encode(body)


def _association(chosen: Subclient) -> dict[str, object]:
    return {
        "subclientId": chosen.subclient_id,
        "displayName": chosen.display_name,
        "clientId": chosen.client_id,
        "clientName": chosen.client,
        "instanceName": chosen.instance,
        "instanceId": chosen.instance_id,
        "appName": POSTGRESQL_NAME,
        "applicationId": POSTGRESQL,
        "backupsetId": chosen.backupset_id,
        "backupsetName": chosen.backupset,
        "subclientName": chosen.subclient,
    }
