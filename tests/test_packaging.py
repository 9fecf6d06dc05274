"""The stylesheets reach whoever installs the program, as a wheel and in place."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = (
    "import site, sys; site.addsitedir(sys.argv[1])\n"
    "from pgbackup_tui.tui.stylesheets import stylesheet_paths\n"
    "print(*stylesheet_paths(), sep='\\n')"
)


@pytest.mark.parametrize("kind", ["build_wheel", "build_editable"])
def test_stylesheets_are_found_in_an_installation(kind: str, tmp_path: Path) -> None:
    build = f"import sys; from hatchling.build import {kind}; {kind}(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    installed = tmp_path / "site-packages"
    zipfile.ZipFile(wheel).extractall(installed)
    # -S leaves out the environment that the tests run in, where the program is installed too
    done = subprocess.run(
        [sys.executable, "-S", "-c", CODE, str(installed)],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        check=True,
        capture_output=True,
        text=True,
    )
    found = [Path(line) for line in done.stdout.splitlines()]
    assert found
    assert [path.read_bytes() for path in found] == [(ROOT / "styles" / path.name).read_bytes() for path in found]
    home = installed / "pgbackup_tui" if kind == "build_wheel" else ROOT
    assert {path.parent for path in found} == {home / "styles"}


def test_every_stylesheet_is_in_the_order_of_loading() -> None:
    from pgbackup_tui.tui.stylesheets import ORDER

    assert sorted(ORDER) == sorted(path.name for path in (ROOT / "styles").glob("*.tcss"))
