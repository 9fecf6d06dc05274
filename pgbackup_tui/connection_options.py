"""What a command line says of the connection, as data."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

from pgbackup_tui.errors import UsageError


class ConnectionOptions(NamedTuple):
    """What the command line says of the connection."""

    url: str | None = None
    profile: str | None = None
    token_fd: int | None = None
    token_command: str | None = None
    ca_file: Path | None = None
    use_proxies: bool = True
    demo: bool = False
    demo_clients: int = 12
    demo_seed: int = 7
    demo_scenario: str = ""
    """The name of one that there is; empty for none."""

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> ConnectionOptions:
        """What a command with the connection options was given. Raises UsageError."""
        scenario = getattr(arguments, "scenario", "")
        if scenario and not arguments.demo:
            raise UsageError("--scenario is for a simulated CommServe.", "Give --demo too.")
        return cls(
            url=arguments.url,
            profile=arguments.profile,
            token_fd=arguments.token_fd,
            token_command=arguments.token_command,
            ca_file=arguments.ca_file,
            use_proxies=not arguments.no_proxy,
            demo=arguments.demo,
            demo_scenario=scenario,
        )
