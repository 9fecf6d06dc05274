"""A server of the test's own that speaks TLS and keeps every byte that reaches it inside."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme

Reply = tuple[int, Mapping[str, str], bytes]


class HttpsServer:
    """What arrived, and where it listens."""

    def __init__(self) -> None:
        self.received: list[tuple[str, str, dict[str, str], bytes]] = []
        """Method, path, headers in lower case, and body of every request."""
        self.port = 0

    def url(self, host: str = "localhost", scheme: str = "https") -> str:
        return f"{scheme}://{host}:{self.port}/commandcenter/api"

    def has_seen(self, secret: str) -> bool:
        """Whether a request had the secret anywhere."""
        return secret in repr(self.received)


@contextmanager
def https_server(
    certificate: trustme.LeafCert | None,
    reply: Callable[[str, str], Reply] = lambda _method, _path: (200, {}, b"{}"),
) -> Iterator[HttpsServer]:
    """Serves ``reply`` with the certificate, or without TLS where there is none."""
    site = HttpsServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_words: object) -> None:
            """Nothing."""

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            site.received.append((self.command, self.path, headers, body))
            status, more, content = reply(self.command, self.path)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_words: object) -> None:
            """A client that does not trust the certificate hangs up."""

        def get_request(self) -> tuple[socket.socket, Any]:
            connection, address = super().get_request()
            if context is not None:
                connection = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            return connection, address

    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
    server = Server(("127.0.0.1", 0), Handler)
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
