"""``pgbackup-tui profiles``: the CommServes of the settings file. Asks neither a CommServe nor a keyring."""

from __future__ import annotations

import argparse

from pgbackup_tui.commands.connection import say_warning
from pgbackup_tui.commands.exits import ExitStatus
from pgbackup_tui.commands.narration import say
from pgbackup_tui.commands.output import print_json, print_table
from pgbackup_tui.settings.errors import SettingsError
from pgbackup_tui.settings.profiles import Profile, load_settings
from pgbackup_tui.settings.selections import as_table

_HEADINGS = ("", "NAME", "ADDRESS", "USER", "MODE", "TOKEN FROM", "SELECTIONS")
_STORES = {
    "": "wherever one is found",
    "keyring": "the OS keyring",
    "kernel": "the kernel keyring",
    "none": "given each time",
}


def run(arguments: argparse.Namespace) -> int:
    """Lists the profiles; the default has a star."""
    settings = load_settings()
    for warning in settings.warnings:
        say_warning(warning)
    if settings.look.keys:
        try:
            arguments.check_keys(settings.look, say_warning)
        except SettingsError as error:
            say_warning(f"{error.problem} The console does not start like that.")
    profiles = settings.profiles.values()
    if arguments.json:
        print_json([_as_json(profile, is_default=profile.name == settings.default) for profile in profiles])
    else:
        rows = [_as_row(profile, is_default=profile.name == settings.default) for profile in profiles]
        print_table(_HEADINGS, rows)
    if not profiles:
        say(f"There is no profile in {settings.path}. Make one with: pgbackup-tui login")
    return ExitStatus.DONE


def _as_row(profile: Profile, *, is_default: bool) -> tuple[str, ...]:
    mode = ", ".join(filter(None, (profile.production, "read-only" if profile.read_only else "")))
    names = ", ".join(found.name for found in profile.selections)
    star = "*" if is_default else ""
    return (star, profile.name, profile.url, profile.user or "-", mode or "-", _token(profile), names or "-")


def _token(profile: Profile) -> str:
    """Where the token comes from; of a command its name alone, since an argument may be secret."""
    return f"the command {profile.token_command[0]}" if profile.token_command else _STORES[profile.store]


def _as_json(profile: Profile, *, is_default: bool) -> dict[str, object]:
    return {
        "name": profile.name,
        "default": is_default,
        "url": profile.url,
        "user": profile.user or None,
        "production": profile.production or None,
        "color": profile.color if profile.production else None,
        "read_only": profile.read_only,
        "idle_minutes": profile.idle_minutes,
        "warnings_are_partial": profile.warnings_are_partial,
        "saas": profile.saas,
        "ca_file": str(profile.ca_file) if profile.ca_file else None,
        "proxies": profile.proxies,
        "token_from": _token(profile),
        "selections": [{"name": found.name, **as_table(found)} for found in profile.selections],
    }
