"""``pgbackup-tui doctor``: what works here, what doesn't, and the commands that mend it."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable, Iterator

from pgbackup_tui.commands.connection import say_waiting
from pgbackup_tui.commands.exits import ExitStatus
from pgbackup_tui.commands.findings import Finding, Verdict, of_failure
from pgbackup_tui.commands.output import print_json, print_line, print_table
from pgbackup_tui.commserve.client import CommServe, find_route
from pgbackup_tui.commserve.errors import CommvaultError
from pgbackup_tui.commserve.proxy import shown_environment_proxy
from pgbackup_tui.commserve.route import Route
from pgbackup_tui.connection_options import ConnectionOptions
from pgbackup_tui.credentials.resolution import FoundToken
from pgbackup_tui.credentials.wallet import Wallet
from pgbackup_tui.destination import Destination, find_destination, origin_of
from pgbackup_tui.errors import PathError, PgBackupError
from pgbackup_tui.estate.cache import NotUsedError
from pgbackup_tui.estate.cache_files import EstateFiles, read_header
from pgbackup_tui.paths import create_private, private_folder, state_folder
from pgbackup_tui.settings.errors import SettingsError
from pgbackup_tui.settings.look import Look
from pgbackup_tui.settings.profiles import Settings, load_settings
from pgbackup_tui.terminal import Terminal
from pgbackup_tui.text import counted
from pgbackup_tui.times import as_of

_CLOCK_SECONDS = 60
"""From so far apart on, times of the CommServe and of this machine can't be compared."""
_SIGNS = {Verdict.OK: "ok", Verdict.NOTE: "note", Verdict.PROBLEM: "PROBLEM"}

_CheckKeys = Callable[[Look, Callable[[str], None]], object]


def run(arguments: argparse.Namespace) -> int:
    """Looks at everything that can be in the way. Works without a CommServe; changes nothing.

    Ends with the status that a command would end with for the first problem found.
    """
    findings = list(_findings(ConnectionOptions.of(arguments), arguments.check_keys))
    if arguments.json:
        print_json([finding.as_json() for finding in findings])
    else:
        _print(findings)
    return next((found.status for found in findings if found.verdict is Verdict.PROBLEM), ExitStatus.DONE)


def _print(findings: list[Finding]) -> None:
    print_table(("", "WHAT", "FOUND"), [(_SIGNS[found.verdict], found.subject, found.words) for found in findings])
    cures = [found for found in findings if found.cure]
    if cures:
        print_line("")
    for found in cures:
        print_line(f"{found.subject}: {found.cure}")


def _findings(options: ConnectionOptions, check_keys: _CheckKeys) -> Iterator[Finding]:
    yield _terminal()
    yield _state_folder()
    yield from _stores()
    try:
        settings = load_settings()
        destination = find_destination(options, settings, os.environ)
    except PgBackupError as error:
        yield of_failure("settings", error)
        return
    yield from _settings(settings)
    yield from _keys(settings, check_keys)
    if destination is None:
        yield Finding("CommServe", Verdict.NOTE, "None is named.", "Sign in with: pgbackup-tui login ADDRESS")
        return
    yield from _kept_estates(destination)
    yield from _commserve(destination)


def _terminal() -> Finding:
    terminal = Terminal.inspect(os.environ, sys.stdin, sys.stderr)
    facts = [
        terminal.kind or "no TERM",
        terminal.encoding,
        "16 colours" if terminal.few_colors else "many colours",
        "NO_COLOR" if terminal.no_color else "",
        "over SSH" if terminal.over_ssh else "",
        "in tmux" if terminal.in_tmux else "",
    ]
    words = ", ".join(filter(None, facts))
    try:
        terminal.require_screen()
    except PgBackupError as error:
        return Finding("terminal", Verdict.NOTE, f"{error.problem} ({words})", error.advice)
    return Finding("terminal", Verdict.OK, words)


def _state_folder() -> Finding:
    """Tried out: a disk can be full, or mounted read-only."""
    folder = state_folder()
    trial = folder / f".trial-{os.getpid()}"
    try:
        private_folder(folder)
        os.close(create_private(trial))
        trial.unlink()
    except PathError as error:
        return of_failure("state folder", error)
    except OSError as error:
        problem = PathError(f"{folder} can't be written to: {error.strerror}.", "Make room, or name another one.")
        return of_failure("state folder", problem)
    return Finding("state folder", Verdict.OK, f"{folder} is writable, for you alone.")


def _stores() -> Iterator[Finding]:
    for kind, state in Wallet().states(say_waiting):
        verdict = Verdict.OK if state.is_ready else Verdict.NOTE
        yield Finding(f"token store: {kind}", verdict, state.words, state.cure)


def _settings(settings: Settings) -> Iterator[Finding]:
    named = counted(len(settings.profiles), "profile")
    default = f", the default is {settings.default}" if settings.default else ""
    yield Finding("settings", Verdict.OK, f"{named} in {settings.path}{default}.")
    for warning in settings.warnings:
        yield Finding("settings", Verdict.NOTE, warning, f"Correct it in {settings.path}.")


def _keys(settings: Settings, check_keys: _CheckKeys) -> Iterator[Finding]:
    """What the console says of the person's own keys; it does not start with two actions on one key."""
    if not settings.look.keys:
        return
    warnings: list[str] = []
    try:
        check_keys(settings.look, warnings.append)
    except SettingsError as error:
        yield of_failure("keys", error)
    for warning in warnings:
        yield Finding("keys", Verdict.NOTE, warning, f"Correct it in {settings.path}.")


def _kept_estates(destination: Destination) -> Iterator[Finding]:
    """The trees that the console shows at its start, before the CommServe has answered."""
    profile = destination.profile.name if destination.profile else ""
    for path in EstateFiles(state_folder()).paths_of(origin_of(destination.typed), profile):
        try:
            header = read_header(path)
        except NotUsedError as error:
            yield Finding(
                "kept tree", Verdict.NOTE, f"{path} is not used: {error.problem}.", f"Remove it: rm {path}"
            )
            continue
        words = f"{path}, of {header.owner.user}, {as_of(header.listed_at, time.time())}."
        yield Finding("kept tree", Verdict.OK, words)


def _commserve(destination: Destination) -> Iterator[Finding]:
    """The way there, step by step; each step needs the one before."""
    yield from _attempt("proxy", lambda: _proxy(destination))
    found: list[FoundToken] = []

    def find() -> Finding:
        found.append(destination.find_token(os.environ, Wallet(), say_waiting))
        return Finding("token", Verdict.OK, f"There is one from {found[0].source}.")

    yield from _attempt("token", find)
    try:
        yield from asyncio.run(_ask(destination, found[0] if found else None))
    except CommvaultError as error:
        yield of_failure("CommServe", error)


def _attempt(subject: str, look: Callable[[], Finding]) -> Iterator[Finding]:
    try:
        yield look()
    except PgBackupError as error:
        yield of_failure(subject, error)


def _proxy(destination: Destination) -> Finding:
    if not destination.use_proxies:
        return Finding("proxy", Verdict.OK, "None is used, as was said.")
    proxy = shown_environment_proxy(destination.typed)
    if not proxy:
        return Finding("proxy", Verdict.OK, "The environment names none for this CommServe.")
    return Finding("proxy", Verdict.NOTE, f"{proxy} is used, as the environment says.", "Without it: --no-proxy")


async def _ask(destination: Destination, found: FoundToken | None) -> list[Finding]:
    """What the CommServe answers. Raises CommvaultError where it can't be reached."""
    route = await find_route(destination.typed, ca_file=destination.ca_file, use_proxies=destination.use_proxies)
    async with CommServe(route, found.token if found else None) as commserve:
        findings = [_reached(route), _clock(await commserve.seconds_ahead())]
        if found is not None:
            try:
                user = await commserve.who_am_i()
            except CommvaultError as error:
                findings.append(of_failure("sign-in", error))
            else:
                findings.append(Finding("sign-in", Verdict.OK, f"{route.address.origin} says: {user}."))
    return findings


def _reached(route: Route) -> Finding:
    trust = f"by {route.ca_file} or the system" if route.ca_file else "by the system"
    tls = "" if route.address.base.startswith("http:") else f"; its certificate is trusted {trust}"
    return Finding("CommServe", Verdict.OK, f"{route.address.base} answers{tls}.")


def _clock(ahead: float | None) -> Finding:
    if ahead is None:
        return Finding("clock", Verdict.NOTE, "The CommServe does not say what time it is.")
    if abs(ahead) < _CLOCK_SECONDS:
        return Finding("clock", Verdict.OK, "This machine and the CommServe agree to within a minute.")
    direction = "ahead of" if ahead > 0 else "behind"
    return Finding(
        "clock",
        Verdict.NOTE,
        f"The CommServe's clock is {abs(ahead):.0f} s {direction} this machine's; ages of backups are off by that.",
        "Look at this machine's clock: timedatectl",
    )
