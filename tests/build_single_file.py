"""Makes one executable file of the program and everything it needs, for a host without internet::

    python -m tests.build_single_file [OUTPUT]

What is packed is what is installed here, and so what the tests ran with; nothing is fetched. The file is for the
same kind of host: this Python's minor version, this kind of machine, and a C library no older than the compiled
modules ask for. What that is, is printed.
"""

from __future__ import annotations

import argparse
import compileall
import hashlib
import os
import py_compile
import re
import shutil
import sys
import tempfile
import zipapp
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from hatchling.build import build_wheel
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = "pgbackup-tui"
ROOT = Path(__file__).resolve().parent.parent
FRONT = Path(__file__).with_name("single_file_main.py")
_NOT_PACKED = ("direct_url.json", "INSTALLER", "REQUESTED", "RECORD")
"""Of each distribution: what says how it came here, the path of this machine with it."""
_OLD_NAMES = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}


def build(output: Path) -> str:
    """Writes the file, mode 0755; returns what it needs of a host, in words."""
    others = sorted(_needed(PROJECT) - {PROJECT})
    with tempfile.TemporaryDirectory() as folder:
        packed, site = Path(folder) / "packed", Path(folder) / "packed" / "site"
        site.mkdir(parents=True)
        _put_project(site, Path(folder))
        for name in others:
            _put(distribution(name), site)
        _compile(site)
        shutil.copy(FRONT, packed / "__main__.py")
        (packed / "facts.py").write_text(_facts(site), encoding="utf-8")
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        zipapp.create_archive(packed, output, f"/usr/bin/env python{version}", compressed=True)
    output.chmod(0o755)
    return f"{sys.implementation.name} {version}, {sys.platform} {os.uname().machine}, {_library(others)}"


def _needed(name: str) -> set[str]:
    """The distribution and all that it needs on this machine, by their canonical names."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        current = canonicalize_name(ahead.pop())
        if current not in found:
            found.add(current)
            wanted = map(Requirement, distribution(current).requires or ())
            ahead += [one.name for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
    return found


def _put_project(site: Path, folder: Path) -> None:
    """The project as a wheel has it: installed in place, its files are not where a distribution's are."""
    here = Path.cwd()
    os.chdir(ROOT)  # a build backend works in the project's folder
    try:
        name = build_wheel(str(folder))
    finally:
        os.chdir(here)
    with zipfile.ZipFile(folder / name) as wheel:
        wheel.extractall(site)


def _put(found: Distribution, site: Path) -> None:
    for file in found.files or ():
        is_elsewhere = ".." in file.parts  # a script in bin, a manual page
        if not is_elsewhere and file.suffix != ".pyc" and file.name not in _NOT_PACKED:
            (site / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file.locate(), site / file)


def _compile(site: Path) -> None:
    """Compiled ahead, for a folder that is made anew at each start; without this machine's path in it."""
    compileall.compile_dir(
        site,
        quiet=2,  # some libraries have templates that are no Python
        stripdir=str(site),
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def _facts(site: Path) -> str:
    """The module that the front of the file asks."""
    content = hashlib.sha256()
    for path in sorted(found for found in site.rglob("*") if found.is_file()):
        content.update(f"{path.relative_to(site)}\0{path.stat().st_size}\0".encode())
        content.update(path.read_bytes())
    facts = {
        "CHECKSUM": content.hexdigest(),
        "IMPLEMENTATION": sys.implementation.name,
        "PYTHON": sys.version_info[:2],
        "PLATFORM": sys.platform,
        "MACHINE": os.uname().machine,
    }
    return "".join(f"{name} = {value!r}\n" for name, value in facts.items())


def _library(names: list[str]) -> str:
    """The C library that the compiled modules ask for: each one's lowest, and the highest of these."""
    lowest = [min(versions) for name in names if (versions := list(_glibc_versions(distribution(name))))]
    return "glibc {}.{} or newer".format(*max(lowest)) if lowest else "any C library"


def _glibc_versions(found: Distribution) -> Iterator[tuple[int, int]]:
    for tag in re.findall(r"^Tag: \S+-\S+-(\S+)$", found.read_text("WHEEL") or "", re.MULTILINE):
        if named := re.match(r"manylinux_(\d+)_(\d+)_", tag):
            yield int(named[1]), int(named[2])
        elif old := _OLD_NAMES.get(tag.partition("_")[0]):
            yield old


def main() -> None:
    """Builds the file that the command line names."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.build_single_file", description="Makes one file of it all."
    )
    parser.add_argument("output", nargs="?", type=Path, default=Path(PROJECT), help="default: ./pgbackup-tui")
    output: Path = parser.parse_args().output
    needs = build(output)
    print(f"{output}: {output.stat().st_size / 1e6:.1f} MB. It needs {needs}, and nothing else.")  # noqa: T201


if __name__ == "__main__":
    main()
