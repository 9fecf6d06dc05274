"""Signing in with what a person gives: a password, or an API token. The same steps for both faces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pgbackup_tui.credentials.token import parse_token
from pgbackup_tui.destination import Destination
from pgbackup_tui.errors import CredentialError
from pgbackup_tui.secret import Secret
from pgbackup_tui.target import Target

if TYPE_CHECKING:
    from pgbackup_tui.commserve.client import CommServe

THIS_SESSION = "memory (this session)"
PIN_ADVICE = "with a second factor, its PIN directly after the password"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person gave."""

    secret: Secret
    source: str
    """Where the secret comes from, for the message: ``the form``."""
    user: str = ""
    """Empty: the secret is an API token."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in that the CommServe accepted."""

    user: str
    token: Secret


async def sign_in(destination: Destination, given: Credentials) -> Target:
    """The target that the person is signed in to; its token is kept nowhere yet.

    Raises CredentialError for what can't be sent, AuthError with the CommServe's own words, CommvaultError.
    """
    from pgbackup_tui.commserve.client import CommServe, find_route

    check(given)
    route = await find_route(destination.typed, ca_file=destination.ca_file, use_proxies=destination.use_proxies)
    async with CommServe(route) as commserve:
        signed_in = await admit(commserve, given)
    return Target(
        destination.typed,
        signed_in.token,
        THIS_SESSION,
        destination.ca_file,
        destination.use_proxies,
        route=route,
        user=signed_in.user,
        profile=destination.profile,
    )


async def admit(commserve: CommServe, given: Credentials) -> SignedIn:
    """Signs in on this connection. Raises CredentialError, AuthError, CommvaultError."""
    secret = check(given)
    if given.user:
        await commserve.login(given.user, secret)
    else:
        commserve.session.use_token(secret)
    user = await commserve.who_am_i()
    token = commserve.session.token
    assert token is not None  # noqa: S101  # it was just used
    return SignedIn(user, token)


def check(given: Credentials) -> Secret:
    """The secret as it can be sent. Raises CredentialError for one that can't be."""
    if not given.user:
        return parse_token(given.secret.reveal(), given.source)
    if not given.secret.reveal():
        raise CredentialError("The password is empty.", "Nothing was sent.")
    try:
        given.secret.reveal().encode()
    except UnicodeEncodeError:
        raise CredentialError("The password has a character that can't be sent.", "Type it again.") from None
    return given.secret
