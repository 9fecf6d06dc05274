"""Where a person is in an estate: kept from one start of the console to the next."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A row of the tree, by what it stands for."""

    kind: str
    entity_id: int
    client_id: int
