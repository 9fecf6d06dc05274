"""A terminal of the test's own: what a program writes to it, byte for byte, and what it is answered."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.running import LONGEST, PROGRAM


@dataclass(slots=True)
class Terminal:
    """A program on a pseudo-terminal."""

    process_id: int
    descriptor: int
    written: bytearray = field(default_factory=bytearray)
    """Everything that the program wrote."""

    @classmethod
    def start(
        cls, *words: str, env: Mapping[str, str], size: tuple[int, int] = (80, 24), code: str | None = None
    ) -> Terminal:
        """Starts the program, or a piece of Python, with a terminal on all three streams."""
        command = [sys.executable, "-c", code, *words] if code is not None else [*PROGRAM, *words]
        return cls.run(command, env=env, size=size)

    @classmethod
    def run(cls, command: Sequence[str], *, env: Mapping[str, str], size: tuple[int, int] = (80, 24)) -> Terminal:
        """Starts any command with a terminal on all three streams."""
        process_id, descriptor = pty.fork()
        if process_id == 0:
            os.execve(command[0], list(command), dict(env))
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        return cls(process_id, descriptor)

    def type(self, keys: str) -> None:
        """Types keys."""
        os.write(self.descriptor, keys.encode())

    def until(self, shown: Callable[[bytes], bool]) -> None:
        """Reads until something was written; fails when it doesn't come."""
        end = time.monotonic() + LONGEST
        while not shown(bytes(self.written)):
            assert time.monotonic() < end, bytes(self.written)[-2000:]
            if not self._read(0.2):
                break

    def until_ended(self, longest: float = LONGEST) -> int:
        """Reads to the end; the exit status, negative for a signal."""
        end = time.monotonic() + longest
        while self._read(0.2):
            assert time.monotonic() < end, "the program did not end"
        with contextlib.suppress(OSError):
            os.close(self.descriptor)
        return os.waitstatus_to_exitcode(os.waitpid(self.process_id, 0)[1])

    def hang_up(self) -> None:
        """The line drops."""
        os.close(self.descriptor)

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self.descriptor], [], [], seconds)
        if not ready:
            return True
        try:
            chunk = os.read(self.descriptor, 65536)
        except OSError:  # Linux says so when the other side is closed
            return False
        self.written += chunk
        return bool(chunk)
