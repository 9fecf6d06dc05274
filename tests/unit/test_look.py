"""The settings file's words on the console: its theme and its keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from pgbackup_tui.settings.errors import SettingsError
from pgbackup_tui.settings.look import THEMES, read_keys
from pgbackup_tui.settings.profiles import Profile, load_settings, save_profile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("m", ("m",)),
        ("m, ctrl+e", ("m", "ctrl+e")),
        ("^e", ("ctrl+e",)),
        ("Ctrl+E", None),
        ("ctrl+E", ("ctrl+e",)),
        ("shift+m", ("M",)),
        ("F5", ("f5",)),
        ("Space,comma", ("space", "comma")),
        (":", (":",)),
        ("+", ("+",)),
        ("alt+up", ("alt+up",)),
        ("m,m", ("m",)),
        ("ctrl+m", None),
        ("slash", None),
        ("ctrl+", None),
        ("m,,n", None),
        ("\x1b", None),
        ("", None),
        (7, None),
    ],
)
def test_a_key_is_a_character_or_a_name(typed: object, keys: tuple[str, ...] | None) -> None:
    if keys is None:
        with pytest.raises(ValueError, match=r"a key|same for"):
            read_keys(typed)
    else:
        assert read_keys(typed) == keys


@pytest.mark.parametrize("line", ['"browse.mark" = "m"', 'browse.mark = "m"'], ids=["quoted", "dotted"])
def test_keys_are_read_with_their_line(path: Path, line: str) -> None:
    path.write_text(f'theme = "light"\n\n[keys]\n{line}\n')
    look = load_settings(path).look
    assert look.theme == "light"
    assert look.keys["browse.mark"].keys == ("m",)
    assert f"{path}, line 4: keys.browse.mark" == look.keys["browse.mark"].place


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('theme = "solarized"', f"line 1: theme has to be one of {', '.join(THEMES)}"),
        ("keys = 7", "line 1: keys has to be a table"),
        ('[keys]\n"browse.mark" = "ctrl+i"', "line 2: keys.browse.mark can't be ctrl+i: a terminal sends the same"),
        ('[keys]\n"browse.mark" = ["m"]', "line 2: keys.browse.mark has to be a key"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(path: Path, text: str, words: str) -> None:
    path.write_text(text)
    with pytest.raises(SettingsError) as refused:
        load_settings(path)
    assert words in refused.value.problem


def test_a_profile_that_is_kept_leaves_theme_and_keys_as_they_are(path: Path) -> None:
    path.write_text('theme = "light"\n\n[keys]\n"browse.mark" = "m"  # mine\n')
    save_profile(Profile("prod", "cs.example.com"), path=path)
    assert '"browse.mark" = "m"  # mine' in path.read_text()
    assert load_settings(path).look.theme == "light"
