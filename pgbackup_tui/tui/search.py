"""What a filter finds in the tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pgbackup_tui.text import counted
from pgbackup_tui.tui.nodes import Kind, Node

if TYPE_CHECKING:
    from pgbackup_tui.estate.model import Subclient

_MOST_FOUND = 1000
"""Rows that a search shows, or a few more: nobody looks through them all, and every key is answered at once."""


def found_rows(clients: Iterable[Node], needle: str) -> list[Node]:
    """The rows that a search finds, client by client; of very many only the first, and in how many more there are.

    ``needle`` is case-folded.
    """
    shown: list[Node] = []
    found = [node for node in clients if needle in node.text]
    for place, node in enumerate(found):
        _add_found(node, needle, shown)
        more = len(found) - place - 1
        if len(shown) >= _MOST_FOUND and more:
            words = f"… and in {counted(more, 'more client')}: type more of the name"
            shown.append(Node(Kind.NOTE, words, 0, client_id=node.client_id))
            break
    return shown


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


def found_below(node: Node, needle: str) -> Iterator[Subclient]:
    """The subclients under a branch that does not have ``needle`` in its own name, nor what it is in."""
    for child in node.children:
        yield from child.subclients() if needle in child.folded else found_below(child, needle)


def not_searched(unread: int, kept: int, being_read: int, failed: int) -> Iterator[str]:
    """Words for the clients that a filter could not look into, or only as an earlier run read them."""
    if unread:
        yield f"+ {counted(unread, 'client')} not read yet: Enter reads them"
    if kept:
        yield f"+ {counted(kept, 'client')} as they were in an earlier run: Enter reads them again"
    if being_read:
        yield f"+ {counted(being_read, 'client')} being read …"
    if failed:
        yield f"+ {counted(failed, 'client')} can't be read: reload on one reads it again"
