"""How a CommServe is reached, and what a request may cost; known before anything that sends one is loaded."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pgbackup_tui.commserve.address import Address
from pgbackup_tui.secret import Secret

MAX_IN_FLIGHT = 8
"""Requests to one CommServe at the same time, at most."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a wait may take (seconds), and how large an answer may be (bytes, decompressed)."""

    connect: float = 5.0
    write: float = 10.0
    read: float = 60.0
    total: float = 90.0
    """The whole of one request. A limit on each read alone never ends while an answer trickles."""
    answer: int = 64 * 1024 * 1024
    """A listing of 50,000 instances is about 40 MB."""
    posted_answer: int = 1024 * 1024
    """The answer to a CreateTask: a few ids, or an error."""


@dataclass(frozen=True, slots=True)
class Route:
    """How the CommServe is reached: what a profile and the command line say of it."""

    address: Address
    ca_file: Path | None = None
    """Certificates trusted besides the system's own."""
    use_proxies: bool = True
    """Whether HTTPS_PROXY and NO_PROXY of the environment count. Never for this machine itself."""
    limits: Limits = field(default_factory=Limits)


class TokenRenewal(Protocol):
    """Where another token comes from when the CommServe does not take the old one any more."""

    async def renew(self, refused: Secret) -> Secret | None:
        """Another token, or None where there is none. May take as long as a person needs.

        It is never called twice at once, nor again for a token for which it gave none.
        """
        ...
