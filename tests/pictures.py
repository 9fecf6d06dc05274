"""Makes pictures of the console from the moments of its story.

    python -m tests.pictures [FOLDER]          those of the README, into screenshots/ unless a folder is named
    python -m tests.pictures --all FOLDER      every moment in every size, in each look
    python -m tests.pictures --check           names those of the README that are out of date; then exit status 1

The same console gives the same bytes, so a picture that differs in a diff is a screen that looks different.
"""

from __future__ import annotations

import argparse
import asyncio
import filecmp
import os
import re
import subprocess
import sys
import tempfile
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
_CLIP = re.compile(r'(<clipPath id="terminal-clip-terminal">\s*<rect [^>]*height=")([\d.]+)')
_DESCENT = 3.0
"""What the letters of the last row reach below it, in pixels."""
_LOOPBACK = re.compile(r"127\.0\.0\.1:(\d+)")


def main() -> int:
    arguments = _parsed()
    if arguments.look:
        asyncio.run(_draw_all(arguments.folder, arguments.look))
        return 0
    if arguments.check:
        return _check(arguments.folder)
    if not arguments.all:
        _draw_those_of_the_readme(arguments.folder)
        return 0
    drawing = [_in_process_of_its_own(arguments.folder / look, look) for look in LOOKS]
    return max(process.wait() for process in drawing)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description="Makes pictures of the console.")
    parser.add_argument("folder", nargs="?", type=Path, default=SCREENSHOTS)
    parser.add_argument("--all", action="store_true", help="every moment, in every size and look")
    parser.add_argument("--check", action="store_true", help="draw nothing there; name what is out of date")
    parser.add_argument("--look", choices=LOOKS, help="every moment in every size, in this look only")
    return parser.parse_args()


def _draw_those_of_the_readme(folder: Path) -> None:
    _fix_surroundings()
    asyncio.run(_draw(folder, SHOWN, README_SIZES))


def _check(folder: Path) -> int:
    with tempfile.TemporaryDirectory(prefix="pictures-") as name:
        fresh = Path(name)
        _draw_those_of_the_readme(fresh)
        names = out_of_date(folder, fresh)
    for picture in names:
        print(f"{picture} is out of date", file=sys.stderr)  # noqa: T201
    if names:
        print("python -m tests.pictures draws them anew; look at each before you commit it.", file=sys.stderr)  # noqa: T201
    return 1 if names else 0


def out_of_date(folder: Path, fresh: Path) -> list[str]:
    """The names of the pictures that are not, byte for byte, those freshly drawn, or are in one folder only."""
    names = sorted({path.name for place in (folder, fresh) for path in place.glob("*.svg")})
    _, different, missing = filecmp.cmpfiles(folder, fresh, names, shallow=False)
    return sorted(different + missing)


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
    """The same for the same screen, with indents that every viewer keeps, and with the whole last row."""
    svg = _UNIQUE.sub("terminal", svg).replace("<text ", '<text xml:space="preserve" ')
    return _CLIP.sub(lambda found: f"{found[1]}{float(found[2]) + _DESCENT:.1f}", svg)


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
