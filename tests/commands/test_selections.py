"""``backup --selection``, and what else a profile says of a backup."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Site
from tests.running import Finished

WARNED = "pg-partial-01/warnings/FS*"


class Profiled:
    """A site that the default profile names, with selections."""

    def __init__(self, site: Site, home: Path, more: str = "") -> None:
        self.site = site
        self.home = home
        folder = home / "pgbackup-tui"
        folder.mkdir(mode=0o700)
        (folder / "settings.toml").write_text(
            f'default = "sim"\n[profiles.sim]\nurl = "{site.server.url}"\n{more}\n'
            '[profiles.sim.selections."payments pre-change"]\npatterns = ["pg-pay-0[12]/*/FSBasedBackupSet"]\n'
            'level = "FULL"\nticket_required = true\nnotify = true\n'
            '[profiles.sim.selections.open]\npatterns = ["pg-pay-01/main/FS*"]\nmax_subclients = 1\n'
        )

    def run(self, *words: str) -> Finished:
        return self.site.run(*words, XDG_CONFIG_HOME=str(self.home), PGBACKUP_TUI_URL="")


@pytest.fixture
def profiled(site: Site, tmp_path: Path) -> Profiled:
    return Profiled(site, tmp_path)


def test_a_selection_starts_what_it_names_with_its_options(profiled: Profiled) -> None:
    words = ["--selection", "payments pre-change", "--ticket", "CHG1"]
    done = profiled.run("backup", *words, "--yes", "--wait", "--json")
    assert (done.status, done.report["verdict"]) == (0, "go")
    (body,) = profiled.site.tasks_posted()
    info = json.loads(body)["taskInfo"]
    assert {sent["clientName"] for sent in info["associations"]} == {"pg-pay-01", "pg-pay-02"}
    assert '"notifyUserOnJobCompletion":true' in body.decode().replace(" ", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--selection", "payments pre-change"], "wants a ticket"),
        (["--selection", "open"], "--level"),
        (["--selection", "gone", "--level", "FULL"], "“payments pre-change”, “open”"),
        (["pg-pay-01", "--selection", "open", "--level", "FULL"], "either patterns or --selection"),
        (["--level", "FULL"], "either patterns or --selection"),
    ],
)
def test_what_a_selection_lacks_is_usage_and_nothing_is_asked(
    profiled: Profiled, words: list[str], said: str
) -> None:
    done = profiled.run("backup", *words, "--yes")
    assert (done.status, said in done.err) == (2, True)
    assert profiled.site.server.received == ()


def test_what_was_typed_counts_before_what_the_selection_says(profiled: Profiled) -> None:
    done = profiled.run("backup", "--selection", "open", "--level", "INCREMENTAL", "--dry-run")
    assert done.status == 0
    assert "INCREMENTAL" in done.out


def test_profiles_lists_the_selections(profiled: Profiled) -> None:
    assert "payments pre-change, open" in profiled.run("profiles").out
    (shown,) = json.loads(profiled.run("profiles", "--json").out)
    assert [found["name"] for found in shown["selections"]] == ["payments pre-change", "open"]


@pytest.mark.parametrize(("line", "status"), [("", 0), ("warnings_are_partial = true", 8)])
def test_warnings_are_go_and_named_unless_the_profile_makes_them_partial(
    site: Site, tmp_path: Path, line: str, status: int
) -> None:
    profiled = Profiled(site, tmp_path, line)
    done = profiled.run("backup", WARNED, "--level", "FULL", "--yes", "--wait", "--json")
    assert (done.status, done.report["verdict"]) == (status, "partial" if status else "go")
    assert len(done.report["warnings"]) == 1  # type: ignore[arg-type]  # a list, or the test fails
    attempt = str(done.report["attempt"])
    record = profiled.run("evidence", attempt, "--offline", "--json").report
    assert record["verdict"] == done.report["verdict"]
