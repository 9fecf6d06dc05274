"""Options that several commands share. Imports nothing that a command needs, so that --help is there at once."""

from __future__ import annotations

import argparse

from pgbackup_tui.argument_types import ScenarioAction, descriptor, never_a_token, path, seconds


def add_selection(command: argparse.ArgumentParser) -> None:
    """Which of the profile's selections is meant."""
    command.add_argument("--selection", metavar="NAME", help="patterns and options that the profile has a name for")


def add_scenario(command: argparse._ActionsContainer, hint: str = "what goes wrong; help lists them") -> None:
    """What goes wrong on a simulated CommServe."""
    command.add_argument("--scenario", action=ScenarioAction, default="", metavar="NAME", help=hint)


def add_agreed(command: argparse.ArgumentParser) -> None:
    """Agrees beforehand to what many of a tenant's requests cost."""
    command.add_argument("--yes", action="store_true", help="don't ask, where it takes many of a tenant's requests")


def add_look(command: argparse.ArgumentParser) -> None:
    """How long jobs are looked for whose answer was lost."""
    command.add_argument(
        "--look",
        type=seconds,
        default=15.0,
        metavar="S",
        help="if the answer is lost: look so many seconds for the jobs, then exit status 6 (default: 15)",
    )


def add_connection(command: argparse.ArgumentParser) -> None:
    """Which CommServe is meant, a simulated one too."""
    group = add_address(command)
    group.add_argument("--demo", action="store_true", help="a simulated CommServe in this process")
    add_scenario(group, "with --demo: what goes wrong there; help lists them")


def add_address(command: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Which CommServe is meant, with the token for it."""
    group = command.add_argument_group("connection")
    group.add_argument("--profile", metavar="NAME", help="a CommServe of the settings file")
    group.add_argument("--url", help="host name, origin or whole base of the CommServe (PGBACKUP_TUI_URL)")
    group.add_argument("--token-fd", type=descriptor, metavar="N", help="read the Authtoken from this descriptor")
    group.add_argument("--token-command", metavar="CMD", help="read the Authtoken from what this command prints")
    group.add_argument("--token", type=never_a_token, help=argparse.SUPPRESS)
    group.add_argument("--ca-file", type=path, metavar="PATH", help="certificates to trust besides the system's")
    group.add_argument("--no-proxy", action="store_true", help="ignore the proxies of the environment")
    add_state_dir(group)
    return group


def add_state_dir(command: argparse._ActionsContainer) -> None:
    """Where the journal is."""
    command.add_argument(
        "--state-dir", type=path, metavar="DIR", help="where the journal is (PGBACKUP_TUI_STATE_DIR)"
    )


def add_json(command: argparse.ArgumentParser) -> None:
    """The result as JSON."""
    command.add_argument("--json", action="store_true", help="the result as JSON")


def add_connection_and_json(command: argparse.ArgumentParser) -> None:
    """What every command has that asks a CommServe and prints what it was told."""
    add_connection(command)
    add_json(command)
