"""The single file on a host with nothing but Python: no network, no package, an empty or a read-only home."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from tests import single_file_main
from tests.build_single_file import build
from tests.running import LONGEST
from tests.terminal import Terminal

BACKUP = ("backup", "--demo", "pg-pay-0[12]/*/FSBasedBackupSet", "--level", "FULL", "--yes", "--wait")
ISOLATED = """
import fcntl, os, socket, struct, subprocess, sys
IFF_UP, SIOCSIFFLAGS, read_only = 1, 0x8914, sys.argv[1] == "read-only"
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))
try:
    socket.create_connection(("192.0.2.1", 9), timeout=1)
except OSError:
    pass  # nothing but this machine can be reached
else:
    sys.exit("there is a network")
if read_only:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", os.environ["HOME"]], check=True)
os.execv(sys.argv[2], sys.argv[2:])
"""
"""In new namespaces: brings loopback up, makes the home read-only if asked, and runs the words behind it."""


@dataclass(frozen=True, slots=True)
class Host:
    """A host with nothing but Python."""

    python: Path
    archive: Path
    home: Path
    temporary: Path
    home_is: str

    @property
    def env(self) -> dict[str, str]:
        """All that the environment holds."""
        return {
            "HOME": str(self.home),
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "TMPDIR": str(self.temporary),
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
        }

    def words(self, *words: str) -> list[str]:
        """The command that runs the file with these words, cut off from everything."""
        python = str(self.python)
        return [
            *("unshare", "--map-root-user", "--net", "--mount", "--"),
            *(python, "-c", ISOLATED, self.home_is, python, str(self.archive), *words),
        ]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.words(*words), env=self.env, capture_output=True, text=True, timeout=LONGEST, check=False
        )

    def unpacked(self) -> list[Path]:
        return list((self.home / ".cache" / "pgbackup-tui").glob("*"))


@pytest.fixture(scope="module")
def python_and_archive(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("single")
    venv.create(folder / "bare", symlinks=True)
    build(folder / "pgbackup-tui")
    return folder / "bare" / "bin" / "python", folder / "pgbackup-tui"


@pytest.fixture(params=["empty", "read-only"])
def host(request: pytest.FixtureRequest, python_and_archive: tuple[Path, Path], tmp_path: Path) -> Host:
    allowed = ["unshare", "--map-root-user", "--net", "--mount", "true"]
    if shutil.which("unshare") is None or subprocess.run(allowed, capture_output=True, check=False).returncode:
        pytest.skip("no namespaces can be made here")
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir(mode=0o700)
    temporary.mkdir(mode=0o700)
    return Host(*python_and_archive, home, temporary, str(request.param))


def test_a_backup_is_started_and_followed(host: Host) -> None:
    done = host.run(*BACKUP)
    assert (done.returncode, done.stdout.splitlines()[-1][:3]) == (0, "GO:"), done.stderr
    assert "Traceback" not in done.stderr
    assert list(host.temporary.iterdir()) == [], "nothing is left behind"
    assert len(host.unpacked()) == (host.home_is == "empty")


def test_the_console_draws_its_first_frame_and_leaves(host: Host) -> None:
    words = host.words("demo")
    terminal = Terminal.start(env=host.env, code=f"import os; os.execvp({words[0]!r}, {words!r})")
    terminal.until(lambda written: b"pg-pay-01" in written)
    terminal.type("q")
    assert terminal.until_ended() == 0
    assert list(host.temporary.iterdir()) == []


def test_it_is_unpacked_once_and_for_its_user_alone(python_and_archive: tuple[Path, Path], tmp_path: Path) -> None:
    python, archive = python_and_archive
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    seen = []
    for _ in range(2):
        done = subprocess.run([python, archive, "--version"], env=env, capture_output=True, text=True, check=True)
        assert done.stdout.startswith("pgbackup-tui ")
        (folder,) = (tmp_path / ".cache" / "pgbackup-tui").iterdir()
        seen.append(folder.stat().st_ino)
    assert seen[0] == seen[1]
    everything = [folder.parent, *folder.parent.rglob("*")]
    assert not [path for path in everything if path.stat().st_mode & 0o077]


def test_nothing_in_it_names_the_machine_it_was_made_on(
    python_and_archive: tuple[Path, Path], tmp_path: Path
) -> None:
    single_file_main.extract(python_and_archive[1], tmp_path)
    here = (str(Path(__file__).resolve().parents[1]).encode(), sys.prefix.encode())
    ours = [path for path in (tmp_path / "site").rglob("*") if path.is_file() and "pgbackup" in str(path)]
    assert ours
    assert not [path for path in ours if any(name in path.read_bytes() for name in here)]


def facts(**changed: object) -> ModuleType:
    module = ModuleType("facts")
    known = {
        "IMPLEMENTATION": sys.implementation.name,
        "PYTHON": sys.version_info[:2],
        "PLATFORM": sys.platform,
        "MACHINE": "x86_64",
    }
    module.__dict__.update(known | changed)
    return module


@pytest.mark.parametrize("changed", [{"PYTHON": (3, 99)}, {"MACHINE": "sparc"}, {"PLATFORM": "plan9"}])
def test_another_kind_of_host_is_told_what_is_needed(changed: dict[str, object]) -> None:
    with pytest.raises(SystemExit, match=r"this file is for .*(3\.99|sparc|plan9).*; this is "):
        single_file_main.require_fitting_python(facts(**changed))


def test_a_folder_that_others_can_write_to_or_redirect_is_not_used(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    assert single_file_main.is_private(private)
    link = tmp_path / "link"
    link.symlink_to(private)
    assert not single_file_main.is_private(link)
    private.chmod(0o755)
    assert not single_file_main.is_private(private)
    private.chmod(0o700)
    tmp_path.chmod(0o777)
    assert not single_file_main.is_private(private), "another could be put in its place"
    tmp_path.chmod(0o777 | stat.S_ISVTX)
    assert single_file_main.is_private(private)


def test_where_no_folder_is_safe_it_is_a_new_one(
    python_and_archive: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = tmp_path / "cache" / "pgbackup-tui"
    planted.mkdir(parents=True)
    planted.chmod(0o777)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = single_file_main.unpacked(python_and_archive[1], "checksum")
    assert folder.parent == tmp_path
    assert folder.stat().st_mode & 0o777 == 0o700
    assert list(planted.iterdir()) == []


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    damaged = tmp_path / "pgbackup-tui"
    damaged.write_bytes(b"#!/usr/bin/env python3\nhalf of it")
    with pytest.raises(SystemExit, match="is damaged; copy it again"):
        single_file_main.extract(damaged, tmp_path)
