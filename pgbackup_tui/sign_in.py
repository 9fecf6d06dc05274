"""Signing in with what a person gives: a password, or an API token. The same steps for both faces."""

from __future__ import annotations

from dataclasses import dataclass

from pgbackup_tui.commserve.client import CommServe, find_route
from pgbackup_tui.credentials.token import parse_token
from pgbackup_tui.destination import Destination
from pgbackup_tui.errors import CredentialError
from pgbackup_tui.secret import Secret
from pgbackup_tui.target import Target

THIS_SESSION = "memory (this session)"
PIN_ADVICE = "with a second factor, its PIN directly after the password"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person gave."""

    user: str
    """Empty: the secret is an API token."""
    secret: Secret


async def sign_in(destination: Destination, given: Credentials) -> Target:
    """The target that the person is signed in to; its token is kept nowhere yet.

    Raises CredentialError for what can't be sent, AuthError with the CommServe's own words, CommvaultError.
    """
    checked = _checked(given)
    route = await find_route(destination.typed, ca_file=destination.ca_file, use_proxies=destination.use_proxies)
    async with CommServe(route) as commserve:
        if given.user:
            await commserve.login(given.user, checked)
        else:
            commserve.session.use_token(checked)
        name = await commserve.who_am_i()
        token = commserve.session.token
    assert token is not None  # noqa: S101  # it was just used
    return Target(
        destination.typed,
        token,
        THIS_SESSION,
        destination.ca_file,
        destination.use_proxies,
        route=route,
        user=name,
        profile=destination.profile,
    )


def _checked(given: Credentials) -> Secret:
    if not given.user:
        return parse_token(given.secret.reveal(), "the form")
    if not given.secret.reveal():
        raise CredentialError("The password is empty.", "Nothing was sent.")
    try:
        given.secret.reveal().encode()
    except UnicodeEncodeError:
        raise CredentialError("The password has a character that can't be sent.", "Type it again.") from None
    return given.secret
