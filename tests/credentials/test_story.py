"""The whole story with real keyrings: sign in, go away, come back and be known, sign out, be gone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pgbackup_tui.credentials.kernel import KernelKeyring
from pgbackup_tui.credentials.store import Entry
from pgbackup_tui.simulator.server import SimulatedCommServe
from tests.credentials.conftest import USER, USER_PASSWORD
from tests.desktop import Desktop
from tests.running import LONGEST, PROGRAM, Finished, environment, run
from tests.terminal import Terminal


def login(server: SimulatedCommServe, env: dict[str, str], secret: str, *words: str) -> Finished:
    """``login`` with a secret on descriptor 0, which no other program of the test has."""
    done = subprocess.run(
        [*PROGRAM, "login", server.url, "--profile", "site", *words],
        input=f"{secret}\n",
        capture_output=True,
        text=True,
        env=env,
        timeout=LONGEST,
    )
    finished = Finished(done.returncode, done.stdout, done.stderr)
    finished.assert_told_without_traceback()
    return finished


def test_a_token_is_found_by_the_next_process_and_gone_after_logout(
    unlocked: Desktop, server: SimulatedCommServe
) -> None:
    done = login(server, unlocked.env, server.token, "--token-fd", "0", "--store", "keyring")
    assert done.status == 0
    assert "Signed in as oncall." in done.err

    asked = run("inventory", "--json", env=unlocked.env)
    assert (asked.status, bool(asked.json)) == (0, True)
    assert "token from the login keyring (Secret Service)" in asked.err

    assert run("logout", env=unlocked.env).status == 0
    after = run("inventory", env=unlocked.env)
    assert after.status == 4
    assert "There is no token." in after.err


def test_a_login_by_password_ends_on_the_commserve_too(unlocked: Desktop, server: SimulatedCommServe) -> None:
    done = login(server, unlocked.env, USER_PASSWORD, "--user", USER, "--password-fd", "0", "--store", "keyring")
    assert f"Signed in as {USER}." in done.err
    token = run("inventory", env=unlocked.env)
    assert f"as {USER}" in token.err
    sent = server.received[-1].headers["authtoken"]

    out = run("logout", env=unlocked.env)
    assert out.status == 0
    assert "Logged out of" in out.err
    assert server.world.sessions.user_of(sent, server.world.clock()) is None


def test_the_kernel_keyring_needs_no_desktop(
    kernel: KernelKeyring, server: SimulatedCommServe, tmp_path: Path
) -> None:
    env = environment(XDG_CONFIG_HOME=str(tmp_path), HOME=str(tmp_path))
    try:
        assert login(server, env, server.token, "--token-fd", "0", "--store", "kernel").status == 0
        asked = run("inventory", env=env)
        assert asked.status == 0
        assert "token from the kernel keyring (this host, expires " in asked.err
        assert run("logout", env=env).status == 0
        assert run("inventory", env=env).status == 4
    finally:
        kernel.delete(Entry(server.url.removesuffix("/commandcenter/api"), "site"))


def test_a_person_is_asked_where_and_never_sees_the_token(unlocked: Desktop, server: SimulatedCommServe) -> None:
    terminal = Terminal.start("login", server.url, env=unlocked.env)
    terminal.until(lambda shown: b"Number [1]" in shown)
    terminal.type("1\n")
    terminal.until(lambda shown: b"User name" in shown)
    terminal.type("\n")
    terminal.until(lambda shown: b"API token for" in shown)
    terminal.type(f"{server.token}\n")
    assert terminal.until_ended() == 0
    assert server.token.encode() not in terminal.written
    assert b"Signed in as oncall." in terminal.written
    assert run("inventory", env=unlocked.env).status == 0


@pytest.mark.parametrize("store", ["keyring"])
def test_a_store_that_cant_be_used_is_told_before_any_secret_is_read(
    locked: Desktop, server: SimulatedCommServe, store: str
) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb"), os.fdopen(reading, "rb"):
        done = subprocess.run(
            [*PROGRAM, "login", server.url, "--token-fd", str(reading), "--store", store],
            capture_output=True,
            text=True,
            env=locked.env,
            pass_fds=[reading],
            timeout=LONGEST,
        )
    assert done.returncode == 4
    assert "is locked" in done.stderr
    assert "gnome-keyring-daemon --unlock" in done.stderr
    assert server.received == ()
