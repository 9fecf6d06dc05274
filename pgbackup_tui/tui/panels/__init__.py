"""The places of the console, one at a time above the log."""
