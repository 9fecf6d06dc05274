"""Which process wrote something, and whether it is still there: a pid alone is given to others in time."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import msgspec

from pgbackup_tui.backup.attempt import local_host, local_user

_PROC = Path("/proc")
_OVER = ("Z", "X")
"""Zombie, dead (proc(5))."""
_BEGAN = 19
"""Where /proc/PID/stat has the start time, counted behind the command's name."""


class Author(msgspec.Struct, frozen=True):
    """A process, so that it can be told from every other one."""

    host: str
    user: str
    uid: int
    pid: int
    boot_id: str = ""
    """Of the machine's present run; empty where the system doesn't tell."""
    began: int = 0
    """When the process began, in ticks since the boot; 0 where the system doesn't tell."""

    @property
    def is_gone(self) -> bool | None:
        """Whether it has ended; None for a process of another host, which can't be seen from here."""
        if self.host != local_host():
            return None
        boot = _boot_id()
        if self.boot_id and boot and self.boot_id != boot:
            return True
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass  # a process of another user, which has either got this pid since or is this one under sudo
        if _state(self.pid) in _OVER:
            return True  # nobody has fetched its exit status yet
        began = _began(self.pid)
        return bool(self.began and began and self.began != began)

    def __str__(self) -> str:
        return f"process {self.pid} of {self.user}@{self.host}"


def this_process() -> Author:
    """The process that asks."""
    pid = os.getpid()
    uid = os.getuid() if hasattr(os, "getuid") else 0
    return Author(local_host(), local_user(), uid, pid, _boot_id(), _began(pid))


@lru_cache(maxsize=1)
def _boot_id() -> str:
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _began(pid: int) -> int:
    try:
        return int(_told(pid)[_BEGAN])
    except (ValueError, IndexError):
        return 0


def _state(pid: int) -> str:
    """One letter: how the process is; empty where the system doesn't tell."""
    return next(iter(_told(pid)), "")


def _told(pid: int) -> list[str]:
    """What the system tells of a process behind its name (proc(5)); nothing where it doesn't."""
    try:
        told = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return told.rpartition(")")[2].split()
