"""A desktop session of the test's own: a bus, and a gnome-keyring daemon in any of the states it can be in."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from tests.running import LONGEST, environment

PROGRAMS = ("dbus-run-session", "gnome-keyring-daemon")
PASSWORD = "a login password"


def missing() -> list[str]:
    """The programs that a real session needs and that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


class Desktop:
    """A home, a bus of its own, and perhaps a keyring."""

    def __init__(self, home: Path, address: str, stack: ExitStack) -> None:
        self.home = home
        self.env = environment(
            HOME=str(home),
            XDG_RUNTIME_DIR=str(home),
            XDG_DATA_HOME=str(home / "data"),
            XDG_CONFIG_HOME=str(home / "config"),
            XDG_STATE_HOME=str(home / "state"),
            DBUS_SESSION_BUS_ADDRESS=address,
        )
        self.env.pop("DISPLAY", None)
        self._stack = stack
        self._keyring: subprocess.Popen[bytes] | None = None

    def start_keyring(self, password: str = "") -> None:
        """Starts the daemon, unlocked if the password is given; returns when it answers on the bus."""
        unlock = ["--unlock"] if password else []
        self._keyring = self._stack.enter_context(
            subprocess.Popen(
                ["gnome-keyring-daemon", "--foreground", "--components=secrets", *unlock],
                env=self.env,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        self._stack.callback(self.end_keyring)
        assert self._keyring.stdin is not None
        self._keyring.stdin.write(password.encode())
        self._keyring.stdin.close()
        self._until_owned(owned=True)

    def end_keyring(self) -> None:
        """Ends the daemon, whatever state it is in."""
        if self._keyring is not None and self._keyring.poll() is None:
            self._keyring.kill()
            self._keyring.wait(LONGEST)
            self._until_owned(owned=False)

    def freeze_keyring(self) -> None:
        """The daemon stays on the bus, and answers no more."""
        assert self._keyring is not None
        self._keyring.send_signal(signal.SIGSTOP)

    def _until_owned(self, *, owned: bool) -> None:
        from jeepney import DBusAddress, new_method_call
        from jeepney.io.blocking import open_dbus_connection

        bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
        asks = new_method_call(bus, "NameHasOwner", "s", ("org.freedesktop.secrets",))
        end = time.monotonic() + LONGEST
        with closing(open_dbus_connection(self.env["DBUS_SESSION_BUS_ADDRESS"])) as connection:
            while connection.send_and_get_reply(asks, timeout=LONGEST).body[0] is not owned:
                assert time.monotonic() < end, "the keyring daemon never came, or never went"


@contextmanager
def desktop(home: Path) -> Iterator[Desktop]:
    """A bus in a session of its own, ended with everything on it."""
    with ExitStack() as stack:
        bus = stack.enter_context(
            subprocess.Popen(
                ["dbus-run-session", "--", "sh", "-c", "echo $DBUS_SESSION_BUS_ADDRESS; exec cat"],
                env=environment(HOME=str(home)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        )
        assert bus.stdin is not None
        assert bus.stdout is not None
        stack.callback(bus.stdin.close)  # cat ends, and the bus with it
        yield Desktop(home, bus.stdout.readline().strip(), stack)


@contextmanager
def silent_bus(home: Path) -> Iterator[str]:
    """The address of a bus that takes connections and never says a word."""
    path = home / "silent"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        yield f"unix:path={path}"
