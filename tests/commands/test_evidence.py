"""``evidence``: made from the journal, with the jobs as they are now where a CommServe tells them."""

from __future__ import annotations

import base64
import re
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pgbackup_tui.simulator.world import World
from tests.commands.conftest import Site
from tests.running import Finished
from tests.terminal import Terminal

KEYS = [
    *("attempt", "verdict", "reason", "state", "asked_at", "by", "asked_as", "commserve", "ticket", "level"),
    *(
        "with_data",
        "notify",
        "task_id",
        "retry_of",
        "resubmits",
        "retried_by",
        "jobs",
        "warnings",
        "error",
        "request_sha256",
        "journal",
    ),
    *("made_at", "jobs_as_of"),
]
JOB_KEYS = [
    *("job_id", "subclient_id", "path", "level_asked", "level_run", "status", "started", "ended", "seconds"),
    *("size_bytes", "reason"),
]
PAY = "pg-pay-01/main/FS*"


def attempt_of(done: Finished) -> str:
    return str(done.report["attempt"])


@pytest.fixture
def finished(site: Site) -> str:
    """The attempt of a backup that was waited for."""
    return attempt_of(site.run("backup", PAY, "--level", "FULL", "--yes", "--wait", "--json", "--ticket", "CHG1"))


def test_the_record_as_json_has_exactly_these_members(site: Site, finished: str) -> None:
    done = site.run("evidence", finished, "--json")
    record = done.report
    assert (done.status, list(record)) == (0, KEYS)
    assert (record["verdict"], record["state"], record["ticket"]) == ("go", "accepted", "CHG1")
    assert record["jobs_as_of"]
    assert isinstance(record["jobs"], list)
    (job,) = record["jobs"]
    assert list(job) == JOB_KEYS
    assert (job["level_asked"], job["level_run"], job["status"]) == ("FULL", "Full", "Completed")
    assert job["size_bytes"] > 0
    assert None not in (job["started"], job["ended"], job["seconds"])


@pytest.mark.parametrize("words", [["--offline"], []], ids=["offline", "nobody answers"])
def test_no_commserve_is_needed(site: Site, finished: str, words: list[str]) -> None:
    before = len(site.server.received)
    done = site.run("evidence", finished, "--json", *words, PGBACKUP_TUI_URL="http://127.0.0.1:9")
    assert (done.status, done.report["verdict"], done.report["jobs_as_of"]) == (0, "go", None)
    assert len(site.server.received) == before
    assert bool(words) or "From the journal alone" in done.err


def test_the_jobs_are_looked_at_again_and_what_was_seen_is_kept(site_with: Callable[..., Site]) -> None:
    site = site_with(world=World.sample(job_seconds=0.5))
    attempt = attempt_of(site.backup("pg-fail-01/*/FS*"))
    site.run("jobs", "--follow")
    record = site.run("evidence", attempt, "--json").report
    assert (record["verdict"], "Failed" in str(record["reason"])) == ("no_go", True)
    assert site.run("evidence", attempt, "--json", "--offline").report["verdict"] == "no_go"


@pytest.mark.parametrize(("wanted", "begin"), [("md", "# Backup evidence: GO"), ("txt", "Backup evidence")])
def test_what_a_person_reads_goes_to_stdout_or_into_a_new_private_file(
    site: Site, finished: str, tmp_path: Path, wanted: str, begin: str
) -> None:
    path = tmp_path / "record"
    shown = site.run("evidence", finished, "--format", wanted, "--offline").out
    assert shown.startswith(begin)
    done = site.run("evidence", finished, "--format", wanted, "--offline", "--output", str(path))
    assert (done.status, done.out) == (0, "")
    assert path.read_text().startswith(begin)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = site.run("evidence", finished, "--offline", "--output", str(path))
    assert (again.status, path.read_text().startswith(begin)) == (10, True)
    assert "is there already" in again.err


def test_a_copy_goes_to_the_terminal_itself_and_into_a_file_and_never_to_stdout(site: Site, finished: str) -> None:
    copying = f"{sys.executable} -m pgbackup_tui evidence {finished} --offline --copy > {site.state}/stdout"
    code = f"import os; os.execv('/bin/sh', ['sh', '-c', {copying!r}])"
    terminal = Terminal.start(env=site.env, code=code)
    assert terminal.until_ended() == 0
    (kept,) = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07", bytes(terminal.written))
    text = base64.b64decode(kept).decode()
    assert text.startswith("# Backup evidence: GO")
    assert (site.state / "copied.txt").read_text() == text
    assert (site.state / "stdout").read_text() == ""
    assert b"sent to the terminal by OSC 52, which it may ignore" in terminal.written


def test_a_copy_that_is_wanted_in_the_file_alone_needs_no_terminal(site: Site, finished: str) -> None:
    done = site.run("evidence", finished, "--offline", "--copy", PGBACKUP_TUI_CLIPBOARD="file")
    assert (done.status, done.out) == (0, "")
    assert done.err == f"Copied the evidence of attempt {finished}: in the file {site.state / 'copied.txt'}.\n"


def test_a_copy_and_a_file_of_ones_own_are_not_wanted_together(site: Site) -> None:
    done = site.run("evidence", "20261123T031200-0000abcd", "--copy", "--output", "record.md")
    assert (done.status, "not allowed with" in done.err) == (2, True)


def test_an_attempt_that_nobody_knows_is_an_error(site: Site) -> None:
    assert site.run("evidence", "20261123T031200-0000abcd").status == 2
    empty = site.run("evidence", "")
    assert (empty.status, "The attempt's id is empty." in empty.err) == (2, True)


def test_a_folder_is_no_file_to_write_to(site: Site, finished: str, tmp_path: Path) -> None:
    done = site.run("evidence", finished, "--output", str(tmp_path))
    assert (done.status, f"{tmp_path} is a folder." in done.err) == (10, True)
