"""The doctor: what it finds on a machine with nothing, with a CommServe, and with things that are wrong."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pgbackup_tui.estate.cache import Owner
from pgbackup_tui.estate.cache_files import EstateFiles
from tests.commands.conftest import Site
from tests.running import Finished, environment, run
from tests.unit.estates import kept


def findings(done: Finished) -> dict[str, Mapping[str, str]]:
    assert isinstance(done.json, list)
    return {found["what"]: found for found in done.json}


def test_it_works_with_nothing_set_up(tmp_path: Path) -> None:
    env = environment(XDG_CONFIG_HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path))
    done = run("doctor", "--json", env=env)
    found = findings(done)
    assert done.status == 0
    assert {name for name, finding in found.items() if finding["verdict"] == "problem"} == set()
    assert "pgbackup-tui login" in found["CommServe"]["cure"]
    assert found["state folder"]["verdict"] == "ok"
    words = run("doctor", env=env)
    assert words.status == 0
    assert "CommServe: Sign in with: pgbackup-tui login" in words.out


def test_everything_well_ends_with_zero(site: Site, tmp_path: Path) -> None:
    done = site.run("doctor", "--json", XDG_STATE_HOME=str(tmp_path))
    found = findings(done)
    assert done.status == 0
    assert "oncall" in found["sign-in"]["found"]
    assert "agree" in found["clock"]["found"]
    assert found["token"]["found"] == "There is one from the environment."


@pytest.mark.parametrize(("ahead", "words"), [(7200, r"(7199|720.) s ahead of"), (-7200, r"(7199|720.) s behind")])
def test_a_clock_that_is_off_is_told(
    site_with: Callable[..., Site], ahead: int, words: str, tmp_path: Path
) -> None:
    site = site_with()
    site.server.world.clock = lambda: time.time() + ahead
    done = site.run("doctor", "--json", XDG_STATE_HOME=str(tmp_path))
    clock = findings(done)["clock"]
    assert clock["verdict"] == "note"
    assert re.search(words, clock["found"])
    assert "timedatectl" in clock["cure"]


def test_a_commserve_that_is_gone_is_a_problem_with_the_status_of_a_command(tmp_path: Path) -> None:
    env = environment(PGBACKUP_TUI_TOKEN="some-token", XDG_STATE_HOME=str(tmp_path))
    done = run("doctor", "--url", "http://127.0.0.1:1", "--json", env=env)
    assert done.status == 3
    assert "refused the connection" in findings(done)["CommServe"]["found"]


def test_a_refused_token_is_a_problem(site: Site, tmp_path: Path) -> None:
    done = site.run("doctor", "--json", PGBACKUP_TUI_TOKEN="of-nobody", XDG_STATE_HOME=str(tmp_path))
    assert done.status == 4
    assert findings(done)["sign-in"]["verdict"] == "problem"


def test_a_proxy_is_named_without_its_password(tmp_path: Path) -> None:
    env = environment(
        PGBACKUP_TUI_TOKEN="some-token", HTTPS_PROXY="http://me:secret@127.0.0.1:1", XDG_STATE_HOME=str(tmp_path)
    )
    done = run("doctor", "--url", "commandcenter.example.com", "--json", env=env)
    assert findings(done)["proxy"]["found"].startswith("http://127.0.0.1:1 is used")
    assert "secret" not in done.out + done.err
    without = run("doctor", "--url", "commandcenter.example.com", "--no-proxy", "--json", env=env)
    assert findings(without)["proxy"]["verdict"] == "ok"


def test_a_state_folder_of_others_is_told_with_the_line_that_mends_it(tmp_path: Path) -> None:
    (tmp_path / "pgbackup-tui").mkdir()
    (tmp_path / "pgbackup-tui").chmod(0o777)
    done = run("doctor", "--json", env=environment(PGBACKUP_TUI_STATE_DIR=str(tmp_path / "pgbackup-tui")))
    assert done.status == 10
    assert findings(done)["state folder"]["cure"].startswith("Take that from them: chmod 700")


def test_keys_that_the_console_refuses_are_a_finding(tmp_path: Path) -> None:
    (tmp_path / "pgbackup-tui").mkdir(mode=0o700)
    (tmp_path / "pgbackup-tui" / "settings.toml").write_text('[keys]\n"browse.mark" = "enter"\n')
    done = run("doctor", "--json", env=environment(XDG_CONFIG_HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path)))
    assert (done.status, findings(done)["keys"]["verdict"]) == (2, "problem")
    assert "line 2: keys.browse.mark can't be enter" in findings(done)["keys"]["found"]


def test_a_damaged_settings_file_is_told_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "pgbackup-tui").mkdir(mode=0o700)
    (tmp_path / "pgbackup-tui" / "settings.toml").write_text("default = 1")
    done = run("doctor", "--json", env=environment(XDG_CONFIG_HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path)))
    assert done.status == 2
    assert "line 1: default" in findings(done)["settings"]["found"]
    assert "terminal" in findings(done)


def test_a_refused_backend_is_named(tmp_path: Path) -> None:
    env = environment(PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring", XDG_STATE_HOME=str(tmp_path))
    found = findings(run("doctor", "--json", env=env))["token store: keyring"]
    assert "keyring.backends.null.Keyring" in json.dumps(found)
    assert "not used" in found["found"]


def test_a_kept_tree_is_named_with_whose_and_how_old_it_is(site: Site) -> None:
    files = EstateFiles(site.state)
    owner = Owner(site.server.url.partition("/commandcenter")[0], "", "jane")
    files.keep(kept(owner, listed_at=time.time()))
    found = findings(site.run("doctor", "--json"))["kept tree"]
    assert found["found"].startswith(f"{files.path_of(owner)}, of jane, as of ")
    files.path_of(owner).write_bytes(b"nothing")
    found = findings(site.run("doctor", "--json"))["kept tree"]
    assert (found["verdict"], "is not used: damaged." in found["found"]) == ("note", True)
