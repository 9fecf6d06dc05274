"""The first line of the screen: where one is, on which CommServe, as whom, and with which token."""

from __future__ import annotations

from pgbackup_tui.target import Target
from pgbackup_tui.text import clean
from pgbackup_tui.times import as_of, clock_time
from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.desk import Desk, State


def headline_words(desk: Desk, place: Place, *, read_only: bool) -> str:
    """What decides stands first, because the end is cut where the screen is narrow."""
    target = desk.target
    profile = target.profile if target else None
    marks = [profile.production] if profile and profile.production else []
    marks += ["READ-ONLY"] if read_only else []
    marks += [place.value.capitalize()]
    return f"pgbackup-tui ▸ {' ▸ '.join(map(clean, marks))}   {clean(_connection(desk))}"


def _connection(desk: Desk) -> str:
    if desk.waiting_for:
        return f"waiting for {desk.waiting_for}"
    if desk.prompt is not None and desk.prompt.is_open:
        return "SIGNED OUT: p signs in again, and following goes on"
    if desk.target is None or desk.catalogue.estate is None:
        return _without_estate(desk)
    if desk.state is State.FAILED:
        return f"RELOAD FAILED, shown as of {clock_time(desk.catalogue.listed_at)} · {_whom(desk.target)}"
    source = "" if desk.target.is_demo else f" · token from {desk.target.token_source}"
    return f"{_whom(desk.target)}{source}"


def _without_estate(desk: Desk) -> str:
    """How far the connection is, and how old what is shown meanwhile is."""
    if desk.outline.as_of is None:
        return desk.state.value
    state = desk.state.value.upper() if desk.state is State.FAILED else desk.state.value
    where = f" · {desk.target.where}" if desk.target else ""
    return f"{state}, shown {as_of(desk.outline.as_of, desk.clock())}{where}"


def _whom(target: Target) -> str:
    return f"{target.user} on {target.where}"
