"""Where a run took place."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

_MEASURED = ("pgbackup-tui", "textual", "httpx", "cvpysdk")


def conditions() -> dict[str, str]:
    """The machine, what it was busy with, and the versions that were measured."""
    return {
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        "load": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "python": platform.python_version(),
        "versions": ", ".join(
            f"{name} {version(name)}" for name in ("pgbackup-tui", "textual", "httpx", "cvpysdk")
        ),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
