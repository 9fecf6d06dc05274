"""Certificates: who is trusted, what is said of who isn't, and that not a byte of the token reaches them."""

from __future__ import annotations

import datetime
import hashlib
import ssl
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from pgbackup_tui.commserve.address import Address
from pgbackup_tui.commserve.certificate import describe, presented_certificate
from pgbackup_tui.commserve.client import CommServe
from pgbackup_tui.commserve.delivery import Delivery
from pgbackup_tui.commserve.errors import CertificateError
from pgbackup_tui.commserve.route import Route
from pgbackup_tui.secret import Secret
from tests.https import HttpsServer, https_server

CANARY = "canary7f3a9c0123456789"
YESTERDAY = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def company() -> trustme.CA:
    return trustme.CA(organization_name="Example Company")


@pytest.fixture
def ca_file(company: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "company.pem"
    company.cert_pem.write_to_path(str(path))
    return path


async def talk(site: HttpsServer, ca_file: Path | None, host: str = "localhost") -> None:
    """Everything that carries the token, or a password: a read, a post, a login."""
    route = Route(Address(site.url(host) + "/"), ca_file=ca_file)
    async with CommServe(route, Secret(CANARY)) as commserve:
        for talking in (
            commserve.who_am_i(),
            commserve.create_task(b"{}", Delivery()),
            commserve.login("jane", Secret(CANARY)),
        ):
            with pytest.raises(CertificateError):
                await talking


async def test_the_right_ca_by_file_is_trusted(company: trustme.CA, ca_file: Path) -> None:
    answer = (200, {"Content-Type": "application/json"}, b'{"user": {"userName": "oncall"}}')
    with https_server(company.issue_cert("localhost"), lambda _method, _path: answer) as site:
        async with CommServe(Route(Address(site.url() + "/"), ca_file=ca_file), Secret(CANARY)) as commserve:
            assert await commserve.who_am_i() == "oncall"
    assert site.has_seen(CANARY)


async def test_an_unknown_ca_sees_no_byte(company: trustme.CA, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    with https_server(company.issue_cert("localhost")) as site:
        await talk(site, None)
        await talk(site, other)
    assert site.received == []


async def test_a_certificate_for_another_name_sees_no_byte(company: trustme.CA, ca_file: Path) -> None:
    with https_server(company.issue_cert("commandcenter.example.com")) as site:
        await talk(site, ca_file)
        await talk(site, ca_file, "127.0.0.1")
    assert site.received == []


async def test_an_expired_certificate_sees_no_byte(company: trustme.CA, ca_file: Path) -> None:
    with https_server(company.issue_cert("localhost", not_after=YESTERDAY)) as site:
        await talk(site, ca_file)
    assert site.received == []


async def test_the_servers_own_certificate_can_be_trusted_by_file(company: trustme.CA, tmp_path: Path) -> None:
    leaf = company.issue_cert("localhost")
    saved = tmp_path / "commserve.pem"
    leaf.cert_chain_pems[0].write_to_path(str(saved))
    with https_server(leaf) as site:
        async with CommServe(Route(Address(site.url() + "/"), ca_file=saved)) as commserve:
            assert (await commserve.session.ask("GET", "")).status == 200


async def test_the_message_says_whose_certificate_it_is_and_how_to_check_it(company: trustme.CA) -> None:
    leaf = company.issue_cert("localhost", organization_name="The CommServe", common_name="cs01")
    der = ssl.PEM_cert_to_DER_cert(leaf.cert_chain_pems[0].bytes().decode())
    fingerprint = hashlib.sha256(der).hexdigest().upper()
    with https_server(leaf) as site:
        async with CommServe(Route(Address(site.url() + "/")), Secret(CANARY)) as commserve:
            with pytest.raises(CertificateError) as refused:
                await commserve.who_am_i()
    said = refused.value.problem
    assert "Subject: O=The CommServe, OU=" in said
    assert "CN=cs01" in said
    assert "Issuer: O=Example Company" in said
    assert f"SHA-256: {':'.join(fingerprint[at : at + 2] for at in range(0, 64, 2))}" in said
    assert f"openssl s_client -connect localhost:{site.port} -servername localhost" in refused.value.advice
    assert site.received == []


async def test_a_server_that_is_gone_shows_no_certificate(company: trustme.CA) -> None:
    with https_server(company.issue_cert("localhost")) as site:
        url = site.url()
    assert await presented_certificate(Address(url + "/"), None) is None


@given(st.binary(max_size=64))
def test_a_damaged_certificate_is_no_crash(damage: bytes) -> None:
    for der in (damage, b"\x30" + damage, b"\x30\x82\x01\x00\x30\x81\xf0" + damage):
        assert len(describe(der).sha256) == 95


def test_every_cut_of_a_real_certificate_is_no_crash(company: trustme.CA) -> None:
    der = ssl.PEM_cert_to_DER_cert(company.cert_pem.bytes().decode())
    shown = [describe(der[:length]).subject for length in range(len(der) + 1)]
    assert shown[-1].startswith("O=Example Company")
    assert set(shown[:300]) == {"?"}


async def test_no_keys_are_logged_for_whoever_sets_sslkeylogfile(
    company: trustme.CA, ca_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pgbackup_tui.commserve.tls import tls_context

    keys = tmp_path / "keys"
    monkeypatch.setenv("SSLKEYLOGFILE", str(keys))
    tls_context.cache_clear()
    with https_server(company.issue_cert("localhost")) as site:
        async with CommServe(Route(Address(site.url() + "/"), ca_file=ca_file)) as commserve:
            assert (await commserve.session.ask("GET", "")).status == 200
        async with CommServe(Route(Address(site.url() + "/"))) as commserve:
            with pytest.raises(CertificateError):
                await commserve.session.ask("GET", "")
    tls_context.cache_clear()
    assert not keys.exists()
