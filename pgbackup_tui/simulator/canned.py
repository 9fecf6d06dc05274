"""Answers that a fault plan can have sent in place of the real one, and changes to the real one of CreateTask."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from http import HTTPStatus

from pgbackup_tui.simulator.errors import access_denied, bad_request, no_capability, no_eligible_subclient
from pgbackup_tui.simulator.messages import JSON_TYPE, TEXT_TYPE, Json, Response, html_response

BOMB_MEGABYTES = 100


def _forbidden() -> Response:
    """With the client of the documented example."""
    return no_capability("pgsql_win")


DOCUMENTED: dict[str, Callable[[], Response]] = {
    "400": bad_request,
    "401": access_denied,
    "403": _forbidden,
    "500": no_eligible_subclient,
}


def gateway(status: int) -> Response:
    phrase = HTTPStatus(status).phrase
    return html_response(f"{status} {phrase}", "The gateway got no valid answer from the web server.", status)


def _at_status_200(answer: Callable[[], Response]) -> Callable[[], Response]:
    return lambda: replace(answer(), status=200)


def _gateway(status: int) -> Callable[[], Response]:
    return lambda: gateway(status)


@cache
def _gzip_bomb() -> Response:
    """A small body that unpacks to a large one. Blanks, since they are legal JSON as far as they go."""
    packer = zlib.compressobj(wbits=31)
    body = b"".join(packer.compress(b" " * 1_000_000) for _ in range(BOMB_MEGABYTES)) + packer.flush()
    return Response(200, body, headers={"Content-Encoding": "gzip"})


NAMED: dict[str, Callable[[], Response]] = {
    **DOCUMENTED,
    **{f"200-{name}": _at_status_200(answer) for name, answer in DOCUMENTED.items()},
    **{str(status): _gateway(status) for status in (502, 503, 504)},
    "html": lambda: html_response("Scheduled Maintenance", "The service will be back shortly.", 200),
    "empty": lambda: Response(200),
    "bad-gzip": lambda: Response(200, b"this is not gzip", headers={"Content-Encoding": "gzip"}),
    "gzip-bomb": _gzip_bomb,
}


def redirect(url: str, status: int) -> Response:
    if not url or not _sendable(url):
        raise ValueError("the URL of a redirect is printable ASCII, such as redirect:https://cs.example/")
    if not 300 <= status <= 399:
        raise ValueError("the status of a redirect is a number from 300 to 399")
    return replace(html_response("Object moved", url, status), headers={"Location": url})


def custom(answer: dict[str, Json]) -> Response:
    """An answer that a plan spells out. ValueError says what is wrong with it."""
    status, headers = answer.get("status", 200), answer.get("headers", {})
    body, kind = answer.get("body", ""), answer.get("content_type")
    if unknown := sorted(answer.keys() - {"status", "headers", "body", "content_type"}):
        raise ValueError(
            f"{', '.join(unknown)} is unknown in an answer; it has status, headers, body, content_type"
        )
    if type(status) is not int or not 200 <= status <= 599:
        raise ValueError("the status of an answer is a number from 200 to 599")
    if not isinstance(headers, dict) or not all(_sendable(text) for pair in headers.items() for text in pair):
        raise ValueError("the headers of an answer are an object of printable ASCII texts")
    if kind is not None and not _sendable(kind):
        raise ValueError("the content_type of an answer is a printable ASCII text")
    if isinstance(body, str):
        return Response(status, body.encode(), kind or TEXT_TYPE, headers)
    return Response(status, json.dumps(body).encode(), kind or JSON_TYPE, headers)


def _sendable(text: Json) -> bool:
    return isinstance(text, str) and text.isascii() and text.isprintable()
