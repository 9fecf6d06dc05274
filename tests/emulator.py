"""A terminal, as far as painted frames need one: text, colours and where they go. Knows nothing of the program."""

from __future__ import annotations

import re

from rich.cells import cell_len

_PART = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])|([^\x1b\n\a]+)|\n")
_ASIDE = re.compile(r"\a|\x1b\[[?<>=][0-9;$]*[A-Za-z]|\x1b[\]P][^\a\x1b]*(?:\a|\x1b\\)|\x1b\[\d* q")
"""Modes, questions, the title: what changes nothing that is shown."""
_CLEARS = {22: (1, 2), 23: (3,), 24: (4, 21), 25: (5, 6), 27: (7,), 28: (8,), 29: (9,), 55: (53,)}
_SHOWN_ON_BLANK = {4, 7, 9, 21, 53}

Seen = tuple[str, tuple[object, ...]]
"""A character, and what can be seen of its look."""


class Emulator:
    """Obeys what is written to it."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.cells: list[list[Seen]] = [[(" ", ("unknown",))] * width for _ in range(height)]
        self.row = self.column = 1
        self._foreground = self._background = ""
        self._attributes: set[int] = set()

    def write(self, data: str) -> None:
        """Takes what a program writes; fails at a sequence that it doesn't know."""
        for found in _PART.finditer(_ASIDE.sub("", data)):
            parameters, kind, text = found.groups()
            match kind:
                case None:
                    self._print(text or "")
                case "m":
                    self._set([int(part or "0") for part in parameters.split(";")])
                case "H":
                    self.row, self.column = (int(part or "1") for part in f"{parameters};".split(";")[:2])
                    self.row = min(self.row, len(self.cells))  # as terminals do: there is no row below the last
                case "C":
                    self.column += int(parameters or "1")
                case _:
                    raise AssertionError(f"a sequence that no frame has: {found[0]!r}")

    def text(self) -> list[str]:
        """The characters, a line a row."""
        return ["".join(sign for sign, _ in row) for row in self.cells]

    def _print(self, text: str) -> None:
        for character in text:
            width = cell_len(character)
            row = self.cells[self.row - 1]
            if not width and self.column > 1:
                before = self.column - 2 - (row[self.column - 2][0] == "")
                row[before] = (row[before][0] + character, row[before][1])
            for column in range(self.column, min(self.column + width, self.width + 1)):
                row[column - 1] = (character if column == self.column else "", self._look(character))
            self.column += width

    def _look(self, character: str) -> tuple[object, ...]:
        seen = frozenset(self._attributes & _SHOWN_ON_BLANK)
        if character == " " and not seen:
            return (self._background,)
        return (self._foreground, self._background, frozenset(self._attributes))

    def _set(self, codes: list[int]) -> None:
        while codes:
            code = codes.pop(0)
            if code in (38, 48):
                length = {2: 4, 5: 2}[codes[0]]
                color = f"{codes[:length]}"
                del codes[:length]
                if code == 38:
                    self._foreground = color
                else:
                    self._background = color
            elif code == 0:
                self._foreground = self._background = ""
                self._attributes.clear()
            elif 30 <= code <= 37 or 90 <= code <= 97:
                self._foreground = str(code)
            elif 40 <= code <= 47 or 100 <= code <= 107:
                self._background = str(code)
            elif code == 39:
                self._foreground = ""
            elif code == 49:
                self._background = ""
            elif code in _CLEARS:
                self._attributes.difference_update(_CLEARS[code])
            else:
                self._attributes.add(code)


def screen_of(written: bytes, size: tuple[int, int] = (80, 24)) -> str:
    """What a terminal shows that was written to, a line a row."""
    shown = Emulator(*size)
    shown.write(written.decode(errors="ignore"))
    return "\n".join(shown.text())
