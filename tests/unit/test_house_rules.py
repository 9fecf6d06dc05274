"""Who may know whom: held from the import statements and from what a command really loads."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pgbackup_tui

PACKAGE = Path(pgbackup_tui.__file__).parent
ROOT = "pgbackup_tui"

FACES = {"commands", "tui"}
STEPS = {
    *("backup", "clipboard", "connection_options", "credentials", "destination", "estate"),
    *("settings", "sign_in", "target", "terminal"),
}
GROUND = {"commserve", "errors", "gently", "paths", "secret", "text", "times"}
MAY_IMPORT = {
    "argument_types": {"simulator"},
    "argument_groups": {"argument_types"},
    "arguments": {"argument_groups", "argument_types"},
    "cli": {"arguments", "crash", "errors", "process", *FACES},
    "commands": {"arguments", *STEPS, *GROUND, "simulator"},
    "tui": {"__init__", "crash", "process", *STEPS, *GROUND, "simulator"},
    "backup": {"estate", *GROUND},
    "estate": GROUND,
    "credentials": {"errors", "secret"},
    "connection_options": {"errors"},
    "destination": {"commserve", "connection_options", "credentials", "errors", "settings"},
    "settings": {"errors", "paths"},
    "clipboard": {"errors", "paths", "text"},
    "crash": {"__init__"},
    "paths": {"errors"},
    "process": set[str](),
    "sign_in": {"commserve", "credentials", "destination", "errors", "secret", "target"},
    "target": {
        *("commserve", "connection_options", "credentials", "destination"),
        *("errors", "secret", "settings", "simulator"),
    },
    "terminal": {"errors"},
    "commserve": {"errors", "gently", "secret", "text"},
    "gently": set[str](),
    "simulator": set[str](),
    "errors": set[str](),
    "secret": set[str](),
    "text": set[str](),
    "times": set[str](),
    "__init__": set[str](),
    "__main__": {"cli"},
}
ONLY_IN = {
    "textual": {"tui"},
    "rich": {"tui"},
    "httpx": {"commserve"},
    "httpcore": {"commserve"},
    "keyring": {"credentials"},
    "jeepney": {"credentials"},
    "shtab": {"commands"},
    "tomlkit": {"settings"},
}


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_the_rooms_that_it_may_know(path: Path) -> None:
    known = {name.split(".")[1] for name in imports(path) if name.startswith(f"{ROOT}.")} - {
        "__version__",
        room(path),
    }
    assert known <= MAY_IMPORT[room(path)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_library_with_a_room_of_its_own_is_imported_nowhere_else(path: Path) -> None:
    outside = {name.split(".")[0] for name in imports(path)}
    assert not [library for library, rooms in ONLY_IN.items() if library in outside and room(path) not in rooms]


def test_every_room_has_its_rule() -> None:
    assert {room(path) for path in FILES} <= set(MAY_IMPORT)


def test_everything_may_be_caught_in_three_places_only() -> None:
    """The crash guard, the one POST, and the boundary to keyring backends, which raise anything."""
    broad = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            caught = node.type if isinstance(node, ast.ExceptHandler) else None
            if isinstance(node, ast.ExceptHandler) and (
                caught is None or (isinstance(caught, ast.Name) and caught.id in {"Exception", "BaseException"})
            ):
                broad.append(str(path.relative_to(PACKAGE)))
    assert sorted(broad) == ["backup/submit.py", "cli.py", "credentials/waiting.py"]


def loaded_by(*words: str) -> set[str]:
    """The top-level modules that a run of the program has loaded when it ends."""
    code = (
        "import sys\nfrom pgbackup_tui.cli import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "print(' '.join(sorted({name.split('.')[0] for name in sys.modules})), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["backup", "--help"], ["inventory", "--help"]])
def test_version_and_help_load_no_screen_no_http_and_no_keyring(words: list[str]) -> None:
    assert not loaded_by(*words) & {
        *(
            "textual",
            "rich",
            "httpx",
            "keyring",
            "jeepney",
            "tomlkit",
            "platformdirs",
            "msgspec",
            "asyncio",
            "shtab",
        ),
    }


def test_a_command_that_reads_the_estate_loads_no_screen() -> None:
    assert not loaded_by("inventory", "--demo", "--json") & {"textual", "rich", "keyring", "shtab"}


def test_completing_a_name_loads_next_to_nothing() -> None:
    assert not loaded_by("names", "profiles") & {
        "textual",
        "rich",
        "httpx",
        "keyring",
        "msgspec",
        "asyncio",
        "shtab",
    }


def test_only_a_completion_script_loads_what_makes_it() -> None:
    assert "shtab" in loaded_by("completion", "bash")


def test_no_file_has_grown_too_long_to_read_in_one_sitting() -> None:
    tests = Path(__file__).parent.parent
    lengths = {str(path): path.read_text(encoding="utf-8").count("\n") for path in [*FILES, *tests.rglob("*.py")]}
    assert not {name: length for name, length in lengths.items() if length > 300}
