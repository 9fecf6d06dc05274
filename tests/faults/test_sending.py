"""Rows 1 to 13 and 25 of the fault matrix: whether a request was sent, and what follows where nobody can tell."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from pgbackup_tui.backup.attempt import new_attempt
from pgbackup_tui.backup.journal.attempts import Standing
from pgbackup_tui.backup.outcome import OutcomeKind
from pgbackup_tui.backup.reconcile import waits_for
from pgbackup_tui.backup.submit import Submission, submit
from pgbackup_tui.backup.where import Where
from pgbackup_tui.commserve.address import Address, candidates
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.commserve.errors import AddressError
from pgbackup_tui.commserve.route import Route
from pgbackup_tui.secret import Secret
from tests.faults.rig import PATIENCE, QUICK, TOKEN, Engineer, Rig

SHORT = replace(QUICK, connect=0.2, read=0.1)
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class ElsewhereForTasks:
    """The CommServe, whose CreateTask alone goes to another address: the fault is in the way there."""

    def __init__(self, commserve: CommServe, posting: CommServe) -> None:
        self.jobs, self.patience, self.server_time = commserve.jobs, commserve.patience, commserve.server_time
        self.create_task = posting.create_task


async def press_towards(engineer: Engineer, base: str) -> OutcomeKind:
    """Presses Start where CreateTask goes to ``base``; the reads still reach the CommServe."""
    engineer.last = new_attempt()
    async with (
        engineer.commserve() as commserve,
        CommServe(Route(Address(base), limits=SHORT), Secret(TOKEN)) as way,
    ):
        where = Where(commserve.address.origin, engineer.user)
        asked = Submission(engineer.rig.task(), engineer.last, where, engineer.journal)
        return (await submit(ElsewhereForTasks(commserve, way), asked)).kind


@asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[int]:
    """A server of the test's own; its port."""
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def assert_not_sent(engineer: Engineer) -> None:
    """Nothing arrived, the journal says so, and nothing is in the way of trying again."""
    attempt = engineer.known()
    assert attempt.standing is Standing.NOT_SENT
    assert attempt.unsettled == ()
    assert engineer.rig.server.posted == []


async def test_row_01_connection_refused_is_not_sent(engineer: Engineer) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    assert await press_towards(engineer, f"http://127.0.0.1:{port}/") is OutcomeKind.NOT_SENT
    assert_not_sent(engineer)
    assert (await engineer.press(engineer.rig.task())).kind is OutcomeKind.ACCEPTED


async def test_row_02_an_unknown_name_is_not_sent(engineer: Engineer) -> None:
    assert await press_towards(engineer, "https://no.such.host.invalid/") is OutcomeKind.NOT_SENT
    assert_not_sent(engineer)


async def test_row_03_a_port_that_takes_no_connection_is_not_sent(engineer: Engineer) -> None:
    with socket.socket() as full, socket.socket() as waiting, socket.socket() as behind:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for other in (waiting, behind):
            other.setblocking(False)
            other.connect_ex(full.getsockname())
        kind = await press_towards(engineer, f"http://127.0.0.1:{full.getsockname()[1]}/")
    assert kind is OutcomeKind.NOT_SENT
    assert_not_sent(engineer)


async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.close()


async def speak_plainly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()
    writer.close()


@pytest.mark.parametrize("handler", [keep_silent, cut], ids=["stall", "cut"])
async def test_row_04_a_handshake_that_does_not_end_is_not_sent(engineer: Engineer, handler: Handler) -> None:
    async with listening(handler) as port:
        assert await press_towards(engineer, f"https://localhost:{port}/") is OutcomeKind.NOT_SENT
    assert_not_sent(engineer)


@pytest.mark.parametrize("typed", ["http://cs.example.com", "http://10.0.0.1/webconsole/api"])
def test_row_06_plain_http_is_refused_before_any_socket(typed: str) -> None:
    with pytest.raises(AddressError, match="unencrypted"):
        candidates(typed)


async def test_row_07_plain_http_on_the_tls_port_is_not_sent(engineer: Engineer) -> None:
    async with listening(speak_plainly) as port:
        assert await press_towards(engineer, f"https://localhost:{port}/") is OutcomeKind.NOT_SENT
    assert_not_sent(engineer)


@pytest.mark.parametrize(
    "answer",
    ["silence", "close", "reset", "half-header", "half-body"],
    ids=["row08-silence", "row09-fin", "row10-rst", "row13-half-header", "row13-half-body"],
)
async def test_an_answer_that_is_lost_is_unknown_and_its_job_is_found(
    rig: Rig, engineer: Engineer, answer: str
) -> None:
    rig.spoil_task(answer)
    assert (await engineer.press(rig.task())).kind is OutcomeKind.UNKNOWN
    assert engineer.known().standing is Standing.UNKNOWN
    await engineer.look()
    (job,) = rig.jobs_of(engineer.known().attempt_id)
    assert (engineer.known().standing, engineer.known().job_ids) == (Standing.FOUND, (job.id,))
    assert len(rig.server.posted) == 1


@pytest.mark.parametrize("answer", ["silence", "close", "reset", "half-body", "502"])
async def test_row_08_to_13_an_unknown_attempt_blocks_until_it_is_settled(
    rig: Rig, engineer: Engineer, answer: str
) -> None:
    from pgbackup_tui.backup.guard import UnsettledError

    rig.spoil_task(answer, carried_out=False)
    await engineer.press(rig.task())
    first = engineer.known().attempt_id
    for _ in range(3):
        with pytest.raises(UnsettledError) as refused:
            await engineer.press(rig.task())
        assert first in refused.value.advice
    assert len(rig.server.posted) == 1
    assert (await engineer.press(rig.task(rig.subclients[1]))).kind is OutcomeKind.ACCEPTED


async def test_row_11_reset_before_reading_is_unknown_absent_so_far_and_never_sent_again(
    rig: Rig, engineer: Engineer
) -> None:
    rig.spoil_task("reset-before-read")
    assert (await engineer.press(rig.task())).kind is OutcomeKind.UNKNOWN
    for _ in range(4):
        seen = await engineer.look()
        assert (seen.found, seen.to_ask, seen.is_clean) == ({}, {}, True)
    assert "prove nothing" in waits_for(engineer.known())
    rig.clock.now += PATIENCE + 1
    await engineer.look()
    assert waits_for(engineer.known()) == ""
    assert engineer.known().standing is Standing.UNKNOWN  # only a person declares it
    assert rig.server.posted == []


async def test_row_12_a_kept_connection_reset_while_idle_is_no_fault_of_the_post(engineer: Engineer) -> None:
    """Reads are kept alive and cut at once; the request goes over a connection of its own."""
    answered = 0

    async def answer_once_then_reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal answered
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r")[0] or 0)
        await reader.readexactly(length)
        body = b'{"taskId": 1, "jobIds": ["7"]}' if b"CreateTask" in head else b'{"jobs": []}'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        answered += 1
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.close()

    async with listening(answer_once_then_reset) as port:
        base = f"http://127.0.0.1:{port}/"
        for number, subclient in enumerate(engineer.rig.subclients[:10]):
            task = engineer.rig.task(subclient)
            async with CommServe(Route(Address(base), limits=QUICK), Secret(TOKEN)) as commserve:
                await commserve.jobs.listing()
                where = Where(commserve.address.origin, engineer.user)
                outcome = await submit(commserve, Submission(task, new_attempt(), where, engineer.journal))
            assert (number, outcome.kind) == (number, OutcomeKind.ACCEPTED)


@pytest.mark.parametrize("kind", ["continue", "413"])
async def test_row_25_a_sign_of_life_that_is_no_answer_is_unknown(engineer: Engineer, kind: str) -> None:
    async def half_hearted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if kind == "continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            await reader.read()
        else:
            writer.write(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    async with listening(half_hearted) as port:
        assert await press_towards(engineer, f"http://127.0.0.1:{port}/") is OutcomeKind.UNKNOWN
    assert engineer.known().standing is Standing.UNKNOWN
