"""Makes pictures of the console from the moments of its story.

    python -m tests.pictures [FOLDER]          those of the README, into screenshots/ unless a folder is named
    python -m tests.pictures --all FOLDER      every moment in every size, in each look

The same console gives the same bytes, so a picture that differs in a diff is a screen that looks different.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

from pgbackup_tui.settings.look import THEMES

SHOWN = ("browse_marked", "compose", "confirm", "jobs_running", "jobs_go", "rejected_403")
README_SIZES = ((80, 24), (120, 36))
LOOKS = THEMES
SCREENSHOTS = Path(__file__).resolve().parent.parent / "screenshots"

_UNIQUE = re.compile(r"terminal-\d+")
_LOOPBACK = re.compile(r"127\.0\.0\.1:(\d+)")


def main() -> int:
    arguments = _parsed()
    if arguments.look:
        asyncio.run(_draw_all(arguments.folder, arguments.look))
        return 0
    if not arguments.all:
        _fix_surroundings()
        asyncio.run(_draw(arguments.folder, SHOWN, README_SIZES))
        return 0
    drawing = [_in_process_of_its_own(arguments.folder / look, look) for look in LOOKS]
    return max(process.wait() for process in drawing)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description="Makes pictures of the console.")
    parser.add_argument("folder", nargs="?", type=Path, default=SCREENSHOTS)
    parser.add_argument("--all", action="store_true", help="every moment, in every size and look")
    parser.add_argument("--look", choices=LOOKS, help="every moment in every size, in this look only")
    return parser.parse_args()


def _in_process_of_its_own(folder: Path, look: str) -> subprocess.Popen[bytes]:
    """Textual reads the environment once, at import."""
    return subprocess.Popen([sys.executable, "-m", "tests.pictures", "--look", look, str(folder)])


def _fix_surroundings() -> None:
    """Before Textual is imported: nothing of this terminal gets into a picture."""
    for name in [name for name in os.environ if name == "NO_COLOR" or name.startswith("TEXTUAL")]:
        del os.environ[name]


async def _draw_all(folder: Path, look: str) -> None:
    _fix_surroundings()
    from tests.more_stories import MOMENTS, SIZES

    await _draw(folder, MOMENTS, SIZES, theme=look)


async def _draw(
    folder: Path, names: Iterable[str], sizes: Sequence[tuple[int, int]], *, theme: str = "dark"
) -> None:
    from tests.more_stories import MOMENTS

    folder.mkdir(parents=True, exist_ok=True)
    with same_everywhere():
        for name in names:
            for size in sizes:  # each begun in its size, as most consoles are
                async for (width, height), console in MOMENTS[name].in_sizes([size], theme=theme):
                    svg = without_port(console.app.export_screenshot(title="pgbackup-tui"))
                    (folder / f"{name}-{width}x{height}.svg").write_text(_steady(svg), encoding="utf-8")


def _steady(svg: str) -> str:
    """Without the id that is another one for every screen; and with indents that every viewer keeps."""
    return _UNIQUE.sub("terminal", svg).replace("<text ", '<text xml:space="preserve" ')


@contextmanager
def same_everywhere() -> Iterator[None]:
    """What the machine would put into a picture is fixed: time zone, user and host."""
    before = os.environ.get("TZ")
    with ExitStack() as fixed:
        for module in ("pgbackup_tui.tui.draft", "pgbackup_tui.backup.journal.processes"):
            fixed.enter_context(patch(f"{module}.local_user", lambda: "jane"))
            fixed.enter_context(patch(f"{module}.local_host", lambda: "jump-01"))
        fixed.callback(_use_zone, before)
        _use_zone("UTC")
        yield


def without_port(picture: str) -> str:
    """A picture in which the simulated CommServe's port, another one each time, is a word as long."""
    return _LOOPBACK.sub(lambda found: "127.0.0.1:" + "PORT".ljust(len(found[1]), "_"), picture)


def _use_zone(zone: str | None) -> None:
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone
    time.tzset()


if __name__ == "__main__":
    sys.exit(main())
