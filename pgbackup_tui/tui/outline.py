"""The tree as data: what is open, marked and found, without a widget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from pgbackup_tui.estate.model import Estate, Subclient
from pgbackup_tui.text import clean_name, counted
from pgbackup_tui.tui.nodes import (
    Kind,
    Node,
    backupset_node,
    carry_over,
    client_nodes,
    instance_node,
    instance_of,
    subclient_node,
)

_MOST_FOUND = 1000
"""Rows that a search shows, or a few more: nobody looks through them all, and every key is answered at once."""


class Reading(Enum):
    """How far a client's subclients are read."""

    NOT_YET = "not read yet"
    NOW = "reading"
    DONE = "read"
    FAILED = "can't be read"


class Marking(Enum):
    """How much of a branch is marked."""

    NONE = " "
    SOME = "-"
    ALL = "x"


@dataclass(slots=True)
class Outline:
    """The tree of one estate: clients at once, their branches as they are read."""

    clients: list[Node] = field(default_factory=list)
    marked: dict[int, Subclient] = field(default_factory=dict)
    """By subclient id, in the order of marking. Survives filtering and reading again."""
    filter: str = ""
    reading: dict[int, Reading] = field(default_factory=dict)
    failures: dict[int, str] = field(default_factory=dict)
    """Why a client can't be read, cleaned."""
    _by_id: dict[int, Node] = field(default_factory=dict)

    def load(self, estate: Estate, clients: Sequence[Node] = ()) -> list[Subclient]:
        """Takes in the overview: every client, with the instances that it tells.

        What was read of clients that are in use stays in sight until they are read again. Returns the subclients
        whose mark is taken off, because their client is no longer there. ``clients`` are the rows of the overview,
        if they were made before.
        """
        before, in_use = self._by_id, self.in_use()
        self.clients = list(clients or client_nodes(estate.overview))
        self._by_id = {node.client_id: node for node in self.clients}
        self.reading = {node.client_id: Reading.NOT_YET for node in self.clients}
        self.failures = {}
        for node in self.clients:
            old = before.get(node.client_id)
            if old is not None:
                node.is_open = old.is_open
                if node.client_id in in_use:
                    carry_over(old, node)
        return self._drop([found for found in self.marked.values() if found.client_id not in self._by_id])

    def clear(self) -> None:
        """Nothing is known any more."""
        self.clients, self._by_id = [], {}
        for known in (self.marked, self.reading, self.failures):
            known.clear()

    def in_use(self) -> list[int]:
        """The clients that were asked for and are open, or have marks."""
        marked = {found.client_id for found in self.marked.values()}
        return [
            node.client_id
            for node in self.clients
            if self.reading[node.client_id] is not Reading.NOT_YET and (node.is_open or node.client_id in marked)
        ]

    def client(self, client_id: int) -> Node | None:
        return self._by_id.get(client_id)

    def begin_reading(self, client_id: int) -> None:
        """A client's subclients are being read now."""
        self.reading[client_id] = Reading.NOW

    def fill(self, client_id: int, subclients: Iterable[Subclient]) -> list[Subclient]:
        """Takes in a client's subclients; its branches below the client are open, so that it takes one key.

        Returns the subclients whose mark is taken off, because they are no longer there.
        """
        node = self._by_id.get(client_id)
        if node is None:
            return []
        was_open = {
            (below.kind, below.entity_id): below.is_open
            for below in node.below()
            if below.is_branch and below.children
        }
        self.reading[client_id] = Reading.DONE
        self.failures.pop(client_id, None)
        by_instance = {child.entity_id: child for child in node.children}
        for child in node.children:
            child.children = []
        seen = set()
        for found in subclients:
            seen.add(found.subclient_id)
            instance = by_instance.get(found.instance_id)
            if instance is None:
                instance = instance_node(node, instance_of(found))
                by_instance[found.instance_id] = instance
                node.children.append(instance)
            subclient_node(backupset_node(instance, found), found)
            if found.subclient_id in self.marked:
                self.marked[found.subclient_id] = found
        node.gather()
        for below in node.below():
            if below is not node and below.is_branch:
                below.is_open = was_open.get((below.kind, below.entity_id), True)
        return self._drop(
            [
                found
                for found in self.marked.values()
                if found.client_id == client_id and found.subclient_id not in seen
            ]
        )

    def fail(self, client_id: int, reason: str) -> None:
        """A client's subclients could not be read."""
        self.reading[client_id] = Reading.FAILED
        self.failures[client_id] = clean_name(reason)

    def unread(self) -> list[int]:
        """The clients whose subclients were not asked for yet."""
        return [client_id for client_id, state in self.reading.items() if state is Reading.NOT_YET]

    def marking(self, node: Node) -> Marking:
        """How much of what is under ``node`` is marked."""
        found = [subclient.subclient_id in self.marked for subclient in node.subclients()]
        if not any(found):
            return Marking.NONE
        return Marking.ALL if all(found) else Marking.SOME

    def toggle_mark(self, node: Node) -> int:
        """Marks what is shown under ``node``, or takes the marks off if all of it is marked. Returns the change."""
        before = len(self.marked)
        meant = self.in_sight(node)
        if all(subclient.subclient_id in self.marked for subclient in meant):
            for subclient in meant:
                self.marked.pop(subclient.subclient_id, None)
        else:
            for subclient in meant:
                self.marked.setdefault(subclient.subclient_id, subclient)
        return len(self.marked) - before

    def holds_open(self, node: Node) -> bool:
        """Whether the filter shows what it found under a branch, whether or not that is open."""
        return bool(self.filter) and node.is_branch and self.filter.casefold() not in node.folded

    def in_sight(self, node: Node) -> list[Subclient]:
        """The subclients under ``node`` that the filter lets through: a mark is never about what is not shown."""
        needle = self.filter.casefold()
        step: Node | None = node
        while step is not None:
            if needle in step.folded:
                return list(node.subclients())
            step = step.parent
        return [found for child in node.children for found in self.in_sight(child)]

    def basket(self) -> dict[str, list[Subclient]]:
        """What is marked, by the name of the backup set."""
        sets: dict[str, list[Subclient]] = {}
        for subclient in self.marked.values():
            sets.setdefault(subclient.backupset, []).append(subclient)
        return sets

    def rows(self) -> list[Node]:
        """The rows to show now, from top to bottom."""
        if not self.filter:
            shown: list[Node] = []
            for node in self.clients:
                self._add_open(node, shown)
            return shown
        shown = self._found(self.filter.casefold())
        shown += [Node(Kind.NOTE, words, 0) for words in self._not_searched()]
        return shown

    def _found(self, needle: str) -> list[Node]:
        """The rows that a search finds, client by client; of very many only the first, and how many more."""
        shown: list[Node] = []
        found = [node for node in self.clients if needle in node.text]
        for place, node in enumerate(found):
            _add_found(node, needle, shown)
            more = len(found) - place - 1
            if len(shown) >= _MOST_FOUND and more:
                words = f"… and in {counted(more, 'more client')}: type more of the name"
                shown.append(Node(Kind.NOTE, words, 0, parent=node, client_id=node.client_id))
                break
        return shown

    def _not_searched(self) -> Iterator[str]:
        """What the filter could not look into."""
        states = list(self.reading.values())
        if states.count(Reading.NOT_YET):
            yield f"+ {counted(states.count(Reading.NOT_YET), 'client')} not read yet: Enter reads them"
        if states.count(Reading.NOW):
            yield f"+ {counted(states.count(Reading.NOW), 'client')} being read …"
        if states.count(Reading.FAILED):
            yield f"+ {counted(states.count(Reading.FAILED), 'client')} can't be read: r on one reads it again"

    def _drop(self, gone: list[Subclient]) -> list[Subclient]:
        for subclient in gone:
            del self.marked[subclient.subclient_id]
        return gone

    def _add_open(self, node: Node, shown: list[Node]) -> None:
        shown.append(node)
        if not node.is_open:
            return
        for child in node.children:
            self._add_open(child, shown)
        if node.kind is Kind.CLIENT:
            words = self._note(node)
            if words:
                shown.append(Node(Kind.NOTE, words, 1, parent=node, client_id=node.client_id))

    def _note(self, client: Node) -> str:
        state = self.reading.get(client.client_id)
        if state is Reading.NOW:
            return "reading …"
        if state is Reading.FAILED:
            return f"r reads it again; can't be read: {self.failures.get(client.client_id, '')}"
        if state is Reading.DONE and not any(client.subclients()):
            return "no PostgreSQL subclient here"
        return ""


def _add_found(node: Node, needle: str, shown: list[Node]) -> bool:
    """Adds ``node`` if it or something under it is found; what is under a found branch is shown if it is open."""
    place = len(shown)
    shown.append(node)
    if needle in node.folded:
        if node.is_open:
            for child in node.children:
                _add_found(child, "", shown)
        return True
    found = False
    for child in node.children:
        found |= _add_found(child, needle, shown)
    if not found:
        del shown[place:]
    return found
