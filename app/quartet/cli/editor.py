"""`quartet [FILE…]`: the editor, where there is a display; where there is none, what can be done without."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping, Sequence

from quartet.cli.parser import COMMANDS

NO_DISPLAY = """\
There is no display here, so the editor cannot open. What works without one:
  quartet run FILE --rehearse     run a graph live in the terminal, without a model or a network
  quartet classify FILE           say which pattern it is, and why
  quartet validate FILE           say what will go wrong
  quartet export FILE --to png    draw it into a picture
To open the editor, log in with a desktop, use ssh -X, or set DISPLAY or WAYLAND_DISPLAY."""


def has_display(environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a window can open: always on macOS and Windows; elsewhere if a display server is named, or Qt is told
    which of its platforms to use (`QT_QPA_PLATFORM=offscreen` needs none)."""
    if platform in ("darwin", "win32"):
        return True
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _like_a_command(name: str) -> bool:
    """Whether a person may have meant a command: one word, neither a path nor a file name with an ending."""
    return name.replace("-", "").replace("_", "").isalpha()


def open_editor(files: Sequence[str], screenshot: str | None = None, *, separate: bool = False) -> int:
    """Open the editor on `files`, or on the welcome page; with `screenshot`, draw the window into a file and end.

    If the editor is running already it opens the files, unless this start is to be a `separate` one.
    """
    if screenshot is not None and not os.environ.get("QT_QPA_PLATFORM"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if files and not os.path.lexists(files[0]) and _like_a_command(files[0]):
        _say(
            f"quartet: {files[0]}: there is no such file, and no command of that name ({', '.join(COMMANDS)}). "
            "`quartet --help` says more."
        )
        return 2
    if not has_display(os.environ):
        lost = next((name for name in files if name != "-" and not os.path.lexists(name)), None)
        if lost is not None:
            _say(f"quartet: {lost}: There is no such file. Check the name and the folder.")
            return 2
        _say(NO_DISPLAY)
        if len(files) == 1:
            from quartet.cli.run import run_file

            _say(f"\nSo here is a rehearsal of {files[0]}:\n")
            return run_file(files[0], rehearse=True, pace=0.6)
        return 2
    gc.disable()  # what a start makes stays, and looking for garbage in it is an eighth of its time: `main` enables it
    from quartet.editor.app import main

    return main(list(files), screenshot=screenshot, separate=separate)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
