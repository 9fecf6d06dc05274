"""The words of the command line. Imports nothing that a command needs, so that --help is there at once."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from pgbackup_tui import __version__
from pgbackup_tui.argument_groups import (
    add_address,
    add_agreed,
    add_connection,
    add_connection_and_json,
    add_json,
    add_look,
    add_scenario,
    add_selection,
    add_state_dir,
)
from pgbackup_tui.argument_types import age, descriptor, job_id, milliseconds, path, port, positive, seconds

_LEVELS = ("FULL", "INCREMENTAL", "DIFFERENTIAL", "SYNTHETIC_FULL")
SHELLS = ("bash", "zsh", "fish")
_PATTERN_HELP = "client/instance/backupset/subclient as globs, the rest may be left out; or id:2000001"


def build_parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser of the command line; ``run`` names the function of the command.

    It knows every command, or only the one that ``words`` begin with: to describe them all takes longer than many
    a command does.
    """
    parser = argparse.ArgumentParser(
        prog="pgbackup-tui",
        allow_abbrev=False,
        description="Start PostgreSQL backups on a Commvault CommServe, follow them, and know go or no-go.",
    )
    parser.add_argument("--version", action="version", version=f"pgbackup-tui {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    wanted = words[0] if words else ""
    for add in [_COMMANDS[wanted]] if wanted in _COMMANDS else dict.fromkeys(_COMMANDS.values()):
        if wanted != "--version":
            add(commands)
    return parser


def with_command(words: list[str]) -> list[str]:
    """The words with the command that they leave out: without one, the console is meant."""
    is_top_level = words[:1] in (["-h"], ["--help"], ["--version"])
    if words and (is_top_level or not words[0].startswith("-")):
        return words
    return ["console", *words]


_Commands = argparse._SubParsersAction  # argparse gives the type of add_subparsers no public name


def _parser(
    commands: _Commands[argparse.ArgumentParser], name: str, *, hint: str, description: str = ""
) -> argparse.ArgumentParser:
    # an abbreviation could mean something else in a later version
    return commands.add_parser(name, allow_abbrev=False, help=hint, description=description or hint)


def _add_console(commands: _Commands[argparse.ArgumentParser]) -> None:
    console = _parser(commands, "console", hint="the console; also without any command")
    add_console_options(console)
    demo = _parser(commands, "demo", hint="the console on a simulated CommServe in this process")
    demo.add_argument("--clients", type=positive, default=12, help="PostgreSQL clients (default: 12)")
    demo.add_argument("--seed", type=int, default=7, help="another estate for another seed")
    add_scenario(demo)
    _add_look(demo)
    for command in (console, demo):
        command.set_defaults(run="pgbackup_tui.tui.launch:run")


def add_console_options(command: argparse.ArgumentParser) -> None:
    """What may follow the program's name where no command does."""
    add_connection(command)
    _add_look(command)


def _add_look(command: argparse.ArgumentParser) -> None:
    add_selection(command)
    look = command.add_argument_group("console")
    look.add_argument("--read-only", action="store_true", help="nothing that changes anything can be done")
    look.add_argument("--theme", choices=("dark", "light", "ansi", "mono"), help="the colours (default: dark)")
    look.add_argument("--ascii", action="store_true", help="no box characters")
    look.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")


def _add_inventory(commands: _Commands[argparse.ArgumentParser]) -> None:
    command = _parser(commands, "inventory", hint="what can be backed up", description="Lists subclients.")
    command.add_argument("patterns", nargs="*", metavar="PATTERN", help=_PATTERN_HELP)
    add_agreed(command)
    add_connection_and_json(command)
    command.set_defaults(run="pgbackup_tui.commands.inventory:run")


def _add_backup(commands: _Commands[argparse.ArgumentParser]) -> None:
    command = _parser(
        commands, "backup", hint="start a backup", description="Starts one task with every subclient that matches."
    )
    command.add_argument("patterns", nargs="*", metavar="PATTERN", help=_PATTERN_HELP)
    command.add_argument("--level", type=str.upper, choices=_LEVELS, help="there is no default but a selection's")
    add_selection(command)
    command.add_argument(
        "--with-data", action="store_true", help="INCREMENTAL of block-level subclients: data with the logs"
    )
    command.add_argument("--notify", action="store_true", help="the CommServe mails its user at the end")
    command.add_argument("--installer-user", metavar="ID:NAME", help="User of the CommServe's installer option")
    command.add_argument("--ticket", default="", metavar="T", help="change ticket, for the jobs' description")
    command.add_argument("--max-subclients", type=positive, metavar="N", help="refuse to start more (default: 50)")
    command.add_argument("--dry-run", action="store_true", help="print the request body and send nothing")
    command.add_argument("--yes", action="store_true", help="don't ask")
    command.add_argument("--wait", action="store_true", help="follow the jobs to their end")
    command.add_argument("--timeout", type=seconds, metavar="S", help="with --wait: seconds, then exit status 9")
    add_look(command)
    add_connection_and_json(command)
    command.set_defaults(run="pgbackup_tui.commands.backup:run")


def _add_check(commands: _Commands[argparse.ArgumentParser]) -> None:
    command = _parser(commands, "check", hint="is there a good enough backup already? exit status 0 or 7")
    command.add_argument("patterns", nargs="+", metavar="PATTERN", help=_PATTERN_HELP)
    command.add_argument("--max-age", required=True, type=age, metavar="AGE", help="since its start: 4h, 90m, 1d")
    command.add_argument("--level", type=str.upper, choices=_LEVELS, help="a full counts for all (default: any)")
    add_agreed(command)
    add_connection_and_json(command)
    command.set_defaults(run="pgbackup_tui.commands.check:run")


def _add_jobs(commands: _Commands[argparse.ArgumentParser]) -> None:
    jobs = _parser(commands, "jobs", hint="the state of jobs", description="Shows jobs.")
    jobs.add_argument(
        "job_ids", nargs="*", type=job_id, metavar="JOBID", help="default: those that this program has open"
    )
    jobs.add_argument("--all", action="store_true", help="backup jobs of the CommServe, active or ended in 24 h")
    jobs.add_argument("--follow", action="store_true", help="until they have ended")
    add_connection_and_json(jobs)
    jobs.set_defaults(run="pgbackup_tui.commands.jobs:run")

    events = _parser(commands, "events", hint="what a job left in the event log")
    events.add_argument("job_id", type=job_id, metavar="JOBID")
    add_connection_and_json(events)
    events.set_defaults(run="pgbackup_tui.commands.jobs:events")


def _add_job_actions(commands: _Commands[argparse.ArgumentParser]) -> None:
    for name, words in (
        ("kill", "end jobs; what they wrote is lost"),
        ("suspend", "halt jobs"),
        ("resume", "let suspended jobs go on"),
    ):
        command = _parser(commands, name, hint=words)
        command.add_argument("job_ids", nargs="+", type=job_id, metavar="JOBID")
        command.add_argument("--yes", action="store_true", help="don't ask")
        add_connection_and_json(command)
        command.set_defaults(run="pgbackup_tui.commands.job_actions:run")

    resubmit = _parser(
        commands,
        "resubmit",
        hint="start jobs again that left no backup, each as a new attempt",
        description="Starts jobs again that failed or were killed. Each is a new attempt, with a job of its own.",
    )
    resubmit.add_argument("job_ids", nargs="+", type=job_id, metavar="JOBID")
    resubmit.add_argument("--yes", action="store_true", help="don't ask")
    add_look(resubmit)
    add_connection_and_json(resubmit)
    resubmit.set_defaults(run="pgbackup_tui.commands.resubmit:run")


def _add_profiles(commands: _Commands[argparse.ArgumentParser]) -> None:
    login = _parser(
        commands, "login", hint="sign in to a CommServe, keep the token, make a profile", description="Signs in."
    )
    login.add_argument("address", nargs="?", metavar="ADDRESS", help="of the CommServe; a host name is enough")
    login.add_argument("--user", metavar="NAME", help="sign in with a password instead of an API token")
    login.add_argument("--password-fd", type=descriptor, metavar="N", help="read the password from this descriptor")
    login.add_argument("--store", choices=("keyring", "kernel", "none"), help="where the token is kept")
    login.add_argument("--production", metavar="WORD", nargs="?", const="PRODUCTION", help="mark it as production")
    login.add_argument("--read-only", action="store_true", help="nothing can be changed with this profile")
    login.add_argument("--default", action="store_true", help="make it the default profile")
    add_address(login)
    login.set_defaults(run="pgbackup_tui.commands.login:run")

    logout = _parser(commands, "logout", hint="end a login, and forget its token")
    add_address(logout)
    logout.set_defaults(run="pgbackup_tui.commands.logout:run", demo=False)

    doctor = _parser(commands, "doctor", hint="what works here, and how to mend what doesn't")
    add_address(doctor)
    add_json(doctor)
    doctor.set_defaults(run="pgbackup_tui.commands.doctor:run", demo=False)

    profiles = _parser(commands, "profiles", hint="the CommServes of the settings file")
    add_json(profiles)
    profiles.set_defaults(run="pgbackup_tui.commands.profiles:run")


def _add_journal(commands: _Commands[argparse.ArgumentParser]) -> None:
    history = _parser(commands, "history", hint="what was asked, and what became of it")
    add_state_dir(history)
    add_json(history)
    history.set_defaults(run="pgbackup_tui.commands.history:run")

    resolve = _parser(
        commands,
        "resolve",
        hint="settle an attempt of which nobody knows whether it was started",
        description="Looks for the jobs of an attempt whose answer was lost, or takes your word for them.",
    )
    resolve.add_argument("attempt", metavar="ATTEMPT", help="its id: pgbackup-tui history lists them")
    resolve.add_argument("--attach", nargs="+", type=job_id, metavar="JOBID", help="these jobs are its backups")
    resolve.add_argument("--not-started", action="store_true", help="(the rest of) its backups were not started")
    add_connection_and_json(resolve)
    resolve.set_defaults(run="pgbackup_tui.commands.resolve:run")


def _add_evidence(commands: _Commands[argparse.ArgumentParser]) -> None:
    command = _parser(
        commands,
        "evidence",
        hint="a record of an attempt, for the change ticket",
        description="Writes what was asked, what became of it, and what proves it. Needs no CommServe.",
    )
    command.add_argument("attempt", metavar="ATTEMPT", help="its id: pgbackup-tui history lists them")
    command.add_argument("--format", choices=("md", "json", "txt"), default="md", help="default: md")
    command.add_argument(
        "--json", dest="format", action="store_const", const="json", help="the same as --format json"
    )
    place = command.add_mutually_exclusive_group()
    place.add_argument("--output", type=path, metavar="FILE", help="into a new file, mode 0600, not to stdout")
    place.add_argument("--copy", action="store_true", help="to where it can be pasted, not to stdout")
    command.add_argument("--offline", action="store_true", help="ask no CommServe for its jobs' present state")
    add_address(command)
    command.set_defaults(run="pgbackup_tui.commands.evidence:run", demo=False)


def _add_simulate(commands: _Commands[argparse.ArgumentParser]) -> None:
    command = _parser(
        commands,
        "simulate",
        hint="a simulated CommServe",
        description="Serves a simulated CommServe until a signal. Prints its url and token as one JSON line.",
    )
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    command.add_argument("--port", type=port, default=0, help="default: a free one")
    command.add_argument("--clients", type=positive, default=12, help="PostgreSQL clients (default: 12)")
    command.add_argument("--seed", type=int, default=7, help="another estate for another seed")
    command.add_argument("--token", help="the API token that it accepts (default: a random one)")
    command.add_argument("--user", help="a user who can log in")
    command.add_argument("--password-fd", type=descriptor, metavar="N", help="where that user's password is read")
    command.add_argument("--job-seconds", type=seconds, help="how long a job takes (default: 8, or the scenario's)")
    command.add_argument("--latency-ms", type=milliseconds, help="added to every answer")
    what_goes_wrong = command.add_mutually_exclusive_group()
    what_goes_wrong.add_argument("--faults", metavar="PLAN", help="a fault plan: JSON, or the path of a JSON file")
    add_scenario(what_goes_wrong)
    command.set_defaults(run="pgbackup_tui.commands.simulate:run")


def _add_completion(commands: _Commands[argparse.ArgumentParser]) -> None:
    command = _parser(
        commands,
        "completion",
        hint="a completion script for the shell",
        description="Prints the script that lets bash, zsh or fish complete commands, options and names.",
    )
    command.add_argument("shell", choices=SHELLS, help="which shell it is for")
    command.set_defaults(run="pgbackup_tui.commands.completion:run")

    # asked by the scripts, not by people: without a hint it is left out of the help
    names = commands.add_parser("names", allow_abbrev=False)
    names.add_argument("kind", choices=("profiles", "selections", "attempts"))
    names.set_defaults(run="pgbackup_tui.commands.completion:names")


_COMMANDS: dict[str, Callable[[_Commands[argparse.ArgumentParser]], None]] = {
    **dict.fromkeys(("console", "demo"), _add_console),
    "inventory": _add_inventory,
    "backup": _add_backup,
    "check": _add_check,
    **dict.fromkeys(("jobs", "events"), _add_jobs),
    **dict.fromkeys(("kill", "suspend", "resume", "resubmit"), _add_job_actions),
    **dict.fromkeys(("login", "logout", "doctor", "profiles"), _add_profiles),
    **dict.fromkeys(("history", "resolve"), _add_journal),
    "evidence": _add_evidence,
    "simulate": _add_simulate,
    **dict.fromkeys(("completion", "names"), _add_completion),
}
"""Who describes each command, in the order of --help."""
