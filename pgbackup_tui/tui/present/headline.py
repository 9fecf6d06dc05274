"""The first line of the screen: where one is, on which CommServe, as whom, and with which token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len

from pgbackup_tui.text import clean
from pgbackup_tui.times import as_of
from pgbackup_tui.tui.actions import Place
from pgbackup_tui.tui.desk import Desk, State
from pgbackup_tui.tui.keymap import Keymap
from pgbackup_tui.tui.present.pieces import Part

if TYPE_CHECKING:
    from pgbackup_tui.target import Target

_STEP = " ▸ "


def headline(desk: Desk, way: Sequence[Place], keymap: Keymap, width: int, *, read_only: bool) -> list[Part]:
    """What decides stands first, because the end is cut where the screen is narrow.

    ``way`` led to where one is; only its last step is shown where the whole of it would cut something off.
    """
    target = desk.target
    profile = target.profile if target else None
    marks = [clean(profile.production)] if profile and profile.production else []
    return _line(marks, way, _connection(desk, keymap), width, read_only=read_only)


def opening_headline(width: int, *, read_only: bool) -> list[Part]:
    """Before anything is known."""
    return _line([], [Place.BROWSE], State.CONNECTING.value, width, read_only=read_only)


def _line(
    marks: Sequence[str], way: Sequence[Place], connection: str, width: int, *, read_only: bool
) -> list[Part]:
    marks = [*marks, *(["READ-ONLY"] if read_only else [])]
    parts = [Part("pgbackup-tui"), *(Part(_STEP + mark) for mark in marks)]
    end = Part(f"   {clean(connection)}")
    whole = [*parts, *_steps(way), end]
    return whole if cell_len("".join(part.words for part in whole)) <= width else [*parts, *_steps(way[-1:]), end]


def _steps(way: Sequence[Place]) -> list[Part]:
    return [part for place in way for part in (Part(_STEP), Part(place.value.capitalize(), place))]


def _connection(desk: Desk, keymap: Keymap) -> str:
    if desk.waiting_for:
        return f"waiting for {desk.waiting_for}"
    if desk.prompt is not None and desk.prompt.is_open:
        return keymap.say("SIGNED OUT: {everywhere.connect} signs in again, and following goes on")
    if desk.target is None or desk.catalogue.estate is None:
        return _without_estate(desk)
    if desk.state is State.FAILED:
        return f"RELOAD FAILED, shown {as_of(desk.catalogue.listed_at, desk.clock())} · {_whom(desk.target)}"
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
