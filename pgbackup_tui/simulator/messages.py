"""What goes in and out of the routes: a request and a response, without a socket.

The routes are a pure function of a world and a request, so that they can stand behind a socket (server.py) as
well as behind a test's own transport.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

Json: TypeAlias = Any
"""What json.loads returns; every part of it is checked before it is used."""

JSON_TYPE = "application/json; charset=utf-8"
HTML_TYPE = "text/html; charset=utf-8"
TEXT_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was received; header names are lower case."""

    method: str
    target: str
    """Path and query, as received."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> tuple[tuple[str, str], ...]:
        """The query's pairs in order; names may repeat (fq) and have slashes (association/entity/clientId)."""
        return tuple(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: status, body and what is said of the body."""

    status: int
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):  # noqa: N818 - an answer that ends the handling of a request, not a defect
    """Raised anywhere below a route to answer at once."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def json_response(data: Json, status: int = 200) -> Response:
    """`data` as JSON. Every number, string, list and object is a legal answer of the API, a bare string too."""
    return Response(status, json.dumps(data, separators=(",", ":")).encode())


def text_response(text: str, status: int = 200) -> Response:
    return Response(status, text.encode(), TEXT_TYPE)


def html_response(title: str, text: str, status: int) -> Response:
    """A page such as a gateway writes; the SDK shows the <title> of one (sdk:commcell.py _update_response_)."""
    page = (
        f"<!DOCTYPE html>\r\n<html>\r\n<head><title>{title}</title></head>\r\n"
        f"<body>\r\n<h1>{title}</h1>\r\n<p>{text}</p>\r\n</body>\r\n</html>\r\n"
    )
    return Response(status, page.encode(), HTML_TYPE)
