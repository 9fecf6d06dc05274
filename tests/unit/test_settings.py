"""The settings file: what is in it is said with its line, and what people wrote in it stays."""

from __future__ import annotations

import contextlib
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pgbackup_tui.settings.errors import SettingsError
from pgbackup_tui.settings.profiles import Profile, check_name, load_settings, save_profile

GOOD = """\
# our two CommServes
default = "prod"

[profiles.prod]  # careful
url = "https://commandcenter.example.com"
production = "PROD EU"
color = "magenta"
ca_file = "/etc/ssl/company.pem"
token_command = ["pass", "show", "commvault"]
idle_minutes = 15
read_only = true
warnings_are_partial = true
store = "kernel"

[profiles.test]
url = "test.example.com"
production = false
proxies = false
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_every_key_is_read(path: Path) -> None:
    path.write_text(GOOD)
    found = load_settings(path)
    assert found.default == "prod"
    assert found.profiles["prod"] == Profile(
        "prod",
        "https://commandcenter.example.com",
        ca_file=Path("/etc/ssl/company.pem"),
        token_command=("pass", "show", "commvault"),
        production="PROD EU",
        color="magenta",
        idle_minutes=15,
        read_only=True,
        warnings_are_partial=True,
        store="kernel",
    )
    assert found.profiles["test"] == Profile("test", "test.example.com", proxies=False)
    assert found.warnings == ()


def test_no_file_is_no_profile(path: Path) -> None:
    found = load_settings(path)
    assert (dict(found.profiles), found.default) == ({}, "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("default = \n", "line 1"),
        ("\n\n[profiles.x\n", "line 3"),
        ('default = "gone"', "line 1: default has to be the name of a profile"),
        ("default = 1", "line 1: default"),
        ("profiles = 1", "line 1: profiles has to be tables"),
        ("profiles.x = 1", "line 1: profiles.x has to be a table"),
        ("[profiles.x]\n", "profiles.x has no url"),
        ('[profiles."a b"]\nurl = "x"', "profiles.a b is no name"),
        ('[profiles.x]\nurl = "h"\n\nidle_minutes = "ten"', "line 4: profiles.x.idle_minutes has to be a whole"),
        ('[profiles.x]\nurl = "h"\nidle_minutes = true', "line 3: profiles.x.idle_minutes"),
        ('[profiles.x]\nurl = "h"\nidle_minutes = -1', "line 3: profiles.x.idle_minutes"),
        ("[profiles.x]\nurl = 5", "line 2: profiles.x.url has to be a text"),
        ('[profiles.x]\nurl = "a\\nb"', "line 2: profiles.x.url"),
        ('[profiles.x]\nurl = "h"\nread_only = "yes"', "line 3: profiles.x.read_only has to be true or false"),
        ('[profiles.x]\nurl = "h"\nca_file = "relative.pem"', "line 3: profiles.x.ca_file has to be a whole path"),
        ('[profiles.x]\nurl = "h"\ncolor = "pink"', "line 3: profiles.x.color has to be one of"),
        ('[profiles.x]\nurl = "h"\nstore = "file"', "line 3: profiles.x.store has to be one of"),
        ('[profiles.x]\nurl = "h"\ntoken_command = []', "line 3: profiles.x.token_command has no command"),
        ('[profiles.x]\nurl = "h"\ntoken_command = [\n1]', "line 4: profiles.x.token_command has to be a list"),
        ('[profiles.x]\nurl = "h"\ntoken_command = "a \'b"', "line 3: profiles.x.token_command can't be split"),
        ('[profiles.x]\nurl = "h"\nproduction = 1', "line 3: profiles.x.production"),
        ('[profiles.x]\nurl = "h"\nToken = "abc"', "line 3: profiles.x.Token does not belong into a file"),
        ("x = " + "[" * 5000, "can't be read"),
        ("x = " + "9" * 5000, "can't be read"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_left_as_it_is(path: Path, text: str, words: str) -> None:
    path.write_text(text)
    with pytest.raises(SettingsError) as refused:
        load_settings(path)
    assert words in refused.value.problem
    assert "abc" not in refused.value.problem
    with pytest.raises(SettingsError):
        save_profile(Profile("new", "new.example.com"), path=path)
    assert path.read_text() == text


def test_what_is_not_known_is_a_warning(path: Path) -> None:
    path.write_text('colour = "dark"\n[profiles.x]\nurl = "h"\ncolour = "red"\n')
    warnings = load_settings(path).warnings
    assert [warning.partition(": ")[0].rpartition(", ")[2] for warning in warnings] == ["line 4", "line 1"]
    assert "profiles.x.colour is not known" in warnings[0]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x00\x01\x02", b"default = \xe9"])
def test_what_is_not_text_is_refused_and_left(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(SettingsError):
        load_settings(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("mangle", [lambda text: text.replace("\n", "\r\n"), lambda text: "\ufeff" + text])
def test_what_other_editors_do_to_a_file_is_no_error(path: Path, mangle: object) -> None:
    assert callable(mangle)
    path.write_bytes(mangle(GOOD).encode())
    assert load_settings(path).default == "prod"


@given(st.binary(max_size=200))
@settings(max_examples=300)
def test_no_content_crashes_it(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "settings.toml"
    path.write_bytes(content)
    with contextlib.suppress(SettingsError):
        load_settings(path)
    assert path.read_bytes() == content


def test_a_profile_is_added_and_everything_that_people_wrote_stays(path: Path) -> None:
    path.write_text(GOOD)
    new = Profile("new", "new.example.com", store="keyring", user="jane")
    after = save_profile(new, path=path)
    assert (after.profiles["new"], after.default) == (new, "prod")
    assert load_settings(path) == after
    assert path.read_text().startswith(GOOD)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_profile_is_changed_key_by_key(path: Path) -> None:
    path.write_text(GOOD)
    changed = Profile("prod", "other.example.com", production="PROD EU", color="magenta")
    after = save_profile(changed, path=path, make_default=True)
    assert after.profiles["prod"] == changed
    text = path.read_text()
    assert "[profiles.prod]  # careful" in text
    assert "idle_minutes" not in text


def test_the_first_profile_becomes_the_default_and_the_second_does_not(path: Path) -> None:
    save_profile(Profile("one", "one.example.com"), path=path)
    assert save_profile(Profile("two", "two.example.com"), path=path).default == "one"
    assert save_profile(Profile("two", "two.example.com"), path=path, make_default=True).default == "two"


@pytest.mark.parametrize("name", ["", "a b", "-x", "x\x1b[2J", "ä", "x" * 65])
def test_a_profile_has_a_name_that_can_be_typed(name: str) -> None:
    with pytest.raises(SettingsError):
        check_name(name)


def test_a_file_that_others_may_write_to_is_refused(path: Path) -> None:
    """Whoever can write to it decides where the token goes, and which command is run for it."""
    path.write_text(GOOD)
    path.chmod(0o666)
    with pytest.raises(SettingsError, match="Others may write"):
        load_settings(path)


def test_a_profile_that_is_not_there_is_told_with_those_that_are(path: Path) -> None:
    path.write_text(GOOD)
    with pytest.raises(SettingsError, match=r"no profile pord .*prod, test"):
        load_settings(path).profile("pord")


@pytest.mark.parametrize("table", ["keys", "profiles.prod"])
def test_a_table_that_is_there_twice_is_said_in_plain_words(path: Path, table: str) -> None:
    path.write_text(f"[{table}]\n\n[{table}]\n")
    with pytest.raises(SettingsError) as refused:
        load_settings(path)
    assert f"the table [{table}] is there twice, line 3." in refused.value.problem
