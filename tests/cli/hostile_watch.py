"""Judges and exports every file of a folder while an audit hook forbids to run, import, start or contact anything.

Prints, as JSON, what was forbidden and happened, and the exit codes.
"""

import contextlib
import io
import json
import os
import sys
from pathlib import Path

from quartet.cli import main

FORBIDDEN = (
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.startfile", "os.putenv",
    "os.remove", "os.rename", "os.mkdir", "os.symlink", "os.chmod", "socket.", "ctypes.", "pickle.find_class",
)  # fmt: skip
COMMANDS = [
    ["classify"],
    ["classify", "--json"],
    ["validate", "--strict"],
    ["validate", "--json"],
    ["export", "--to", "json"],
    ["export", "--to", "node-link"],
    ["export", "--to", "mermaid"],
]
warm, folder = Path(sys.argv[1]), Path(sys.argv[2])
watching = False
happened: list[str] = []


def _is_own_code(filename: str) -> bool:
    """A module of the program, or what networkx makes of its own decorators when they are first called."""
    return filename.endswith(".py") or filename.startswith("<class 'networkx.utils.decorators.argmap'> compilation")


def watch(event: str, arguments: tuple[object, ...]) -> None:
    if not watching:
        return
    if event.startswith(FORBIDDEN):
        happened.append(f"{event} {arguments!r}"[:300])
    elif event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        happened.append(f"open for writing {arguments!r}"[:300])
    elif event == "exec" and not _is_own_code(str(getattr(arguments[0], "co_filename", ""))):
        happened.append(f"exec {arguments!r}"[:300])
    elif event == "import" and str(arguments[0]).split(".")[0] not in known:
        happened.append(f"import {arguments[0]}")


def call(path: Path) -> list[int]:
    codes = []
    for command in COMMANDS:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            codes.append(main([command[0], str(path), *command[1:]]))
    return codes


for benign in sorted(warm.rglob("*.json")):
    call(benign)
known = {name.split(".")[0] for name in sys.modules} | set(sys.stdlib_module_names)
sys.addaudithook(watch)
watching = True
codes = {path.name: call(path) for path in sorted(folder.iterdir())}
watching = False
os.write(1, json.dumps({"happened": happened, "codes": codes}).encode())
