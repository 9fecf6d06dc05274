"""All that is known of a row of the tree, one fact a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pgbackup_tui.text import clean, clean_name, counted
from pgbackup_tui.times import age, both_times, until
from pgbackup_tui.tui.nodes import Kind, Node
from pgbackup_tui.tui.outline import Outline, Reading
from pgbackup_tui.tui.present.facts import Fact
from pgbackup_tui.tui.present.pieces import Tone

if TYPE_CHECKING:
    from pgbackup_tui.commserve.inventory import FoundInstance
    from pgbackup_tui.estate.model import Subclient

_NOT_TOLD = "not told by the CommServe"


def row_facts(node: Node | None, outline: Outline, now: float) -> list[Fact]:
    """What the CommServe told of what the cursor is on; ``now`` in UNIX seconds."""
    if node is None or node.kind is Kind.NOTE:
        return []
    if node.kind is Kind.CLIENT:
        return _of_client(node, outline)
    path = outline.path_to(node)
    if node.subclient is not None:
        return _of_subclient(node.subclient, _instance(path), now)
    if node.kind is Kind.GONE:
        return _of_gone(path)
    name = "/".join(step.name for step in path[-2:])
    if node.kind is Kind.INSTANCE:
        return _of_instance(node, name, now)
    return _of_backupset(node, name)


def _of_client(node: Node, outline: Outline) -> list[Fact]:
    facts = [Fact("", node.name, Tone.STRONG), Fact("client", f"id {node.client_id}")]
    facts.append(Fact("instances", str(len(node.children))))
    reading = outline.reading.get(node.client_id, Reading.NOT_YET)
    if reading is Reading.DONE:
        found = list(node.subclients())
        marked = sum(subclient.subclient_id in outline.marked for subclient in found)
        facts += [Fact("subclients", str(len(found))), Fact("marked", str(marked))]
    elif reading is Reading.FAILED:
        facts.append(Fact("subclients", f"can't be read: {outline.failures.get(node.client_id, '')}", Tone.BAD))
    else:
        facts.append(Fact("subclients", f"{reading.value}; Enter opens and reads them"))
    for child in node.children:
        if child.instance is not None:
            facts += [Fact("", ""), Fact("", child.name, Tone.STRONG), *_readiness(child.instance)]
    return facts


def _of_instance(node: Node, name: str, now: float) -> list[Fact]:
    facts = [
        Fact("", name, Tone.STRONG),
        Fact("instance", f"id {node.entity_id}, client id {node.client_id}"),
    ]
    found = node.instance
    if found is None:
        return facts
    if found.version:
        facts.append(Fact("PostgreSQL", clean_name(found.version)))
    facts += _readiness(found)
    if found.last_job_ended:
        words = f"{age(found.last_job_ended, now=now)}, {both_times(found.last_job_ended)}"
        facts.append(Fact("last job", words))
        if not found.last_job_succeeded:
            facts.append(Fact("", "It is not said to have completed.", Tone.BAD))
    else:
        facts.append(Fact("last job", "never, or not told", Tone.WARN))
    return facts


def _of_backupset(node: Node, name: str) -> list[Fact]:
    found = list(node.subclients())
    kind = "pg_dump of databases: takes FULL only" if found and found[0].is_dump else "files and logs"
    return [
        Fact("", name, Tone.STRONG),
        Fact("backup set", f"id {node.entity_id}"),
        Fact("what it is", kind),
        Fact("holds", counted(len(found), "subclient")),
    ]


def _of_gone(path: Sequence[Node]) -> list[Fact]:
    return [
        Fact("", "/".join(step.name for step in path), Tone.STRONG),
        Fact("", "It was there in an earlier run of the console, and is no longer.", Tone.WARN),
    ]


def _of_subclient(found: Subclient, instance: FoundInstance | None, now: float) -> list[Fact]:
    facts = [Fact("", clean(found.path), Tone.STRONG)]
    if not found.backup_enabled:
        facts.append(Fact("backups", "disabled on the CommServe: a start is refused there", Tone.BAD))
    facts += _readiness(instance) if instance else []
    last = "never, or not told"
    if found.last_backup:
        last = f"{age(found.last_backup, now=now)}, {both_times(found.last_backup)}"
    facts.append(Fact("last backup", last, Tone.PLAIN if found.last_backup else Tone.WARN))
    coming = "no schedule is told"
    if found.next_backup:
        coming = f"{until(found.next_backup, now=now)}, {both_times(found.next_backup)}"
    facts.append(Fact("next", coming))
    facts.append(Fact("policy", clean_name(found.storage_policy) or _NOT_TOLD))
    if found.plan:
        facts.append(Fact("plan", clean_name(found.plan)))
    facts.append(Fact("kind", "pg_dump: takes FULL only" if found.is_dump else _files(found)))
    facts += [
        Fact("subclient", f"id {found.subclient_id}"),
        Fact("backup set", f"id {found.backupset_id}"),
        Fact("instance", f"id {found.instance_id}"),
        Fact("client", f"id {found.client_id}"),
    ]
    return facts


def _files(found: Subclient) -> str:
    return "files and logs, block-level" if found.block_level else "files and logs"


def _instance(path: Sequence[Node]) -> FoundInstance | None:
    return next((step.instance for step in path if step.kind is Kind.INSTANCE), None)


def _readiness(found: FoundInstance) -> list[Fact]:
    is_ready = found.status.casefold() == "ready"
    facts = [Fact("state", clean_name(found.status) or _NOT_TOLD, Tone.GOOD if is_ready else Tone.BAD)]
    if found.not_ready_reason:
        facts.append(Fact("why", clean(found.not_ready_reason), Tone.BAD))
    if found.sla:
        facts.append(Fact("SLA", clean_name(found.sla), Tone.GOOD if found.sla.casefold() == "met" else Tone.BAD))
    return facts
