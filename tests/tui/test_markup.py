"""Text of a server is never parsed as markup: no sink that parses it is used for anything but fixed words."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import pgbackup_tui.tui

ROOM = Path(pgbackup_tui.tui.__file__).parent
PARSES = {
    "Static",
    "Label",
    "Button",
    "Checkbox",
    "RadioButton",
    "CheckMark",
    "Choice",
    "OptionList",
    "Select",
    "Collapsible",
}
LITERAL = {"Words"}
OF_FIXED_WORDS = {("confirm.py", "label")}
"""A decision's yes: verbs, numbers and levels of this program."""
FORBIDDEN = {"notify", "from_markup", "escape", "panic", "update"}
HARMLESS = {"re.escape"}
"""What is called as one of those, and makes no markup."""
SETS = {"border_title", "border_subtitle", "tooltip", "label"}


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOM)))
def test_a_sink_that_parses_markup_gets_fixed_words_only(path: Path) -> None:
    if path.name in ("words.py", "choices.py"):
        return  # where the literal sinks are made
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in PARSES:
                assert all(is_fixed(argument) for argument in node.args), f"{path.name}:{node.lineno} {name}"
            assert name not in FORBIDDEN or ast.unparse(node.func) in HARMLESS, f"{path.name}:{node.lineno} {name}"
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            assert node.attr not in SETS or (path.name, node.attr) in OF_FIXED_WORDS, f"{path.name}:{node.lineno}"


def is_fixed(argument: ast.expr) -> bool:
    """A literal, or the value of an enumeration of this program."""
    return isinstance(argument, ast.Constant) or (isinstance(argument, ast.Attribute) and argument.attr == "value")
