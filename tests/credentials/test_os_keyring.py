"""The boundary to keyring backends: only those on the list, nothing believed that was not read back, no hanging."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from pgbackup_tui.credentials import os_keyring, secret_service, waiting
from pgbackup_tui.credentials.os_keyring import OsKeyring
from pgbackup_tui.credentials.secret_service import Found
from pgbackup_tui.credentials.store import Entry, Readiness, StoreError, StoreKind
from pgbackup_tui.credentials.waiting import FailedError, OneAtATime, SilentError
from pgbackup_tui.credentials.wallet import Wallet
from pgbackup_tui.secret import Secret
from tests.running import LONGEST

ENTRY = Entry("https://commandcenter.example.com", "prod")
CANARY = "canary7f3a9c0123456789"


class Backend:
    """A backend that keeps, loses, changes, raises or hangs, as told."""

    def __init__(self, *, loses: bool = False, changes: bool = False, raises: Exception | None = None) -> None:
        self.kept: dict[str, str] = {}
        self.loses, self.changes, self.raises = loses, changes, raises

    def get_password(self, service: str, username: str) -> str | None:
        self._raise()
        return self.kept.get(service)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._raise()
        if not self.loses:
            self.kept[service] = password[:-1] if self.changes else password

    def delete_password(self, service: str, username: str) -> None:
        self._raise()
        del self.kept[service]

    def _raise(self) -> None:
        if self.raises is not None:
            raise self.raises


def keyring(backend: object, environ: Mapping[str, str] | None = None, platform: str = "darwin") -> OsKeyring:
    """A keyring without a bus in front of the backend."""
    return OsKeyring(environ or {"XDG_CONFIG_HOME": "/nonexistent"}, platform, lambda _path: backend)  # type: ignore[arg-type, return-value]


def test_a_backend_that_keeps_is_believed() -> None:
    wallet = Wallet([keyring(Backend())])
    wallet.test(StoreKind.KEYRING)
    assert wallet.store(StoreKind.KEYRING, ENTRY, Secret("token")).source == "the macOS Keychain"
    assert wallet.find(ENTRY).kept is not None
    assert [removal.found for removal in wallet.forget(ENTRY)] == [True]
    assert wallet.find(ENTRY).kept is None


@pytest.mark.parametrize("backend", [Backend(loses=True), Backend(changes=True)])
def test_a_backend_that_takes_a_token_and_loses_it_is_found_out(backend: Backend) -> None:
    wallet = Wallet([keyring(backend)])
    with pytest.raises(StoreError, match="did not keep it"):
        wallet.test(StoreKind.KEYRING)
    with pytest.raises(StoreError, match="did not keep it"):
        wallet.store(StoreKind.KEYRING, ENTRY, Secret("token"))


@pytest.mark.parametrize(
    "raised",
    [RuntimeError(CANARY), ValueError(CANARY), EOFError(), ImportError(CANARY), OSError(5, CANARY), TimeoutError()],
)
def test_whatever_a_backend_raises_becomes_words_without_its_own(raised: Exception) -> None:
    store = keyring(Backend(raises=raised))
    for use in (lambda: store.read(ENTRY), lambda: store.write(ENTRY, Secret(CANARY)), lambda: store.delete(ENTRY)):
        with pytest.raises(StoreError, match=type(raised).__name__) as refused:
            use()
        assert CANARY not in refused.value.problem + refused.value.advice


@pytest.mark.parametrize(
    ("platform", "raised", "cure"),
    [
        ("darwin", RuntimeError("(-25308, 'Unknown Error')"), "security unlock-keychain"),
        ("win32", OSError("(1312, 'CredWrite', ...)"), "SSH session"),
    ],
)
def test_a_keyring_that_ssh_can_not_reach_is_told_with_the_cure(
    platform: str, raised: Exception, cure: str
) -> None:
    with pytest.raises(StoreError) as refused:
        keyring(Backend(raises=raised), platform=platform).read(ENTRY)
    assert cure in refused.value.advice


FORBIDDEN = [
    "keyring.backends.null.Keyring",
    "keyring.backends.chainer.ChainerBackend",
    "keyring.backends.fail.Keyring",
    "keyrings.alt.file.PlaintextKeyring",
    "keyrings.cryptfile.cryptfile.CryptFileKeyring",
    "no.such.module",
    "",
]


@pytest.mark.parametrize("forced", FORBIDDEN)
@pytest.mark.parametrize("where", ["variable", "file"])
def test_a_backend_that_keeps_no_secret_safe_is_refused_by_name(forced: str, where: str, tmp_path: Path) -> None:
    environ = {"XDG_CONFIG_HOME": str(tmp_path)}
    if where == "variable":
        environ["PYTHON_KEYRING_BACKEND"] = forced
    else:
        (tmp_path / "python_keyring").mkdir()
        (tmp_path / "python_keyring" / "keyringrc.cfg").write_text(f"[backend]\ndefault-keyring={forced}\n")
    backend = Backend()
    store = keyring(backend, environ)
    state = store.state()
    assert state.readiness is Readiness.REFUSED
    assert forced in state.words
    with pytest.raises(StoreError, match="not used"):
        store.write(ENTRY, Secret("token"))
    assert backend.kept == {}


def test_a_backend_of_the_list_may_be_named(tmp_path: Path) -> None:
    environ = {"PYTHON_KEYRING_BACKEND": "keyring.backends.macOS.Keyring", "XDG_CONFIG_HOME": str(tmp_path)}
    assert keyring(Backend(), environ).state().is_ready


def test_what_is_built_on_this_system_is_of_the_list() -> None:
    """Whatever the environment says: the class is named here, and the library chooses nothing."""
    from keyring.backends.SecretService import Keyring

    assert type(os_keyring._build("keyring.backends.SecretService.Keyring")) is Keyring


@pytest.mark.parametrize(
    ("found", "readiness"),
    [
        (Found.NO_BUS, Readiness.ABSENT),
        (Found.NOT_INSTALLED, Readiness.ABSENT),
        (Found.STOPPED, Readiness.STOPPED),
        (Found.NO_COLLECTION, Readiness.EMPTY),
        (Found.LOCKED, Readiness.LOCKED),
        (Found.SILENT, Readiness.SILENT),
        (Found.SILENT_BUS, Readiness.SILENT),
        (Found.UNLOCKED, Readiness.READY),
    ],
)
def test_whatever_the_bus_says_has_words_and_a_cure(
    found: Found, readiness: Readiness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret_service, "look", lambda: found)
    store = keyring(Backend(), platform="linux")
    state = store.state()
    assert state.readiness is readiness
    assert bool(state.cure) is (readiness is not Readiness.READY)
    if not state.is_ready:
        with pytest.raises(StoreError):
            store.read(ENTRY)


def test_a_system_without_a_known_keyring_says_so() -> None:
    assert keyring(Backend(), platform="plan9").state().readiness is Readiness.ABSENT


def test_a_call_that_hangs_is_left_alone_and_no_second_one_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "TELL_SECONDS", 0.01)
    monkeypatch.setattr(waiting, "LIMIT_SECONDS", 0.02)
    door = OneAtATime("the keyring")
    release, calls, told = threading.Event(), list[str](), list[str]()

    def hang() -> None:
        calls.append("hanging")
        release.wait(LONGEST)

    with pytest.raises(SilentError):
        door.call(hang, told.append)
    with pytest.raises(SilentError):
        door.call(lambda: calls.append("second"))
    assert (calls, told) == (["hanging"], ["the keyring"])
    release.set()
    assert door._pending is not None
    door._pending.result(LONGEST)
    assert door.call(lambda: "answers again") == "answers again"


def test_a_call_that_raises_is_told_by_its_type_alone() -> None:
    def fail() -> None:
        raise LookupError(CANARY)

    with pytest.raises(FailedError) as failed:
        OneAtATime("x").call(fail)
    assert str(failed.value) == "LookupError"


def test_a_hanging_call_can_not_hold_up_the_exit() -> None:
    code = (
        "import threading\nfrom pgbackup_tui.credentials import waiting\n"
        "waiting.TELL_SECONDS = waiting.LIMIT_SECONDS = 0.01\n"
        "try: waiting.OneAtATime('x').call(threading.Event().wait)\n"
        "except waiting.SilentError: print('silent')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=LONGEST)
    assert (done.returncode, done.stdout, done.stderr) == (0, "silent\n", "")
