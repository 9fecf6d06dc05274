"""Runs the program many times in one process, on the terminal that it was given, with a mark after each run.

The named pipe that it is given has one JSON list of words a line; it ends when there is none any more.
"""

from __future__ import annotations

import json
import os
import sys

from pgbackup_tui.cli import main

if __name__ == "__main__":
    token = os.environ["PGBACKUP_TUI_TOKEN"]
    with open(sys.argv[1]) as commands:  # noqa: PTH123
        for line in commands:
            os.environ["PGBACKUP_TUI_TOKEN"] = token
            try:
                status = main(json.loads(line))
            except SystemExit as ended:
                status = int(ended.code or 0)
            sys.stderr.flush()
            print(f"=== {status} ===", flush=True)  # noqa: T201
