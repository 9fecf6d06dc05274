"""On SaaS all users of a tenant share few requests: much of them is taken only if somebody agrees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pgbackup_tui.simulator.world import World
from tests.commands.conftest import Site
from tests.running import Finished
from tests.terminal import Terminal

CLIENTS = 150
COST = f"about {CLIENTS} of the 1000 requests that the tenant has an hour"
ALL = (
    ("inventory",),
    ("check", "*", "--max-age", "4h"),
    ("backup", "*", "--level", "FULL", "--dry-run"),
)


class Cloud:
    """A site of many clients, which the default profile says is SaaS."""

    def __init__(self, site: Site, home: Path, saas: str = "true") -> None:
        self.site, self.home = site, home
        folder = home / "pgbackup-tui"
        folder.mkdir(mode=0o700)
        (folder / "settings.toml").write_text(
            f'default = "cloud"\n[profiles.cloud]\nurl = "{site.server.url}"\nsaas = {saas}\n'
        )

    @property
    def variables(self) -> dict[str, str]:
        return {"XDG_CONFIG_HOME": str(self.home), "PGBACKUP_TUI_URL": ""}

    def run(self, *words: str) -> Finished:
        return self.site.run(*words, **self.variables)

    def at_a_terminal(self, *words: str) -> Terminal:
        return Terminal.start(*words, env=self.site.env | self.variables)

    def clients_read(self) -> int:
        """How many requests for the subclients of a client arrived."""
        return sum("/subclient?" in request.path.lower() for request in self.site.server.received)


@pytest.fixture
def site(site_with: Callable[..., Site]) -> Site:
    return site_with(world=World.sample(clients=CLIENTS))


@pytest.fixture
def cloud(site: Site, tmp_path: Path) -> Cloud:
    return Cloud(site, tmp_path)


@pytest.mark.parametrize("words", ALL, ids=lambda words: words[0])
def test_where_nobody_can_be_asked_much_is_usage_that_says_the_cost(cloud: Cloud, words: tuple[str, ...]) -> None:
    done = cloud.run(*words)
    assert (done.status, done.out, cloud.clients_read()) == (2, "", 0)
    assert COST in done.err
    assert "Narrow it" in done.err
    assert "--yes" in done.err
    assert len(cloud.site.server.received) <= 4


@pytest.mark.parametrize("words", [ALL[0], ALL[1]], ids=lambda words: words[0])
def test_with_yes_it_goes_on_and_says_the_cost(cloud: Cloud, words: tuple[str, ...]) -> None:
    done = cloud.run(*words, "--yes")
    assert done.status in (0, 7)
    assert COST in done.err
    assert cloud.clients_read() == CLIENTS


def test_a_narrow_pattern_is_read_without_a_word(cloud: Cloud) -> None:
    done = cloud.run("inventory", "pg-pay-*")
    assert (done.status, cloud.clients_read()) == (0, 2)
    assert "tenant" not in done.err


def test_elsewhere_nobody_is_asked(site: Site, tmp_path: Path) -> None:
    own = Cloud(site, tmp_path, saas="false")
    done = own.run("inventory")
    assert (done.status, own.clients_read()) == (0, CLIENTS)
    assert "tenant" not in done.err


@pytest.mark.parametrize(("typed", "status", "read"), [("yes", 0, CLIENTS), ("no", 10, 0)])
def test_at_a_terminal_it_is_a_question(cloud: Cloud, typed: str, status: int, read: int) -> None:
    terminal = cloud.at_a_terminal("inventory")
    terminal.until(lambda written: b"Type yes to go on:" in written)
    assert COST.encode() in terminal.written.replace(b"\r\n", b" ")
    terminal.type(f"{typed}\n")
    assert terminal.until_ended() == status
    assert cloud.clients_read() == read


def test_the_question_ends_with_an_interrupt(cloud: Cloud) -> None:
    terminal = cloud.at_a_terminal("inventory")
    terminal.until(lambda written: b"Type yes to go on:" in written)
    terminal.type("\x03")
    assert terminal.until_ended() == 130
    assert cloud.clients_read() == 0
