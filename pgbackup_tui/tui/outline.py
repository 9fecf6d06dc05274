"""The tree as data: what is open, marked and found, without a widget."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from pgbackup_tui.text import clean_name
from pgbackup_tui.times import as_of
from pgbackup_tui.tui.nodes import Kind, Node, carry_over, client_nodes, grow
from pgbackup_tui.tui.search import found_below, found_rows, not_searched
from pgbackup_tui.tui.since import as_they_are, compared, compared_below

if TYPE_CHECKING:
    from pgbackup_tui.commserve.inventory import Overview
    from pgbackup_tui.estate.model import Estate, Subclient
    from pgbackup_tui.estate.place import Place


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
    kept: dict[int, float] = field(default_factory=dict)
    """The clients whose subclients are as an earlier run read them, by id, and when that was (UNIX seconds)."""
    as_of: float | None = None
    """When an earlier run listed the clients (UNIX seconds); None as soon as this run has."""
    closed: frozenset[tuple[str, int]] = frozenset()
    """The branches that an earlier run left closed, by kind and id."""
    cursor: Place | None = None
    """The row that the cursor is on."""
    come_back_to: Place | None = None
    """The row that the cursor was on in an earlier run, until it is there again."""
    clock: Callable[[], float] = time.time
    _source: str = ""
    """The listing that told the clients."""
    _by_id: dict[int, Node] = field(default_factory=dict)
    _carried: dict[int, list[Node]] = field(default_factory=dict)
    """What the rows that are being made took over from an earlier run, by client id."""

    def load(self, estate: Estate, clients: Sequence[Node] = ()) -> list[Subclient]:
        """Takes in the overview: every client, with the instances that it tells.

        What was read of clients that are in use stays in sight until they are read again, and so does what an
        earlier run read; what became of its names is said at the rows. Returns the subclients whose mark is taken
        off, because their client is no longer there. ``clients`` are what ``rows_of`` made of the overview, if it
        was called before.
        """
        rows = list(clients or self.rows_of(estate.overview))
        carried, self._carried = self._carried, {}
        before, all_before, in_use = self._by_id, self.clients, {*self.in_use(), *self.kept, *carried}
        is_comparable = self._is_comparable(estate.overview)
        self._begin(rows, estate.overview.source)
        self.kept = {client_id: read_at for client_id, read_at in self.kept.items() if client_id in self._by_id}
        for node in self.clients:
            old = before.get(node.client_id)
            if old is None:
                continue
            node.is_open = old.is_open
            if node.client_id in in_use and (old.is_open or carried.get(node.client_id) is not old.children):
                carry_over(old, node)
        if is_comparable:
            self.clients = compared(all_before, self.clients)
        return self._drop([found for found in self.marked.values() if found.client_id not in self._by_id])

    def rows_of(self, overview: Overview) -> Iterator[Node]:
        """The clients of an overview, each with what became of its instances since an earlier run.

        One after the other, because for thousands of them it takes longer than a key may wait.
        """
        is_comparable = self._is_comparable(overview) and bool(overview.instances)
        before, self._carried = self._by_id, {}
        for node in client_nodes(overview):
            old = before.get(node.client_id)
            if old is not None and is_comparable:
                node.children = compared(old.children, node.children)
            if old is not None and node.client_id in self.kept:
                carry_over(old, node)
                self._carried[node.client_id] = old.children
            elif is_comparable:
                node.gather()
            yield node

    def _is_comparable(self, overview: Overview) -> bool:
        """Whether what is shown is of an earlier run, and was told by the same listing."""
        return self.as_of is not None and self._source == overview.source

    def recall(self, clients: Sequence[Node], source: str, listed_at: float) -> None:
        """Shows the clients of an earlier run, as long as this one has listed none."""
        self._begin(clients, source)
        self.as_of = listed_at

    def grow(self, client_id: int, subclients: Iterable[Subclient], read_at: float) -> None:
        """Shows a client's subclients as an earlier run read them, if they were not read since."""
        node = self._by_id.get(client_id)
        if node is None or self.reading[client_id] is Reading.DONE:
            return
        gone = {child.entity_id for child in node.children if child.kind is Kind.GONE}
        grow(node, (f for f in subclients if f.client_id == client_id and f.instance_id not in gone))
        for below in node.children:
            for branch_node in (below, *below.children):
                branch_node.is_open &= (branch_node.kind.value, branch_node.entity_id) not in self.closed
        node.gather()
        self.kept[client_id] = read_at

    def _begin(self, clients: Sequence[Node], source: str) -> None:
        self.clients, self._source, self.as_of = list(clients), source, None
        self._by_id = {node.client_id: node for node in self.clients}
        self.reading = dict.fromkeys(self._by_id, Reading.NOT_YET)
        self.failures = {}

    def clear(self) -> None:
        """Nothing is known any more."""
        self._begin([], "")
        self.cursor = self.come_back_to = None
        self.marked.clear()
        self.kept.clear()

    def in_use(self) -> list[int]:
        """The clients that are open, or have marks."""
        marked = {found.client_id for found in self.marked.values()}
        return [client_id for client_id, node in self._by_id.items() if node.is_open or client_id in marked]

    def client(self, client_id: int) -> Node | None:
        return self._by_id.get(client_id)

    def find(self, place: Place) -> Node | None:
        """The row that stands for the same, whether or not it is shown."""
        client = self._by_id.get(place.client_id)
        return next((node for node in client.below() if node.identity == place), None) if client else None

    def path_to(self, node: Node) -> list[Node]:
        """The rows that ``node`` is in, from the client down, and itself; or those of what has taken its place."""
        client = self._by_id.get(node.client_id)
        if client is None:
            return [node]
        return client.path_to(node) or client.path_to(self.find(node.identity) or node) or [client, node]

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
        self.reading[client_id] = Reading.DONE
        self.failures.pop(client_id, None)
        found_now = {found.subclient_id: found for found in subclients}
        before = as_they_are(node.children)
        grow(node, found_now.values())
        if self.kept.pop(client_id, None) is not None:
            compared_below(before, node)
        node.gather()
        for subclient_id in found_now.keys() & self.marked.keys():
            self.marked[subclient_id] = found_now[subclient_id]
        return self._drop(
            [
                found
                for found in self.marked.values()
                if found.client_id == client_id and found.subclient_id not in found_now
            ]
        )

    def fail(self, client_id: int, reason: str) -> None:
        """A client's subclients could not be read."""
        self.reading[client_id] = Reading.FAILED
        self.failures[client_id] = clean_name(reason)

    def unread(self) -> list[int]:
        """The clients whose subclients were not asked for yet."""
        return [client_id for client_id, state in self.reading.items() if state is Reading.NOT_YET]

    def unconfirmed(self) -> list[int]:
        """The clients of which something is marked that this run has not read: nothing of it may be started yet."""
        return [found for found in dict.fromkeys(m.client_id for m in self.marked.values()) if found in self.kept]

    def kept_in_sight(self, most: int) -> list[int]:
        """The first clients of which the filter shows something that this run has not read."""
        shown = (node.client_id for node in self.rows() if node.depth and node.client_id in self.kept)
        return [found for found, _ in zip(dict.fromkeys(shown), range(most), strict=False)]

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
        if any(needle in step.folded for step in self.path_to(node)):
            return list(node.subclients())
        return list(found_below(node, needle))

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
        shown = found_rows(self.clients, self.filter.casefold())
        shown += [Node(Kind.NOTE, words, 0) for words in self._not_searched()]
        return shown

    def _not_searched(self) -> Iterator[str]:
        """What the filter could not look into."""
        states = list(self.reading.values())  # to hash thousands of them, as a Counter does, takes milliseconds
        kept = sum(self.reading[client_id] is Reading.NOT_YET for client_id in self.kept)
        unread, now, failed = map(states.count, (Reading.NOT_YET, Reading.NOW, Reading.FAILED))
        return not_searched(unread - kept, kept, now, failed)

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
                shown.append(Node(Kind.NOTE, words, 1, client_id=node.client_id))

    def _note(self, client: Node) -> str:
        kept = self.kept.get(client.client_id)
        old = as_of(kept, self.clock()) if kept is not None else ""
        return " · ".join(filter(None, (old, self._reading_words(client))))

    def _reading_words(self, client: Node) -> str:
        state = self.reading[client.client_id]
        if state is Reading.NOW:
            return "reading …"
        if state is Reading.FAILED:
            return f"reload reads it again; can't be read: {self.failures.get(client.client_id, '')}"
        if state is Reading.NOT_YET and self.as_of is not None and client.client_id not in self.kept:
            return "not read yet"
        if state is Reading.DONE and not any(client.subclients()):
            return "no PostgreSQL subclient here"
        return ""
