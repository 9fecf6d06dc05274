"""The tree as data: what is open, marked and found, without a widget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, StrEnum

from pgbackup_tui.commserve.inventory import FoundClient, FoundInstance
from pgbackup_tui.estate.model import Estate, Subclient
from pgbackup_tui.text import clean_name, counted


class Kind(StrEnum):
    """What a row of the tree stands for."""

    CLIENT = "client"
    INSTANCE = "instance"
    BACKUPSET = "backup set"
    SUBCLIENT = "subclient"
    NOTE = "note"


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


@dataclass(slots=True, eq=False)
class Node:
    """A row of the tree, whether or not it is shown now."""

    kind: Kind
    name: str
    """Cleaned, for showing."""
    depth: int
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    is_open: bool = False
    client_id: int = 0
    entity_id: int = 0
    """Of the client, instance, backup set or subclient that it stands for."""
    instance: FoundInstance | None = None
    subclient: Subclient | None = None
    folded: str = ""
    """For searching."""

    def __post_init__(self) -> None:
        self.folded = self.name.casefold()

    @property
    def is_branch(self) -> bool:
        return self.kind in (Kind.CLIENT, Kind.INSTANCE, Kind.BACKUPSET)

    def below(self) -> Iterator[Node]:
        """This node and everything under it."""
        yield self
        for child in self.children:
            yield from child.below()

    def subclients(self) -> Iterator[Subclient]:
        """The subclients under this node, as far as they were read."""
        return (node.subclient for node in self.below() if node.subclient is not None)


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

    def load(self, estate: Estate) -> None:
        """Takes in the overview: every client, with the instances that it tells."""
        instances: dict[int, list[FoundInstance]] = {}
        for found in estate.overview.instances:
            instances.setdefault(found.client_id, []).append(found)
        open_before = {node.client_id for node in self.clients if node.is_open}
        self.clients = [_client_node(client, instances.get(client.client_id, [])) for client in estate.clients]
        self._by_id = {node.client_id: node for node in self.clients}
        self.reading = {node.client_id: Reading.NOT_YET for node in self.clients}
        self.failures = {}
        for node in self.clients:
            node.is_open = node.client_id in open_before

    def client(self, client_id: int) -> Node | None:
        return self._by_id.get(client_id)

    def begin_reading(self, client_id: int) -> None:
        """A client's subclients are being read now."""
        self.reading[client_id] = Reading.NOW

    def fill(self, client_id: int, subclients: Iterable[Subclient]) -> None:
        """Takes in a client's subclients; its branches below the client are open, so that it takes one key."""
        node = self._by_id.get(client_id)
        if node is None:
            return
        self.reading[client_id] = Reading.DONE
        self.failures.pop(client_id, None)
        by_instance = {child.entity_id: child for child in node.children}
        for child in node.children:
            child.children = []
        for found in subclients:
            instance = by_instance.get(found.instance_id)
            if instance is None:
                instance = _instance_node(node, _instance_of(found))
                by_instance[found.instance_id] = instance
                node.children.append(instance)
            instance.is_open = True
            _subclient_node(_backupset_node(instance, found), found)
            if found.subclient_id in self.marked:
                self.marked[found.subclient_id] = found

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
        """Marks everything under ``node``, or, if all of it is marked, takes the marks off. Returns the change."""
        before = len(self.marked)
        if self.marking(node) is Marking.ALL:
            for subclient in node.subclients():
                self.marked.pop(subclient.subclient_id, None)
        else:
            for subclient in node.subclients():
                self.marked.setdefault(subclient.subclient_id, subclient)
        return len(self.marked) - before

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
        shown = []
        needle = self.filter.casefold()
        for node in self.clients:
            _add_found(node, needle, shown)
        unread = len(self.unread())
        if unread:
            words = f"+ {counted(unread, 'client')} not read yet: Enter reads them"
            shown.append(Node(Kind.NOTE, words, 0))
        return shown

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


def _client_node(client: FoundClient, instances: list[FoundInstance]) -> Node:
    node = Node(Kind.CLIENT, clean_name(client.client), 0, client_id=client.client_id, entity_id=client.client_id)
    for found in instances:
        node.children.append(_instance_node(node, found))
    return node


def _instance_node(client: Node, found: FoundInstance) -> Node:
    name = clean_name(found.instance)
    return Node(
        Kind.INSTANCE, name, 1, client, client_id=client.client_id, entity_id=found.instance_id, instance=found
    )


def _backupset_node(instance: Node, found: Subclient) -> Node:
    for child in instance.children:
        if child.entity_id == found.backupset_id:
            return child
    node = Node(
        Kind.BACKUPSET,
        clean_name(found.backupset),
        2,
        instance,
        is_open=True,
        client_id=instance.client_id,
        entity_id=found.backupset_id,
    )
    instance.children.append(node)
    return node


def _subclient_node(backupset: Node, found: Subclient) -> None:
    backupset.children.append(
        Node(
            Kind.SUBCLIENT,
            clean_name(found.subclient),
            3,
            backupset,
            client_id=backupset.client_id,
            entity_id=found.subclient_id,
            subclient=found,
        )
    )


def _instance_of(found: Subclient) -> FoundInstance:
    """An instance that only its subclients tell of."""
    return FoundInstance(
        found.client_id,
        found.client,
        found.instance_id,
        found.instance,
        status=found.status,
        not_ready_reason=found.not_ready_reason,
    )
