"""One connection of a client: reads requests, has them answered, and does to the socket what a fault asks for."""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Iterator
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Protocol

from pgbackup_tui.simulator.canned import gateway
from pgbackup_tui.simulator.changes import changed
from pgbackup_tui.simulator.errors import bad_request
from pgbackup_tui.simulator.faults import Cut, FaultPlayer, Rule, Turn
from pgbackup_tui.simulator.messages import Refusal, Request, Response, text_response
from pgbackup_tui.simulator.routes import handle, path_below_base

if TYPE_CHECKING:
    import threading

    from pgbackup_tui.simulator.world import World

LARGEST_BODY = 10_000_000
LONGEST_LINE = 100


class Owner(Protocol):
    """What a connection needs of the server it belongs to."""

    world: World
    latency: float
    stopping: threading.Event

    @property
    def player(self) -> FaultPlayer: ...

    def record(self, request: Request) -> None: ...


class Connection(BaseHTTPRequestHandler):
    """Serves requests until one side closes.

    Head and body leave in one write, and Nagle's algorithm is off: otherwise a client that keeps its connection
    waits for a delayed acknowledgement, 44 ms a request.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_version = "SimulatedCommServe"

    @property
    def owner(self) -> Owner:
        owner: Owner = self.server.commserve  # type: ignore[attr-defined]
        return owner

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Nothing: stderr belongs to the program that the server runs in."""

    def version_string(self) -> str:
        return self.server_version

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The time of the world, by which a client may judge its own clock."""
        return formatdate(self.owner.world.clock() if timestamp is None else timestamp, usegmt=True)

    def do_GET(self) -> None:
        """Any method: the routes know which are allowed."""
        path = self.path.partition("?")[0]
        below = path_below_base(path)
        rule = self.owner.player.pick(self.command, path.strip("/") if below is None else below)
        if rule and rule.cut is Cut.RESET_BEFORE_READ:
            self._reset()
            return
        try:
            body = self._read_body()
        except Refusal as refusal:
            self.close_connection = True
            self._send(refusal.response)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body)
        self.owner.record(request)
        if self.owner.stopping.wait(self.owner.latency + (rule.latency if rule else 0.0)):
            self.close_connection = True
            return
        self._answer(request, rule)

    do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = do_GET  # noqa: N815

    def _answer(self, request: Request, rule: Rule | None) -> None:
        world = self.owner.world
        if rule is None:
            self._send(handle(world, _as_get(request)))
            return
        if rule.turn is Turn.TOKEN_ENDS:
            world.end_token()
        response = handle(world, _as_get(request)) if rule.carried_out else gateway(HTTPStatus.BAD_GATEWAY)
        if rule.instead:
            self._send(rule.instead)
        elif rule.change:
            self._send(changed(world, rule.change, response))
        elif rule.cut:
            self._cut(rule, response)
        else:
            self._send(response)

    def _send(self, response: Response) -> None:
        head, body = self._encoded(response)
        self.wfile.write(head + body)

    def _encoded(self, response: Response) -> tuple[bytes, bytes]:
        lines = [
            f"HTTP/1.1 {response.status} {_phrase(response.status)}",
            f"Server: {self.version_string()}",
            f"Date: {self.date_time_string()}",
            f"Content-Length: {len(response.body)}",
            *([f"Content-Type: {response.content_type}"] if response.body else []),
            *(f"{name}: {value}" for name, value in response.headers.items()),
            *(["Connection: close"] if self.close_connection else []),
        ]
        head = "\r\n".join([*lines, "", ""]).encode("ascii")
        return head, b"" if self.command == "HEAD" else response.body

    def _cut(self, rule: Rule, response: Response) -> None:
        """Spoil the answer on its way."""
        head, body = self._encoded(response)
        self.close_connection = True
        match rule.cut:
            case Cut.RESET:
                self._reset()
            case Cut.HALF_HEADER:
                self.wfile.write(head[: len(head) // 2])
            case Cut.HALF_BODY:
                self.wfile.write(head + body[: len(body) // 2])
            case Cut.SILENCE:
                while self.connection.recv(4096):
                    pass
            case Cut.TRICKLE:
                for byte in head + body:
                    self.wfile.write(bytes([byte]))
                    if self.owner.stopping.wait(rule.interval):
                        break

    def _reset(self) -> None:
        """End with RST instead of FIN: for that the socket has to be closed at once, with nothing lingering."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.connection.close()

    def _read_body(self) -> bytes:
        """The body, by its length or in chunks. Refusal where it can't be known where the body ends."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return b"".join(self._chunks())
        text = self.headers.get("Content-Length", "0")
        if not (text.isascii() and text.isdigit()):
            raise Refusal(bad_request())
        if len(text) > len(str(LARGEST_BODY)) or int(text) > LARGEST_BODY:
            raise Refusal(text_response("The request body is too large.", 413))
        return self._read_exactly(int(text))

    def _chunks(self) -> Iterator[bytes]:
        left = LARGEST_BODY
        while True:
            size_line = self.rfile.readline(LONGEST_LINE).partition(b";")[0].strip()
            if not re.fullmatch(b"[0-9A-Fa-f]{1,8}", size_line):
                raise Refusal(bad_request())
            size = int(size_line, 16)
            left -= size
            if left < 0:
                raise Refusal(text_response("The request body is too large.", 413))
            yield self._read_exactly(size)
            self.rfile.readline(LONGEST_LINE)
            if size == 0:
                return

    def _read_exactly(self, size: int) -> bytes:
        body = self.rfile.read(size)
        if len(body) < size:
            raise ConnectionAbortedError("the client hung up in the middle of a request")
        return body


def _as_get(request: Request) -> Request:
    """HEAD is answered as GET is, without the body."""
    return Request("GET", request.target, request.headers) if request.method == "HEAD" else request


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unknown"
