"""Where the console's stylesheets are, in a checkout and in an installed wheel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

OPENING = ("opening.tcss",)
"""What the first frame needs."""
LATER = ("layout.tcss", "components.tcss", "narrow.tcss")
"""What everything else needs, in order: later ones rest on earlier ones."""

_PACKAGE = Path(__file__).resolve().parent.parent


def style_path(name: str) -> Path:
    """One file of the styles. Raises FileNotFoundError where the installation is not whole."""
    for folder in (_PACKAGE / "styles", _PACKAGE.parent / "styles"):  # in a wheel; in a checkout, editable or not
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError("The stylesheets of pgbackup-tui are missing: install it again.")


def stylesheet_paths(names: Sequence[str] = (*OPENING, *LATER)) -> list[Path]:
    """Stylesheets, in order. Raises FileNotFoundError where the installation is not whole."""
    return [style_path(name) for name in names]
