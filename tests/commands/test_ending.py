"""How a run ends when its user, its pipe or its terminal ends it."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from pgbackup_tui.simulator.world import World
from tests.commands.conftest import Site
from tests.running import LONGEST, PROGRAM


@pytest.fixture
def long_site(site_with: Callable[..., Site]) -> Site:
    return site_with(world=World.sample(job_seconds=3600))


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_while_waiting_tells_how_to_go_on(long_site: Site, number: int, status: int) -> None:
    words = ["backup", "pg-pay-01/main/FS*", "--level", "FULL", "--yes", "--wait", "--json"]
    with subprocess.Popen(
        [*PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=long_site.env
    ) as process:
        assert process.stderr is not None
        said = ""
        while "Running" not in said and "Waiting" not in said:
            said += process.stderr.readline()
        process.send_signal(number)
        out, err = process.communicate(timeout=LONGEST)
    assert process.returncode == status
    assert "--follow" in err
    assert "Traceback" not in err
    assert '"outcome": "accepted"' in out


SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
IN_FLIGHT = ["backup", "pg-pay-01/main/FS*", "--level", "FULL", "--yes", "--json"]


def state_of_the_only_attempt(site: Site) -> object:
    """What the journal says of it."""
    printed = site.run("history", "--json").json
    assert isinstance(printed, list)
    assert len(printed) == 1
    return printed[0]["state"]


@pytest.mark.parametrize(("number", "status"), SIGNALS)
def test_a_signal_while_the_request_is_in_flight_waits_and_a_second_one_leaves_it_unknown(
    site_with: Callable[..., Site], number: int, status: int
) -> None:
    site = site_with('[{"path": "CreateTask", "answer": "silence"}]')
    with subprocess.Popen(
        [*PROGRAM, *IN_FLIGHT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=site.env
    ) as process:
        assert process.stderr is not None
        while not site.tasks_posted():
            assert process.poll() is None
        process.send_signal(number)
        said = ""
        while "waiting up to 10 s" not in said:
            said += process.stderr.readline()
            assert process.poll() is None
        process.send_signal(number)
        out, err = process.communicate(timeout=LONGEST)
    assert process.returncode == status
    assert '"outcome": "unknown"' in out
    assert "resolve" in err
    assert "Traceback" not in err
    assert len(site.tasks_posted()) == 1
    assert state_of_the_only_attempt(site) == "unknown"


@pytest.mark.parametrize(("number", "status"), SIGNALS)
def test_an_answer_that_comes_while_the_program_ends_is_told_and_kept(
    site_with: Callable[..., Site], number: int, status: int
) -> None:
    site = site_with('[{"path": "CreateTask", "latency_ms": 500}]')
    with subprocess.Popen(
        [*PROGRAM, *IN_FLIGHT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=site.env
    ) as process:
        while not site.tasks_posted():
            assert process.poll() is None
        process.send_signal(number)
        out, err = process.communicate(timeout=LONGEST)
    assert process.returncode == status
    assert '"outcome": "accepted"' in out
    assert "--follow" in err
    assert state_of_the_only_attempt(site) == "accepted"


@pytest.mark.parametrize(("answer", "state"), [("silence", "unknown"), (None, "accepted")])
def test_a_terminal_that_is_closed_in_flight_leaves_the_outcome_on_the_disk(
    site_with: Callable[..., Site], answer: str | None, state: str
) -> None:
    rule = {"path": "CreateTask", "answer": answer} if answer else {"path": "CreateTask", "latency_ms": 500}
    site = site_with(json.dumps([rule]))
    process_id, terminal = pty.fork()
    if process_id == 0:
        os.execve(sys.executable, [*PROGRAM, *IN_FLIGHT], site.env)
    while not site.tasks_posted():
        assert os.waitpid(process_id, os.WNOHANG) == (0, 0)
    os.close(terminal)
    if answer:
        site.server.stop()  # the answer will never come
    assert os.waitstatus_to_exitcode(os.waitpid(process_id, 0)[1]) == 129
    assert state_of_the_only_attempt(site) == state


def shell(site: Site, line: str) -> subprocess.CompletedProcess[str]:
    """Runs a line of bash in which ``PROGRAM`` is the program."""
    command = line.replace("PROGRAM", " ".join(PROGRAM))
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=site.env, timeout=LONGEST)


def test_a_reader_that_goes_away_is_no_fault(site: Site) -> None:
    done = shell(site, "PROGRAM inventory | head -n 0; echo status=${PIPESTATUS[0]}")
    assert done.stdout.strip() in ("status=141", "status=0")  # 0 if all was written before the reader went
    assert "Traceback" not in done.stderr
    assert "has a fault" not in done.stderr


GO_AHEAD = "backup pg-pay-01/main/FS* --level FULL --yes --wait --json"


@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-", "2>/dev/full", "2> >(head -c 1 >/dev/null)"])
def test_streams_that_nobody_reads_change_no_exit_status(site: Site, redirection: str) -> None:
    done = shell(site, f"PROGRAM {GO_AHEAD} {redirection}")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    if not redirection.startswith(">"):
        assert '"verdict": "go"' in done.stdout
    assert len(site.tasks_posted()) == 1


def test_a_result_that_can_not_be_written_is_told_on_the_other_stream(site: Site) -> None:
    done = shell(site, f"PROGRAM {GO_AHEAD} >/dev/full")
    assert done.returncode == 0
    assert "The backup is accepted; jobs: 3587112" in done.stderr
    listing = shell(site, "PROGRAM inventory >/dev/full")
    assert listing.returncode == 1
    assert "can't be written" in listing.stderr


def test_nohup_keeps_a_backup_waiting_when_the_line_drops(site_with: Callable[..., Site]) -> None:
    site = site_with(world=World.sample(job_seconds=3))
    with subprocess.Popen(
        ["nohup", *PROGRAM, *GO_AHEAD.split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=site.env,
    ) as process:
        while not site.tasks_posted():
            assert process.poll() is None
        process.send_signal(signal.SIGHUP)
        out, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 0
    assert '"verdict": "go"' in out


def test_actions_that_a_signal_interrupts_tell_what_was_done(site_with: Callable[..., Site]) -> None:
    site = site_with(
        '[{"path": "Job/1002/action/*", "answer": "silence"}, {"path": "Job/*/action/*", "answer": "empty"}]'
    )
    with subprocess.Popen(
        [*PROGRAM, "kill", "1001", "1002", "1003", "--yes", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=site.env,
    ) as process:
        while not any("1002/action" in request.path for request in site.server.received):
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 143
    assert {row["job_id"]: row["outcome"] for row in json.loads(out)} == {1001: "accepted", 1002: "unknown"}


def test_a_signal_before_anything_is_sent_says_so(site_with: Callable[..., Site]) -> None:
    site = site_with('[{"path": "databases/instances", "answer": "silence"}]')
    with subprocess.Popen(
        [*PROGRAM, *GO_AHEAD.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=site.env
    ) as process:
        while not any("databases" in request.path for request in site.server.received):
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=LONGEST)
    assert process.returncode == 143
    assert "Nothing was sent." in err


def on_a_terminal(site: Site, words: list[str], typed: bytes, until: bytes) -> tuple[int, bytes]:
    """Runs with a terminal on all three streams; types when ``until`` was shown."""
    process_id, terminal = pty.fork()
    if process_id == 0:
        os.execve(sys.executable, [*PROGRAM, *words], site.env)
    shown = b""
    sent = False
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # the terminal is closed when the program has ended
            break
        if not chunk:
            break
        shown += chunk
        if not sent and until in shown:
            os.write(terminal, typed)
            sent = True
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(process_id, 0)[1]), shown


BACKUP = ["backup", "pg-pay-01/main/FS*", "--level", "FULL"]


@pytest.mark.parametrize("typed", [b"\n", b"y\n", b"no\n", b"\x04"])
def test_anything_but_yes_declines_and_sends_nothing(site: Site, typed: bytes) -> None:
    status, shown = on_a_terminal(site, BACKUP, typed, b"Type yes")
    assert status == 10
    assert b"nothing was sent" in shown
    assert site.tasks_posted() == []


def test_the_question_names_what_where_how_and_as_whom_and_yes_sends_once(site: Site) -> None:
    status, shown = on_a_terminal(site, BACKUP, b"yes\n", b"Type yes")
    assert status == 0
    for fact in (
        b"pg-pay-01/main/FSBasedBackupSet/default",
        b"id 2000001",
        b"1 FULL backup on http://127.0.0.1",
        b"as oncall",
    ):
        assert fact in shown
    assert len(site.tasks_posted()) == 1


def test_ctrl_c_at_the_question_ends_it_at_once(site: Site) -> None:
    status, shown = on_a_terminal(site, BACKUP, b"\x03", b"Type yes")
    assert status == 130
    assert b"Traceback" not in shown
    assert site.tasks_posted() == []


def test_an_encoding_without_the_names_letters_escapes_them(site: Site) -> None:
    done = subprocess.run(
        [*PROGRAM, "inventory", "no-such-größe"],
        capture_output=True,
        env=site.env | {"PYTHONIOENCODING": "ascii"},
        timeout=LONGEST,
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert b"gr\\xf6\\xdfe" in done.stderr
