"""One line to type in: a row high, with a cursor that stays still, since every blink is sent over the line."""

from __future__ import annotations

from textual.widgets import Input


class TextField(Input):
    """A field of a form."""

    def __init__(self, name: str, placeholder: str = "", *, value: str = "", password: bool = False) -> None:
        super().__init__(value, placeholder, id=name, compact=True, password=password)
        self.cursor_blink = False


def hidden_field(name: str, placeholder: str) -> TextField:
    """A field that an action opens."""
    field = TextField(name, placeholder)
    field.display = False
    return field
