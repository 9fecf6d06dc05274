"""What the console says before it knows anything; the places that come after it go on with the same words."""

from __future__ import annotations

ASKING = "Asking the CommServe for its PostgreSQL instances …"
EVERYTHING = "everything"
"""What the log shows to begin with."""
LOG_TITLE = f"LOG: {EVERYTHING}"
