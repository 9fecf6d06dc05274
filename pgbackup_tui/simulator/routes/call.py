"""One request on its way through a route: the world, who asks, and what was said in path, query and body."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pgbackup_tui.simulator.entities import Named
from pgbackup_tui.simulator.errors import bad_request, error_object
from pgbackup_tui.simulator.messages import Json, Refusal, Request
from pgbackup_tui.simulator.world import World

BAD_PARAMETER = 1
LARGEST_NUMBER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Call:
    """What a route gets. Names in the query are matched without regard to case."""

    world: World
    request: Request
    now: float
    params: Mapping[str, str] = field(default_factory=dict)
    """The named parts of the path."""
    signed_in: Named | None = None

    @property
    def user(self) -> Named:
        """Whose token came with the request; only routes that need a token may ask."""
        assert self.signed_in is not None  # noqa: S101 - routes.handle lets nobody else through
        return self.signed_in

    @property
    def authtoken(self) -> str:
        return authtoken_of(self.request)

    def text(self, *names: str) -> str:
        """The value of the first of these names that the query has, else an empty string."""
        query = {name.lower(): value for name, value in self.request.query}
        return next((query[name.lower()] for name in names if name.lower() in query), "")

    def texts(self, name: str) -> list[str]:
        return [value for key, value in self.request.query if key.lower() == name.lower()]

    def number(self, name: str) -> int | None:
        """A number of the query; None when it isn't there."""
        return _number(name, self.text(name))

    def paging(self, name: str, default: int) -> int:
        """`limit` or `offset`: a header (documented for GET Job) or a parameter."""
        value = _number(name, self.request.headers.get(name, "") or self.text(name))
        return default if value is None or value < 0 else value

    def id(self, name: str = "id") -> int:
        return int(self.params[name])

    def body(self) -> dict[str, Json]:
        """The body as a JSON object; anything else is refused with the documented 400."""
        try:
            data = json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise Refusal(bad_request()) from None
        if not isinstance(data, dict):
            raise Refusal(bad_request())
        return data


def authtoken_of(request: Request) -> str:
    """The token, from the API's own header or as a bearer token (documented for access tokens)."""
    return request.headers.get("authtoken") or request.headers.get("authorization", "")


def _number(name: str, text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch("-?[0-9]{1,18}", text):
        raise Refusal(error_object(BAD_PARAMETER, f"{name} is not a number.", 400))
    return int(text)
