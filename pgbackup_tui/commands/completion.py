"""``pgbackup-tui completion``: scripts with which a shell completes commands, options and the user's own names."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Iterator, Mapping

from pgbackup_tui.arguments import add_console_options, build_parser
from pgbackup_tui.errors import PgBackupError

_MOST_ATTEMPTS = 50

_BASH = r"""
# $1=what kind of names, $2=the word so far: it may begin with a quote, and names may have blanks in them
_pgbackup_tui_names() {
  local name word=${2#[\"\']} form='%q\n'
  if [[ $2 == [\"\']* ]]; then form='%s\n'; else word=${word//\\/}; fi
  while IFS= read -r name; do
    [[ $name == "$word"* ]] && printf "$form" "$name"
  done < <(pgbackup-tui names "$1" 2>/dev/null)
}"""
_ZSH = r"""
_pgbackup_tui_names() {
  local -a names=("${(@f)$(pgbackup-tui names $1 2>/dev/null)}")
  compadd -- ${names:#}
}"""

_NOTHING: Mapping[str, object] = {"zsh": "{true}"}
"""For words that nobody can guess. Without it zsh shows what the word is, and inserts no option in its place."""


def run(arguments: argparse.Namespace) -> int:
    """Prints the script for a shell."""
    import shtab

    print(shtab.complete(_described_parser(), shell=arguments.shell))  # noqa: T201
    return 0


def names(arguments: argparse.Namespace) -> int:
    """Names of a kind, one a line, for the scripts: whoever is in the middle of a command is told no errors."""
    with contextlib.suppress(PgBackupError):
        for name in _NAMES[arguments.kind]():
            print(name)  # noqa: T201
    return 0


def _profiles() -> Iterator[str]:
    from pgbackup_tui.settings.profiles import load_settings

    yield from load_settings().profiles


def _selections() -> Iterator[str]:
    from pgbackup_tui.settings.profiles import load_settings

    profiles = load_settings().profiles.values()
    yield from dict.fromkeys(selection.name for profile in profiles for selection in profile.selections)


def _attempts() -> Iterator[str]:
    from pgbackup_tui.backup.journal.journal import Journal
    from pgbackup_tui.paths import state_folder

    yield from (attempt.attempt_id for attempt in Journal(state_folder()).read().attempts[:_MOST_ATTEMPTS])


_NAMES: Mapping[str, Callable[[], Iterator[str]]] = {
    "profiles": _profiles,
    "selections": _selections,
    "attempts": _attempts,
}


def _asked_for(kind: str) -> dict[str, object]:
    """How each shell asks for names of a kind: what shtab takes as ``complete`` of an action."""
    function = f"_pgbackup_tui_{kind}"
    return {
        "bash": function,
        "zsh": function,
        "fish": f"(pgbackup-tui names {kind} 2>/dev/null)",
        "preamble": {
            "bash": f'{_BASH}\n{function}() {{ _pgbackup_tui_names {kind} "$1"; }}',
            "zsh": f"{_ZSH}\n{function}() {{ _pgbackup_tui_names {kind} }}",
        },
    }


def _described_parser() -> argparse.ArgumentParser:
    """The parser with what a shell can know of values that are no choices to it; never used to parse."""
    from pgbackup_tui.simulator.scenarios import SCENARIOS

    parser = build_parser()
    add_console_options(parser)
    by_name: dict[str, str | dict[str, object]] = {
        "profile": _asked_for("profiles"),
        "selection": _asked_for("selections"),
        "attempt": _asked_for("attempts"),
        "ca_file": "file",
        "output": "file",
        "faults": "file",
        "state_dir": "directory",
    }
    for action in _every_action(parser):
        if action.dest in by_name:
            action.complete = by_name[action.dest]  # type: ignore[attr-defined]  # the attribute is shtab's
        elif action.dest == "scenario":
            action.choices = [scenario.name for scenario in SCENARIOS]
        elif not action.option_strings and not action.choices:
            action.complete = dict(_NOTHING)  # type: ignore[attr-defined]
    return parser


def _every_action(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Options and words of a parser and of its commands; argparse has no public name for them."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _every_action(command)
