"""One CommServe as the rest of the program sees it."""

from __future__ import annotations

import base64
import socket
import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType

import msgspec

from pgbackup_tui.commserve.address import Address, candidates
from pgbackup_tui.commserve.answer import UNREADABLE, Answer
from pgbackup_tui.commserve.auth import LOGIN_PREFIX
from pgbackup_tui.commserve.delivery import Delivery
from pgbackup_tui.commserve.errors import AuthError, ProtocolError
from pgbackup_tui.commserve.inventory import Inventory
from pgbackup_tui.commserve.jobs import Jobs
from pgbackup_tui.commserve.route import Limits, Route
from pgbackup_tui.commserve.rows import read_member
from pgbackup_tui.commserve.session import Session
from pgbackup_tui.commserve.throttle import MANY_READS, SAAS_INTERVAL, cost_words, is_saas
from pgbackup_tui.commserve.wire import LoginMembers, WhoAmIUser
from pgbackup_tui.secret import Secret

_SHORTEST_PATIENCE = 120.0
"""Seconds: a request can wait in a proxy or a web server's queue for so long."""
_PREFIXES = (LOGIN_PREFIX, "SAML ", "Bearer ")


class CommServe:
    """A CommServe, reached over one route with one Authtoken. An async context manager."""

    def __init__(self, route: Route, token: Secret | None = None) -> None:
        self.session = Session(route, token)
        self.inventory = Inventory(self.session)
        self.jobs = Jobs(self.session)
        self.is_saas = is_saas(route.address.base)
        """Whether it is Commvault's SaaS, where all users of a tenant share a small budget of requests."""

    async def __aenter__(self) -> CommServe:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.session.close()

    @property
    def address(self) -> Address:
        return self.session.address

    def server_time(self) -> float | None:
        """The CommServe's own clock (UNIX seconds), as its answers told it; None before any did."""
        return self.session.clock.now()

    def least_interval(self) -> float:
        """Seconds that should lie between two looks at jobs; 0 where this CommServe sets no limit."""
        own = SAAS_INTERVAL if self.is_saas else 0.0
        return max(own, self.session.fair_interval)

    def cost(self, requests: int) -> str:
        """What so many reads cost, where a person should agree to that first; empty where nobody has to."""
        return cost_words(requests) if self.is_saas and requests > MANY_READS else ""

    async def reconnect(self) -> None:
        """Drops the connections that are kept open, which a sleep of this machine has left dead."""
        await self.session.close()

    @property
    def patience(self) -> float:
        """Seconds after which a job whose start was asked for can be expected to show itself."""
        return max(_SHORTEST_PATIENCE, 2 * self.session.route.limits.read)

    async def who_am_i(self) -> str:
        """The name of the token's user.

        A token is sent as it was given. Only if that is refused, and it has no prefix, is it tried once as
        ``QSDK <token>``, which is how cvpysdk sends every bare token, and kept so. Raises AuthError.
        """
        given = self.session.token
        if given is None:
            raise AuthError("There is no Authtoken.", "Sign in first.", status=401, code=None, message="")
        try:
            return await self._who_am_i()
        except AuthError:
            if given.reveal().startswith(_PREFIXES):
                raise
            self.session.use_token(Secret(LOGIN_PREFIX + given.reveal()))
            try:
                return await self._who_am_i()
            except AuthError as refused_twice:
                self.session.use_token(given)
                raise refused_twice from None

    async def login(self, user: str, password: Secret) -> Secret:
        """Signs in and uses the token that comes back, which is returned too.

        Raises AuthError with the CommServe's own words (wrong password, locked account, a second factor wanted);
        they come with HTTP 200 and without a token (sdk:cvpysdk.py, _login).
        """
        body = {
            "mode": 4,
            "username": user,
            "password": base64.b64encode(password.reveal().encode()).decode(),
            "deviceId": socket.gethostname(),
            "clientType": 30,
        }
        answer = await self.session.post_once("Login", msgspec.json.encode(body), with_token=False)
        if not 200 <= answer.status < 300:
            raise answer.refusal()
        try:
            members = msgspec.json.decode(answer.body, type=LoginMembers, strict=False)
        except UNREADABLE as error:
            raise answer.refusal() from error
        if not members.token:
            raise _login_refusal(answer, members)
        if not (members.token.isascii() and members.token.isprintable()):
            raise ProtocolError("The login was answered with a token that no header can carry.")
        token = Secret(members.token)
        self.session.use_token(token)
        return token

    async def logout(self) -> None:
        """Ends a login on the server; its token is worth nothing afterwards."""
        answer = await self.session.post_once("Logout", b"")
        if not 200 <= answer.status < 300:
            raise answer.refusal()

    async def seconds_ahead(self) -> float | None:
        """How far the CommServe's clock is ahead of this machine's, to a second or so; None if it doesn't say."""
        asked = time.time()
        answer = await self.session.ask("GET", "")
        try:
            told = parsedate_to_datetime(answer.date).timestamp()
        except ValueError:
            return None
        return told - (asked + time.time()) / 2

    async def create_task(self, body: bytes, delivery: Delivery) -> Answer:
        """``POST CreateTask``, once, on a connection of its own; what the answer means is for backup/ to say.

        Raises TransportError or ProtocolError where no whole answer came: ``delivery`` tells whether it was sent.
        """
        return await self.session.post_once("CreateTask", body, delivery)

    async def _who_am_i(self) -> str:
        fields = (await self.session.ask("POST", "WhoAmI")).fields()
        user = read_member(fields, "user", WhoAmIUser)
        if user is None or not user.user_name:
            raise ProtocolError("WhoAmI was answered without a user.", "Check that the address is a CommServe's.")
        return user.user_name


async def find_route(
    typed: str, *, ca_file: Path | None = None, use_proxies: bool = True, limits: Limits | None = None
) -> Route:
    """The route to the CommServe that ``typed`` names: each base that it can mean is asked once.

    Nothing is posted and no token is sent. Raises AddressError, TransportError, or ProtocolError where something
    else than a CommServe answers, or where it answers with a redirect.
    """
    refusal: ProtocolError | None = None
    for address in candidates(typed):
        route = Route(address, ca_file=ca_file, use_proxies=use_proxies, limits=limits or Limits())
        async with Session(route) as session:
            answer = await session.ask("GET", "")
        if answer.status < 300 or answer.status == 401:
            return route
        refusal = refusal or _no_base(answer, address)
    assert refusal is not None  # noqa: S101  # there is at least one candidate
    raise refusal


def _no_base(answer: Answer, address: Address) -> ProtocolError:
    if 300 <= answer.status < 400:
        return ProtocolError(
            f"{address.base} is redirected to {answer.location or 'an address that it does not name'}; "
            "redirects are not followed, because the Authtoken would go with them. Nothing was sent.",
            "If that is the right CommServe, give its address with --url.",
        )
    if answer.status >= 500:
        return ProtocolError(
            f"{address.base} was answered with HTTP {answer.status}: {answer.words()}",
            "The CommServe or its gateway may be restarting: try again in a while.",
        )
    return ProtocolError(
        f"{address.base} was answered with HTTP {answer.status}: {answer.words()}. There is no REST API there.",
        "Check the address: it is the one of Command Center, or ends in /commandcenter/api.",
    )


def _login_refusal(answer: Answer, members: LoginMembers) -> AuthError:
    error = answer.server_error()
    words = error.message if error else "The CommServe gave no token and no reason."
    advice = "Check user and password. With a second factor, the PIN follows the password."
    if members.is_account_locked:
        minutes = max(1, members.remaining_lock_time // 60)
        advice = f"The account is locked for about {minutes} more minutes."
    return AuthError(words, advice, status=answer.status, code=error.code if error else None, message=words)
