"""Addresses, tokens, certificates and answers that can't be right: words that say what to do, and nothing sent."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from tests.commands.conftest import Site
from tests.running import environment, run

CANARY = "canary7f3a9c0123456789"
TOKEN = {"PGBACKUP_TUI_TOKEN": CANARY}


def closed_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("url", "status", "said"),
    [
        ("http://cs.example.com", 2, "unencrypted"),
        ("https://admin:s3cret@cs.example.com", 2, "user name"),
        ("ftp://cs.example.com", 2, "not https"),
        ("https://cs.example.com:99999", 2, "can't be read"),
        ("https://no.such.host.invalid", 3, "not known here"),
        ("https://xn--a.invalid", 2, "not an address"),
        ("https://exa mple", 2, "space"),
    ],
)
def test_an_address_that_can_not_be_right_is_refused_with_the_reason(url: str, status: int, said: str) -> None:
    done = run("inventory", "--url", url, env=environment(**TOKEN))
    assert (done.status, done.out) == (status, "")
    assert said in done.err
    assert "→" in done.err
    assert "s3cret" not in done.err
    assert CANARY not in done.err


def test_a_port_on_which_nothing_listens_is_not_sent() -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    done = run("backup", "*", "--level", "FULL", "--yes", "--json", "--url", url, env=environment(**TOKEN))
    assert (done.status, done.report["outcome"], done.report["attempt"]) == (3, "not_sent", None)
    assert "refused the connection" in done.err


def test_without_address_and_without_token_the_ways_to_give_them_are_named() -> None:
    nameless = run("inventory", env=environment())
    assert (nameless.status, "--url" in nameless.err) == (2, True)
    tokenless = run("inventory", "--url", "cs.example.com", env=environment())
    assert (tokenless.status, "--token-fd" in tokenless.err) == (4, True)


@pytest.mark.parametrize("token", [f"{CANARY}\n{CANARY}", f"{CANARY}é", "", f"{CANARY}\x01"])
def test_a_token_that_can_not_be_sent_is_refused_and_never_echoed(site: Site, token: str) -> None:
    done = site.run("inventory", PGBACKUP_TUI_TOKEN=token)
    assert done.status == 4
    assert "canary" not in done.out + done.err
    assert site.server.received == ()


def test_a_token_that_the_commserve_refuses_is_said_in_its_words(site: Site) -> None:
    done = site.run("backup", "*", "--level", "FULL", "--yes", "--json", PGBACKUP_TUI_TOKEN=CANARY)
    assert (done.status, done.report["error"]) == (
        4,
        {"http_status": 401, "code": 5, "message": "Access Denied"},
    )
    assert CANARY not in done.out + done.err


def test_a_token_from_a_command_and_from_a_descriptor_signs_in(site: Site, tmp_path: Path) -> None:
    kept = tmp_path / "token"
    kept.write_text(site.server.token)
    env = environment(PGBACKUP_TUI_URL=site.server.url)
    assert run("inventory", "--token-command", f"cat '{kept}'", env=env).status == 0
    reading = os.open(kept, os.O_RDONLY)
    os.dup2(
        reading, 0
    )  # the child's standard input is replaced, so a low descriptor is passed by the shell instead
    os.close(reading)
    done = run("inventory", "--token-fd", "0", env=env, stdin=site.server.token)
    assert done.status == 0
    assert "file descriptor 0" in done.err


@contextmanager
def listening(answer: bytes, context: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[bytes]]]:
    """A server that gives every connection the same answer, and what it was sent."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    _answer_once(connection, context, answer, received)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1], received
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def _answer_once(
    connection: socket.socket, context: ssl.SSLContext | None, answer: bytes, received: list[bytes]
) -> None:
    try:
        stream = context.wrap_socket(connection, server_side=True) if context else connection
        with stream:
            received.append(stream.recv(65536))
            stream.sendall(answer)
    except OSError:
        return


def http(status: str, content_type: str, body: str, *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*head, "Connection: close", "", body]).encode()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (http("200 OK", "text/html", "<html><title>Sign in</title></html>"), "Sign in"),
        (http("404 Not Found", "text/html", "<title>404</title>"), "no REST API"),
        (http("302 Found", "text/html", "", "Location: https://login.example.com/"), "https://login.example.com/"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "cut"),
        (b"", "cut"),
    ],
)
def test_something_else_than_a_commserve_is_named_for_what_it_says(answer: bytes, said: str) -> None:
    with listening(answer) as (port, received):
        done = run("inventory", "--url", f"http://127.0.0.1:{port}", env=environment(**TOKEN))
    assert done.status == 3
    assert said in done.err
    assert "→" in done.err
    if b"text/html" in answer and b"200" not in answer:
        assert CANARY.encode() not in b"".join(received)


def tls_context(authority: trustme.CA, host: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


def test_an_untrusted_certificate_ends_it_before_any_byte_of_the_token(tmp_path: Path) -> None:
    context = tls_context(trustme.CA(), "localhost")
    with listening(b"", context) as (port, received):
        done = run("inventory", "--url", f"https://localhost:{port}", env=environment(**TOKEN))
    assert done.status == 3
    assert "not trusted" in done.err
    assert "--ca-file" in done.err
    assert "SHA-256: " in done.err
    assert b"".join(received) == b""


@pytest.mark.parametrize(("host", "status"), [("localhost", 0), ("elsewhere.example.com", 3)])
def test_the_right_ca_file_is_trusted_for_the_right_host_only(tmp_path: Path, host: str, status: int) -> None:
    authority, ca_file = trustme.CA(), tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    answer = http("200 OK", "application/json", '{"user": {"userName": "jane"}, "dbInstance": []}')
    with listening(answer, tls_context(authority, host)) as (port, received):
        done = run(
            "inventory",
            "--json",
            "--url",
            f"https://localhost:{port}",
            "--ca-file",
            str(ca_file),
            env=environment(**TOKEN),
        )
    assert done.status == status, done.err
    assert (CANARY.encode() in b"".join(received)) is (status == 0)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_file_that_can_not_be_used_is_named(tmp_path: Path, content: str | None) -> None:
    ca_file = tmp_path / "ca.pem"
    if content is not None:
        ca_file.write_text(content)
    done = run("inventory", "--url", "cs.example.com", "--ca-file", str(ca_file), env=environment(**TOKEN))
    assert done.status == 2
    assert str(ca_file) in done.err


@pytest.mark.parametrize("proxy", ["not a url", "socks5://127.0.0.1:1", "http://127.0.0.1:99999"])
def test_a_proxy_that_can_not_be_used_is_named_and_can_be_left_out(proxy: str) -> None:
    done = run("inventory", "--url", "no.such.host.invalid", env=environment(**TOKEN, HTTPS_PROXY=proxy))
    assert done.status == 2
    assert "proxy" in done.err
    assert "--no-proxy" in done.err


def test_a_proxy_that_does_not_answer_is_named_without_its_password() -> None:
    proxy = f"http://jane:s3cret@127.0.0.1:{closed_port()}"
    done = run("inventory", "--url", "no.such.host.invalid", env=environment(**TOKEN, HTTPS_PROXY=proxy))
    assert done.status == 3
    assert proxy.replace("jane:s3cret@", "") in done.err
    assert "s3cret" not in done.err


def test_without_the_proxy_the_address_itself_is_asked() -> None:
    env = environment(**TOKEN, HTTPS_PROXY="http://127.0.0.1:1")
    done = run("inventory", "--url", "no.such.host.invalid", "--no-proxy", env=env)
    assert done.status == 3
    assert "127.0.0.1" not in done.err


def test_a_proxy_of_the_environment_gets_nothing_for_this_machine(site: Site) -> None:
    with listening(http("502 Bad Gateway", "text/html", "")) as (port, received):
        proxy = f"http://127.0.0.1:{port}"
        done = site.run("inventory", HTTP_PROXY=proxy, HTTPS_PROXY=proxy, ALL_PROXY=proxy)
    assert (done.status, received) == (0, [])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["simulate", "--clients", "2"], "too few"),
        (["simulate", "--clients", "x"], "whole number"),
        (["simulate", "--faults", "[{}]"], "rule 1"),
        (["simulate", "--faults", "/no/such/plan"], "can't be read"),
        (["simulate", "--user", "jane"], "--password-fd"),
        (["simulate", "--port", "70000"], "whole number"),
        (["simulate", "--host", "192.0.2.1"], "can't be listened on"),
        (["nonsense"], "nonsense"),
        (["jobs", "1", "--token", "x"], "--token"),
    ],
)
def test_words_that_can_not_be_right_end_with_usage(words: list[str], said: str) -> None:
    done = run(*words, env=environment())
    assert (done.status, done.out) == (2, "")
    assert said in done.err


def test_no_words_at_all_are_the_console_and_without_a_terminal_point_at_the_commands() -> None:
    done = run(env=environment())
    assert done.status == 2
    assert "pgbackup-tui --help" in done.err


@pytest.mark.parametrize("words", [["--token", CANARY], [f"--token={CANARY}"], ["--token-fd", CANARY]])
def test_a_token_given_where_none_belongs_is_refused_and_never_echoed(words: list[str]) -> None:
    done = run("inventory", *words, env=environment())
    assert done.status == 2
    assert CANARY not in done.err


def test_a_token_that_was_taken_for_a_command_is_never_echoed() -> None:
    done = run("inventory", "--url", "cs.example.com", "--token-command", CANARY, env=environment())
    assert done.status == 4
    assert CANARY not in done.err
