"""What became of the names of an earlier run: which are new, renamed or gone."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy

from pgbackup_tui.tui.nodes import Kind, Node, Since


def compared(before: Sequence[Node], now: Sequence[Node]) -> list[Node]:
    """``now``, each row with what became of it, and rows for what is gone, each behind what it stood behind.

    Branches are compared by their ids, and only the rows themselves, not what is under them.
    """
    if _names(before) == _names(now) and not any(node.kind is Kind.GONE for node in before):
        return list(now)  # as nearly everywhere, in nearly every night
    there = {node.entity_id: node for node in now if node.kind is not Kind.GONE}
    old = {node.entity_id: node for node in before if node.kind is not Kind.GONE}
    gone: dict[int, list[Node]] = {}
    behind = 0
    for node in before:
        if node.entity_id in there:
            behind = node.entity_id
        else:
            gone.setdefault(behind, []).append(gone_node(node))
    merged = gone.get(0, [])
    for entity_id, node in there.items():
        was = old.get(entity_id)
        if was is None:
            node.since = Since.NEW
        elif was.name != node.name:
            node.since = Since.RENAMED
        merged += [node, *gone.get(entity_id, ())]
    return merged


def compared_below(before: Sequence[Node], client: Node) -> None:
    """Compares everything under a client with what was under it."""
    old = {node.entity_id: node.children for node in before}
    client.children = compared(before, client.children)
    for node in client.children:
        if node.kind is not Kind.GONE and node.entity_id in old and node.is_branch:
            compared_below(old[node.entity_id], node)


def _names(nodes: Sequence[Node]) -> list[tuple[int, str]]:
    return [(node.entity_id, node.name) for node in nodes]


def as_they_are(nodes: Sequence[Node]) -> list[Node]:
    """Rows to compare with later, when what is under them has been read anew."""
    return [copy(node) for node in nodes]


def gone_node(was: Node) -> Node:
    """The row that says that something is no longer there."""
    node = Node(
        Kind.GONE,
        was.name,
        was.depth,
        client_id=was.client_id,
        entity_id=was.entity_id,
        since=Since.GONE,
    )
    node.gather()
    return node
