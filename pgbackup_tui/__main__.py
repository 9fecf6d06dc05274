"""``python -m pgbackup_tui``: the same as the console script."""

from pgbackup_tui.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
