"""The PATTERN language: how a person names subclients.

Up to four globs with slashes between, ``client/instance/backupset/subclient``; what is missing at the end is ``*``.
Each glob is matched against the raw name, without regard to case. ``[`` itself is written ``[[]``; a slash inside a
name is reached by ``?`` or ``*``. ``id:2000001`` is one subclient by its id.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pgbackup_tui.errors import UsageError
from pgbackup_tui.estate.model import Estate, Subclient

_PARTS = ("client", "instance", "backup set", "subclient")
_ID = re.compile(r"id:\s*([0-9]{1,18})", re.IGNORECASE)
_LITERAL = re.compile(r"[*?[]")
_HOW = "A pattern is client/instance/backupset/subclient, for instance 'pg-pay-*' or '*/*/FSBasedBackupSet'."


class PatternError(UsageError):
    """A pattern that can't be read, or that matches nothing."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern, ready to be matched."""

    text: str
    """As it was typed."""
    globs: tuple[re.Pattern[str], ...]
    """For client, instance, backup set and subclient; empty where an id is asked for."""
    subclient_id: int | None = None

    @classmethod
    def parse(cls, text: str) -> Pattern:
        """Reads what was typed. Raises PatternError."""
        by_id = _ID.fullmatch(text.strip())
        if by_id:
            return cls(text, (), int(by_id.group(1)))
        if text.lower().startswith("id:"):
            raise PatternError(f"“{text}” is not an id.", "An id is written as a number: id:2000001.")
        parts = text.split("/")
        if len(parts) > len(_PARTS):
            raise PatternError(f"“{text}” has {len(parts)} parts.", _HOW)
        for part, name in zip(parts, _PARTS, strict=False):
            if not part:
                raise PatternError(f"“{text}” has nothing where the {name} should be.", f"Write * for any. {_HOW}")
        parts += ["*"] * (len(_PARTS) - len(parts))
        return cls(text, tuple(re.compile(fnmatch.translate(part), re.IGNORECASE) for part in parts))

    def may_be_on_client(self, client: str) -> bool:
        """Whether a subclient of this client can match; an id can be anywhere."""
        return not self.globs or self.globs[0].match(client) is not None

    def may_be_in_instance(self, instance: str) -> bool:
        """Whether a subclient of an instance of this name can match."""
        return not self.globs or self.globs[1].match(instance) is not None

    def matches(self, subclient: Subclient) -> bool:
        """Whether this subclient is meant."""
        if self.subclient_id is not None:
            return subclient.subclient_id == self.subclient_id
        names = (subclient.client, subclient.instance, subclient.backupset, subclient.subclient)
        return all(glob.match(name) for glob, name in zip(self.globs, names, strict=True))


def parse_patterns(texts: Iterable[str]) -> tuple[Pattern, ...]:
    """Reads several patterns. Raises PatternError for the first that can't be read."""
    return tuple(Pattern.parse(text) for text in texts)


def pattern_of(subclient: Subclient) -> str:
    """The pattern that a person would write for this subclient; its id where its names can't be written."""
    names = (subclient.client, subclient.instance, subclient.backupset, subclient.subclient)
    text = "/".join(_LITERAL.sub(lambda found: f"[{found[0]}]", name).replace("/", "?") for name in names)
    if all(names) and text.isprintable() and not text.lower().startswith("id:"):
        return text
    return f"id:{subclient.subclient_id}"


def select(estate: Estate, patterns: Sequence[Pattern]) -> tuple[Subclient, ...]:
    """The subclients that any of the patterns means, each once, in the estate's order.

    Without patterns, all of them. Raises PatternError naming the patterns that match nothing.
    """
    if not patterns:
        return tuple(estate.subclients())
    chosen: list[Subclient] = []
    useless = dict.fromkeys(patterns)
    for subclient in estate.subclients():
        matching = [pattern for pattern in patterns if pattern.matches(subclient)]
        if matching:
            chosen.append(subclient)
            for pattern in matching:
                useless.pop(pattern, None)
    if useless:
        raise _matches_nothing(estate, list(useless))
    return tuple(chosen)


def _matches_nothing(estate: Estate, patterns: Sequence[Pattern]) -> PatternError:
    shown = ", ".join(f"“{pattern.text}”" for pattern in patterns)
    verb = "match" if len(patterns) > 1 else "matches"
    if not estate.clients:
        return PatternError(
            f"{shown} {verb} nothing: the CommServe shows no PostgreSQL client to this user.",
            "Check which user is signed in, and that user's rights on the clients.",
        )
    return PatternError(f"{shown} {verb} no subclient.", "pgbackup-tui inventory lists what there is.")
