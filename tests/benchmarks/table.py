"""The measures as a table for a terminal, for Markdown, or as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.benchmarks.measure import Measure

_HEADINGS = ("what", "target", "measured", "of", "met")


def as_table(measures: Sequence[Measure]) -> str:
    """In columns."""
    rows = [_HEADINGS, *map(_cells, measures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def as_markdown(measures: Sequence[Measure]) -> str:
    """As the README has it."""
    rows = [_HEADINGS, ("---",) * len(_HEADINGS), *map(_cells, measures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def as_json(measures: Sequence[Measure], conditions: Mapping[str, str]) -> dict[str, object]:
    """For a program."""
    return {
        "conditions": dict(conditions),
        "measures": [
            {
                "what": measure.what,
                "target": f"{measure.target.sense} {measure.target.limit:g}",
                "value": measure.value,
                "unit": measure.unit,
                "measured": measure.measured,
                "kind": measure.kind.value,
                "met": measure.met,
            }
            for measure in measures
        ],
    }


def _cells(measure: Measure) -> tuple[str, str, str, str, str]:
    value = "-" if measure.value is None else f"{_figure(measure.value)} {measure.unit}"
    return (
        measure.what,
        f"{measure.target.sense} {_figure(measure.target.limit)} {measure.unit}",
        value,
        measure.measured,
        {True: "yes", False: "NO", None: "-"}[measure.met],
    )


def _figure(value: float) -> str:
    """Two decimals where they say something."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) < 100 else f"{value:.0f}"
