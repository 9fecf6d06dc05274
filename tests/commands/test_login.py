"""Signing in: what is asked, what is refused, and what the CommServe says word for word."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pgbackup_tui.estate.cache import Owner
from pgbackup_tui.estate.cache_files import EstateFiles
from pgbackup_tui.simulator.world import World
from tests.commands.conftest import Site
from tests.running import LONGEST, PROGRAM, Finished
from tests.terminal import Terminal
from tests.unit.estates import kept

USER, PASSWORD = "jane", "correct horse"


@pytest.fixture
def site(site_with: Callable[..., Site], tmp_path: Path) -> Site:
    return at_home(site_with(world=World.sample(users={USER: PASSWORD}, job_seconds=0.1)), tmp_path)


def at_home(site: Site, home: Path) -> Site:
    """The site, with settings of its own and no address or token in the environment."""
    site.env |= {"HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    del site.env["PGBACKUP_TUI_URL"], site.env["PGBACKUP_TUI_TOKEN"]
    return site


def settings_of(site: Site) -> Path:
    return Path(site.env["XDG_CONFIG_HOME"]) / "pgbackup-tui" / "settings.toml"


def login(site: Site, *words: str, stdin: str = "") -> Finished:
    return site.run("login", *words, stdin=stdin)


def test_a_token_is_tried_before_the_profile_is_made(site: Site) -> None:
    done = login(site, site.server.url, "--token-fd", "0", "--store", "none", stdin="wrong-token-of-nobody")
    assert done.status == 4
    assert not settings_of(site).exists()
    done = login(site, site.server.url, "--token-fd", "0", "--store", "none", stdin=site.server.token)
    assert (done.status, "Signed in as oncall." in done.err) == (0, True)
    assert "url = " in settings_of(site).read_text()
    assert site.server.token not in settings_of(site).read_text()


def test_a_wrong_password_is_refused_in_the_commserves_own_words(site: Site) -> None:
    words = (site.server.url, "--user", USER, "--password-fd", "0", "--store", "none")
    done = login(site, *words, stdin="wrong\n")
    assert done.status == 4
    assert "The username or the password is not correct." in done.err
    assert not settings_of(site).exists()
    assert f"Signed in as {USER}." in login(site, *words, stdin=f"{PASSWORD}\n").err
    assert 'user = "jane"' in settings_of(site).read_text()


def test_a_second_factor_is_told_verbatim_and_how_a_pin_is_given(
    site_with: Callable[..., Site], tmp_path: Path
) -> None:
    wanted = "Two-factor authentication is enabled. Please enter the PIN."
    answer = {"status": 200, "body": {"errList": [{"errorCode": 1127, "errLogMessage": wanted}]}}
    site = at_home(site_with(json.dumps([{"path": "Login", "answer": answer}])), tmp_path)
    terminal = Terminal.start("login", site.server.url, "--user", USER, "--store", "none", env=site.env)
    terminal.until(lambda shown: b"Password of jane" in shown)
    assert b"its PIN directly after the password" in terminal.written
    terminal.type("correct horse123456\n")
    assert terminal.until_ended() == 4
    assert wanted.encode() in terminal.written
    assert b"the PIN follows the password" in terminal.written
    assert b"horse" not in terminal.written


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--token-fd", "0", "--password-fd", "0"), "were given"),
        (("--password-fd", "0"), "--user NAME"),
        (("--user", "jane", "--token-fd", "0"), "--user signs in with a password"),
        (("--url", "other.example.com"), "Two addresses"),
        (("--profile", "a b"), "A profile can't have that name"),
        (("--store", "none"), "nobody can be asked"),
        (("--token-fd", "0"), "--store keyring"),
    ],
)
def test_what_does_not_fit_is_a_usage_error_before_anything_is_sent(
    site: Site, words: tuple[str, ...], said: str
) -> None:
    done = login(site, site.server.url, *words)
    assert (done.status, said in done.err) == (2, True)
    assert not [request for request in site.server.received if request.method == "POST"]


def test_nobody_to_ask_for_an_address_is_a_usage_error(site: Site) -> None:
    assert login(site).status == 2


def test_without_a_terminal_no_secret_is_read_in_the_clear(site: Site) -> None:
    done = subprocess.run(
        ["setsid", *PROGRAM, "login", site.server.url, "--user", USER, "--store", "none"],
        input=PASSWORD,
        capture_output=True,
        text=True,
        env=site.env,
        timeout=LONGEST,
    )
    assert done.returncode == 2
    assert not [request for request in site.server.received if request.method == "POST"]


def test_a_password_makes_its_way_only_into_the_login(site: Site) -> None:
    words = (site.server.url, "--user", USER, "--password-fd", "0", "--store", "none")
    done = login(site, *words, stdin=PASSWORD)
    assert PASSWORD not in done.out + done.err
    assert [request.path.rpartition("/")[2] for request in site.server.received] == ["", "Login", "WhoAmI"]
    assert PASSWORD not in settings_of(site).read_text()


@pytest.mark.parametrize("token", ["QSDK a\r\nEvil: 1", "tök", "\x1b[2J"])
def test_a_token_that_no_header_can_carry_is_refused_by_name(
    site_with: Callable[..., Site], tmp_path: Path, token: str
) -> None:
    answer = {"status": 200, "body": {"userName": USER, "token": token}}
    site = at_home(site_with(json.dumps([{"path": "Login", "answer": answer}])), tmp_path)
    words = (site.server.url, "--user", USER, "--password-fd", "0", "--store", "none")
    done = login(site, *words, stdin=PASSWORD)
    assert done.status == 3
    assert "no header can carry" in done.err
    assert "Evil" not in done.err


def test_a_token_command_is_kept_in_the_profile_and_asked_each_time(site: Site) -> None:
    command = f"printf %s {site.server.token}"
    assert login(site, site.server.url, "--profile", "site", "--token-command", command).status == 0
    done = site.run("inventory")
    assert (done.status, "token from the command printf" in done.err) == (0, True)
    assert site.server.token not in done.err


def test_an_empty_password_is_not_sent(site: Site) -> None:
    words = (site.server.url, "--user", USER, "--password-fd", "0", "--store", "none")
    assert login(site, *words, stdin="\n").status == 4
    assert not [request for request in site.server.received if request.method == "POST"]


def test_logout_without_anything_kept_says_so(site: Site) -> None:
    login(site, site.server.url, "--profile", "site", "--token-fd", "0", "--store", "none", stdin=site.server.token)
    done = site.run("logout", "--profile", "site")
    assert (done.status, "No token is kept here" in done.err) == (0, True)
    assert site.run("logout", "--profile", "other").status == 2


def test_logout_takes_the_kept_tree_of_this_profile_away(site: Site) -> None:
    login(site, site.server.url, "--profile", "site", "--token-fd", "0", "--store", "none", stdin=site.server.token)
    files = EstateFiles(site.state)
    origin = site.server.url.partition("/commandcenter")[0]
    files.keep(kept(Owner(origin, "site", "jane")))
    files.keep(kept(Owner(origin, "other", "jane")))
    done = site.run("logout", "--profile", "site")
    assert (done.status, "The tree that the console kept of it is gone." in done.err) == (0, True)
    assert list(files.folder.iterdir()) == [files.path_of(Owner(origin, "other", "jane"))]
