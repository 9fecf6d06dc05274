"""Where the console's stylesheets are, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

ORDER = ("layout.tcss", "components.tcss", "narrow.tcss")
"""Later ones rest on earlier ones."""

_PACKAGE = Path(__file__).resolve().parent.parent


def style_path(name: str) -> Path:
    """One file of the styles. Raises FileNotFoundError where the installation is not whole."""
    for folder in (_PACKAGE / "styles", _PACKAGE.parent / "styles"):  # in a wheel; in a checkout, editable or not
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError("The stylesheets of pgbackup-tui are missing: install it again.")


def stylesheet_paths() -> list[Path]:
    """Every stylesheet, in order. Raises FileNotFoundError where the installation is not whole."""
    return [style_path(name) for name in ORDER]
