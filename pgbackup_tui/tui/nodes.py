"""The rows that the tree is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct, field

from pgbackup_tui.estate.place import Place
from pgbackup_tui.text import clean_name

if TYPE_CHECKING:
    from pgbackup_tui.commserve.inventory import FoundClient, FoundInstance, Overview
    from pgbackup_tui.estate.model import Subclient


class Kind(StrEnum):
    """What a row of the tree stands for."""

    CLIENT = "client"
    INSTANCE = "instance"
    BACKUPSET = "backup set"
    SUBCLIENT = "subclient"
    NOTE = "note"
    GONE = "gone"
    """A name that an earlier run of the console had, and that is no longer there."""


class Since(StrEnum):
    """What became of a name since an earlier run of the console; said by a sign and a word."""

    NEW = "+ new"
    GONE = "- gone"
    RENAMED = "* renamed"

    @property
    def word(self) -> str:
        """Without the sign."""
        return self.value[2:]


class Node(Struct, eq=False, gc=False):
    """A row of the tree, whether or not it is shown now.

    It knows what is under it, and not what it is in: so there are no cycles, and of 85,000 rows those that others
    took the place of are gone at once, without the garbage collector, which has nothing to look for in them.
    """

    kind: Kind
    name: str
    """Cleaned, for showing."""
    depth: int
    children: list[Node] = field(default_factory=list)
    is_open: bool = False
    client_id: int = 0
    entity_id: int = 0
    """Of the client, instance, backup set or subclient that it stands for."""
    instance: FoundInstance | None = None
    subclient: Subclient | None = None
    folded: str = ""
    """For searching."""
    since: Since | None = None
    is_told_by_subclients: bool = False
    """An instance that no listing of instances tells: it is there as long as something in it is."""
    text: str = ""
    """Of a client: the names of it and of all under it, each once: tells at once whether to search there."""

    def __post_init__(self) -> None:
        folded = self.name.casefold()
        self.folded = self.name if folded == self.name else folded

    @property
    def identity(self) -> Place:
        """What it stands for, whichever reading it was made of."""
        return Place(self.kind.value, self.entity_id, self.client_id)

    @property
    def is_branch(self) -> bool:
        return self.kind in (Kind.CLIENT, Kind.INSTANCE, Kind.BACKUPSET)

    def below(self) -> Iterator[Node]:
        """This node and everything under it."""
        yield self
        for child in self.children:
            yield from child.below()

    def gather(self) -> None:
        """Of a client: takes in which names are under it now."""
        found: dict[str, None] = {}
        waiting = [self]
        while waiting:  # for thousands of clients, and so without a generator in a generator
            node = waiting.pop()
            found[node.folded] = None
            waiting += node.children
        self.text = "\n".join(found)

    def path_to(self, node: Node) -> list[Node]:
        """The rows from this one down to ``node``; empty where it is not under this."""
        if self is node:
            return [self]
        if node in self.children:  # quick, also among thousands of subclients, under which there is nothing
            return [self, node]
        for child in self.children if self.kind is not Kind.BACKUPSET else ():
            path = child.path_to(node)
            if path:
                return [self, *path]
        return []

    def subclients(self) -> Iterator[Subclient]:
        """The subclients under this node, as far as they were read."""
        return (node.subclient for node in self.below() if node.subclient is not None)


_NOTHING_BELOW: list[Node] = []
"""Of every subclient: a list for each of 50,000 would be 3 MB of nothing."""


def carry_over(old: Node, new: Node) -> None:
    """Gives a client of a new overview the branches that were read for the old one."""
    by_id = {child.entity_id: child for child in new.children}
    for instance in old.children:
        successor = by_id.get(instance.entity_id)
        if successor is None:
            if instance.children:
                new.children.append(instance)
            continue
        if successor.kind is Kind.GONE:
            continue
        successor.is_open, successor.children = instance.is_open, instance.children
    new.gather()


def client_nodes(overview: Overview) -> Iterator[Node]:
    """A row for every client, with the instances that the overview tells under it."""
    instances: dict[int, list[FoundInstance]] = {}
    for found in overview.instances:
        instances.setdefault(found.client_id, []).append(found)
    for client in overview.clients:
        yield client_node(client, instances.get(client.client_id, []))


def client_node(client: FoundClient, instances: list[FoundInstance]) -> Node:
    node = Node(Kind.CLIENT, clean_name(client.client), 0, client_id=client.client_id, entity_id=client.client_id)
    for found in instances:
        node.children.append(instance_node(node, found))
    node.gather()
    return node


def instance_node(client: Node, found: FoundInstance) -> Node:
    name = clean_name(found.instance)
    return Node(Kind.INSTANCE, name, 1, client_id=client.client_id, entity_id=found.instance_id, instance=found)


def backupset_node(instance: Node, found: Subclient) -> Node:
    for child in instance.children:
        if child.entity_id == found.backupset_id:
            return child
    node = Node(
        Kind.BACKUPSET,
        clean_name(found.backupset),
        2,
        is_open=True,
        client_id=instance.client_id,
        entity_id=found.backupset_id,
    )
    instance.children.append(node)
    return node


def subclient_node(backupset: Node, found: Subclient) -> None:
    backupset.children.append(
        Node(
            Kind.SUBCLIENT,
            clean_name(found.subclient),
            3,
            _NOTHING_BELOW,
            client_id=backupset.client_id,
            entity_id=found.subclient_id,
            subclient=found,
        )
    )


def grow(client: Node, subclients: Iterable[Subclient]) -> None:
    """Puts the subclients of a client under it, in place of those that were there; new branches are open."""
    real = [child for child in client.children if child.kind is Kind.INSTANCE]
    was_open = {below.identity: below.is_open for child in real for below in _branches(child) if below.children}
    by_id = {child.entity_id: child for child in real}
    for child in real:
        child.children = []
    for found in subclients:
        instance = by_id.get(found.instance_id)
        if instance is None:
            instance = by_id[found.instance_id] = instance_node(client, found.told_instance)
            instance.is_told_by_subclients = True
            client.children.append(instance)
        subclient_node(backupset_node(instance, found), found)
    client.children = [child for child in client.children if child.children or not child.is_told_by_subclients]
    for instance in by_id.values():
        for below in _branches(instance):
            below.is_open = was_open.get(below.identity, True)


def _branches(instance: Node) -> Iterator[Node]:
    yield instance
    yield from (child for child in instance.children if child.is_branch)
