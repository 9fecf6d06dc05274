"""The Linux kernel keyring of the user: in the machine's memory, never on disk, with an end that the kernel keeps.

keyrings(7), add_key(2), keyctl(2). Every process of the same user can read it, and it is gone after a restart.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
import time
from functools import lru_cache

from pgbackup_tui.credentials.store import Entry, Kept, Readiness, StoreError, StoreKind, StoreState
from pgbackup_tui.credentials.token import MAX_LENGTH
from pgbackup_tui.credentials.waiting import Told
from pgbackup_tui.secret import Secret

LIFETIME_SECONDS = 8 * 3600
"""A working day; a token of a CommServe rarely lives longer."""

_SYSCALLS = {  # add_key and keyctl; 64-bit only
    "x86_64": (248, 250),
    "aarch64": (217, 219),
    "riscv64": (217, 219),
    "ppc64le": (269, 271),
    "s390x": (278, 280),
}
_PROCESS_KEYRING, _USER_KEYRING = -2, -4
_LINK, _UNLINK, _SEARCH, _READ, _SET_TIMEOUT = 8, 9, 10, 11, 15
_KEY_TYPE = b"user"
_GONE = (126, 127, 128)
"""ENOKEY, EKEYEXPIRED, EKEYREVOKED: Python knows their names on Linux only."""
_NAME = "the kernel keyring"
_DUMMY = Entry("a test of pgbackup-tui")
_FORBIDDEN = "Containers often forbid it; keep the token elsewhere, or use --token-command."


class KernelKeyring:
    """The user's kernel keyring as a store of tokens."""

    kind = StoreKind.KERNEL

    def __init__(self, lifetime: int = LIFETIME_SECONDS) -> None:
        self._lifetime = lifetime
        """Seconds from writing to the end of an entry."""

    def state(self, told: Told | None = None) -> StoreState:  # noqa: ARG002  # a system call never takes long
        """Tried out: containers and some login shells forbid it, and nothing but trying tells."""
        try:
            self.write(_DUMMY, Secret("dummy"))
            self.delete(_DUMMY)
        except StoreError as error:
            return StoreState(Readiness.ABSENT, _NAME, error.problem, error.advice)
        hours = f"{self._lifetime / 3600:g} h"
        return StoreState(
            Readiness.READY,
            _NAME,
            f"The kernel keyring keeps a token in this machine's memory until it restarts, at most {hours}.",
        )

    def read(self, entry: Entry, told: Told | None = None) -> Kept | None:  # noqa: ARG002
        key = _find(entry)
        if key is None:
            return None
        try:
            content = _content(key)
        finally:
            _keyctl(_UNLINK, key, _PROCESS_KEYRING)
        if content is None:
            return None
        end, _, token = content.partition(b" ")
        if not (end.isdigit() and len(end) <= 12 and token):
            raise StoreError(
                "What the kernel keyring has under this name was not written by this program.",
                f"Take it out: keyctl purge user '{entry.service}'",
            )
        shown_end = time.strftime("%H:%M", time.localtime(int(end)))
        return Kept(Secret(token.decode(errors="replace")), f"{_NAME} (this host, expires {shown_end})")

    def write(self, entry: Entry, token: Secret, told: Told | None = None) -> None:  # noqa: ARG002
        """Writes it where only this process has it, sets its end, and only then lets the user's keyring have it."""
        content = b"%d %s" % (time.time() + self._lifetime, token.reveal().encode())
        key = _add_key(entry.service.encode(), content)
        try:
            _require(_keyctl(_SET_TIMEOUT, key, self._lifetime))
            _require(_keyctl(_LINK, key, _USER_KEYRING))
        finally:
            _keyctl(_UNLINK, key, _PROCESS_KEYRING)

    def delete(self, entry: Entry, told: Told | None = None) -> bool:  # noqa: ARG002
        key = _find(entry)
        if key is None:
            return False
        _keyctl(_UNLINK, key, _PROCESS_KEYRING)
        if _keyctl(_UNLINK, key, _USER_KEYRING) < 0 and ctypes.get_errno() not in (errno.ENOENT, *_GONE):
            _require(-1)
        return True


def _find(entry: Entry) -> int | None:
    """The key's number, or None. The key is linked to this process: a shell outside a login can't read it else."""
    name = ctypes.c_char_p(entry.service.encode())
    key = _keyctl(_SEARCH, _USER_KEYRING, ctypes.c_char_p(_KEY_TYPE), name, _PROCESS_KEYRING)
    if key < 0 and ctypes.get_errno() in _GONE:
        return None
    return _require(key)


def _content(key: int) -> bytes | None:
    """What the key holds, or None where it has ended since it was found."""
    buffer = ctypes.create_string_buffer(2 * MAX_LENGTH)
    length = _keyctl(_READ, key, buffer, len(buffer))
    if length < 0 and ctypes.get_errno() in _GONE:
        return None
    _require(length)
    if length > len(buffer):
        raise StoreError("What the kernel keyring has is longer than a token.", "Take it out: keyctl show @u")
    return buffer.raw[:length]


def _add_key(name: bytes, content: bytes) -> int:
    add_key, _ = _numbers()
    return _require(_syscall(add_key, _KEY_TYPE, name, content, len(content), _PROCESS_KEYRING))


def _keyctl(operation: int, *arguments: object) -> int:
    _, keyctl = _numbers()
    return _syscall(keyctl, operation, *arguments)


def _syscall(number: int, *arguments: object) -> int:
    words = (ctypes.c_long(word) if isinstance(word, int) else word for word in arguments)
    result: int = _libc().syscall(ctypes.c_long(number), *words)
    return result


@lru_cache(maxsize=1)
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


def _require(result: int) -> int:
    if result >= 0:
        return result
    number = ctypes.get_errno()
    if number == errno.EDQUOT:
        raise StoreError("The kernel keyring is full.", "Look what is in it: keyctl show @u")
    raise StoreError(f"The kernel keyring can't be used here: {os.strerror(number)}.", _FORBIDDEN)


def _numbers() -> tuple[int, int]:
    """The system calls' numbers. Raises StoreError where there are none to be trusted."""
    if sys.platform != "linux":
        raise StoreError("There is a kernel keyring on Linux only.")
    machine = os.uname().machine
    if machine not in _SYSCALLS or sys.maxsize < 2**32:
        raise StoreError(f"The kernel keyring is not known to this program on {machine}.", _FORBIDDEN)
    return _SYSCALLS[machine]
