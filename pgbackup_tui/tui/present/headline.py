"""The first line of the screen: where one is, on which CommServe, as whom, and with which token."""

from __future__ import annotations

from pgbackup_tui.target import Target
from pgbackup_tui.text import clean
from pgbackup_tui.times import clock_time
from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.desk import Desk, State
from pgbackup_tui.tui.keymap import Keymap


def headline_words(desk: Desk, place: Place, keymap: Keymap, *, read_only: bool) -> str:
    """What decides stands first, because the end is cut where the screen is narrow."""
    target = desk.target
    profile = target.profile if target else None
    marks = [profile.production] if profile and profile.production else []
    marks += ["READ-ONLY"] if read_only else []
    marks += [place.value.capitalize()]
    return f"pgbackup-tui ▸ {' ▸ '.join(map(clean, marks))}   {clean(_connection(desk, keymap))}"


def _connection(desk: Desk, keymap: Keymap) -> str:
    if desk.waiting_for:
        return f"waiting for {desk.waiting_for}"
    if desk.prompt is not None and desk.prompt.is_open:
        return keymap.say("SIGNED OUT: {everywhere.connect} signs in again, and following goes on")
    if desk.target is None or desk.catalogue.estate is None:
        return desk.state.value
    if desk.state is State.FAILED:
        return f"RELOAD FAILED, shown as of {clock_time(desk.catalogue.listed_at)} · {_whom(desk.target)}"
    source = "" if desk.target.is_demo else f" · token from {desk.target.token_source}"
    return f"{_whom(desk.target)}{source}"


def _whom(target: Target) -> str:
    return f"{target.user} on {target.where}"
