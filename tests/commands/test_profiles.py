"""Profiles at work: which one counts, what a read-only one refuses, and what is listed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pgbackup_tui.simulator.world import World
from tests.commands.conftest import Site

BACKUP = ("backup", "pg-pay-01/main/FS*", "--level", "FULL", "--yes")


@pytest.fixture
def sites(site_with: Callable[..., Site], tmp_path: Path) -> tuple[Site, Site]:
    """Two CommServes with profiles ``one`` (the default) and ``two`` (read-only)."""
    one, two = (site_with(world=World.sample(token=f"token-of-{name}")) for name in ("one", "two"))
    folder = tmp_path / "pgbackup-tui"
    folder.mkdir()
    (folder / "settings.toml").write_text(
        'default = "one"\nunheard = 1\n'
        f'[profiles.one]\nurl = "{one.server.url}"\nproduction = true\ntoken_command = "echo token-of-one"\n'
        f'[profiles.two]\nurl = "{two.server.url}"\nread_only = true\ntoken_command = ["echo", "token-of-two"]\n'
    )
    for site in (one, two):
        site.env |= {"XDG_CONFIG_HOME": str(tmp_path)}
        del site.env["PGBACKUP_TUI_URL"], site.env["PGBACKUP_TUI_TOKEN"]
    return one, two


def test_the_default_profile_counts_where_none_is_named(sites: tuple[Site, Site]) -> None:
    one, two = sites
    done = one.run("inventory")
    assert (done.status, bool(one.server.received), two.server.received) == (0, True, ())
    assert "token from the command echo" in done.err
    assert "unheard is not known here" in done.err


def test_a_named_profile_goes_before_the_variable_and_the_variable_before_the_default(
    sites: tuple[Site, Site],
) -> None:
    one, two = sites
    assert one.run("inventory", "--profile", "two", PGBACKUP_TUI_URL=one.server.url).status == 0
    assert (bool(two.server.received), one.server.received) == (True, ())
    assert one.run("inventory", PGBACKUP_TUI_URL=two.server.url).status == 0
    assert one.server.received == ()


def test_a_token_of_this_run_goes_before_the_profiles(sites: tuple[Site, Site]) -> None:
    one, _ = sites
    assert one.run("inventory", PGBACKUP_TUI_TOKEN="of-nobody").status == 4
    assert one.run("inventory", "--token-command", "echo token-of-one", PGBACKUP_TUI_TOKEN="of-nobody").status == 0


def test_an_address_finds_its_profile_and_what_that_forbids(sites: tuple[Site, Site]) -> None:
    one, two = sites
    done = one.run(*BACKUP, "--url", two.server.url)
    assert (done.status, "read-only" in done.err) == (10, True)
    assert two.server.received == ()


@pytest.mark.parametrize(
    "words",
    [
        BACKUP,
        ("kill", "1", "--yes"),
        ("suspend", "1", "--yes"),
        ("resume", "1", "--yes"),
        ("resubmit", "1", "--yes"),
    ],
)
def test_a_read_only_profile_refuses_whatever_changes_something_before_anything_is_sent(
    sites: tuple[Site, Site], words: tuple[str, ...]
) -> None:
    one, two = sites
    done = one.run(*words, "--profile", "two")
    assert (done.status, "read-only; nothing was sent" in done.err) == (10, True)
    assert two.server.received == ()


def test_a_read_only_profile_lets_look_and_rehearse(sites: tuple[Site, Site]) -> None:
    one, two = sites
    assert one.run("inventory", "--profile", "two").status == 0
    assert one.run(*BACKUP, "--dry-run", "--profile", "two").status == 0
    assert two.tasks_posted() == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("inventory", "--profile", "three"), "There is no profile three"),
        (("inventory", "--profile", "one", "--url", "x.example.com"), "both name a CommServe"),
    ],
)
def test_what_is_no_profile_is_a_usage_error(sites: tuple[Site, Site], words: tuple[str, ...], said: str) -> None:
    done = sites[0].run(*words)
    assert (done.status, said in done.err) == (2, True)


def test_a_damaged_settings_file_stops_every_command_with_its_line(sites: tuple[Site, Site]) -> None:
    one, _ = sites
    path = Path(one.env["XDG_CONFIG_HOME"]) / "pgbackup-tui" / "settings.toml"
    path.write_text('[profiles.one]\nurl = "x"\nread_only = 1\n')
    for words in (("inventory",), BACKUP, ("profiles",), ("logout",)):
        done = one.run(*words)
        assert (done.status, "line 3: profiles.one.read_only" in done.err) == (2, True)


def test_profiles_are_listed_with_the_default_and_without_a_secret(sites: tuple[Site, Site]) -> None:
    done = sites[0].run("profiles")
    assert [line.split()[:2] for line in done.out.splitlines()[1:]] == [["*", "one"], ["two", sites[1].server.url]]
    assert "PRODUCTION" in done.out
    assert "token-of" not in done.out
    listed = sites[0].run("profiles", "--json").json
    assert isinstance(listed, list)
    assert [(found["name"], found["default"], found["read_only"]) for found in listed] == [
        ("one", True, False),
        ("two", False, True),
    ]


def test_the_line_that_goes_on_names_the_profile(sites: tuple[Site, Site]) -> None:
    one, _ = sites
    done = one.run(*BACKUP, "--wait", "--timeout", "0", "--profile", "one")
    assert done.status == 9
    assert "--follow --profile one" in done.err


def test_keys_that_the_console_refuses_are_a_warning_of_profiles(sites: tuple[Site, Site]) -> None:
    one, _ = sites
    path = Path(one.env["XDG_CONFIG_HOME"]) / "pgbackup-tui" / "settings.toml"
    path.write_text(path.read_text() + '[keys]\n"browse.mark" = "enter"\n"browse.marc" = "m"\n')
    done = one.run("profiles")
    assert (done.status, done.out.count("\n")) == (0, 3)
    assert "keys.browse.mark can't be enter" in done.err
    assert "there is no such action; perhaps browse.mark" in done.err
