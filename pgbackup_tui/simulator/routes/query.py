"""The query language of the cached lists: fq (filters), sort, search, start and limit.

Grammar: sdk:client.py `_get_fq_parameters`, sdk:job.py `get_active_jobs_cache`. `fl`, which thins the rows out, is
accepted and not needed: a row with more members than were asked for is a legal answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pgbackup_tui.simulator.errors import error_object
from pgbackup_tui.simulator.messages import Json, Refusal
from pgbackup_tui.simulator.routes.call import BAD_PARAMETER, Call

PREFIXES = ("clientproperties.", "jobs.")
"""A path may begin with the name of the list that the row is in."""


def _numeric(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def holds(have: str, wanted: str) -> bool:
        try:
            return compare(float(have), float(wanted))
        except ValueError:
            return False

    return holds


OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda have, wanted: wanted in have,
    "eq": lambda have, wanted: have == wanted,
    "startswith": lambda have, wanted: have.startswith(wanted),
    "gt": _numeric(lambda have, wanted: have > wanted),
    "lt": _numeric(lambda have, wanted: have < wanted),
    "gteq": _numeric(lambda have, wanted: have >= wanted),
    "lteq": _numeric(lambda have, wanted: have <= wanted),
    "in": lambda have, wanted: have in wanted.split(","),
}
NEGATED = {"notcontains": "contains", "notcontain": "contains", "neq": "eq", "nin": "in"}
"""A negated condition holds for a row in which no value meets the plain one."""


def select(call: Call, rows: list[Json]) -> tuple[int, list[Json]]:
    """How many of the rows pass the call's filters, and the page of them that it asks for."""
    for fq in call.texts("fq"):
        rows = [row for row in rows if _passes(row, fq)]
    if search := call.text("search"):
        fields, _, condition = search.partition(":")
        rows = [row for row in rows if any(_passes(row, f"{field}:{condition}") for field in fields.split(","))]
    if sort := call.text("sort"):
        field, _, direction = sort.rpartition(":")
        rows = sorted(rows, key=lambda row: sort_key(row, field), reverse=direction == "-1")
    start, limit = call.number("start") or 0, call.number("limit")
    return len(rows), rows[start:] if limit is None else rows[start : start + limit]


def _passes(row: Json, condition: str) -> bool:
    parts = condition.split(":", 2)
    if len(parts) < 3:
        raise Refusal(error_object(BAD_PARAMETER, f"fq [{condition}] is not field:operator:value.", 400))
    field, name, wanted = parts[0], parts[1].lower(), parts[2].lower()
    plain = NEGATED.get(name, name)
    operator = OPERATORS.get(plain)
    if operator is None:
        raise Refusal(error_object(BAD_PARAMETER, f"fq operator [{parts[1]}] is unknown.", 400))
    values = [str(value).lower() for value in _values(row, _steps(field))] or ["null"]
    return any(operator(value, wanted) for value in values) != (plain != name)


def _steps(field: str) -> list[str]:
    lower = field.lower()
    for prefix in PREFIXES:
        lower = lower.removeprefix(prefix)
    return lower.split(".")


def _values(row: Json, steps: list[str]) -> Iterator[Json]:
    """What a dotted path leads to; a list on the way leads to each of its items."""
    if isinstance(row, list):
        for item in row:
            yield from _values(item, steps)
    elif not steps:
        yield row
    elif isinstance(row, dict):
        for key, value in row.items():
            if key.lower() == steps[0]:
                yield from _values(value, steps[1:])


def sort_key(row: Json, field: str) -> tuple[bool, float, str]:
    """Numbers before texts, texts without regard to case."""
    value = next(_values(row, _steps(field)), "")
    number = value if isinstance(value, int | float) else 0.0
    return isinstance(value, str), float(number), str(value).lower()
