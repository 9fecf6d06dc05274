"""A real bus and a real gnome-keyring in every state: told apart without a prompt, and never waited for in vain."""

from __future__ import annotations

from pathlib import Path

from pgbackup_tui.simulator.server import SimulatedCommServe
from tests.desktop import Desktop, silent_bus
from tests.running import Finished, environment, run


def keyring_of(env: dict[str, str]) -> dict[str, str]:
    """What ``doctor`` finds of the OS keyring."""
    found = run("doctor", "--json", env=env).json
    assert isinstance(found, list)
    (keyring,) = [finding for finding in found if finding["what"] == "token store: keyring"]
    return dict(keyring)


def without_token(server: SimulatedCommServe, env: dict[str, str]) -> Finished:
    """A command that has to look into the keyring; that it ends at all is what a hanging thread would prevent."""
    done = run("inventory", env=env | {"PGBACKUP_TUI_URL": server.url})
    assert done.status == 4
    assert "There is no token." in done.err
    return done


def test_unlocked(unlocked: Desktop, server: SimulatedCommServe) -> None:
    assert keyring_of(unlocked.env)["verdict"] == "ok"
    assert (
        "keyring" not in without_token(server, unlocked.env).err.partition("There is no token.")[2].split("Sign")[0]
    )


def test_locked(locked: Desktop, server: SimulatedCommServe) -> None:
    found = keyring_of(locked.env)
    assert "exists but is locked" in found["found"]
    assert "gnome-keyring-daemon --unlock" in found["cure"]
    assert "gnome-keyring-daemon --unlock" in without_token(server, locked.env).err


def test_no_collection(session: Desktop, server: SimulatedCommServe) -> None:
    session.start_keyring()
    assert "no keyring was made in it yet" in keyring_of(session.env)["found"]
    assert "gnome-keyring-daemon --unlock" in without_token(server, session.env).err


def test_installed_and_not_running_is_not_started(session: Desktop, server: SimulatedCommServe) -> None:
    for _ in range(2):  # the first look has not started it for the second
        assert "installed but not running" in keyring_of(session.env)["found"]
    without_token(server, session.env)


def test_no_bus(server: SimulatedCommServe, tmp_path: Path) -> None:
    for address in (None, "unix:path=/nonexistent/bus", "no address at all", ""):
        env = environment() if address is None else environment(DBUS_SESSION_BUS_ADDRESS=address)
        assert "no D-Bus session" in keyring_of(env)["found"]
    assert "no D-Bus session" in without_token(server, environment()).err


def test_a_bus_that_says_nothing(server: SimulatedCommServe, tmp_path: Path) -> None:
    with silent_bus(tmp_path) as address:
        env = environment(DBUS_SESSION_BUS_ADDRESS=address)
        assert "did not answer within 3 s" in keyring_of(env)["found"]
        asked = without_token(server, env)
        assert "did not answer within 3 s" in asked.err
        assert "Waiting for the login keyring" in asked.err


def test_a_daemon_that_was_stopped(unlocked: Desktop, server: SimulatedCommServe) -> None:
    unlocked.freeze_keyring()
    assert "did not answer within 3 s" in keyring_of(unlocked.env)["found"]
    asked = without_token(server, unlocked.env)
    assert "did not answer within 3 s" in asked.err
    assert "Waiting for the login keyring" in asked.err
