"""Where and as whom something is asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """Which CommServe is asked, and as whom."""

    origin: str
    """The CommServe's, such as ``https://cs.example.com``."""
    user: str
    """The token's user there, who is the user of the jobs that it starts."""
