"""How the Authtoken gets onto a request, and where it never goes."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

import httpx

from pgbackup_tui.commserve.address import Address
from pgbackup_tui.commserve.answer import Answer
from pgbackup_tui.commserve.errors import ProtocolError
from pgbackup_tui.secret import MASK, Secret

LOGIN_PREFIX = "QSDK "
"""What the token of a Login begins with; some servers want it before an access token too."""
_SHORTEST_ECHO = 8
"""Characters; a shorter token would be found in any text."""


class AuthtokenAuth(httpx.Auth):
    """Sets the ``Authtoken`` header, request by request, and only for the origin it was made for.

    The header is no default of the client, because httpx takes default headers along to wherever a request goes,
    and strips only ``Authorization`` when that changes.
    """

    def __init__(self, token: Secret, address: Address) -> None:
        self._token = token
        self._origin = address.origin

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Called by httpx once a request. Raises ProtocolError for a request to another origin."""
        if Address(str(request.url)).origin != self._origin:
            raise ProtocolError("A request to another server than the configured one was stopped.")
        request.headers["Authtoken"] = self._token.reveal()
        yield request


def without_token(answer: Answer, token: Secret) -> Answer:
    """The answer without the token: a gateway's error page can echo the request's headers, and be quoted."""
    bare = token.reveal().removeprefix(LOGIN_PREFIX)
    if len(bare) < _SHORTEST_ECHO or (bare.encode() not in answer.body and bare not in answer.location):
        return answer
    return replace(
        answer, body=answer.body.replace(bare.encode(), MASK.encode()), location=answer.location.replace(bare, MASK)
    )
