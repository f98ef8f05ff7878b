"""Commands on a terminal of their own, for the tests of what is asked there."""

import os
import select
import subprocess
import sys
import time

import pytest

posix = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX terminal")


class Terminal:
    """`quartet COMMAND …` with a terminal of its own for standard input and standard error."""

    def __init__(self, *arguments: str, command: str = "run") -> None:
        import pty

        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "quartet", command, *arguments],
            stdin=slave,
            stderr=slave,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "30"},
            start_new_session=True,
        )
        os.close(slave)
        self.shown = ""

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + 120
        while text not in self.shown:
            assert time.monotonic() < deadline, f"no “{text}” in {self.shown!r}"
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    self.shown += os.read(self.master, 65536).decode(errors="replace")
                except OSError:
                    break
        assert text in self.shown, self.shown
        self.shown = self.shown.split(text, 1)[1]

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def ends(self) -> tuple[int, str]:
        out, _ = self.process.communicate(timeout=120)
        os.close(self.master)
        return self.process.returncode, out
