"""The pictures of the README are told apart from the console as it is now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pictures import out_of_date


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    committed, fresh = tmp_path / "committed", tmp_path / "fresh"
    for folder in (committed, fresh):
        folder.mkdir()
        (folder / "browse.svg").write_bytes(b"<svg>1</svg>")
    return committed, fresh


def test_pictures_with_the_same_bytes_are_up_to_date(folders: tuple[Path, Path]) -> None:
    assert out_of_date(*folders) == []


def test_one_other_byte_is_out_of_date(folders: tuple[Path, Path]) -> None:
    (folders[1] / "browse.svg").write_bytes(b"<svg>2</svg>")
    assert out_of_date(*folders) == ["browse.svg"]


def test_a_picture_that_nobody_draws_any_more_and_one_that_is_missing_are_out_of_date(
    folders: tuple[Path, Path],
) -> None:
    (folders[0] / "old.svg").write_bytes(b"<svg></svg>")
    (folders[1] / "new.svg").write_bytes(b"<svg></svg>")
    assert out_of_date(*folders) == ["new.svg", "old.svg"]
