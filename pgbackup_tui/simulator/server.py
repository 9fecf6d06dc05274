"""The simulated CommServe on a socket: HTTP/1.1 with kept-alive connections, threads, and faults on request."""

from __future__ import annotations

import socket
import sys
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from socketserver import TCPServer, ThreadingMixIn
from types import TracebackType
from typing import Any, Self

from pgbackup_tui.simulator.connection import Connection
from pgbackup_tui.simulator.faults import FaultPlan, FaultPlayer
from pgbackup_tui.simulator.messages import Request
from pgbackup_tui.simulator.world import World

KEPT_REQUESTS = 10_000
END_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Received:
    """A request as the server read it."""

    method: str
    path: str
    """With the query."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class SimulatedCommServe:
    """Serves a world over HTTP, from `start` to `stop`, or inside a `with`."""

    def __init__(
        self,
        world: World,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        latency: float = 0.0,
        faults: FaultPlan | None = None,
    ) -> None:
        self.world = world
        self.latency = latency
        """Seconds that each request waits before it is worked on, without holding up any other."""
        self.stopping = threading.Event()
        self._address = (host, port)
        self._player = FaultPlayer(faults or FaultPlan())
        self._received: deque[Received] = deque(maxlen=KEPT_REQUESTS)
        self._listener: _Listener | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The whole base, without a slash at the end."""
        if self._listener is None:
            raise RuntimeError("the simulated CommServe is not started")
        host, port = self._listener.server_address[:2]
        shown = f"[{host!s}]" if ":" in str(host) else host
        return f"http://{shown!s}:{port}/commandcenter/api"

    @property
    def token(self) -> str:
        """The API token."""
        return self.world.sessions.token

    @property
    def received(self) -> tuple[Received, ...]:
        """The requests so far, in order; of a long run the last ten thousand."""
        return tuple(self._received)

    @property
    def player(self) -> FaultPlayer:
        return self._player

    def play(self, faults: FaultPlan) -> None:
        """Go on with another plan, its counts at zero."""
        self._player = FaultPlayer(faults)

    def record(self, request: Request) -> None:
        """For the connections: called with a request once it is read."""
        self._received.append(Received(request.method, request.target, request.headers, request.body))

    def start(self) -> None:
        if self._listener is not None:
            raise RuntimeError("the simulated CommServe is already started")
        self.stopping.clear()
        self._listener = _Listener(self._address, self)
        self._thread = threading.Thread(
            target=self._listener.serve_forever, args=(0.02,), name="simulated-commserve", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End every connection, also the kept-alive and the silent ones, and wait for their threads."""
        if self._listener is None or self._thread is None:
            return
        self.stopping.set()
        self._listener.shutdown()
        self._thread.join(END_SECONDS)
        self._listener.end_connections()
        self._listener.server_close()
        self._listener = self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


class _Listener(ThreadingMixIn, TCPServer):
    """Accepts connections, and knows the threads and sockets it has to end.

    http.server.HTTPServer is not used because it looks up the host's name, which can take seconds.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], commserve: SimulatedCommServe) -> None:
        self.commserve = commserve
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self._open: dict[threading.Thread, socket.socket] = {}
        self._lock = threading.Lock()
        super().__init__(address, Connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        with self._lock:
            self._open[thread] = request
        thread.start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._open.pop(threading.current_thread(), None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is nothing to report; anything else is a defect, and is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def end_connections(self) -> None:
        with self._lock:
            still_open = dict(self._open)
        for connection in still_open.values():
            end_socket(connection)
        for thread in still_open:
            thread.join(END_SECONDS)


def end_socket(connection: socket.socket) -> None:
    """Wake whoever reads from it; it is for the thread that owns it to close it."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was quicker
