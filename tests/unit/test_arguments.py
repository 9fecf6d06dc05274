"""The words of the command line: a command is described alone as it is among all."""

from __future__ import annotations

import argparse

import pytest

from pgbackup_tui.arguments import build_parser


def commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    (action,) = (found for found in parser._actions if isinstance(found, argparse._SubParsersAction))
    return dict(action.choices)


EVERY_COMMAND = commands(build_parser())


@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_a_command_that_is_described_alone_takes_the_same_words(command: str) -> None:
    alone = commands(build_parser([command]))
    assert command in alone
    assert alone[command].format_help() == EVERY_COMMAND[command].format_help()


@pytest.mark.parametrize("words", [[], ["--help"], ["frobnicate"]])
def test_without_a_command_that_is_known_all_are_described(words: list[str]) -> None:
    assert commands(build_parser(words)).keys() == EVERY_COMMAND.keys()
