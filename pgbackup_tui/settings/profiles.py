"""The user's profiles: which CommServes there are, and what is meant to hold for each. No secret is ever in here.

::

    default = "prod"
    theme = "dark"

    [profiles.prod]
    url = "commandcenter.example.com"
    production = "PROD EU"
    token_command = ["pass", "show", "commvault"]
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType

from pgbackup_tui.errors import PathError
from pgbackup_tui.paths import read_private, replace_private, settings_file
from pgbackup_tui.settings.errors import SettingsError
from pgbackup_tui.settings.look import ChosenKeys, Look, flat, read_keys, read_theme
from pgbackup_tui.settings.selections import Selection, as_table, read_selection
from pgbackup_tui.settings.values import READERS, Stored, StorePreference, as_toml

NAME_RULE = "1 to 64 letters, digits, dots, colons, hyphens and underscores"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_TWICE = re.compile(r"Cannot declare \((.*)\) twice \(at line (\d+)")
_QUOTED = r"'([^']*)'"
_TOO_LARGE = "a value is too large or too deep"
_SECRET_KEYS = frozenset(("token", "password", "authtoken"))


@dataclass(frozen=True, slots=True)
class Profile:
    """One CommServe and how to work with it. The fields are the keys of its table in the file."""

    name: str
    """The key of the table."""
    url: str
    """As typed: a host name, an origin or a whole base."""
    ca_file: Path | None = None
    proxies: bool = True
    """Whether the environment's proxies count."""
    token_command: tuple[str, ...] = ()
    """Words of a command that prints the token; empty where there is none."""
    user: str = ""
    """Who signed in with a password; empty where a token was given."""
    production: str = ""
    """The word that is shown for production; empty where it is none."""
    color: str = "red"
    """What production is shown in."""
    read_only: bool = False
    """Nothing that changes anything can be done."""
    idle_minutes: int = 30
    """After so long without a key the console locks; 0 for never."""
    warnings_are_partial: bool = False
    """Whether a job that completed with warnings is less than a success."""
    saas: bool = False
    """Whether it is Commvault's SaaS under a name that does not show it: it is asked less often then."""
    store: StorePreference = ""
    """Where its token is kept; empty: wherever one is found."""
    selections: tuple[Selection, ...] = ()
    """What is backed up before which change, in the order of the file."""

    def selection(self, name: str) -> Selection:
        """The selection of that name. Raises SettingsError, which names those that there are."""
        found = next((chosen for chosen in self.selections if chosen.name == name), None)
        if found is None:
            known = ", ".join(f"“{chosen.name}”" for chosen in self.selections) or "none"
            raise SettingsError(f"The profile {self.name} has no selection “{name}” (there: {known}).")
        return found


@dataclass(frozen=True, slots=True)
class Settings:
    """What the settings file says; without a file, nothing."""

    path: Path
    profiles: Mapping[str, Profile] = field(default_factory=lambda: MappingProxyType({}))
    """By name, in the order of the file."""
    default: str = ""
    """The name of the profile that counts where none is named; empty where there is none."""
    look: Look = field(default_factory=Look)
    """Of the console, whichever profile it is on."""
    warnings: tuple[str, ...] = ()
    """What the file says and nobody understands; raw."""

    def profile(self, name: str) -> Profile:
        """The profile of that name. Raises SettingsError, which names those that there are."""
        if name not in self.profiles:
            known = ", ".join(self.profiles) or "none"
            raise SettingsError(
                f"There is no profile {name} in {self.path} (there: {known}).",
                f"Make it with: pgbackup-tui login --profile {name}" if _NAME.fullmatch(name) else "",
            )
        return self.profiles[name]


def load_settings(path: Path | None = None) -> Settings:
    """What the user's settings file says. Raises SettingsError with the line or the key that is wrong."""
    path = path or settings_file()
    text = _read(path)
    return Settings(path) if text is None else _parse(path, text)


def save_profile(profile: Profile, *, make_default: bool = False, path: Path | None = None) -> Settings:
    """Puts the profile into the file, over one of the same name; comments and all else stay as they are.

    Its selections in the file stay too: :func:`save_selection` is for them. The first profile becomes the default.
    Raises SettingsError, and leaves the file as it was.
    """
    import tomlkit

    path = path or settings_file()
    before = load_settings(path)  # what can't be read is not written over
    document = tomlkit.parse(_read(path) or "")
    if make_default or not before.default:
        document["default"] = profile.name
    profiles = document.setdefault("profiles", tomlkit.table(is_super_table=True))
    table = profiles.setdefault(profile.name, tomlkit.table())
    for key in _KEYS:
        value = getattr(profile, key)
        if value == _DEFAULTS.get(key):
            table.pop(key, None)
        else:
            table[key] = as_toml(value)
    kept = before.profiles[profile.name].selections if profile.name in before.profiles else ()
    return _write(path, tomlkit.dumps(document), replace(profile, selections=kept))


def save_selection(profile_name: str, selection: Selection, *, path: Path | None = None) -> Settings:
    """Puts a selection into a profile of the file, over one of the same name; all else stays as it is.

    Raises SettingsError, and leaves the file as it was.
    """
    import tomlkit

    path = path or settings_file()
    profile = load_settings(path).profile(profile_name)
    document = tomlkit.parse(_read(path) or "")
    table = document["profiles"][profile_name]
    selections = table.setdefault("selections", tomlkit.table(is_super_table=True))
    kept = selections.setdefault(selection.name, tomlkit.table())
    for key in set(kept) - set(as_table(selection)):
        kept.pop(key)
    kept.update(as_table(selection))
    others = {found.name: found for found in profile.selections} | {selection.name: selection}
    return _write(path, tomlkit.dumps(document), replace(profile, selections=tuple(others.values())))


def check_name(name: str) -> str:
    """A name that a profile can have. Raises SettingsError."""
    if not _NAME.fullmatch(name):
        raise SettingsError("A profile can't have that name.", f"A name is {NAME_RULE}.")
    return name


_KEYS = tuple(found.name for found in fields(Profile) if found.name not in ("name", "selections"))
_DEFAULTS = {found.name: found.default for found in fields(Profile)}


def _read(path: Path) -> str | None:
    try:
        return read_private(path).decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not text (byte {error.start}).", "Nothing was changed in it.") from None
    except PathError as error:
        raise SettingsError(error.problem, error.advice) from error


def _write(path: Path, text: str, profile: Profile) -> Settings:
    after = _parse(path, text)
    if after.profiles.get(profile.name) != profile:
        raise SettingsError(f"The profile can't be put into {path}.", "Nothing was changed; write it by hand.")
    try:
        replace_private(path, text.encode())
    except PathError as error:
        raise SettingsError(error.problem, error.advice) from error
    return after


def _parse(path: Path, text: str) -> Settings:
    try:
        found = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        words = _in_our_words(str(error)) if isinstance(error, tomllib.TOMLDecodeError) else _TOO_LARGE
        raise SettingsError(f"{path} can't be read: {words}.", "Correct it; nothing was changed in it.") from error
    return _Reader(path, text).settings(found)


def _in_our_words(words: str) -> str:
    """What TOML's parser says, without the Python in it: ``the table [keys] is there twice, line 6``."""
    found = _TWICE.match(words)
    if found is None:
        return words
    return f"the table [{'.'.join(re.findall(_QUOTED, found[1]))}] is there twice, line {found[2]}"


class _Reader:
    """Turns the file's tables into settings, and collects what it doesn't understand."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines(keepends=True)
        self._warnings: list[str] = []

    def settings(self, found: Mapping[str, object]) -> Settings:
        tables = found.get("profiles", {})
        if not isinstance(tables, dict):
            raise self._wrong("has to be tables like [profiles.prod]", "profiles")
        profiles = {name: self._profile(name, table) for name, table in tables.items()}
        default = found.get("default", "")
        if not isinstance(default, str) or (default and default not in profiles):
            raise self._wrong("has to be the name of a profile in this file", "default")
        look = self._look(found.get("theme"), found.get("keys", {}))
        for key in found.keys() - {"default", "profiles", "theme", "keys"}:
            self._warn(key)
        return Settings(self._path, MappingProxyType(profiles), default, look, tuple(self._warnings))

    def _look(self, theme: object, table: object) -> Look:
        if not isinstance(table, dict):
            raise self._wrong('has to be a table, with lines such as "browse.mark" = "m"', "keys")
        keys = {}
        path: tuple[str, ...] = ("theme",)
        try:
            chosen = "" if theme is None else read_theme(theme)
            for path, value in flat(table, "keys"):
                keys[".".join(path[1:])] = ChosenKeys(read_keys(value), self._place(*path))
        except ValueError as error:
            raise self._wrong(str(error), *path) from None
        return Look(chosen, MappingProxyType(keys))

    def _profile(self, name: str, table: object) -> Profile:
        if not _NAME.fullmatch(name):
            raise self._wrong(f"is no name for a profile: a name is {NAME_RULE}", "profiles", name)
        if not isinstance(table, dict):
            raise self._wrong(f"has to be a table: [profiles.{name}]", "profiles", name)
        values: dict[str, Stored | tuple[Selection, ...]] = {}
        for key, value in table.items():
            if key.lower() in _SECRET_KEYS:
                words = "does not belong into a file: take it out, and have that secret changed"
                raise self._wrong(words, "profiles", name, key)
            if key == "selections":
                values[key] = self._selections(name, value)
                continue
            if key not in READERS:
                self._warn("profiles", name, key)
                continue
            try:
                values[key] = READERS[key](value)
            except ValueError as error:
                raise self._wrong(str(error), "profiles", name, key) from None
        if "url" not in values:
            raise self._wrong("has no url", "profiles", name)
        return Profile(name, **values)  # type: ignore[arg-type]  # READERS gives each key the type of its field

    def _selections(self, profile: str, tables: object) -> tuple[Selection, ...]:
        if not isinstance(tables, dict):
            raise self._wrong("has to be tables, one a selection", "profiles", profile, "selections")
        found = []
        for name, table in tables.items():
            place = ("profiles", profile, "selections", name)
            try:
                selection, unknown = read_selection(name, table)
            except ValueError as error:
                raise self._wrong(str(error), *place) from None
            found.append(selection)
            for key in unknown:
                self._warn(*place, key)
        return tuple(found)

    def _wrong(self, words: str, *keys: str) -> SettingsError:
        return SettingsError(f"{self._place(*keys)} {words}.", "Correct it; nothing was changed in the file.")

    def _warn(self, *keys: str) -> None:
        self._warnings.append(f"{self._place(*keys)} is not known here, and has no effect.")

    def _place(self, *keys: str) -> str:
        """File, line and key. The line is the last one of the shortest beginning that has the key."""
        for number in range(1, len(self._lines) + 1):
            try:
                found: object = tomllib.loads("".join(self._lines[:number]))
            except ValueError:  # cut in the middle of a value
                continue
            for key in keys:
                found = found.get(key) if isinstance(found, dict) else None
            if found is not None:
                return f"{self._path}, line {number}: {'.'.join(keys)}"
        return f"{self._path}: {'.'.join(keys)}"
