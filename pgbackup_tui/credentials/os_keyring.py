"""The keyring of the operating system, through the ``keyring`` library, with everything that it leaves open closed.

The library takes whatever backend a variable, a file or a package offers, waits without a limit, and raises
anything. Here the backend is one of four, its state is asked for before it is used, and every call has a limit.
"""

from __future__ import annotations

import configparser
import importlib
import importlib.util
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from pgbackup_tui.credentials import secret_service
from pgbackup_tui.credentials.secret_service import Found
from pgbackup_tui.credentials.store import Entry, Kept, Readiness, StoreError, StoreKind, StoreState
from pgbackup_tui.credentials.waiting import LIMIT_SECONDS, FailedError, OneAtATime, SilentError, Told
from pgbackup_tui.secret import Secret

Result = TypeVar("Result")

_ALLOWED = {
    "linux": ("keyring.backends.SecretService.Keyring", "the login keyring (Secret Service)"),
    "darwin": ("keyring.backends.macOS.Keyring", "the macOS Keychain"),
    "win32": ("keyring.backends.Windows.WinVaultKeyring", "the Windows Credential Manager"),
}
"""The backend of each system; it is built by its name, never chosen by the library."""
_WALLET = ("keyring.backends.kwallet.DBusKeyring", "KWallet")
_BACKEND_VARIABLE = "PYTHON_KEYRING_BACKEND"
_ACCOUNT = "Authtoken"
_DUMMY = Entry("a test of pgbackup-tui")
_UNLOCK = (
    "Unlock it in this shell: gnome-keyring-daemon --unlock (type the login password, then Enter and Ctrl-D), "
    "and try again."
)
_UNLOCK_KEYCHAIN = "security unlock-keychain ~/Library/Keychains/login.keychain-db"


class Backend(Protocol):
    """What is used of a keyring backend."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


class OsKeyring:
    """The operating system's keyring as a store of tokens."""

    kind = StoreKind.KEYRING

    def __init__(
        self,
        environ: Mapping[str, str] = os.environ,
        platform: str = sys.platform,
        build: Callable[[str], Backend] | None = None,
    ) -> None:
        self._environ = environ
        self._platform = platform
        self._build = build or _build
        self._path, self._name = _ALLOWED.get(platform, ("", "the keyring of this system"))
        self._door = OneAtATime(self._name)

    def state(self, told: Told | None = None) -> StoreState:
        """Asks the configuration, and on Linux the bus; nothing is prompted for, started or written."""
        if not self._path:
            return self._state(Readiness.ABSENT, "This program knows no keyring of this system.")
        forced = _forced_backend(self._environ)
        if forced is not None and forced[1] not in (self._path, _WALLET[0]):
            where, backend = forced
            return self._state(
                Readiness.REFUSED,
                f"{where} names {backend}, which is none of the keyrings that keep a token safe. It is not used.",
                f"Take it out of {where}, or keep the token elsewhere.",
            )
        if self._platform != "linux":
            return self._state(Readiness.READY, f"Tokens can be kept in {self._name}.")
        try:
            return self._of_bus(self._door.call(secret_service.look, told))
        except SilentError:
            return self._silent()
        except FailedError as error:
            return self._state(Readiness.ABSENT, f"The bus of this session can't be asked ({error}).")

    def read(self, entry: Entry, told: Told | None = None) -> Kept | None:
        self._require_ready(told)
        value = self._call(lambda backend: backend.get_password(entry.service, _ACCOUNT), told)
        return Kept(Secret(value), self._name) if value else None

    def write(self, entry: Entry, token: Secret, told: Told | None = None) -> None:
        self._require_ready(told)
        self._call(lambda backend: backend.set_password(entry.service, _ACCOUNT, token.reveal()), told)

    def delete(self, entry: Entry, told: Told | None = None) -> bool:
        if self.read(entry, told) is None:
            return False
        self._call(lambda backend: backend.delete_password(entry.service, _ACCOUNT), told)
        return True

    def _require_ready(self, told: Told | None) -> None:
        state = self.state(told)
        if not state.is_ready:
            raise state.error()

    def _call(self, use: Callable[[Backend], Result], told: Told | None) -> Result:
        """What the backend answers. Raises StoreError for whatever it raises, without its words."""
        try:
            return self._door.call(lambda: use(self._build(self._path)), told)
        except SilentError:
            raise self._silent().error() from None
        except FailedError as error:
            raise StoreError(f"{self._name} refused ({error}).", _cure_of(error.cause, self._platform)) from None

    def _silent(self) -> StoreState:
        return self._state(
            Readiness.SILENT,
            f"{self._name} did not answer within {LIMIT_SECONDS:.0f} s: its daemon or its prompt hangs.",
            "Look at it: pgrep -a gnome-keyring; end it and unlock a new one, or keep the token elsewhere.",
        )

    def _of_bus(self, found: Found) -> StoreState:
        if found is Found.WALLET:
            self._path, self._name = _WALLET
            if importlib.util.find_spec("dbus") is None:
                return self._state(
                    Readiness.ABSENT,
                    "KWallet runs, but Python's dbus module, by which it is reached, is not there.",
                    "Install dbus-python beside this program, or keep the token elsewhere.",
                )
            return self._state(Readiness.READY, "KWallet runs.")
        if found in (Found.SILENT, Found.SILENT_BUS):
            return self._silent()
        readiness, words, cure = _OF_BUS[found]
        return self._state(readiness, words, cure)

    def _state(self, readiness: Readiness, words: str, cure: str = "") -> StoreState:
        return StoreState(readiness, self._name, words[:1].upper() + words[1:], cure)


_OF_BUS = {
    Found.NO_BUS: (
        Readiness.ABSENT,
        "This login has no D-Bus session, so no desktop keyring.",
        "The token can be kept in the Linux kernel keyring (--store kernel) or come from --token-command.",
    ),
    Found.NOT_INSTALLED: (
        Readiness.ABSENT,
        "No desktop keyring is installed for this session.",
        "Install gnome-keyring, or use the kernel keyring (--store kernel) or --token-command.",
    ),
    Found.STOPPED: (Readiness.STOPPED, "The login keyring is installed but not running.", _UNLOCK),
    Found.NO_COLLECTION: (
        Readiness.EMPTY,
        "The desktop keyring runs, but no keyring was made in it yet.",
        "Make one in this shell: gnome-keyring-daemon --unlock (type a password, then Enter and Ctrl-D).",
    ),
    Found.LOCKED: (Readiness.LOCKED, "The login keyring exists but is locked.", _UNLOCK),
    Found.UNLOCKED: (Readiness.READY, "The login keyring is unlocked.", ""),
}


def _build(path: str) -> Backend:
    """The backend of that name. Raises whatever the library raises."""
    module, _, name = path.rpartition(".")
    backend: Backend = getattr(importlib.import_module(module), name)()
    return backend


def _forced_backend(environ: Mapping[str, str]) -> tuple[str, str] | None:
    """Where the user's configuration names a backend, and which. The library would obey it."""
    named = environ.get(_BACKEND_VARIABLE)
    if named is not None:
        return _BACKEND_VARIABLE, named or "nothing"
    path = _config_file(environ)
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding="utf-8")
        named = parser.get("backend", "default-keyring", fallback=None)
    except (configparser.Error, OSError, UnicodeDecodeError):
        return None  # the library can't read it either
    return (str(path), named.strip()) if named is not None else None


def _config_file(environ: Mapping[str, str]) -> Path:
    home = environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home, "python_keyring", "keyringrc.cfg")


def _cure_of(cause: BaseException, platform: str) -> str:
    """What helps, where the system's own number is known."""
    if platform == "darwin" and "-25308" in str(cause):
        return f"The keychain is locked for this SSH session. Unlock it: {_UNLOCK_KEYCHAIN}"
    if platform == "win32" and "1312" in str(cause):
        return "Credential Manager can't be used in an SSH session (error 1312): use --token-command."
    return "Ask pgbackup-tui doctor what is wrong, or keep the token elsewhere."
