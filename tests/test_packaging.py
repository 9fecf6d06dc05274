"""The stylesheets reach whoever installs the program, as a wheel and in place."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
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


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An sdist, and the wheel that is made from it."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in (done.stdout + done.stderr).lower()
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return sdist, wheel


def test_an_index_would_take_sdist_and_wheel(built: tuple[Path, Path]) -> None:
    check = [sys.executable, "-m", "twine", "check", "--strict", *map(str, built)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.count("PASSED")) == (0, 2), done.stdout + done.stderr


def test_the_sdist_has_all_that_a_checkout_has(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[0]) as opened:
        packed = {Path(*Path(name).parts[1:]) for name in opened.getnames()}
    folders = ("pgbackup_tui", "styles", "tests", "screenshots", ".ci")
    here = {path.relative_to(ROOT) for name in folders for path in (ROOT / name).rglob("*") if path.is_file()}
    wanted = {path for path in here if "__pycache__" not in path.parts} | {
        Path("README.md"),
        Path("pyproject.toml"),
    }
    assert wanted <= packed


def test_the_wheel_has_the_package_and_nothing_of_the_tests(built: tuple[Path, Path]) -> None:
    names = zipfile.ZipFile(built[1]).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"pgbackup_tui"}
    assert "pgbackup_tui/py.typed" in names


def test_every_stylesheet_is_in_the_order_of_loading() -> None:
    from pgbackup_tui.tui.stylesheets import LATER, OPENING

    assert sorted((*OPENING, *LATER)) == sorted(path.name for path in (ROOT / "styles").glob("*.tcss"))
