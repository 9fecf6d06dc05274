"""What can be an Authtoken, said before it gets near a header."""

from __future__ import annotations

import re

from pgbackup_tui.errors import CredentialError
from pgbackup_tui.secret import Secret

MAX_LENGTH = 8192
"""Characters; no known CommServe gives a longer token, and servers refuse longer headers."""

_SENDABLE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


def parse_token(text: str, source: str) -> Secret:
    """The token in ``text``, white space around it taken off. ``source`` names the place, for the message.

    Raises CredentialError without a character of the value: a token that can't be sent would otherwise come back
    in the exception of the HTTP library.
    """
    stripped = text.strip()
    if not stripped:
        raise CredentialError(f"The token from {source} is empty.", "Give an API token or the token of a login.")
    if "\n" in stripped or "\r" in stripped:
        raise CredentialError(
            f"The token from {source} has a line break in it, so it is not one token.",
            "Give the token alone, on one line.",
        )
    if len(stripped) > MAX_LENGTH:
        raise CredentialError(
            f"The token from {source} is longer than {MAX_LENGTH} characters.", "Give the token alone."
        )
    if not _SENDABLE.fullmatch(stripped):
        raise CredentialError(
            f"The token from {source} has a character that no header can carry.",
            "Copy it again; only printable ASCII characters can be part of a token.",
        )
    return Secret(stripped)
