"""Whether a request can have reached the server: the question behind "may it be sent again?"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Delivery:
    """Watches one request on its way out; a trace function for httpx's ``trace`` extension.

    The type of an exception does not tell whether a request arrived: the same ReadError was seen with nothing
    and with one request at the server. What tells is whether the transport began to write the request's headers.
    A proxy's CONNECT is a request of its own and does not count. Silence is no proof: where the transport gave no
    sign at all, the request counts as possibly sent.
    """

    def __init__(self) -> None:
        self._begun = False
        self._events_seen = False
        self._writing_begun = False

    @property
    def never_sent(self) -> bool:
        """True only if no byte of the request can have reached the server."""
        return not self._begun or (self._events_seen and not self._writing_begun)

    def begin(self) -> None:
        """The request is handed to the transport now."""
        self._begun = True

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """One trace event of httpcore, such as ``http11.send_request_headers.started``."""
        self._events_seen = True
        if event.endswith(".send_request_headers.started"):
            request = info.get("request")
            if getattr(request, "method", None) != b"CONNECT":
                self._writing_begun = True
        elif event.endswith(".send_request_headers.failed"):
            import httpcore  # not sooner: the outcome of a backup is described without any HTTP

            if isinstance(info.get("exception"), httpcore.LocalProtocolError):
                # h11 refused the headers before anything was written to the socket.
                self._writing_begun = False
