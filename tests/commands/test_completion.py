"""Completion scripts in their shells: keys are typed at a prompt, and what was completed is what is run."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from pgbackup_tui.arguments import SHELLS
from tests.running import PROGRAM, environment, run
from tests.terminal import Terminal

PROMPT = "READY>"
RAN = "RAN "
SETTINGS = """
[profiles.prod]
url = "cs.example.com"

[profiles.prod.selections."payments pre-change"]
patterns = ["pg-pay-*"]

[profiles.staging]
url = "staging.example.com"
"""
STARTS = {"bash": ["bash", "--rcfile", "RC", "-i"], "zsh": ["zsh", "-i"], "fish": ["fish", "-i"]}


@dataclass(frozen=True, slots=True)
class Desk:
    """A home with the settings, the script where its shell looks for it, and a program that tells its words."""

    shell: str
    home: Path
    env: Mapping[str, str]

    def typed(self, keys: str) -> list[str]:
        """The words that the program got after these keys and Enter."""
        words = [word.replace("RC", str(self.home / "bashrc")) for word in STARTS[self.shell]]
        terminal = Terminal.start(
            env=self.env, size=(200, 24), code=f"import os; os.execvp({words[0]!r}, {words!r})"
        )
        terminal.until(lambda written: PROMPT.encode() in written)
        terminal.type(f"{keys}\r")
        terminal.until(lambda written: b"\n" in written.partition(RAN.encode())[2])
        terminal.type("exit\r")
        terminal.until_ended()
        line = terminal.written.decode(errors="replace").split(RAN)[1].splitlines()[0]
        told = json.loads(line)
        assert isinstance(told, list)
        return told


def script_for(shell: str) -> str:
    done = run("completion", shell)
    assert (done.status, done.err) == (0, "")
    return done.out


@pytest.fixture(params=SHELLS)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    shell = str(request.param)
    if shutil.which(shell) is None:
        assert not os.environ.get("CI_REQUIRES_SHELLS"), f"{shell} has to be installed here"
        pytest.skip(f"{shell} is not installed")
    config = tmp_path / "config"
    for folder in ("pgbackup-tui", "fish/completions"):
        (config / folder).mkdir(parents=True, mode=0o700)
    settings = config / "pgbackup-tui" / "settings.toml"
    settings.write_text(SETTINGS, encoding="utf-8")
    settings.chmod(0o600)
    script = script_for(shell)
    (tmp_path / "bashrc").write_text(f"{script}\nPS1='{PROMPT} '\n", encoding="utf-8")
    (tmp_path / "_pgbackup-tui").write_text(script, encoding="utf-8")
    (tmp_path / ".zshrc").write_text(
        f"fpath=({tmp_path} $fpath); autoload -U compinit; compinit -u -D; PROMPT='{PROMPT} '\n", encoding="utf-8"
    )
    (config / "fish" / "completions" / "pgbackup-tui.fish").write_text(script, encoding="utf-8")
    (config / "fish" / "config.fish").write_text(f"function fish_prompt; echo '{PROMPT} '; end\n", encoding="utf-8")
    teller = tmp_path / "bin" / "pgbackup-tui"
    teller.parent.mkdir()
    teller.write_text(
        f'#!/bin/sh\n[ "$1" = names ] && exec {shlex.join(PROGRAM)} "$@"\n'
        f'exec {shlex.quote(PROGRAM[0])} -c \'import json, sys; print("{RAN}" + json.dumps(sys.argv[1:]))\' "$@"\n',
        encoding="utf-8",
    )
    teller.chmod(0o700)
    env = environment(
        HOME=str(tmp_path),
        ZDOTDIR=str(tmp_path),
        XDG_CONFIG_HOME=str(config),
        XDG_DATA_HOME=str(tmp_path / "data"),
        PATH=f"{teller.parent}:{os.environ['PATH']}",
        TERM="xterm",
    )
    return Desk(shell, tmp_path, env)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("pgbackup-tui back\t", ["backup"]),
        ("pgbackup-tui backup --le\tFULL", ["backup", "--level", "FULL"]),
        ("pgbackup-tui backup --level INC\t", ["backup", "--level", "INCREMENTAL"]),
        ("pgbackup-tui inventory --profile st\t", ["inventory", "--profile", "staging"]),
        ("pgbackup-tui backup --selection pay\t", ["backup", "--selection", "payments pre-change"]),
        ("pgbackup-tui simulate --scenario lost\t", ["simulate", "--scenario", "lost-answer"]),
        ("pgbackup-tui completion zs\t", ["completion", "zsh"]),
        ("pgbackup-tui --read\t", ["--read-only"]),
    ],
    ids=lambda value: value.replace("\t", "<TAB>") if isinstance(value, str) else None,
)
def test_a_tab_completes(desk: Desk, keys: str, words: list[str]) -> None:
    assert desk.typed(keys) == words


def asked_in_bash(*words: str) -> set[str]:
    """What bash offers for the last word, by the function of the script itself."""
    asking = (
        f"COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}\n"
        '_shtab_pgbackup_tui\nprintf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", f"{script_for('bash')}\n{asking}"], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split("\n")) - {""}


def test_every_command_of_the_help_is_offered_and_none_that_is_for_the_scripts() -> None:
    offered = asked_in_bash("pgbackup-tui", "")
    help_text = run("--help").out
    assert offered >= {"console", "backup", "resolve", "completion"}
    assert "names" not in offered
    assert all(f"    {name}" in help_text for name in offered)


def test_the_option_that_nobody_may_use_is_not_offered() -> None:
    assert "--token" not in asked_in_bash("pgbackup-tui", "backup", "--tok")
    assert asked_in_bash("pgbackup-tui", "backup", "--tok") == {"--token-fd", "--token-command"}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_has_nothing_of_the_machine_it_was_made_on(shell: str) -> None:
    script = script_for(shell)
    assert str(Path.home()) not in script.replace("$HOME", "")
    assert str(Path(__file__).resolve().parents[2]) not in script


def test_another_shell_is_refused_with_those_that_there_are() -> None:
    done = run("completion", "tcsh")
    assert done.status == 2
    assert "'bash', 'zsh', 'fish'" in done.err


def test_names_say_nothing_where_the_settings_can_not_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "pgbackup-tui"
    folder.mkdir(mode=0o700)
    (folder / "settings.toml").write_text("not toml", encoding="utf-8")
    done = run("names", "profiles", env=environment(XDG_CONFIG_HOME=str(tmp_path)))
    assert (done.status, done.out, done.err) == (0, "", "")
