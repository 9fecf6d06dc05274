"""The person's own keys: they do what they are said to, are shown everywhere, and never get in each other's way."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import pytest
from textual.widgets import Input

from pgbackup_tui.settings.errors import SettingsError
from pgbackup_tui.settings.look import ChosenKeys, Look, read_keys
from pgbackup_tui.tui.actions import ACTIONS, Place
from pgbackup_tui.tui.keymap import Keymap, keymap_of, spelled
from tests.driver import console_on, demo
from tests.running import environment
from tests.terminal import Terminal


def chosen(**keys: str) -> Look:
    """What the settings say, with ``__`` for the dot of an action's id."""
    named = {name.replace("__", "."): value for name, value in keys.items()}
    return Look(
        keys=MappingProxyType(
            {
                name: ChosenKeys(read_keys(value), f"settings.toml, line {line}: keys.{name}")
                for line, (name, value) in enumerate(named.items(), 2)
            }
        )
    )


def mine(**keys: str) -> Keymap:
    return keymap_of(chosen(**keys))


async def test_an_own_key_does_what_it_is_said_to_and_the_old_one_nothing() -> None:
    async with console_on(demo(), keymap=mine(browse__mark="m, ctrl+e")) as console:
        await console.tree.open("pg-pay-02").go_to("main", "FSBasedBackupSet", "default")
        await console.press("space")
        assert not console.desk.outline.marked
        await console.press("m")
        assert len(console.desk.outline.marked) == 1
        await console.press("ctrl+e")
        assert not console.desk.outline.marked


async def test_own_keys_are_shown_in_strip_help_palette_and_hints() -> None:
    keymap = mine(browse__mark="m", everywhere__help="f1", everywhere__jobs="ctrl+j", browse__compose="ctrl+o")
    async with console_on(demo(), keymap=keymap) as console:
        assert console.words("#keys").startswith("m mark  / filter  ^o compose")
        assert "m marks a subclient" in console.words("#basket")
        offered = {found.title: found.help for found in console.app.get_system_commands(console.app.screen)}
        assert offered["mark"].startswith("m: ")
        assert offered["jobs"].startswith("^j: ")
        await console.press("f1")
        assert "  m        Mark or unmark" in console.text("#help-text")
        await console.press("escape", "ctrl+j")
        assert console.place is Place.JOBS
        assert "^o composes" in console.jobs.panel.table.empty


async def test_esc_goes_back_whatever_else_does() -> None:
    async with console_on(demo(), keymap=mine(help__back="b")) as console:
        for key in ("b", "escape"):
            await console.press("question_mark")
            shown = [console.place]
            await console.press(key)
            assert [*shown, console.place] == [Place.HELP, Place.BROWSE]


async def test_no_own_key_breaks_typing() -> None:
    keymap = mine(browse__mark="x", everywhere__command_palette=":", everywhere__jobs="J", browse__compose="ctrl+w")
    async with console_on(demo(), keymap=keymap) as console:
        await console.press("slash", "x", "colon", "J", "q", "1", "question_mark")
        assert console.app.query_one("#filter", Input).value == "x:Jq1?"
        assert console.place is Place.BROWSE
        await console.press("ctrl+w")
        assert console.place is Place.BROWSE


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"jobs__kill": "k"}, "keys.jobs.kill can't be k: that is one line up"),
        ({"jobs__kill": "enter"}, "keys.jobs.kill can't be enter"),
        ({"jobs__kill": "escape"}, "keys.jobs.kill can't be escape: that is one step back"),
        ({"jobs__kill": "s"}, "keys.jobs.kill (kill) can't be s: that is jobs.suspend (suspend)."),
        ({"jobs__kill": "q"}, "keys.jobs.kill (kill) can't be q: that is everywhere.quit_console (quit)."),
        ({"everywhere__help": "c"}, "keys.everywhere.help (help) can't be c: that is browse.compose (compose)."),
        (
            {"jobs__kill": "z", "jobs__suspend": "z"},
            "line 2: keys.jobs.kill (kill) can't be z: that is jobs.suspend (suspend), settings.toml, line 3",
        ),
    ],
)
def test_a_key_that_is_taken_is_refused_with_its_line_and_both_names(keys: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError) as refused:
        keymap_of(chosen(**keys))
    assert words in refused.value.problem


def test_two_actions_can_change_their_keys_and_one_key_can_mean_something_in_each_place() -> None:
    assert mine(jobs__kill="s", jobs__suspend="x", history__look="m", browse__mark="m").own["jobs.kill"] == ("s",)


def test_a_name_that_no_action_has_is_a_warning_that_names_a_similar_one() -> None:
    said: list[str] = []
    keymap_of(chosen(browse__marc="m"), said.append)
    assert said == [
        "settings.toml, line 2: keys.browse.marc has no effect: there is no such action; perhaps browse.mark."
    ]


def test_the_keys_that_everybody_has_are_no_conflict_either() -> None:
    for action in ACTIONS:
        if action.place is not Place.LOCK:
            alone = {action.action_id: ChosenKeys(tuple(spelled(action.keys)), "x")}
            keymap_of(Look(keys=MappingProxyType(alone)))


@pytest.mark.parametrize("name", ["level", "tree", "log"])
async def test_letters_move_wherever_arrows_do(name: str) -> None:
    async with console_on(demo(clients=60)) as console:
        if name == "level":
            await console.tree.open("pg-pay-01").mark("main", "FSBasedBackupSet", "default")
            await console.compose.open()
            await console.press("j", "space")
            assert console.compose.panel.draft.level is not None
            first = console.compose.panel.draft.level
            await console.press("l", "space", "h", "space")
            assert console.compose.panel.draft.level is first
            return
        if name == "log":
            for number in range(100):
                console.desk.log.add(console.desk.log.records[0].severity, f"record {number}")
            await console.press("3")
            view = console.app.log_panel.view
            view.show_new()
            await console.press("g")
            assert view.scroll_offset.y == 0
            await console.press("ctrl+f", "j", "k", "ctrl+b", "G")
            assert view.follows
            return
        tree = console.tree.panel.tree_view
        await console.press("j", "j", "k")
        assert tree.cursor == 1
        await console.press("ctrl+f", "ctrl+b", "G")
        assert tree.cursor == tree.count() - 1
        await console.press("g", "l")
        assert tree.node is not None
        assert tree.node.is_open
        await console.press("h")
        assert not tree.node.is_open


def test_a_conflict_ends_the_start_with_a_word_and_no_screen(tmp_path: Path) -> None:
    folder = tmp_path / "pgbackup-tui"
    folder.mkdir(mode=0o700)
    (folder / "settings.toml").write_text('[keys]\n"jobs.kill" = "s"\n')
    (folder / "settings.toml").chmod(0o600)
    terminal = Terminal.start(env=environment(TERM="xterm-256color", XDG_CONFIG_HOME=str(tmp_path)))
    assert terminal.until_ended() == 2
    written = bytes(terminal.written).decode()
    assert "line 2: keys.jobs.kill (kill) can't be s" in written
    assert "\x1b" not in written
