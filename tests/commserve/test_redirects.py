"""Redirects are never followed: the token, and a task's body, reach no other place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from pgbackup_tui.commserve.address import Address
from pgbackup_tui.commserve.client import CommServe, find_route
from pgbackup_tui.commserve.delivery import Delivery
from pgbackup_tui.commserve.errors import ProtocolError
from pgbackup_tui.commserve.route import Route
from pgbackup_tui.secret import Secret
from tests.https import HttpsServer, https_server

CANARY = "canary7f3a9c0123456789"
KINDS = (301, 302, 303, 307, 308)
TARGETS = ("another origin", "http", "the same origin", "another origin without a scheme")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def elsewhere(authority: trustme.CA) -> Iterator[HttpsServer]:
    """A trusted server that is not the CommServe."""
    with https_server(authority.issue_cert("localhost")) as site:
        yield site


@pytest.fixture(scope="module")
def unencrypted() -> Iterator[HttpsServer]:
    with https_server(None) as site:
        yield site


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("target", TARGETS)
async def test_a_redirect_takes_nothing_along(
    kind: int,
    target: str,
    authority: trustme.CA,
    elsewhere: HttpsServer,
    unencrypted: HttpsServer,
    tmp_path: Path,
) -> None:
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    locations = {
        "another origin": elsewhere.url() + "/stolen",
        "http": unencrypted.url(scheme="http") + "/stolen",
        "the same origin": "/commandcenter/api/stolen",
        "another origin without a scheme": elsewhere.url().removeprefix("https:") + "/stolen",
    }
    location = locations[target]
    with https_server(
        authority.issue_cert("localhost"), lambda _m, _p: (kind, {"Location": location}, b"")
    ) as site:
        async with CommServe(Route(Address(site.url() + "/"), ca_file=ca_file), Secret(CANARY)) as commserve:
            with pytest.raises(ProtocolError):
                await commserve.who_am_i()
            with pytest.raises(ProtocolError):
                await commserve.inventory.overview()
            assert (await commserve.create_task(CANARY.encode(), Delivery())).status == kind
        with pytest.raises(ProtocolError, match="redirect"):
            await find_route(site.url(), ca_file=ca_file)
    assert site.has_seen(CANARY)
    assert not [path for _, path, _, _ in site.received if "stolen" in path]
    assert not elsewhere.received
    assert not unencrypted.received
