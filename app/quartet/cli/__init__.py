"""The command line: the editor's jobs without a window. Only `quartet [FILE…]` and a PNG import Qt.

Each command lives in a module of its own that is imported when it is called, so that `quartet --version` takes about
as long as Python itself; for the same reason nothing is imported here that it does not need.
"""

from __future__ import annotations

import errno
import os
import sys

import quartet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it."""
UNWRITTEN = 2
"""The exit code when the output cannot be written."""
_UNWRITABLE = frozenset({errno.ENOSPC, errno.EIO, errno.EBADF, errno.EFBIG, errno.EDQUOT})
BROKEN_PIPE = 141
"""The exit code when the reader of our output has gone, as shells have it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line (without the program's name) and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given in (["--version"], ["-V"]):
        sys.stdout.write(f"quartet {quartet.__version__}\n")
        return 0
    import contextlib
    from pathlib import Path

    for stream in (sys.stdout, sys.stderr):
        # what a terminal cannot show must not end the program
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
    from quartet.cli.parser import parse

    try:
        code = parse(given)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Python flushes once more at its end; let that go nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except OSError as problem:
        if problem.filename is not None or problem.errno not in _UNWRITABLE:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.stderr.write(f"quartet: the output cannot be written: {problem.strerror}.\n")
        return UNWRITTEN
    return code
