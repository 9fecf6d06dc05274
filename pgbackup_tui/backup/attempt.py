"""One decision to start a backup: its id, and the words that mark its jobs on the CommServe."""

from __future__ import annotations

import getpass
import os
import secrets
import socket
import time
from dataclasses import dataclass

from pgbackup_tui.text import clean


@dataclass(frozen=True, slots=True)
class Attempt:
    """One decision, which is sent at most once."""

    attempt_id: str
    """Sorts by time and can be read aloud: ``20261123T031502-7f3a9c12``, in UTC."""
    user: str
    """The user of this machine."""
    host: str

    def description(self, ticket: str = "") -> str:
        """What the CommServe keeps as jobDescription."""
        return describe(self.attempt_id, self.user, self.host, ticket)


def new_attempt(now: float | None = None) -> Attempt:
    """An attempt that begins now (``now`` in UNIX seconds)."""
    moment = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now))
    return Attempt(f"{moment}-{secrets.token_hex(4)}", local_user(), local_host())


def describe(attempt_id: str, user: str, host: str, ticket: str = "") -> str:
    """The jobDescription of an attempt: who asked, from where, and for which change."""
    return clean(f"pgbackup-tui {attempt_id} by {user}@{host}" + (f" for {ticket}" if ticket else ""))


def local_user() -> str:
    """The name of this machine's user, or the uid where it has none (as in a container)."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # KeyError up to Python 3.12, OSError since 3.13
        return str(os.getuid())


def local_host() -> str:
    """The name of this machine."""
    return socket.gethostname()
