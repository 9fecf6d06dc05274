"""Faults as a client meets them: another answer, half of one, or none; with the backup started or not."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pgbackup_tui.simulator.faults import FaultPlan
from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.simulator.world import World
from tests.simulator.asking import Asker, task

BACKUP = json.dumps(task([{"subclientId": 2000001}, {"subclientId": 2000006}])).encode()


@pytest.fixture
def commserve(world: World) -> Iterator[SimulatedCommServe]:
    with SimulatedCommServe(world) as running:
        yield running


@pytest.fixture
def started(ask: Asker) -> Callable[[], int]:
    """How many jobs really were started."""
    return lambda: len(ask.get("Jobs/active")["jobs"])


def spoil(commserve: SimulatedCommServe, answer: Any, **more: Any) -> None:
    commserve.play(FaultPlan.parse(json.dumps([{"path": "CreateTask", "answer": answer, **more}])))


def connect(commserve: SimulatedCommServe) -> socket.socket:
    port = int(commserve.url.split(":")[2].split("/")[0])
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def send_backup(opened: socket.socket, commserve: SimulatedCommServe) -> None:
    head = f"POST /commandcenter/api/CreateTask HTTP/1.1\r\nHost: x\r\nAuthtoken: {commserve.token}\r\n"
    opened.sendall(f"{head}Content-Length: {len(BACKUP)}\r\nConnection: close\r\n\r\n".encode() + BACKUP)


def backup(commserve: SimulatedCommServe) -> bytes:
    """Everything that comes back for a CreateTask with two subclients."""
    with connect(commserve) as opened:
        send_backup(opened, commserve)
        return b"".join(iter(lambda: opened.recv(65536), b""))


def parts(answer: bytes) -> tuple[int, str, bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode(), body


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize(
    ("name", "status", "body"),
    [
        ("400", 400, b'"Request body is empty or format is invalid"'),
        ("401", 401, b'{"errorMessage":"Access Denied","errorCode":5}'),
        ("403", 403, b"587203022"),
        ("500", 500, b"587207178"),
        ("200-400", 200, b'"Request body is empty or format is invalid"'),
        ("200-401", 200, b'"errorCode":5'),
        ("200-403", 200, b"587203022"),
        ("200-500", 200, b"587207178"),
        ("html", 200, b"<html>"),
        ("502", 502, b"<html>"),
        ("503", 503, b"<html>"),
        ("504", 504, b"<html>"),
        ("empty", 200, b""),
        ("bad-gzip", 200, b"this is not gzip"),
    ],
)
def test_an_answer_in_place_of_the_real_one(
    commserve: SimulatedCommServe,
    started: Callable[[], int],
    name: str,
    status: int,
    body: bytes,
    carried_out: bool,
) -> None:
    spoil(commserve, name, carried_out=carried_out)
    answered = parts(backup(commserve))
    assert answered[0] == status
    assert body in answered[2]
    assert started() == (2 if carried_out else 0)


def test_an_answer_that_a_plan_spells_out(commserve: SimulatedCommServe, started: Callable[[], int]) -> None:
    spoil(commserve, {"status": 429, "headers": {"Retry-After": "7"}, "body": {"jobIds": [None]}})
    status, head, body = parts(backup(commserve))
    assert (status, json.loads(body), started()) == (429, {"jobIds": [None]}, 0)
    assert "Retry-After: 7" in head
    assert "Content-Type: application/json" in head


def test_a_redirect_names_its_target(commserve: SimulatedCommServe) -> None:
    spoil(commserve, "redirect:https://elsewhere.example/", status=307)
    status, head, _ = parts(backup(commserve))
    assert status == 307
    assert "Location: https://elsewhere.example/" in head


def test_a_gzip_bomb_is_small_and_unpacks_to_much(commserve: SimulatedCommServe) -> None:
    spoil(commserve, "gzip-bomb")
    _, head, body = parts(backup(commserve))
    assert "Content-Encoding: gzip" in head
    assert len(body) < 1_000_000
    assert len(gzip.decompress(body)) == 100_000_000


@pytest.mark.parametrize("carried_out", [True, False])
def test_reset_loses_the_answer_with_the_backup_started_or_not(
    commserve: SimulatedCommServe, started: Callable[[], int], carried_out: bool
) -> None:
    spoil(commserve, "reset", carried_out=carried_out)
    with pytest.raises(ConnectionResetError):
        backup(commserve)
    assert started() == (2 if carried_out else 0)
    assert len(commserve.received) == 1


def test_reset_before_read_starts_and_records_nothing(
    commserve: SimulatedCommServe, started: Callable[[], int]
) -> None:
    spoil(commserve, "reset-before-read")
    with pytest.raises(ConnectionResetError):
        backup(commserve)
    assert (started(), commserve.received) == (0, ())


@pytest.mark.parametrize("carried_out", [True, False])
def test_close_ends_without_a_byte(
    commserve: SimulatedCommServe, started: Callable[[], int], carried_out: bool
) -> None:
    spoil(commserve, "close", carried_out=carried_out)
    assert backup(commserve) == b""
    assert started() == (2 if carried_out else 0)


def test_half_a_head_is_cut_inside_the_head(commserve: SimulatedCommServe, started: Callable[[], int]) -> None:
    spoil(commserve, "half-header")
    answer = backup(commserve)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\n\r\n" not in answer
    assert started() == 2


def test_half_a_body_is_shorter_than_it_says(commserve: SimulatedCommServe, started: Callable[[], int]) -> None:
    spoil(commserve, "half-body")
    _, head, body = parts(backup(commserve))
    said = int(head.split("Content-Length: ")[1].split("\r\n")[0])
    assert 0 < len(body) == said // 2
    assert started() == 2


def test_half_of_an_answer_to_what_was_not_carried_out_is_the_gateways(
    commserve: SimulatedCommServe, started: Callable[[], int]
) -> None:
    spoil(commserve, "half-body", carried_out=False)
    assert parts(backup(commserve))[0] == 502
    assert started() == 0


def test_silence_lasts_until_the_client_hangs_up(commserve: SimulatedCommServe, started: Callable[[], int]) -> None:
    spoil(commserve, "silence")
    before = threading.active_count()
    with connect(commserve) as opened:
        send_backup(opened, commserve)
        opened.settimeout(0.2)
        with pytest.raises(TimeoutError):
            opened.recv(1)
        assert started() == 2
    until(lambda: threading.active_count() == before)


def test_silence_ends_when_the_server_stops(commserve: SimulatedCommServe) -> None:
    spoil(commserve, "silence")
    with connect(commserve) as opened:
        send_backup(opened, commserve)
        until(lambda: bool(commserve.received))
        commserve.stop()
        assert opened.recv(1) == b""


def test_trickle_sends_one_byte_at_a_time(commserve: SimulatedCommServe) -> None:
    spoil(commserve, "trickle", interval=0.001)
    with connect(commserve) as opened:
        send_backup(opened, commserve)
        assert len(opened.recv(65536)) < 50
        rest = b"".join(iter(lambda: opened.recv(65536), b""))
    assert rest.endswith(b'"jobIds":["3587112","3587113"]}')


def test_a_trickle_ends_when_the_server_stops(commserve: SimulatedCommServe) -> None:
    spoil(commserve, "trickle", interval=60)
    with connect(commserve) as opened:
        send_backup(opened, commserve)
        assert opened.recv(1) == b"H"
        commserve.stop()
        assert opened.recv(1) == b""


@pytest.mark.parametrize(
    ("name", "jobs", "expected"),
    [
        ("fewer-jobs", 2, {"taskId": 71945, "jobIds": ["3587112"]}),
        ("zero-id", 2, {"taskId": 71945, "jobIds": ["0"]}),
        ("no-ids", 2, {"taskId": 71945}),
        ("extra-job", 3, {"taskId": 71945, "jobIds": ["3587112", "3587113", "3587114"]}),
    ],
)
def test_a_changed_answer_of_a_task_that_was_carried_out(
    commserve: SimulatedCommServe, started: Callable[[], int], name: str, jobs: int, expected: Any
) -> None:
    spoil(commserve, name)
    assert json.loads(parts(backup(commserve))[2]) == expected
    assert started() == jobs


def test_both_ids_and_an_error(commserve: SimulatedCommServe) -> None:
    spoil(commserve, "both")
    answer = json.loads(parts(backup(commserve))[2])
    assert answer["jobIds"] == ["3587112", "3587113"]
    assert answer["errorCode"] == 587207178


def test_an_extra_job_is_of_the_same_subclient_as_the_first(commserve: SimulatedCommServe, ask: Asker) -> None:
    spoil(commserve, "extra-job")
    first, _, extra = json.loads(parts(backup(commserve))[2])["jobIds"]
    assert ask.job(int(extra))["subclient"] == ask.job(int(first))["subclient"]


def test_a_change_leaves_an_answer_without_jobs_as_it_is(commserve: SimulatedCommServe) -> None:
    commserve.play(FaultPlan.parse('[{"answer": "zero-id"}]'))
    with connect(commserve) as opened:
        opened.sendall(b"POST /commandcenter/api/CreateTask HTTP/1.0\r\n\r\n")
        assert parts(b"".join(iter(lambda: opened.recv(65536), b"")))[0] == 401


def test_a_delay_alone_is_a_rule_too(commserve: SimulatedCommServe, started: Callable[[], int]) -> None:
    commserve.play(FaultPlan.parse('[{"path": "CreateTask", "latency_ms": 200}]'))
    begun = time.perf_counter()
    assert parts(backup(commserve))[0] == 200
    assert time.perf_counter() - begun >= 0.2
    assert started() == 2


def test_what_a_rule_does_not_take_is_answered_as_ever(world: World) -> None:
    plan = FaultPlan.parse('[{"path": "CreateTask", "times": 1, "answer": "502"}]')
    with SimulatedCommServe(world, faults=plan) as commserve:
        assert [parts(backup(commserve))[0] for _ in range(2)] == [502, 200]


def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition, which has to come true soon."""
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)
