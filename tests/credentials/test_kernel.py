"""The Linux kernel keyring, for real: what goes in comes out, for this user, until its end."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from pgbackup_tui.credentials import kernel as module
from pgbackup_tui.credentials.kernel import KernelKeyring
from pgbackup_tui.credentials.store import Entry, Readiness, StoreError
from pgbackup_tui.secret import Secret
from tests.credentials.conftest import REQUIRED
from tests.needed import skip_or_fail
from tests.running import LONGEST


@pytest.fixture
def entry(kernel: KernelKeyring) -> Iterator[Entry]:
    """An entry of this test's own."""
    found = Entry(f"https://kernel-test-{os.getpid()}.example.com", "prod")
    yield found
    kernel.delete(found)


def test_a_token_is_kept_replaced_and_forgotten(kernel: KernelKeyring, entry: Entry) -> None:
    assert kernel.read(entry) is None
    for value in ("QSDK first one", "second"):
        kernel.write(entry, Secret(value))
        kept = kernel.read(entry)
        assert kept is not None
        assert kept.token == Secret(value)
    assert kernel.delete(entry)
    assert kernel.read(entry) is None
    assert not kernel.delete(entry)


def test_another_entry_is_another_token(kernel: KernelKeyring, entry: Entry) -> None:
    kernel.write(entry, Secret("token"))
    assert kernel.read(Entry(entry.origin)) is None
    assert kernel.read(Entry("https://other.example.com", entry.profile)) is None


def test_the_longest_token_is_kept_whole(kernel: KernelKeyring, entry: Entry) -> None:
    longest = Secret("x" * 8192)
    kernel.write(entry, longest)
    kept = kernel.read(entry)
    assert kept is not None
    assert kept.token == longest


def test_another_process_of_the_same_user_finds_it(kernel: KernelKeyring, entry: Entry) -> None:
    kernel.write(entry, Secret("token"))
    code = (
        "import sys\nfrom pgbackup_tui.credentials.kernel import KernelKeyring\n"
        "from pgbackup_tui.credentials.store import Entry\n"
        "print(KernelKeyring().read(Entry(*sys.argv[1:])).source)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, entry.origin, entry.profile],
        capture_output=True,
        text=True,
        check=True,
        timeout=LONGEST,
    )
    assert done.stdout.startswith("the kernel keyring (this host, expires ")


def test_the_kernel_ends_it(entry: Entry) -> None:
    """The end is the kernel's own: nothing has to run for it."""
    short = KernelKeyring(lifetime=1)
    short.write(entry, Secret("token"))
    end = time.monotonic() + LONGEST
    while short.read(entry) is not None:
        assert time.monotonic() < end, "it never expired"
    assert not short.delete(entry)


def test_a_new_token_gets_a_new_end(entry: Entry, kernel: KernelKeyring) -> None:
    KernelKeyring(lifetime=1).write(entry, Secret("old"))
    kernel.write(entry, Secret("new"))
    probe = Entry(f"{entry.origin}:1")
    KernelKeyring(lifetime=1).write(probe, Secret("probe"))
    while kernel.read(probe) is not None:
        pass
    kept = kernel.read(entry)
    assert kept is not None
    assert kept.token == Secret("new")


def test_what_another_program_put_there_is_not_taken_for_a_token(kernel: KernelKeyring, entry: Entry) -> None:
    if shutil.which("keyctl") is None:
        skip_or_fail("keyctl not installed", REQUIRED)
    subprocess.run(["keyctl", "add", "user", entry.service, "no end", "@u"], check=True, capture_output=True)
    with pytest.raises(StoreError, match="not written by this program") as refused:
        kernel.read(entry)
    assert "keyctl purge" in refused.value.advice


@pytest.mark.parametrize("number", [1, 13, 38, 122])
def test_a_kernel_that_forbids_it_is_told_with_its_reason(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbids(*_words: object) -> int:
        return -1

    monkeypatch.setattr(module, "_syscall", forbids)
    monkeypatch.setattr(ctypes, "get_errno", lambda: number)
    state = KernelKeyring().state()
    assert state.readiness is Readiness.ABSENT
    assert state.cure


def test_a_machine_whose_numbers_are_not_known_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Uname:
        machine = "pdp11"

    monkeypatch.setattr(os, "uname", Uname)
    assert "pdp11" in KernelKeyring().state().words
