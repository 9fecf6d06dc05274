"""The one family of exceptions that reaches a person.

::

    PgBackupError                     what is wrong, and what to do about it
    ├── UsageError                    the words of the command, a pattern, an option
    │   ├── PatternError              (estate)       a pattern that can't be read, or matches nothing
    │   └── TaskError                 (backup/task)  a task that can't be asked for
    ├── RefusedHereError              this program declines: not confirmed, ...
    │   ├── NoJournalError            (backup/journal) it can't be written down first
    │   ├── LockedError               (backup/journal) another process is sending the same
    │   ├── UnsettledError            (backup/guard) nobody knows what became of an earlier request
    │   └── AlreadyRunningError       (backup/guard) a backup of the same subclient is running
    ├── PathError                     a file or folder of the user's that can't be used
    ├── CredentialError               no token, or one that can't be a token
    ├── ClipboardError                a copy that a way to the clipboard, or all of them, did not take
    └── CommvaultError                (commserve/errors) everything that a CommServe or the way to it says
"""

from __future__ import annotations


class PgBackupError(Exception):
    """What is wrong, and what to do about it, in words for a person.

    The texts may quote a server or a name of the estate and are kept raw: a face cleans them when it
    shows them (see ``text.clean``).
    """

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        """What is wrong, one sentence."""
        self.advice = advice
        """What to do about it; empty where nothing can be said."""


class UsageError(PgBackupError):
    """What was asked can't be done as it was asked; nothing was sent."""


class RefusedHereError(PgBackupError):
    """This program declined, before anything was sent."""


class PathError(PgBackupError):
    """A file or a folder of the user's that can't be read, written or trusted."""


class CredentialError(PgBackupError):
    """There is no token, or what was given can't be one. Never holds the value."""


class ClipboardError(PgBackupError):
    """A copy that a way to the clipboard, or all of them, did not take."""
