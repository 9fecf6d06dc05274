"""The server on its socket: connections, plain requests such as curl sends, and its end."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import pytest

from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.simulator.world import World
from tests.simulator.asking import Clock, task

API = "/commandcenter/api"


@pytest.fixture
def commserve(world: World) -> Iterator[SimulatedCommServe]:
    with SimulatedCommServe(world) as running:
        yield running


def port_of(commserve: SimulatedCommServe) -> int:
    return int(commserve.url.split(":")[2].split("/")[0])


@pytest.fixture
def connection(commserve: SimulatedCommServe) -> Iterator[http.client.HTTPConnection]:
    opened = http.client.HTTPConnection("127.0.0.1", port_of(commserve), timeout=10)
    yield opened
    opened.close()


def raw(commserve: SimulatedCommServe, sent: bytes) -> bytes:
    """Everything that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", port_of(commserve)), timeout=10) as opened:
        opened.sendall(sent)
        opened.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: opened.recv(65536), b""))


def head_of(method: str, path: str, **headers: str) -> bytes:
    lines = [f"{method} {API}/{path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def test_the_url_is_the_whole_base_on_loopback(commserve: SimulatedCommServe) -> None:
    assert commserve.url == f"http://127.0.0.1:{port_of(commserve)}/commandcenter/api"
    assert commserve.token == "the-api-token"


def test_one_connection_carries_many_requests(
    commserve: SimulatedCommServe, connection: http.client.HTTPConnection
) -> None:
    sockets = set()
    for _ in range(3):
        connection.request("GET", f"{API}/CommServ", headers={"Authtoken": commserve.token})
        with connection.getresponse() as answer:
            assert json.loads(answer.read())["commcell"]["commCellId"] == 2
        sockets.add(connection.sock)
    assert len(sockets) == 1


def test_the_date_is_the_time_of_the_world(connection: http.client.HTTPConnection, clock: Clock) -> None:
    connection.request("GET", f"{API}/")
    with connection.getresponse() as answer:
        assert parsedate_to_datetime(answer.headers["Date"]).timestamp() == int(clock.now)


def test_what_was_received_is_recorded_in_order(
    commserve: SimulatedCommServe, connection: http.client.HTTPConnection
) -> None:
    connection.request("GET", f"{API}/Client?fq=a:eq:b&x=%20", headers={"Authtoken": "x"})
    connection.getresponse().close()
    connection.request("POST", f"{API}//CREATETASK", body=b"{}")
    connection.getresponse().close()
    first, second = commserve.received
    assert (first.method, first.path, first.body) == ("GET", f"{API}/Client?fq=a:eq:b&x=%20", b"")
    assert first.headers["authtoken"] == "x"
    assert (second.method, second.path, second.body) == ("POST", f"{API}//CREATETASK", b"{}")


def test_curl_starts_a_backup(commserve: SimulatedCommServe) -> None:
    body = json.dumps(task([{"subclientId": 2000001}])).encode()
    headers = {"User_Agent": "curl/8.5.0", "Accept": "*/*", "Content_Type": "application/json"}
    head = head_of("POST", "Createtask", Authtoken=commserve.token, Content_Length=str(len(body)), **headers)
    answer = raw(commserve, head + body)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b'{"taskId":71945,"jobIds":["3587112"]}')


def test_a_post_without_length_has_an_empty_body(commserve: SimulatedCommServe) -> None:
    head = head_of("POST", "WhoAmI", Authtoken=commserve.token, Content_Type="application/xml")
    assert b'"userName":"oncall"' in raw(commserve, head)


def test_a_body_in_chunks_is_read(commserve: SimulatedCommServe) -> None:
    head = head_of("POST", "Jobs", Authtoken=commserve.token, Transfer_Encoding="chunked")
    answer = raw(commserve, head + b'1\r\n{\r\n11;x=y\r\n"category": "ALL"\r\n1\r\n}\r\n0\r\n\r\n')
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert commserve.received[0].body == b'{"category": "ALL"}'


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Content-Length: x", 400),
        ("Content-Length: -1", 400),
        ("Content-Length: 99999999999", 413),
        ("Content-Length: 10000001", 413),
        ("Transfer-Encoding: chunked", 400),
    ],
)
def test_a_body_that_can_not_be_read_is_refused(commserve: SimulatedCommServe, header: str, status: int) -> None:
    answer = raw(commserve, f"POST {API}/CreateTask HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\nzz\r\n".encode())
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"Connection: close" in answer
    assert commserve.received == ()


def test_head_is_get_without_the_body(commserve: SimulatedCommServe) -> None:
    answer = raw(commserve, f"HEAD {API}/ HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\n")


def test_http_1_0_is_answered_and_closed(commserve: SimulatedCommServe) -> None:
    assert b"Connection: close" in raw(commserve, f"GET {API}/ HTTP/1.0\r\n\r\n".encode())


@pytest.mark.parametrize(
    "sent", [b"", b"garbage\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"POST /x HTTP/1.1\r\nContent-Length: 9\r\n\r\n1"]
)
def test_a_client_that_hangs_up_or_talks_nonsense_leaves_no_trace(
    commserve: SimulatedCommServe, sent: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    raw(commserve, sent)
    assert raw(commserve, f"GET {API}/ HTTP/1.1\r\nHost: x\r\n\r\n".encode()).startswith(b"HTTP/1.1 200")
    assert capfd.readouterr() == ("", "")


def test_latency_holds_up_only_the_request_that_has_it(world: World) -> None:
    with SimulatedCommServe(world, latency=0.3) as slow:

        def ask_at_once(times: int) -> float:
            asked = f"GET {API}/ HTTP/1.0\r\n\r\n".encode()
            asking = [threading.Thread(target=raw, args=(slow, asked)) for _ in range(times)]
            begun = time.perf_counter()
            for thread in asking:
                thread.start()
            for thread in asking:
                thread.join()
            return time.perf_counter() - begun

        alone = ask_at_once(1)
        assert alone >= 0.3
        assert ask_at_once(8) < 8 * alone


def test_an_answer_is_sent_in_one_piece_and_so_waits_for_no_delayed_acknowledgement(
    commserve: SimulatedCommServe, connection: http.client.HTTPConnection
) -> None:
    connection.connect()
    for _ in range(50):
        connection.sock.sendall(f"GET {API}/ HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        head, _, body = connection.sock.recv(65536).partition(b"\r\n\r\n")
        assert f"Content-Length: {len(body)}".encode() in head
        assert body


def test_stopping_ends_kept_alive_connections_and_every_thread(
    commserve: SimulatedCommServe, connection: http.client.HTTPConnection
) -> None:
    before = threading.active_count()
    connection.request("GET", f"{API}/")
    connection.getresponse().close()
    assert threading.active_count() == before + 1
    commserve.stop()
    assert threading.active_count() == before - 1
    assert connection.sock is None or connection.sock.recv(1) == b""


def test_a_stopped_server_has_no_url_and_starts_again(world: World) -> None:
    commserve = SimulatedCommServe(world)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="not started"):
            _ = commserve.url
        with commserve:
            assert raw(commserve, f"GET {API}/ HTTP/1.0\r\n\r\n".encode())
    commserve.stop()


def test_a_started_server_can_not_be_started_twice(commserve: SimulatedCommServe) -> None:
    with pytest.raises(RuntimeError, match="already started"):
        commserve.start()
