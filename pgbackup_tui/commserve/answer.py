"""One answer of a CommServe, and the errors that can be in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from pgbackup_tui.commserve.errors import ApiError, AuthError, ProtocolError
from pgbackup_tui.commserve.throttle import retry_after

UNREADABLE = (msgspec.MsgspecError, RecursionError, ValueError)
"""What decoding can raise for bytes of any kind: damage, depth, and text that is not UTF-8."""
_NOT_A_COMMSERVE = (
    "Something answers there that is not a CommServe's REST API: check the address, and whether a proxy or a "
    "log-in page stands between."
)
_TOKEN_REFUSED = "Sign in again, or give a token that is still valid."  # noqa: S105  # advice, not a secret
_MOST_WORDS = 300


@dataclass(frozen=True, slots=True)
class ServerError:
    """What a CommServe says of a failure."""

    code: int | None
    message: str
    """The server's own words, raw."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, head and whole body of one answer; says nothing yet of what they mean."""

    request: str
    """Method and path, for messages: ``GET databases/instances``."""
    status: int
    content_type: str
    body: bytes = field(repr=False)
    location: str = ""
    """Where a redirect points to."""
    date: str = ""
    """The Date header: the server's own clock."""
    retry_after: str = ""
    """The Retry-After header."""
    rate_limit: str = ""
    """The X-RateLimit-Limit header."""
    rate_period: str = ""
    """The X-RateLimit-Period header."""

    def payload(self) -> object | None:
        """The body as JSON values, or None where it isn't JSON."""
        try:
            decoded: object = msgspec.json.decode(self.body)
        except UNREADABLE:
            return None
        return decoded

    def server_error(self) -> ServerError | None:
        """The CommServe's own error in the body, whatever the status is."""
        return find_server_error(self.payload())

    def fields(self) -> dict[str, msgspec.Raw]:
        """The members of the JSON object that a successful answer is, each still undecoded.

        Raises AuthError (401), ApiError (any of the CommServe's error envelopes, with any status) or
        ProtocolError (everything that is no CommServe's answer).
        """
        self._refuse_redirect()
        if not 200 <= self.status < 300:
            raise self.refusal()
        try:
            members = msgspec.json.decode(self.body, type=dict[str, msgspec.Raw])
        except UNREADABLE as error:
            raise self._not_json() from error
        refused = find_server_error({key: _decoded(members[key]) for key in _ERROR_KEYS if key in members})
        if refused is not None:
            raise self._api_error(refused)
        return members

    def refusal(self) -> AuthError | ApiError | ProtocolError:
        """The error that this answer is, for an answer that isn't a success; with when to ask again, if it says."""
        error = self._refusal()
        error.retry_after = retry_after(self.retry_after)
        return error

    def _refusal(self) -> AuthError | ApiError | ProtocolError:
        payload = self.payload()
        error = find_server_error(payload)
        if error is None and isinstance(payload, str):
            error = ServerError(None, payload)
        if self.status == 401:
            words = error.message if error else ""
            code = error.code if error else None
            problem = "The CommServe refused the Authtoken" + (f": {words}" if words else ".")
            return AuthError(problem, _TOKEN_REFUSED, status=401, code=code, message=words)
        if error is not None:
            return self._api_error(error)
        return self._not_json()

    def _refuse_redirect(self) -> None:
        if 300 <= self.status < 400:
            raise ProtocolError(
                f"{self.request} was redirected to {self.location or 'an address that it does not name'}; "
                "redirects are not followed, because the Authtoken would go with them.",
                "If that is the right CommServe, give its address.",
            )

    def _api_error(self, error: ServerError) -> ApiError:
        return ApiError(error.message, status=self.status, code=error.code, message=error.message)

    def _not_json(self) -> ProtocolError:
        kind = self.content_type.split(";")[0] or "no content type"
        return ProtocolError(
            f"{self.request} was answered with HTTP {self.status} and {kind}, which no CommServe does: "
            + self.words(),
            _NOT_A_COMMSERVE,
        )

    def words(self) -> str:
        """What a body that is no JSON says: an HTML page's title, or its first characters."""
        text = self.body[:65536].decode("utf-8", "replace").strip()
        title = re.search(r"<title[^>]*>\s*(.*?)\s*</title>", text, re.IGNORECASE | re.DOTALL)
        if title:
            return f"“{title.group(1)[:_MOST_WORDS]}”"
        return f"“{text[:_MOST_WORDS]}”" if text else "(nothing)"


_ERROR_KEYS = (
    "errorCode",
    "errorMessage",
    "errorString",
    "errLogMessage",
    "error",
    "errors",
    "errList",
    "response",
)


def find_server_error(payload: object) -> ServerError | None:
    """The first error in any of the envelopes that CommServes use, or None where there is none.

    The envelopes, as api.commvault.com shows and cvpysdk reads them: the pair errorCode and errorMessage at the
    top, in ``error``, and in lists called ``errors``, ``errList`` and ``response``, where the words are called
    errorMessage, errLogMessage or errorString. An errorCode of 0 is a success, whatever else stands beside it.
    """
    for envelope in _envelopes(payload):
        code = _integer(envelope.get("errorCode"))
        words = _first_words(envelope)
        if code or (words and code is None):
            return ServerError(code, words)
    return None


def _first_words(envelope: dict[str, object]) -> str:
    for key in (*_WORDS, "error"):
        words = envelope.get(key)
        if isinstance(words, str) and words:
            return words
    return ""


_WORDS = ("errorMessage", "errLogMessage", "errorString")
_NESTED = ("error", "errors", "errList", "response")
_DEEPEST = 4


def _envelopes(payload: object, depth: int = 0) -> Iterator[dict[str, object]]:
    if depth > _DEEPEST:
        return
    if isinstance(payload, dict):
        yield payload
        for key in _NESTED:
            yield from _envelopes(payload.get(key), depth + 1)
    elif isinstance(payload, list):
        for item in payload:
            yield from _envelopes(item, depth + 1)


def _integer(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
        return int(value)
    return None


def _decoded(raw: msgspec.Raw) -> object:
    try:
        decoded: object = msgspec.json.decode(raw)
    except UNREADABLE:
        return None
    return decoded
