"""Measures everything, or what was named, and prints one table."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import tests.benchmarks
from tests.benchmarks.conditions import conditions
from tests.benchmarks.measure import BENCHMARKS, Kind, Measure, Scale
from tests.benchmarks.table import as_json, as_markdown, as_table


def main() -> int:
    """Measures; 1 where a target was missed, in a smoke run only where a count was."""
    _load()
    arguments = _arguments()
    scale = Scale(smoke=arguments.smoke)
    here = conditions()
    sys.stderr.writelines(f"{name}: {value}\n" for name, value in here.items())
    measures = list(_run(arguments.only or list(BENCHMARKS), scale))
    sys.stdout.write((as_markdown if arguments.markdown else as_table)(measures) + "\n")
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(as_json(measures, here), indent=2) + "\n")
    judged = [measure for measure in measures if not scale.smoke or measure.kind is Kind.COUNT]
    return int(any(measure.met is False for measure in judged))


def _load() -> None:
    """Imports every module of this package: each declares its benchmarks."""
    for module in pkgutil.iter_modules(tests.benchmarks.__path__):
        if module.name != "__main__":
            importlib.import_module(f"tests.benchmarks.{module.name}")


def _run(names: list[str], scale: Scale) -> Iterator[Measure]:
    for name in names:
        sys.stderr.write(f"measuring {name} ...\n")
        sys.stderr.flush()
        yield from BENCHMARKS[name](scale)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "--only", action="append", metavar="NAME", choices=list(BENCHMARKS), help=" ".join(BENCHMARKS)
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the measures and the conditions there, too"
    )
    parser.add_argument("--markdown", action="store_true", help="the table as Markdown")
    parser.add_argument("--smoke", action="store_true", help="small sizes; only a wrong count or a crash fails")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
