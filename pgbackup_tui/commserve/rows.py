"""Decodes listings row by row, so that one damaged row, or one odd member of a row, loses nothing else."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import msgspec

from pgbackup_tui.commserve.answer import UNREADABLE
from pgbackup_tui.commserve.errors import ProtocolError
from pgbackup_tui.commserve.wire import DamagedRow, Listing, Member, Row
from pgbackup_tui.gently import gently

Made = TypeVar("Made")

_PLACE = re.compile(r" - at `\$\.?([^`]*)`")
_MOST_MENDED = 20
"""Members of one row that are given up before the row is."""


def read_rows(fields: Mapping[str, msgspec.Raw], key: str, row_type: type[Row]) -> Listing[Row]:
    """The list in ``fields[key]``, row by row; a missing or null list is an empty one.

    A damaged row becomes a DamagedRow instead of an exception. Raises ProtocolError where there is no list at all.
    """
    return _listing(list(_decoded(fields, key, row_type)))


async def read_many_rows(
    fields: Mapping[str, msgspec.Raw], key: str, row_type: type[Row], make: Callable[[Row], Made | None]
) -> tuple[list[Made], tuple[DamagedRow, ...]]:
    """As :func:`read_rows`, for a list of the whole estate: what ``make`` makes of each row, if it is anything.

    The event loop is not held meanwhile. It would be if all rows were there at once: by freeing them.
    """
    await asyncio.sleep(0)  # whoever calls has just looked through the whole answer for its members
    rows = _decoded(fields, key, row_type)
    made = await gently(row if isinstance(row, DamagedRow) else make(row) for row in rows)
    damaged = tuple(found for found in made if isinstance(found, DamagedRow))
    return [found for found in made if found is not None and not isinstance(found, DamagedRow)], damaged


def _decoded(fields: Mapping[str, msgspec.Raw], key: str, row_type: type[Row]) -> Iterator[Row | DamagedRow]:
    raw = fields.get(key)
    if raw is None:
        return iter(())
    try:
        raw_rows = msgspec.json.decode(raw, type=list[msgspec.Raw] | None) or []
    except UNREADABLE as error:
        raise ProtocolError(f"The CommServe's {key} is not a list.") from error
    return _decode_each(raw_rows, msgspec.json.Decoder(row_type, strict=False), row_type, key)


def _listing(decoded: list[Row | DamagedRow]) -> Listing[Row]:
    return Listing(
        tuple(row for row in decoded if not isinstance(row, DamagedRow)),
        tuple(row for row in decoded if isinstance(row, DamagedRow)),
    )


def read_member(fields: Mapping[str, msgspec.Raw], key: str, member_type: type[Member]) -> Member | None:
    """``fields[key]`` as ``member_type``; None where it is missing, null or something else."""
    raw = fields.get(key)
    if raw is None:
        return None
    try:
        return msgspec.json.decode(raw, type=member_type, strict=False)
    except UNREADABLE:
        return None


def _decode_each(
    raw_rows: list[msgspec.Raw], decoder: msgspec.json.Decoder[Row], row_type: type[Row], key: str
) -> Iterator[Row | DamagedRow]:
    for position, raw in enumerate(raw_rows, start=1):
        try:
            yield decoder.decode(raw)
        except UNREADABLE:
            yield _mended(raw, row_type, key, position)


def _mended(raw: msgspec.Raw, row_type: type[Row], key: str, position: int) -> Row | DamagedRow:
    """The row without the members that are not what they should be; damaged only if it needs one of them."""
    try:
        row: object = msgspec.json.decode(raw)
    except UNREADABLE as error:
        return DamagedRow(key, position, str(error))
    reason = ""
    for _ in range(_MOST_MENDED):
        try:
            return msgspec.convert(row, row_type, strict=False)
        except UNREADABLE as error:
            reason = str(error)
            place = _PLACE.search(reason)
            is_missing = "missing required field" in reason
            if is_missing or place is None or not _take_out(row, place.group(1).split(".")):
                break
    application_id, name = _find(row, "applicationId"), _find(row, "clientName")
    return DamagedRow(
        key,
        position,
        reason,
        application_id if isinstance(application_id, int) else None,
        name if isinstance(name, str) else "",
    )


def _take_out(row: object, path: list[str]) -> bool:
    """Takes the member at ``path`` out of the row; whether there was one."""
    for name in path[:-1]:
        row = row.get(name) if isinstance(row, dict) else None
    return isinstance(row, dict) and row.pop(path[-1], _ABSENT) is not _ABSENT


_ABSENT = object()


def _find(row: object, key: str) -> object:
    """The value of ``key`` anywhere in the row."""
    if not isinstance(row, dict):
        return None
    if key in row:
        return row[key]
    return next((found for value in row.values() if (found := _find(value, key)) is not None), None)
