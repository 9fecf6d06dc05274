"""The REST client against the simulated CommServe, over a socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from pgbackup_tui.commserve.address import candidates
from pgbackup_tui.commserve.client import CommServe, find_route
from pgbackup_tui.commserve.delivery import Delivery
from pgbackup_tui.commserve.errors import (
    AuthError,
    CommvaultError,
    ProtocolError,
    TransportError,
)
from pgbackup_tui.commserve.jobs import JobAction
from pgbackup_tui.commserve.route import Limits, Route
from pgbackup_tui.secret import Secret
from pgbackup_tui.simulator.faults import FaultPlan
from pgbackup_tui.simulator.server import SimulatedCommServe
from pgbackup_tui.simulator.world import World

USER, PASSWORD = "jane", "correct horse"


@pytest.fixture
def faults() -> str:
    """Overridden by tests that want something to go wrong."""
    return "[]"


@pytest.fixture
def server(faults: str) -> Iterator[SimulatedCommServe]:
    world = World.sample(job_seconds=0.2, users={USER: PASSWORD})
    with SimulatedCommServe(world, faults=FaultPlan.parse(faults)) as started:
        yield started


def route_to(url: str, **limits: float) -> Route:
    return Route(candidates(url)[0], limits=Limits(**limits))  # type: ignore[arg-type]  # only seconds are given


@pytest.fixture
async def commserve(server: SimulatedCommServe) -> AsyncIterator[CommServe]:
    async with CommServe(route_to(server.url), Secret(server.token)) as connected:
        yield connected


def paths(server: SimulatedCommServe, method: str = "") -> list[str]:
    return [request.path.partition("/api/")[2] for request in server.received if method in ("", request.method)]


async def test_a_bare_origin_finds_the_base_without_sending_a_token(server: SimulatedCommServe) -> None:
    route = await find_route(server.url.removesuffix("/commandcenter/api"))
    assert route.address.base == server.url + "/"
    assert all("authtoken" not in request.headers for request in server.received)


@pytest.mark.parametrize("faults", ['[{"path": "", "answer": {"status": 404, "body": "no"}, "times": 1}]'])
async def test_the_older_base_is_found_where_the_current_one_is_missing(server: SimulatedCommServe) -> None:
    route = await find_route(server.url.removesuffix("/commandcenter/api"))
    assert route.address.base.endswith("/webconsole/api/")


async def test_a_token_signs_in_as_its_user(commserve: CommServe, server: SimulatedCommServe) -> None:
    assert await commserve.who_am_i() == "oncall"
    assert server.received[-1].headers["authtoken"] == server.token


@pytest.mark.parametrize("faults", ['[{"path": "WhoAmI", "answer": "401", "times": 1}]'])
async def test_only_a_token_that_was_refused_is_tried_with_the_login_prefix_and_kept_so(
    commserve: CommServe, server: SimulatedCommServe
) -> None:
    await commserve.who_am_i()
    await commserve.inventory.overview()
    sent = [request.headers["authtoken"] for request in server.received]
    assert sent == [server.token, f"QSDK {server.token}", f"QSDK {server.token}"]


@pytest.mark.parametrize("token", ["wrong", "QSDK wrong", "Bearer wrong"])
async def test_a_wrong_token_is_refused_after_one_try_of_each_spelling(
    server: SimulatedCommServe, token: str
) -> None:
    async with CommServe(route_to(server.url), Secret(token)) as commserve:
        with pytest.raises(AuthError) as refused:
            await commserve.who_am_i()
    assert (refused.value.status, refused.value.code) == (401, 5)
    assert len(server.received) == (1 if " " in token else 2)
    assert "wrong" not in refused.value.problem + refused.value.advice


async def test_a_login_gives_a_token_that_works_and_a_logout_ends_it(server: SimulatedCommServe) -> None:
    async with CommServe(route_to(server.url)) as commserve:
        token = await commserve.login(USER, Secret(PASSWORD))
        assert token.reveal().startswith("QSDK ")
        assert await commserve.who_am_i() == USER
        await commserve.logout()
        with pytest.raises(AuthError):
            await commserve.inventory.overview()
    assert PASSWORD.encode() not in b"".join(request.body for request in server.received)


async def test_a_wrong_password_is_refused_in_the_commserves_words(server: SimulatedCommServe) -> None:
    async with CommServe(route_to(server.url)) as commserve:
        with pytest.raises(AuthError) as refused:
            await commserve.login(USER, Secret("wrong"))
    assert refused.value.code == 1116
    assert refused.value.message
    assert "authtoken" not in server.received[-1].headers


async def test_a_whole_estate_is_one_request_and_one_a_client(
    commserve: CommServe, server: SimulatedCommServe
) -> None:
    from pgbackup_tui.estate.reading import read_estate

    estate = await read_estate(commserve.inventory)
    assert len(estate.clients) == 12
    assert len(server.received) == 13
    assert {found.client for found in estate.subclients()} == {client.client for client in estate.clients}


@pytest.mark.parametrize("faults", ['[{"path": "databases/instances", "answer": {"status": 404, "body": ""}}]'])
async def test_which_listing_is_answered_is_found_out_once(
    commserve: CommServe, server: SimulatedCommServe
) -> None:
    first = await commserve.inventory.overview()
    await commserve.inventory.overview()
    assert "V4/Instances" in first.source
    assert paths(server) == ["databases/instances", "V4/Instances", "V4/Instances"]


async def test_every_listing_tells_the_same_clients(commserve: CommServe) -> None:
    inventory = commserve.inventory
    names = []
    for listing in (inventory._databases, inventory._v4_instances, inventory._clients_with_agent):
        names.append({client.client for client in (await listing()).clients})
    assert names[0] == names[1] == names[2]
    assert {client.client for client in (await inventory._all_clients()).clients} > names[0]


@pytest.mark.parametrize("faults", ['[{"path": "databases/instances", "answer": "401"}]'])
async def test_a_refused_token_is_no_reason_to_try_another_listing(
    commserve: CommServe, server: SimulatedCommServe
) -> None:
    with pytest.raises(AuthError):
        await commserve.inventory.overview()
    assert len(server.received) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_no_redirect_takes_the_token_anywhere(status: int, method: str) -> None:
    with SimulatedCommServe(World.sample()) as elsewhere:
        plan = FaultPlan.parse(f'[{{"answer": "redirect:{elsewhere.url}/WhoAmI", "status": {status}}}]')
        with SimulatedCommServe(World.sample(), faults=plan) as server:
            async with CommServe(route_to(server.url), Secret(server.token)) as commserve:
                if method == "GET":
                    with pytest.raises(ProtocolError, match=elsewhere.url):
                        await commserve.inventory.subclients(1001)
                else:
                    answer = await commserve.create_task(b"{}", Delivery())
                    assert answer.status == status
            assert len(server.received) == 1
        assert elsewhere.received == ()


@pytest.mark.parametrize("faults", ['[{"path": "Client", "answer": "gzip-bomb"}]'])
async def test_an_answer_that_unpacks_to_too_much_is_given_up(server: SimulatedCommServe) -> None:
    route = Route(candidates(server.url)[0], limits=Limits(answer=1024 * 1024))
    async with CommServe(route, Secret(server.token)) as commserve:
        with pytest.raises(ProtocolError, match="larger than 1 MiB"):
            await commserve.inventory._all_clients()


@pytest.mark.parametrize("faults", ['[{"answer": "bad-gzip"}]'])
async def test_an_answer_that_can_not_be_unpacked_is_said(commserve: CommServe) -> None:
    with pytest.raises(ProtocolError, match="decompressed"):
        await commserve.inventory.subclients(1001)


@pytest.mark.parametrize("faults", ['[{"answer": "trickle", "interval": 0.05}]'])
async def test_a_trickling_answer_is_ended_by_the_limit_on_the_whole(server: SimulatedCommServe) -> None:
    async with CommServe(route_to(server.url, total=0.5), Secret(server.token)) as commserve:
        with pytest.raises(TransportError, match="in time"):
            await commserve.inventory.subclients(1001)


@pytest.mark.parametrize("faults", ['[{"answer": "silence"}]'])
@pytest.mark.parametrize("limits", [{"read": 0.2}, {"total": 0.2}])
async def test_silence_is_ended_by_a_limit(server: SimulatedCommServe, limits: dict[str, float]) -> None:
    async with CommServe(route_to(server.url, **limits), Secret(server.token)) as commserve:
        with pytest.raises(TransportError, match="in time"):
            await commserve.inventory.subclients(1001)


@pytest.mark.parametrize("faults", ['[{"path": "Subclient", "answer": "reset", "times": 1}]'])
async def test_a_read_whose_connection_was_cut_is_asked_once_more(
    commserve: CommServe, server: SimulatedCommServe
) -> None:
    assert (await commserve.inventory.subclients(1001)).rows
    assert len(server.received) == 2


@pytest.mark.parametrize("answer", ["reset", "close", "half-header", "half-body"])
async def test_a_create_task_is_never_sent_twice(answer: str) -> None:
    plan = FaultPlan.parse(f'[{{"path": "CreateTask", "answer": "{answer}"}}]')
    with SimulatedCommServe(World.sample(), faults=plan) as server:
        async with CommServe(route_to(server.url), Secret(server.token)) as commserve:
            delivery = Delivery()
            with pytest.raises(CommvaultError):
                await commserve.create_task(b"{}", delivery)
        assert not delivery.never_sent
        assert len(server.received) == 1


async def test_a_create_task_goes_over_a_connection_of_its_own(
    commserve: CommServe, server: SimulatedCommServe
) -> None:
    await commserve.inventory.overview()
    events: list[str] = []

    class Listening(Delivery):
        async def __call__(self, event: str, info: object) -> None:
            events.append(event)

    await commserve.create_task(b"{}", Listening())
    assert events[0] == "connection.connect_tcp.started"


async def test_a_refused_connection_is_known_to_have_sent_nothing(server: SimulatedCommServe) -> None:
    url = server.url
    server.stop()
    delivery = Delivery()
    async with CommServe(route_to(url), Secret("token")) as commserve:
        with pytest.raises(TransportError, match="refused"):
            await commserve.create_task(b"{}", delivery)
    assert delivery.never_sent


async def test_a_listing_of_jobs_is_paged_to_its_end(server: SimulatedCommServe, commserve: CommServe) -> None:
    listing = await commserve.jobs.listing(look_back=7 * 24 * 3600)
    ids = [job.job_id for job in listing.rows]
    assert len(ids) == len(set(ids))
    assert ids == sorted(ids, reverse=True)


async def test_a_job_that_nobody_knows_is_none(commserve: CommServe) -> None:
    assert await commserve.jobs.one(999_999_999) is None


async def test_the_commserves_refusal_of_an_action_is_in_its_words(commserve: CommServe) -> None:
    finished = (await commserve.jobs.listing(look_back=7 * 24 * 3600)).rows[0]
    answer = await commserve.jobs.act(finished.job_id, JobAction.KILL, Delivery())
    error = answer.server_error()
    assert error is not None
    assert error.message
