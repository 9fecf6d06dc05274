"""When the token ends: one question for another one, however many requests were refused, and never for a POST."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pgbackup_tui.commserve.address import candidates
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.commserve.delivery import Delivery
from pgbackup_tui.commserve.errors import AuthError
from pgbackup_tui.commserve.route import Route
from pgbackup_tui.credentials.resolution import Wanted, find_token
from pgbackup_tui.credentials.store import Entry, MemoryStore, StoreKind
from pgbackup_tui.credentials.wallet import Wallet
from pgbackup_tui.destination import Destination
from pgbackup_tui.secret import Secret
from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.simulator.world import World
from pgbackup_tui.target import target_of
from tests.running import LONGEST

AT_ONCE = 8


class Renewal:
    """Gives what it was told to, when it is let."""

    def __init__(self, *tokens: Secret | None) -> None:
        self.tokens = list(tokens)
        self.asked: list[Secret] = []
        self.let = asyncio.Event()

    async def renew(self, refused: Secret) -> Secret | None:
        self.asked.append(refused)
        await self.let.wait()
        return self.tokens.pop(0) if self.tokens else None


@pytest.fixture
def server() -> Iterator[SimulatedCommServe]:
    with SimulatedCommServe(World.sample(users={"jane": "correct horse"})) as started:
        yield started


def ended(server: SimulatedCommServe, renewal: Renewal) -> CommServe:
    """A client whose token has ended."""
    commserve = CommServe(Route(candidates(server.url)[0]), Secret("QSDK ended"))
    commserve.session.renewal = renewal
    return commserve


def until_received(server: SimulatedCommServe, number: int) -> None:
    end = time.monotonic() + LONGEST
    while len(server.received) < number:
        assert time.monotonic() < end, "not every request was sent"


async def test_many_refused_reads_ask_once_and_are_all_answered(server: SimulatedCommServe) -> None:
    renewal = Renewal(Secret(server.token))
    async with ended(server, renewal) as commserve, asyncio.TaskGroup() as tasks:
        reads = [tasks.create_task(commserve.inventory.overview()) for _ in range(AT_ONCE)]
        await asyncio.to_thread(until_received, server, AT_ONCE)  # before the first is renewed
        renewal.let.set()
    assert len(renewal.asked) == 1
    assert all(read.result().clients for read in reads)
    assert len(server.received) == 2 * AT_ONCE


async def test_without_another_token_it_is_asked_once_and_never_again(server: SimulatedCommServe) -> None:
    renewal = Renewal(None)
    renewal.let.set()
    async with ended(server, renewal) as commserve:
        for _ in range(3):
            with pytest.raises(AuthError):
                await commserve.inventory.overview()
        assert len(renewal.asked) == 1
        commserve.session.use_token(Secret(server.token))  # somebody signed in meanwhile
        assert (await commserve.inventory.overview()).clients


@pytest.mark.parametrize("given", ["QSDK ended too", "QSDK ended"])
async def test_a_token_that_is_refused_again_is_no_loop(server: SimulatedCommServe, given: str) -> None:
    renewal = Renewal(Secret(given))
    renewal.let.set()
    async with ended(server, renewal) as commserve:
        with pytest.raises(AuthError):
            await commserve.inventory.overview()
    assert len(server.received) == 2


async def test_a_create_task_is_never_sent_again(server: SimulatedCommServe) -> None:
    renewal = Renewal(Secret(server.token))
    renewal.let.set()
    async with ended(server, renewal) as commserve:
        answer = await commserve.create_task(b"{}", Delivery())
        with pytest.raises(AuthError):
            await commserve.logout()
    assert answer.status == 401
    assert (renewal.asked, len(server.received)) == ([], 2)


def the_token_is(path: Path, token: str) -> None:
    """What the token command prints from now on."""
    path.write_text(token)


async def test_the_token_command_is_run_once_more(server: SimulatedCommServe, tmp_path: Path) -> None:
    first = server.world.sessions.log_in("jane", "correct horse", "", 30, server.world.clock())
    second = server.world.sessions.log_in("jane", "correct horse", "", 30, server.world.clock())
    assert first is not None
    assert second is not None
    kept, runs = tmp_path / "token", tmp_path / "runs"
    code = f"print(open({str(kept)!r}).read()); open({str(runs)!r}, 'a').write('.')"
    the_token_is(kept, first[1])
    wanted = Wanted(Entry("x"), token_command=(sys.executable, "-c", code))
    target = target_of(Destination(server.url), find_token(wanted, {}, Wallet([])))
    async with await target.open() as commserve:
        the_token_is(kept, second[1])
        server.world.sessions.log_out(first[1])
        assert (await commserve.inventory.overview()).clients
    assert (runs.read_text(), target.token) == ("..", Secret(second[1]))
    async with await target.open() as commserve:
        assert (await commserve.inventory.overview()).clients
    assert runs.read_text() == ".."


async def test_a_token_of_another_user_is_not_taken(server: SimulatedCommServe) -> None:
    """Who confirmed a backup as one user does not go on as another."""
    opened = server.world.sessions.log_in("jane", "correct horse", "", 30, server.world.clock())
    assert opened is not None
    wallet, entry = Wallet([MemoryStore()]), Entry("x")
    wallet.store(StoreKind.MEMORY, entry, Secret(opened[1]))
    target = target_of(Destination(server.url), find_token(Wanted(entry), {}, wallet))
    async with await target.open() as commserve:
        wallet.store(StoreKind.MEMORY, entry, Secret(server.token))  # the API token, which is oncall's
        server.world.sessions.log_out(opened[1])
        with pytest.raises(AuthError):
            await commserve.inventory.overview()
    assert target.user == "jane"


async def test_a_token_from_a_descriptor_can_not_be_had_again(server: SimulatedCommServe) -> None:
    found = find_token(Wanted(Entry("x")), {"PGBACKUP_TUI_TOKEN": server.token}, Wallet([]))
    assert found.again is None
    assert target_of(Destination(server.url), found).renewal is None
