"""Everything that a key can do, in one table: it feeds the bindings, the key strip, the help and the palette."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from textual.binding import Binding, BindingType

from pgbackup_tui.tui.present.pieces import Part


class Place(StrEnum):
    """Where an action can be done."""

    EVERYWHERE = "everywhere"
    BROWSE = "browse"
    COMPOSE = "compose"
    KEEP = "keep"
    CONFIRM = "confirm"
    JOBS = "jobs"
    LOG = "log"
    HISTORY = "history"
    HELP = "help"
    CONNECT = "connect"
    LOCK = "lock"


BACK = "back"
"""The name of every action that leads one step back; Esc does it, whatever else does."""


class Action(NamedTuple):
    """One thing that a key can do."""

    place: Place
    name: str
    """Of the method ``action_<name>`` that does it."""
    keys: str
    """As Textual spells them, with commas between."""
    shown_key: str
    label: str
    """A word or two, for the key strip."""
    hint: str
    """A sentence, for the help and the palette."""
    dangerous: bool = False
    """Changes something on the CommServe: is confirmed, and refused read-only."""
    in_strip: bool = True

    @property
    def action_id(self) -> str:
        """By which a keymap names it."""
        return f"{self.place}.{self.name}"


ACTIONS = (
    Action(Place.BROWSE, "mark", "space", "space", "mark", "Mark or unmark the subclient, or the whole branch."),
    Action(Place.BROWSE, "filter", "slash", "/", "filter", "Show only names that contain what you type."),
    Action(Place.BROWSE, "compose", "c", "c", "compose", "Compose a backup of what is marked."),
    Action(
        Place.BROWSE,
        "backups",
        "b",
        "b",
        "backups",
        "Which backups there are already of what is marked, into the log.",
        in_strip=False,
    ),
    Action(Place.BROWSE, "reload", "r", "r", "reload", "Ask the CommServe again."),
    Action(Place.BROWSE, "unmark_all", "u", "u", "unmark", "Take off every mark.", in_strip=False),
    Action(Place.COMPOSE, "start", "ctrl+s", "^s", "start…", "Go on to the confirmation.", dangerous=True),
    Action(Place.COMPOSE, "take_out", "delete,x", "x", "take out", "Take the subclient at the cursor out."),
    Action(Place.COMPOSE, "request", "ctrl+r", "^r", "request", "Show the exact request, or the form again."),
    Action(Place.COMPOSE, "copy", "y", "y", "copy", "Copy the request as a curl line.", in_strip=False),
    Action(Place.COMPOSE, "copy_all", "Y", "Y", "copy JSON", "Copy the request's JSON.", in_strip=False),
    Action(Place.COMPOSE, "keep", "w", "w", "keep", "Keep this under a name, in the profile.", in_strip=False),
    Action(Place.COMPOSE, "back", "escape", "esc", "back", "Back to the tree; the form is kept."),
    Action(Place.KEEP, "keep", "ctrl+s", "^s", "keep", "Write the selection into the settings file."),
    Action(Place.KEEP, "back", "escape", "esc", "back", "Back to the form; nothing is written."),
    Action(Place.CONFIRM, "back", "escape,n", "n", "no", "Back to the form; nothing is sent."),
    Action(Place.CONFIRM, "yes", "y", "y", "yes", "Send it.", dangerous=True),
    Action(Place.JOBS, "suspend", "s", "s", "suspend", "Halt the job at the cursor.", dangerous=True),
    Action(Place.JOBS, "resume", "S", "S", "resume", "Let a suspended job go on.", dangerous=True),
    Action(Place.JOBS, "kill", "x", "x", "kill", "End the job at the cursor; its data is lost.", dangerous=True),
    Action(Place.JOBS, "resubmit", "R", "R", "resubmit", "Start a job again that left no backup.", dangerous=True),
    Action(Place.JOBS, "events", "v", "v", "events", "What the job left in the event log, into the log."),
    Action(Place.JOBS, "copy", "y", "y", "copy", "Copy the job's id; on a task's line, those of all its jobs."),
    Action(Place.JOBS, "copy_all", "Y", "Y", "copy ids", "Copy the ids of all jobs of the task.", in_strip=False),
    Action(Place.JOBS, "back", "escape", "esc", "back", "To where you were before.", in_strip=False),
    Action(Place.HISTORY, "look", "r", "r", "look again", "Look for the jobs of an attempt that is not settled."),
    Action(
        Place.HISTORY,
        "attach",
        "a",
        "a",
        "attach",
        "The job at the cursor is its backup.",
        dangerous=True,
    ),
    Action(
        Place.HISTORY, "not_started", "n", "n", "not started", "There is no job of the attempt.", dangerous=True
    ),
    Action(Place.HISTORY, "evidence", "e", "e", "evidence", "Write the record for the change ticket to a file."),
    Action(Place.HISTORY, "copy", "y", "y", "copy", "Copy the record for the change ticket, as Markdown."),
    Action(Place.HISTORY, "back", "escape", "esc", "back", "To where you were before.", in_strip=False),
    Action(Place.LOG, "levels", "f", "f", "levels", "Show more or less: everything, warnings, errors."),
    Action(Place.LOG, "search", "slash", "/", "search", "Find what you type; what is around it stays in sight."),
    Action(Place.LOG, "older", "n", "n", "older", "The next older place with what is searched for."),
    Action(Place.LOG, "newer", "N", "N", "newer", "The next newer place with what is searched for."),
    Action(Place.LOG, "only", "ampersand", "&", "only", "Show only lines that contain what you type."),
    Action(Place.LOG, "export", "w", "w", "write", "Write the whole log to a file."),
    Action(Place.LOG, "select", "v", "v", "select", "Select lines from here on, with the keys that scroll."),
    Action(Place.LOG, "copy", "y", "y", "copy", "Copy what is selected, or else everything that is shown."),
    Action(Place.CONNECT, "sign_in", "ctrl+s", "^s", "sign in", "Sign in with what the form says."),
    Action(Place.CONNECT, "back", "escape", "esc", "back", "Go on without the keyring, or back to the tree."),
    Action(Place.LOCK, "unlock", "enter", "Enter", "unlock", "Ask for the Authtoken again, and go on."),
    Action(Place.HELP, "back", "escape", "esc", "back", "Back to where you were."),
    Action(Place.EVERYWHERE, "browse", "1", "1", "browse", "The tree of clients."),
    Action(Place.EVERYWHERE, "jobs", "2", "2", "jobs", "The jobs that were started here."),
    Action(Place.EVERYWHERE, "log", "3", "3", "log", "Into the log, or back."),
    Action(Place.EVERYWHERE, "history", "4", "4", "history", "What was asked for, and its end.", in_strip=False),
    Action(Place.EVERYWHERE, "connect", "p", "p", "profiles", "Sign in, or change the CommServe.", in_strip=False),
    Action(
        Place.EVERYWHERE,
        "command_palette",
        "ctrl+p",
        "^p",
        "palette",
        "Everything that can be done here, found by its name.",
        in_strip=False,
    ),
    Action(Place.EVERYWHERE, "help", "question_mark,f1", "?", "help", "The keys of where you are."),
    Action(
        Place.EVERYWHERE,
        "suspend_process",
        "ctrl+z",
        "^z",
        "shell",
        "To the shell; fg comes back. Nothing is followed meanwhile.",
        in_strip=False,
    ),
    Action(Place.EVERYWHERE, "redraw", "ctrl+l", "^l", "redraw", "Paint the whole screen again.", in_strip=False),
    Action(Place.EVERYWHERE, "quit_console", "q,ctrl+q", "q", "quit", "Leave; jobs go on without the console."),
)


def actions_at(place: Place) -> Iterator[Action]:
    """The actions of a place, its own first, then those that are everywhere."""
    yield from (action for action in ACTIONS if action.place is place)
    if place is not Place.EVERYWHERE:
        yield from (action for action in ACTIONS if action.place is Place.EVERYWHERE)


def bindings_for(place: Place) -> list[BindingType]:
    """The bindings of exactly this place."""
    return [
        Binding(action.keys, action.name, action.label, show=False, id=action.action_id)
        for action in ACTIONS
        if action.place is place
    ]


def is_dangerous(place: Place, name: str) -> bool:
    """Whether an action of this place changes something on the CommServe."""
    return any(action.dangerous for action in ACTIONS if action.place is place and action.name == name)


def strip(
    place: Place, width: int, shown: Callable[[Action], str], offered: Callable[[Action], bool] = lambda _: True
) -> list[Part]:
    """The key strip: as many keys as fit in ``width`` columns, and a sign where there are more.

    Those that a narrow strip does without are in it where there is room left.
    """
    every = [
        Part(f"{shown(action)} {action.label}", action)
        for action in actions_at(place)
        if action.name != place.value and offered(action)
    ]
    keys = [key for key in every if isinstance(key.target, Action) and key.target.in_strip]
    if _width(keys) > width:
        more = Part(f"{shown(_HELP)} more", _HELP)
        while keys and _width([*keys, more]) > width:
            keys.pop()
        return _spaced([*keys, more])
    for key in every:
        if key not in keys and _width([*keys, key]) <= width:
            keys.append(key)
    return _spaced(sorted(keys, key=every.index))


def _width(keys: Sequence[Part]) -> int:
    return sum(len(part.words) for part in _spaced(keys))


def _spaced(keys: Sequence[Part]) -> list[Part]:
    return [part for key in keys for part in (Part("  "), key)][1:]


_HELP = next(action for action in ACTIONS if action.action_id == "everywhere.help")
