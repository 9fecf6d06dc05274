"""The request of a task as a line for the shell, to look at or to keep; the token is left out."""

from __future__ import annotations

import json
import shlex


def curl_line(base: str, body: dict[str, object]) -> str:
    """``curl`` for ``POST CreateTask`` at the API's ``base``; the Authtoken comes from a variable of the shell."""
    words = ["curl", "-X", "POST", f"{base}CreateTask"]
    words += ["-H", "Content-Type: application/json", "-H", "Accept: application/json"]
    quoted = " ".join(map(shlex.quote, words))
    data = shlex.quote(json.dumps(body, ensure_ascii=True))
    return f'{quoted} -H "Authtoken: $PGBACKUP_TUI_TOKEN" --data {data}'
