"""The keys of the console: those of the table of actions, and over them what the person's settings say."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from textual.binding import Binding

from pgbackup_tui.settings.errors import SettingsError
from pgbackup_tui.settings.look import ChosenKeys, Look
from pgbackup_tui.tui.actions import ACTIONS, BACK, Action, Place

_RESERVED = {
    "up,k": "one line up",
    "down,j": "one line down",
    "left,h": "close a branch",
    "right,l": "open a branch",
    "pageup,ctrl+b": "a page up",
    "pagedown,ctrl+f": "a page down",
    "home,g": "the first line",
    "end,G": "the last line",
    "enter": "what the cursor is on",
    "tab,shift+tab": "the next field",
    "escape": "one step back",
    "ctrl+c": "how to leave",
    "backspace": "the letter before",
}
"""What lists and fields need, wherever one is."""
_SHOWN = {"escape": "esc", "delete": "del", "enter": "Enter", "comma": ","}
_NAMED_ACTION = re.compile(r"\{([a-z_]+\.[a-z_]+)\}")
_CORRECT = "Correct it; nothing was changed in the file."


class Keymap(NamedTuple):
    """What does what."""

    own: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """The person's own keys, by the id of the action."""

    def shown(self, action: Action) -> str:
        """The key of an action in as few columns as say it."""
        chosen = self.own.get(action.action_id)
        if chosen is None:
            return action.shown_key
        return _SHOWN.get(chosen[0], chosen[0].replace("ctrl+", "^"))

    def say(self, words: str) -> str:
        """``words`` with the keys of the actions that it names: ``{browse.mark} marks a branch``."""
        return _NAMED_ACTION.sub(lambda found: self.shown(_BY_ID[found[1]]), words)

    def overrides(self) -> dict[str, str]:
        """The person's own keys as Textual takes them; Esc goes back, whatever else does."""
        return {
            action_id: ",".join((*keys, "escape") if _BY_ID[action_id].name == BACK else keys)
            for action_id, keys in self.own.items()
        }


def keymap_of(look: Look, warn: Callable[[str], None] = lambda _: None) -> Keymap:
    """The keys with what the settings say; ``warn`` is told of names that no action has.

    Raises SettingsError with the line: two actions in one place have one key, or lists and fields need it.
    """
    own: dict[str, ChosenKeys] = {}
    for action_id, chosen in look.keys.items():
        if action_id in _BY_ID:
            own[action_id] = chosen
        else:
            warn(f"{chosen.place} has no effect: there is no such action{_similar(action_id)}.")
    for action_id, chosen in own.items():
        _refuse_reserved(_BY_ID[action_id], chosen)
    for action_id, chosen in own.items():
        _refuse_doubled(_BY_ID[action_id], chosen, own)
    return Keymap(MappingProxyType({action_id: chosen.keys for action_id, chosen in own.items()}))


def spelled(keys: str) -> Iterator[str]:
    """Keys with commas between, each as Textual calls it."""
    return (binding.key for binding in Binding.make_bindings([Binding(keys, "")]))


def _refuse_reserved(action: Action, chosen: ChosenKeys) -> None:
    allowed = set(spelled(action.keys))
    for key in chosen.keys:
        meaning = _MEANINGS.get(key)
        if meaning is not None and key not in allowed:
            raise SettingsError(f"{chosen.place} can't be {key}: that is {meaning}, everywhere.", _CORRECT)


def _refuse_doubled(action: Action, chosen: ChosenKeys, own: Mapping[str, ChosenKeys]) -> None:
    mine = {name: key for key in chosen.keys for name in spelled(key)}
    for other in ACTIONS:
        if other is action or not _meet(action.place, other.place):
            continue
        theirs = own.get(other.action_id)
        for key in spelled(",".join(theirs.keys) if theirs else other.keys):
            if key in mine and key != "escape":
                where = f", {theirs.place}" if theirs else ""
                raise SettingsError(
                    f"{chosen.place} ({action.label}) can't be {mine[key]}: "
                    f"that is {other.action_id} ({other.label}){where}.",
                    _CORRECT,
                )


def _meet(one: Place, other: Place) -> bool:
    """Whether a key could mean either of two places' actions."""
    return one is other or Place.EVERYWHERE in (one, other)


def _similar(action_id: str) -> str:
    close = difflib.get_close_matches(action_id, _BY_ID, n=1)
    return f"; perhaps {close[0]}" if close else f". There are {', '.join(_BY_ID)}"


_BY_ID = {action.action_id: action for action in ACTIONS}
_MEANINGS = {key: meaning for keys, meaning in _RESERVED.items() for key in keys.split(",")}
