"""A row of the tree: the name, and beside it what an on-call engineer needs to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from pgbackup_tui.text import clean_name, counted
from pgbackup_tui.times import age, as_of
from pgbackup_tui.tui.keymap import Keymap
from pgbackup_tui.tui.nodes import Kind, Node
from pgbackup_tui.tui.outline import Marking, Outline, Reading
from pgbackup_tui.tui.present.pieces import BOXES, Line, Piece, Signs, Tone, fit, fit_right

if TYPE_CHECKING:
    from pgbackup_tui.commserve.inventory import FoundInstance

MARK_WIDTH = 4
_STATE = 10
_LAST = 13
_SLA = 9
_NARROWEST_NAME = 24
_WIDEST = 120
"""Columns; on a wider screen the eye would have to travel from a name to its state."""


class Columns(NamedTuple):
    """How a width is shared out."""

    name: int
    state: int
    last: int
    sla: int


def columns(width: int) -> Columns:
    """The columns that fit: the name first, then readiness, last backup, SLA."""
    left = min(width - MARK_WIDTH, _WIDEST)
    if left - _STATE - _LAST - _SLA >= _NARROWEST_NAME:
        return Columns(left - _STATE - _LAST - _SLA, _STATE, _LAST, _SLA)
    if left - _STATE - _LAST >= _NARROWEST_NAME:
        return Columns(left - _STATE - _LAST, _STATE, _LAST, 0)
    return Columns(max(1, left), 0, 0, 0)


def heading(width: int, outline: Outline) -> Line:
    """The names of the columns, and how old all of it is, as long as it is of an earlier run."""
    shared = columns(width)
    old = "" if outline.as_of is None else f" {as_of(outline.as_of, outline.clock())}"
    text = " " * MARK_WIDTH + fit(f"NAME{old}", shared.name) + fit("STATE", shared.state)
    text += fit_right("LAST BACKUP", shared.last) + fit("  SLA", shared.sla)
    return (Piece(fit(text, width), Tone.DIM),)


def row(node: Node, outline: Outline, width: int, *, now: float, signs: Signs = BOXES) -> Line:
    """One row, exactly ``width`` columns wide."""
    if node.kind is Kind.NOTE:
        return (Piece(fit(" " * MARK_WIDTH + "  " * node.depth + node.name, width, signs), Tone.DIM),)
    shared = columns(width)
    if node.kind is Kind.GONE:
        name = fit_name("  " * node.depth + "  " + node.name, node, shared.name, signs)
        return (Piece(fit(" " * MARK_WIDTH + name, width, signs), Tone.WARN),)
    marking = outline.marking(node)
    mark = f"[{marking.value}] " if marking is not Marking.NONE or node.kind is Kind.SUBCLIENT else " " * MARK_WIDTH
    fold = ""
    if node.is_branch:
        fold = (signs.opened if node.is_open or outline.holds_open(node) else signs.closed) + " "
    name = "  " * node.depth + fold + node.name
    state, state_tone = _state(node, outline)
    last, last_tone = _last(node, now)
    sla, sla_tone = _sla(node)
    return (
        Piece(mark, Tone.MARK if marking is not Marking.NONE else Tone.DIM),
        Piece(fit_name(name, node, shared.name, signs), Tone.STRONG if node.kind is Kind.CLIENT else Tone.PLAIN),
        Piece(fit(state, shared.state, signs), state_tone),
        Piece(fit_right(last, shared.last, signs), last_tone),
        Piece(fit(f"  {sla}" if sla else "", shared.sla, signs), sla_tone),
    )


def fit_name(name: str, node: Node, width: int, signs: Signs = BOXES) -> str:
    """A name in exactly ``width`` columns; what became of it since an earlier run is behind it, whole."""
    since = f"  {node.since.value}" if node.since is not None else ""
    return fit(fit(name, min(cell_len(name), width - len(since)), signs) + since, width, signs)


def _instances(node: Node) -> list[FoundInstance]:
    if node.kind is Kind.CLIENT:
        return [child.instance for child in node.children if child.instance is not None]
    return [node.instance] if node.instance is not None else []


def _state(node: Node, outline: Outline) -> tuple[str, Tone]:
    if node.kind is Kind.CLIENT:
        reading = outline.reading.get(node.client_id)
        if reading is Reading.NOW:
            return "reading", Tone.DIM
        if reading is Reading.FAILED:
            return "unreadable", Tone.BAD
    if node.subclient is not None:
        if not node.subclient.backup_enabled:
            return "disabled", Tone.BAD
        return ("old", Tone.DIM) if node.client_id in outline.kept else ("", Tone.PLAIN)
    statuses = [found.status for found in _instances(node) if found.status]
    bad = [status for status in statuses if status.casefold() != "ready"]
    if bad:
        return clean_name(bad[0]), Tone.BAD
    return ("Ready", Tone.GOOD) if statuses else ("", Tone.PLAIN)


def _last(node: Node, now: float) -> tuple[str, Tone]:
    if node.subclient is not None:
        seconds = node.subclient.last_backup
        return age(seconds, now=now), Tone.PLAIN if seconds else Tone.WARN
    instances = _instances(node)
    if not instances:
        return "", Tone.PLAIN
    ended = [found.last_job_ended for found in instances if found.last_job_ended]
    if len(ended) < len(instances):
        return "never", Tone.WARN
    words = age(min(ended), now=now)
    if all(found.last_job_succeeded for found in instances):
        return words, Tone.PLAIN
    return f"not ok {words.removesuffix(' ago')}", Tone.BAD


def _sla(node: Node) -> tuple[str, Tone]:
    slas = [found.sla for found in _instances(node) if found.sla]
    missed = [sla for sla in slas if sla.casefold() != "met"]
    if missed:
        return clean_name(missed[0]), Tone.BAD
    return ("Met", Tone.GOOD) if slas else ("", Tone.PLAIN)


def basket_words(outline: Outline, keymap: Keymap) -> str:
    """What is marked, in one line."""
    if not outline.marked and not outline.clients:
        return ""  # what to do first is said in place of the tree
    if not outline.marked:
        return keymap.say("Nothing is marked: {browse.mark} marks a subclient, or a whole branch.")
    clients = counted(len({subclient.client_id for subclient in outline.marked.values()}), "client")
    sets = ", ".join(f"{clean_name(name)} {len(found)}" for name, found in outline.basket().items())
    return f"{len(outline.marked)} marked on {clients}: {sets} · {keymap.say('{browse.compose} composes')}"
