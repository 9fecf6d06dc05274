"""Named selections in the settings file: read with their place in it, written beside what people wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from pgbackup_tui.connection_options import ConnectionOptions
from pgbackup_tui.destination import resolve_selection
from pgbackup_tui.errors import UsageError
from pgbackup_tui.paths import settings_file
from pgbackup_tui.settings.errors import SettingsError
from pgbackup_tui.settings.profiles import Profile, load_settings, save_profile, save_selection
from pgbackup_tui.settings.selections import Selection, as_table

GOOD = """\
default = "prod"

[profiles.prod]
url = "https://cs.example.com"

[profiles.prod.selections."payments pre-change"]  # agreed with the payments team
patterns = ["pg-pay-*/*/FSBasedBackupSet", "id:2000001"]
level = "full"
ticket_required = true

[profiles.prod.selections.logs]
patterns = ["*"]
level = "INCREMENTAL"
with_data = true
notify = true
max_subclients = 200

[profiles.test]
url = "https://test.example.com"
"""
PAYMENTS = Selection(
    "payments pre-change", ("pg-pay-*/*/FSBasedBackupSet", "id:2000001"), "FULL", ticket_required=True
)
LOGS = Selection("logs", ("*",), "INCREMENTAL", with_data=True, notify=True, max_subclients=200)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "settings.toml"
    file.write_text(GOOD)
    return file


def test_every_key_is_read_in_the_order_of_the_file(path: Path) -> None:
    assert load_settings(path).profiles["prod"].selections == (PAYMENTS, LOGS)
    assert load_settings(path).warnings == ()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("selections = 1", "line 3: profiles.x.selections has to be tables"),
        ("[profiles.x.selections]\na = 1", "line 4: profiles.x.selections.a has to be a table"),
        ("[profiles.x.selections.a]\n", "profiles.x.selections.a has no patterns"),
        ("[profiles.x.selections.a]\npatterns = []", "patterns has to be a list"),
        ('[profiles.x.selections.a]\npatterns = "*"', "patterns has to be a list"),
        ("[profiles.x.selections.a]\npatterns = [1]", "patterns has to be texts"),
        ('[profiles.x.selections.a]\npatterns = ["a\\nb"]', "patterns has to be texts"),
        ('[profiles.x.selections.a]\npatterns = ["*"]\nlevel = "ALL"', "level has to be one of FULL"),
        ('[profiles.x.selections.a]\npatterns = ["*"]\nmax_subclients = 0', "max_subclients has to be a whole"),
        ('[profiles.x.selections.a]\npatterns = ["*"]\nnotify = 1', "notify has to be true or false"),
        ('[profiles.x.selections."a\\u001b"]\npatterns = ["*"]', "has to have a name"),
    ],
)
def test_what_is_wrong_is_an_error_with_its_place(tmp_path: Path, table: str, words: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f'[profiles.x]\nurl = "h"\n{table}')
    with pytest.raises(SettingsError) as wrong:
        load_settings(file)
    assert words in wrong.value.problem


def test_what_nobody_knows_is_a_warning(path: Path) -> None:
    path.write_text(GOOD.replace("notify = true", "notfiy = true"))
    assert [words for words in load_settings(path).warnings if "profiles.prod.selections.logs.notfiy" in words]


def test_saving_keeps_comments_the_others_and_the_profile(path: Path) -> None:
    new = Selection("new one", ("pg-x",), "FULL")
    after = save_selection("test", new, path=path)
    assert after.profiles["test"].selections == (new,)
    changed = Selection("logs", ("pg-y",))
    after = save_selection("prod", changed, path=path)
    assert after.profiles["prod"].selections == (PAYMENTS, changed)
    assert "# agreed with the payments team" in path.read_text()
    assert load_settings(path).profiles == after.profiles


def test_saving_a_profile_keeps_its_selections(path: Path) -> None:
    after = save_profile(Profile("prod", "other.example.com"), path=path)
    assert (after.profiles["prod"].url, after.profiles["prod"].selections) == (
        "other.example.com",
        (PAYMENTS, LOGS),
    )


def test_a_table_says_only_what_was_said() -> None:
    assert as_table(Selection("a", ("*",))) == {"patterns": ["*"]}


@pytest.fixture
def own_settings(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    settings_file().parent.mkdir(parents=True)
    settings_file().write_bytes(path.read_bytes())


@pytest.mark.usefixtures("own_settings")
def test_a_selection_is_found_in_the_profile_that_is_meant() -> None:
    assert resolve_selection(ConnectionOptions(), "logs", {}) == LOGS
    assert resolve_selection(ConnectionOptions(url="https://cs.example.com"), "logs", {}) == LOGS
    assert resolve_selection(ConnectionOptions(demo=True), "payments pre-change", {}).level == "FULL"


@pytest.mark.parametrize(
    ("options", "name", "words"),
    [
        (ConnectionOptions(), "nothing", "“payments pre-change”, “logs”"),
        (ConnectionOptions(profile="test"), "logs", "(there: none)"),
        (ConnectionOptions(url="https://elsewhere.example.com"), "logs", "belongs to a profile"),
        (ConnectionOptions(profile="gone"), "logs", "There is no profile gone"),
    ],
)
@pytest.mark.usefixtures("own_settings")
def test_a_selection_that_is_not_there_is_said_with_those_that_are(
    options: ConnectionOptions, name: str, words: str
) -> None:
    with pytest.raises(UsageError) as wrong:
        resolve_selection(options, name, {})
    assert words in wrong.value.problem
