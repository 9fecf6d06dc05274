"""One way to one CommServe: the only two functions that send requests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from types import TracebackType

import httpx

from pgbackup_tui import __version__
from pgbackup_tui.commserve.answer import Answer
from pgbackup_tui.commserve.auth import AuthtokenAuth, without_token
from pgbackup_tui.commserve.certificate import presented_certificate
from pgbackup_tui.commserve.delivery import Delivery
from pgbackup_tui.commserve.errors import CertificateError, CommvaultError, ProtocolError
from pgbackup_tui.commserve.failures import transport_error, with_certificate
from pgbackup_tui.commserve.proxy import environment_proxy, without_credentials
from pgbackup_tui.commserve.route import MAX_IN_FLIGHT, Route, TokenRenewal
from pgbackup_tui.commserve.server_clock import ServerClock
from pgbackup_tui.commserve.throttle import fair_interval
from pgbackup_tui.commserve.tls import tls_context
from pgbackup_tui.secret import Secret

_FAILURES = (httpx.HTTPError, httpx.InvalidURL, UnicodeError, TimeoutError)
"""UnicodeError: a host that IDNA refuses."""


class Session:
    """Sends requests to one CommServe with one Authtoken. An async context manager.

    Redirects are never followed. Every method raises TransportError where no answer came and ProtocolError where
    it was larger than allowed; what an answer means is left to the caller.
    """

    def __init__(self, route: Route, token: Secret | None = None) -> None:
        self.route = route
        self.address = route.address
        self._token = token
        self._tls = tls_context(route.address.base.startswith("http:"), route.ca_file)
        self.proxy = environment_proxy(route.address) if route.use_proxies else None
        """The proxy in use; may hold a user and password."""
        self.clock = ServerClock()
        """The CommServe's own time, as its answers told it."""
        self.fair_interval = 0.0
        """Seconds between looks that the last answer's X-RateLimit headers leave room for; 0 without any."""
        self._reading: httpx.AsyncClient | None = None
        self.renewal: TokenRenewal | None = None
        """Who is asked for another token when a read is answered with 401; nobody as long as it is None."""
        self._renewing = asyncio.Lock()
        self._tokens_used = 0
        """Counts the tokens: the same one, given again by a person who is let in with it, is another."""
        self._given_up: int | None = None
        """The count of the refused token for which no other could be had."""

    async def __aenter__(self) -> Session:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends the connections that are kept open."""
        if self._reading is not None:
            client, self._reading = self._reading, None
            await client.aclose()

    @property
    def shown_proxy(self) -> str:
        """The proxy in use as it may be shown; empty where there is none."""
        return without_credentials(self.proxy) if self.proxy else ""

    @property
    def token(self) -> Secret | None:
        """What is sent as Authtoken."""
        return self._token

    def use_token(self, token: Secret) -> None:
        """Sends ``token`` from now on."""
        self._token = token
        self._tokens_used += 1

    async def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Answer:
        """One request that changes nothing on the server, or that may be sent twice without harm.

        It uses connections that are kept open. A kept connection can turn out to have been closed by the server in
        that very moment, so a request whose connection was cut is asked once more. So is one that was answered with
        401, if ``renewal`` gives another token.
        """
        used, count = self._token, self._tokens_used
        answer = await self._ask(method, path, params, headers, content)
        if answer.status != HTTPStatus.UNAUTHORIZED or used is None or not await self._has_another(used, count):
            return answer
        return await self._ask(method, path, params, headers, content)

    async def _ask(
        self,
        method: str,
        path: str,
        params: Mapping[str, str | int] | None,
        headers: Mapping[str, str] | None,
        content: bytes | None,
    ) -> Answer:
        try:
            return await self._send(self._reader(), method, path, params, headers, content)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            pass
        except _FAILURES as error:
            raise await self._failure(error) from error
        try:
            return await self._send(self._reader(), method, path, params, headers, content)
        except _FAILURES as error:
            raise await self._failure(error) from error

    async def _has_another(self, refused: Secret, count: int) -> bool:
        """Whether there is another token than the one refused: requests that end at once renew it once."""
        if self.renewal is None:
            return False
        async with self._renewing:
            if self._tokens_used != count:
                return True
            if self._given_up == count:
                return False
            fresh = await self.renewal.renew(refused)
            if fresh is None:
                self._given_up = count
                return False
            self.use_token(fresh)
            return True

    async def post_once(
        self, path: str, content: bytes, delivery: Delivery | None = None, *, with_token: bool = True
    ) -> Answer:
        """One request that changes something, sent at most once, on a fresh connection of its own.

        A kept connection could be reset in the moment of sending, and then nobody knows whether the request
        arrived. ``delivery`` is told what the transport does; ask it after any exception, cancellation included.
        """
        delivery = delivery or Delivery()
        limits = self.route.limits
        async with self._client(keep=0) as client:
            try:
                return await self._send(
                    client,
                    "POST",
                    path,
                    None,
                    {"Accept-Encoding": "identity"},
                    content,
                    delivery=delivery,
                    largest=limits.posted_answer,
                    with_token=with_token,
                )
            except _FAILURES as error:
                raise await self._failure(error) from error

    async def _failure(self, error: Exception) -> CommvaultError:
        """The error in words; of a certificate that is not trusted, with whose it is."""
        said = transport_error(error, self.address, self.proxy)
        if not isinstance(said, CertificateError):
            return said
        presented = await presented_certificate(self.address, self.proxy)
        return said if presented is None else with_certificate(said, presented, self.address)

    async def _send(
        self,
        client: httpx.AsyncClient,
        method: str,
        path: str,
        params: Mapping[str, str | int] | None,
        headers: Mapping[str, str] | None,
        content: bytes | None,
        *,
        delivery: Delivery | None = None,
        largest: int | None = None,
        with_token: bool = True,
    ) -> Answer:
        # A POST without a body goes as XML, as the public SDK sends it (sdk:cvpysdk.py, make_request).
        content_type = "application/json" if content or method == "GET" else "application/xml"
        request = client.build_request(
            method,
            self.address.base + path,
            params=params,
            content=content,
            headers={"Content-Type": content_type, **(headers or {})},
            extensions={} if delivery is None else {"trace": delivery},
        )
        auth = AuthtokenAuth(self._token, self.address) if with_token and self._token is not None else None
        async with asyncio.timeout(self.route.limits.total):
            if delivery is not None:
                delivery.begin()
            response = await client.send(request, auth=auth, stream=True, follow_redirects=False)
            try:
                body = await _read_capped(response, largest or self.route.limits.answer)
            finally:
                await response.aclose()
        answer = _answer(f"{method} {path}", response, body)
        self.fair_interval = fair_interval(answer.rate_limit, answer.rate_period)
        if 200 <= answer.status < 300:  # an error page's Date can be a gateway's
            self.clock.note(answer.date)
        return answer if auth is None or self._token is None else without_token(answer, self._token)

    def _reader(self) -> httpx.AsyncClient:
        if self._reading is None:
            self._reading = self._client(keep=MAX_IN_FLIGHT)
        return self._reading

    def _client(self, *, keep: int) -> httpx.AsyncClient:
        limits = self.route.limits
        return httpx.AsyncClient(
            verify=self._tls,
            proxy=self.proxy,
            trust_env=False,  # the environment's proxy was found above, and nothing else of it is wanted
            follow_redirects=False,
            http2=False,
            timeout=httpx.Timeout(limits.read, connect=limits.connect, write=limits.write, pool=limits.total),
            limits=httpx.Limits(max_connections=MAX_IN_FLIGHT, max_keepalive_connections=keep),
            headers={"Accept": "application/json", "User-Agent": f"pgbackup-tui/{__version__}"},
        )


async def _read_capped(response: httpx.Response, largest: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > largest:
            raise ProtocolError(
                f"The answer is larger than {largest // (1024 * 1024)} MiB and was not read to its end.",
                "Check the address, and whether a proxy stands between.",
            )
    return bytes(body)


def _answer(request: str, response: httpx.Response, body: bytes) -> Answer:
    return Answer(
        request=request,
        status=response.status_code,
        content_type=response.headers.get("Content-Type", ""),
        body=body,
        location=response.headers.get("Location", ""),
        date=response.headers.get("Date", ""),
        retry_after=response.headers.get("Retry-After", ""),
        rate_limit=response.headers.get("X-RateLimit-Limit", ""),
        rate_period=response.headers.get("X-RateLimit-Period", ""),
    )
