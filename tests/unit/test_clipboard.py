"""Copies: which way is taken, what is said of it, and that nothing in a text is more than text."""

from __future__ import annotations

import base64
import re
import stat
import sys
from pathlib import Path

import pytest

from pgbackup_tui.clipboard import MOST_BYTES, VARIABLE, Command, Osc52, Tmux, Way, copy, ways
from pgbackup_tui.errors import ClipboardError

IN_TMUX, IN_SCREEN = {"TMUX": "/tmp/tmux-1/default,1,0"}, {"STY": "1.pts-0.jump"}


def nowhere(_: str) -> None:
    raise OSError(6, "No such device or address")


def program(tmp_path: Path, name: str, script: str) -> Path:
    """A program of the test's own on a search path of its own."""
    path = tmp_path / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!{sys.executable}\n{script}")
    path.chmod(0o700)
    return path


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, (Osc52(),)),
        (IN_TMUX, (Tmux(), Osc52())),
        (IN_SCREEN, (Osc52(in_screen=True),)),
        ({VARIABLE: "", **IN_TMUX}, (Tmux(), Osc52())),
        ({VARIABLE: "osc52", **IN_TMUX}, (Osc52(),)),
        ({VARIABLE: "osc52", **IN_SCREEN}, (Osc52(in_screen=True),)),
        ({VARIABLE: "tmux"}, (Tmux(), Osc52())),
        ({VARIABLE: "file", **IN_TMUX}, ()),
        ({VARIABLE: "xclip -selection clipboard", **IN_TMUX}, (Command("xclip -selection clipboard"),)),
    ],
)
def test_the_surroundings_decide_the_way_and_the_variable_overrides_them(
    environ: dict[str, str], expected: tuple[Way, ...]
) -> None:
    assert ways(environ) == expected


def test_the_terminal_gets_base64_and_nobody_claims_that_it_took_it(tmp_path: Path) -> None:
    written: list[str] = []
    copied = copy("job id 3587112", "3587112", tmp_path, written.append, {})
    assert written == ["\x1b]52;c;MzU4NzExMg==\a"]
    file = tmp_path / "copied.txt"
    assert copied.as_asked
    assert copied.words == (
        f"Copied job id 3587112: sent to the terminal by OSC 52, which it may ignore; in the file {file}."
    )
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("3587112", 0o600)


def test_gnu_screen_hands_the_whole_of_it_on_in_pieces_that_it_has_room_for() -> None:
    text = "a line of a log\n" * 100
    sent = Osc52(in_screen=True).sequence(text)
    parts = re.findall(r"\x1bP(.*?)\x1b\\", sent, re.DOTALL)
    assert all(len(part) < 256 - 4 for part in parts)
    assert sent == "".join(f"\x1bP{part}\x1b\\" for part in parts)
    assert "".join(parts) == Osc52().sequence(text)


@pytest.mark.parametrize("environ", [{}, IN_SCREEN])
def test_no_text_can_be_more_than_text_to_the_terminal(environ: dict[str, str], tmp_path: Path) -> None:
    written: list[str] = []
    copy("it", "a\x07b\x1b\\c\x9c\x1b]0;title\x07\x00\r\ud800\n\x1bP", tmp_path, written.append, environ)
    (sent,) = written
    inner = re.sub(r"\x1bP|\x1b\\", "", sent) if environ else sent
    found = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", inner)
    assert found is not None
    assert (
        base64.b64decode(found[1]).decode()
        == "a␇b␛\\c\N{REPLACEMENT CHARACTER}␛]0;title␇␀␍\N{REPLACEMENT CHARACTER}\n␛P"
    )


def test_what_terminals_would_cut_goes_into_the_file_alone_and_that_is_said(tmp_path: Path) -> None:
    written: list[str] = []
    most = copy("a log", "x" * MOST_BYTES, tmp_path, written.append, {})
    assert most.as_asked
    assert [len(sent) for sent in written] == [100_000]
    more = copy("a log", "x" * (MOST_BYTES + 1), tmp_path, written.append, {})
    assert (len(written), more.as_asked) == (1, False)
    assert more.words.startswith(f"Copied a log: in the file {tmp_path / 'copied.txt'}. 74,995 bytes are too many")
    assert len((tmp_path / "copied.txt").read_text()) == MOST_BYTES + 1


def test_without_tmux_there_the_terminal_is_tried_and_both_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    written: list[str] = []
    copied = copy("2 job ids", "1 2", tmp_path, written.append, IN_TMUX)
    assert (len(written), copied.as_asked) == (1, False)
    assert "sent to the terminal by OSC 52" in copied.words
    assert copied.words.endswith("tmux can't be run: No such file or directory.")


def test_an_older_tmux_fills_its_buffer_without_the_terminals_clipboard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = tmp_path / "buffer"
    filling = f"pathlib.Path({str(buffer)!r}).write_text(sys.stdin.read())"
    refusing = f"import sys, pathlib\nif '-w' in sys.argv: sys.exit(1)\n{filling}"
    monkeypatch.setenv("PATH", str(program(tmp_path, "tmux", refusing).parent))
    copied = copy("it", "1 2", tmp_path, nowhere, IN_TMUX)
    assert copied.as_asked
    assert "in tmux's buffer, prefix ] pastes it" in copied.words
    assert buffer.read_text() == "1 2"


def test_a_command_gets_the_text_and_nothing_of_this_programs_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGBACKUP_TUI_TOKEN", "a-token")
    kept = tmp_path / "kept"
    keeping = (
        f"import os, sys, pathlib\npathlib.Path({str(kept)!r}).write_text(sys.stdin.read() + str(dict(os.environ)))"
    )
    line = f"'{program(tmp_path, 'keep', keeping)}' --now"
    copied = copy("it", "the text", tmp_path, nowhere, {VARIABLE: line})
    assert copied.words.startswith("Copied it: handed to ")
    assert kept.read_text().startswith("the text{")
    assert "a-token" not in kept.read_text()


@pytest.mark.parametrize(
    ("script", "seconds", "said"),
    [("raise SystemExit(3)", 30, "exit status 3"), ("import time; time.sleep(60)", 0.2, "did not take it within")],
)
def test_a_command_that_fails_or_hangs_is_said_and_the_file_is_there(
    script: str, seconds: float, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pgbackup_tui.clipboard._COMMAND_SECONDS", seconds)
    copied = copy("it", "the text", tmp_path, nowhere, {VARIABLE: str(program(tmp_path, "broken", script))})
    assert not copied.as_asked
    assert copied.words.startswith(f"Copied it: in the file {tmp_path / 'copied.txt'}. ")
    assert said in copied.words
    assert (tmp_path / "copied.txt").read_text() == "the text"


@pytest.mark.parametrize(("line", "said"), [("'", "can't be split into words"), ("''", "can't be run")])
def test_a_variable_that_names_no_command_is_said(line: str, said: str, tmp_path: Path) -> None:
    copied = copy("it", "the text", tmp_path, nowhere, {VARIABLE: line})
    assert said in copied.words


def test_a_copy_that_can_be_put_nowhere_is_an_error_that_says_why(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    with pytest.raises(ClipboardError, match="Nothing was copied of it") as raised:
        copy("it", "the text", in_the_way, nowhere, {})
    assert "There is no terminal to send it to" in raised.value.advice
    assert str(in_the_way) in raised.value.advice
