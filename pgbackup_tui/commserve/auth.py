"""How the Authtoken gets onto a request, and where it never goes."""

from __future__ import annotations

from collections.abc import Generator

import httpx

from pgbackup_tui.commserve.address import Address
from pgbackup_tui.commserve.errors import ProtocolError
from pgbackup_tui.secret import Secret

LOGIN_PREFIX = "QSDK "
"""What the token of a Login begins with; some servers want it before an access token too."""


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
