"""What Browse says beside the tree: what is marked, and why there is nothing to see."""

from __future__ import annotations

from pgbackup_tui.text import clean
from pgbackup_tui.tui.desk import Desk, State
from pgbackup_tui.tui.keymap import Keymap
from pgbackup_tui.tui.present.opening import ASKING
from pgbackup_tui.tui.present.tree import basket_words


def emptiness(desk: Desk, keymap: Keymap) -> str:
    """What is said in place of the tree where it has no row, and what to do about it."""
    if desk.state is State.FAILED and not desk.outline.clients:
        failure = desk.failure
        words = f"{clean(failure.problem)}\n{clean(failure.advice)}" if failure else ""
        return f"Not connected. {words}\n\n" + keymap.say(
            "{browse.reload} tries again, {everywhere.quit_console} leaves."
        )
    if desk.waiting_for:
        return f"Waiting for {desk.waiting_for} …\nEsc goes on without it."
    if desk.state is State.SIGNED_OUT and not desk.outline.clients:
        return keymap.say("Not signed in.\n{everywhere.connect} signs in, {everywhere.quit_console} leaves.")
    if desk.state is State.CONNECTING and not desk.outline.clients:
        return ASKING
    if not desk.outline.clients:
        user = clean(desk.target.user) if desk.target else "this user"
        words = f"The CommServe shows no PostgreSQL client to {user}.\nCheck that user's rights; "
        return words + keymap.say("{browse.reload} asks again.")
    if desk.outline.filter:
        return f"No name contains “{clean(desk.outline.filter)}”.\nEsc clears the filter."
    return ""


def basket_line(desk: Desk, keymap: Keymap) -> str:
    """What is marked, in one line; without a connection, that nothing can be done with it."""
    if desk.state is State.FAILED and desk.outline.as_of is not None:
        return keymap.say("Not connected: only to look at, nothing can be started. {browse.reload} tries again.")
    return basket_words(desk.outline, keymap)


def basket_lines(desk: Desk, keymap: Keymap) -> list[str]:
    """The basket on a wide screen: every mark, by backup set."""
    if not desk.outline.marked:
        return ["BASKET", "", keymap.say("empty: {browse.mark} puts in what the cursor is on")]
    found = ["BASKET"]
    for name, subclients in desk.outline.basket().items():
        found += ["", clean(name)]
        found += [f"  {clean('/'.join((s.client, s.instance, s.subclient)))}" for s in subclients]
    return found
