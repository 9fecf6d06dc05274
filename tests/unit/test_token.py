"""Tokens are taken from where they were said to be; what can't be one is refused without being echoed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from pgbackup_tui.credentials import sources
from pgbackup_tui.credentials.resolution import FoundToken, Wanted
from pgbackup_tui.credentials.resolution import find_token as resolve
from pgbackup_tui.credentials.sources import TOKEN_VARIABLE, split_command
from pgbackup_tui.credentials.store import Entry
from pgbackup_tui.credentials.token import parse_token
from pgbackup_tui.credentials.wallet import Wallet
from pgbackup_tui.errors import CredentialError
from pgbackup_tui.secret import Secret

CANARY = "canary7f3a9c0123456789"
ENTRY = Entry("https://commandcenter.example.com")


def find_token(*, token_fd: int | None, token_command: str | None, environ: dict[str, str]) -> FoundToken:
    """Resolved on a machine without any store."""
    words = None if token_command is None else split_command(token_command)
    return resolve(Wanted(ENTRY, token_fd=token_fd, token_command=words), environ, Wallet([]))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        (" \n", "empty"),
        (f"{CANARY}\r\nEvil: {CANARY}", "line break"),
        (f"{CANARY}\n{CANARY}", "line break"),
        (f"{CANARY}\x00", "no header can carry"),
        (f"{CANARY}é", "no header can carry"),
        (f"{CANARY}\t{CANARY}", "no header can carry"),
        (CANARY * 500, "longer than"),
    ],
)
def test_what_can_not_be_a_token_is_refused_and_never_echoed(text: str, problem: str) -> None:
    with pytest.raises(CredentialError, match=problem) as refused:
        parse_token(text, "the environment")
    assert "canary" not in repr(refused.value) + refused.value.problem + refused.value.advice
    assert refused.value.advice


def test_white_space_around_a_token_is_taken_off_and_space_inside_is_kept() -> None:
    assert parse_token(" QSDK 3856abc\n", "x") == Secret("QSDK 3856abc")


def test_a_descriptor_goes_before_a_command_before_the_environment(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"from-descriptor\n")
    os.close(writing)
    environ = {TOKEN_VARIABLE: "from-environment"}
    found = find_token(token_fd=reading, token_command="echo from-command", environ=environ)
    assert (found.token, found.source) == (Secret("from-descriptor"), f"file descriptor {reading}")
    found = find_token(token_fd=None, token_command="echo from-command", environ={TOKEN_VARIABLE: "x"})
    assert (found.token, found.source) == (Secret("from-command"), "the command echo")
    found = find_token(token_fd=None, token_command=None, environ={TOKEN_VARIABLE: "from-environment"})
    assert (found.token, found.source) == (Secret("from-environment"), "the environment")


def test_the_variable_is_taken_out_of_the_environment_whichever_source_is_used() -> None:
    environ = {TOKEN_VARIABLE: CANARY, "HOME": "/"}
    find_token(token_fd=None, token_command="echo token", environ=environ)
    assert environ == {"HOME": "/"}


def test_without_any_source_the_ways_to_give_one_are_named() -> None:
    with pytest.raises(CredentialError) as refused:
        find_token(token_fd=None, token_command=None, environ={})
    assert "--token-fd" in refused.value.advice
    assert TOKEN_VARIABLE in refused.value.advice


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("", "empty"),
        ("'unclosed", "split"),
        ("/no/such/command", "can't be run"),
        ("false", "exit status 1"),
        ("true", "empty"),
        ("printf 'a\\nb'", "line break"),
        (f'{sys.executable} -c "import sys; sys.stdout.buffer.write(bytes([255, 254]))"', "not text"),
        ("yes", "line break"),
    ],
)
def test_a_token_command_that_fails_says_how(command: str, problem: str) -> None:
    with pytest.raises(CredentialError, match=problem):
        find_token(token_fd=None, token_command=command, environ={})


def test_a_token_command_gets_no_shell() -> None:
    found = find_token(token_fd=None, token_command="echo $HOME;id", environ={})
    assert found.token == Secret("$HOME;id")


def test_a_token_command_that_hangs_is_ended_with_its_children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "COMMAND_SECONDS", 0.2)
    with pytest.raises(CredentialError, match="within"):
        find_token(token_fd=None, token_command="sh -c 'sleep 1000 & sleep 1000'", environ={})


def test_a_closed_descriptor_is_told_with_the_way_to_open_it() -> None:
    with pytest.raises(CredentialError, match="file descriptor 999") as refused:
        find_token(token_fd=999, token_command=None, environ={})
    assert "999<" in refused.value.advice
