"""The user's own folders and files: nobody else reads them, and nobody else decides where they are."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pgbackup_tui.errors import PathError
from pgbackup_tui.paths import create_private, private_folder, read_private, replace_private, state_folder


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    assert mode(private_folder(tmp_path / "state")) == 0o700


def test_a_folder_behind_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(PathError, match="symbolic link"):
        private_folder(tmp_path / "link")


def test_a_folder_that_others_may_write_to_is_refused_with_the_line_that_mends_it(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(PathError) as refused:
        private_folder(tmp_path / "open")
    assert refused.value.advice == f"Take that from them: chmod 700 {tmp_path / 'open'}"


def test_a_folder_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(PathError, match="another user"):
        private_folder(tmp_path)


def test_a_file_in_the_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(PathError, match=r"can't be made|not a folder"):
        private_folder(tmp_path / "state")


def test_a_new_file_takes_nobodys_place(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        create_private(tmp_path / "link")
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_is_replaced_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "settings.toml"
    replace_private(path, b"one")
    replace_private(path, b"two")
    assert (read_private(path), mode(path), list(path.parent.iterdir())) == (b"two", 0o600, [path])


def test_a_file_that_cant_be_replaced_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.toml"
    replace_private(path, b"one")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PathError, match="No space left"):
        replace_private(path, b"two")
    assert (read_private(path), list(tmp_path.iterdir())) == (b"one", [path])


def test_a_file_behind_a_link_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("theirs")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(PathError):
        read_private(tmp_path / "link")


def test_the_state_folder_is_the_given_one_then_the_variables_then_the_users(tmp_path: Path) -> None:
    environ = {"PGBACKUP_TUI_STATE_DIR": str(tmp_path / "variable")}
    assert state_folder(tmp_path / "given", environ) == tmp_path / "given"
    assert state_folder(None, environ) == tmp_path / "variable"
    assert state_folder(None, {}).name == "pgbackup-tui"
