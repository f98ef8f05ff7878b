"""The folder of one run, the only place where agents may write files."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
MAX_BYTES = 50_000_000
"""Of one file."""


def runs_folder() -> Path:
    """Where the folders of all runs are: QUARTET_RUNS, or “runs” in the user's data folder of Quartet."""
    stated = os.environ.get("QUARTET_RUNS")
    if stated:
        return Path(stated)
    import platformdirs

    return platformdirs.user_data_path("quartet", appauthor=False) / "runs"


def run_folder(run: str) -> Path:
    """The folder of the run with that id, which may not exist yet."""
    name = re.sub(r"[^A-Za-z0-9_-]", "_", run)[:100] or "run"
    return runs_folder() / name


def check_name(path: str) -> None:
    """Refuse what could lead out of a folder, or mean a hidden file or a device.

    Raises:
        ValueError: says what is wrong with the path.
    """
    if not path or len(path) > 200:
        raise ValueError("a file name has 1 to 200 characters")
    if any(ord(c) < 32 or c in '\\:*?"<>|' for c in path):
        raise ValueError('a file name holds none of \\ : * ? " < > | and no control characters')
    parts = PurePosixPath(path).parts
    if path.startswith("/") or path.endswith("/") or not parts or ".." in parts:
        raise ValueError("the file stays inside the folder of the run: no leading “/”, no “..”")
    for part in parts:
        if part.startswith(".") or part.endswith((" ", ".")) or _DEVICES.fullmatch(part):
            raise ValueError(f"“{part}” is no name for a file here")


def write(run: str, path: str, text: str, *, append: bool = False) -> Path:
    """Write or append `text` (UTF-8) to a file of the run's folder and return its full path.

    Raises:
        ValueError: the path could lead out of the folder.
        OSError: it cannot be written, leads out of the folder by a link, or grows beyond MAX_BYTES.
    """
    check_name(path)
    folder = run_folder(run)
    target = folder / path
    # a link that somebody put there could lead anywhere
    if not target.parent.resolve().is_relative_to(folder.resolve()) or target.is_symlink():
        raise OSError(f"“{path}” leads out of the folder of the run")
    target.parent.mkdir(parents=True, exist_ok=True)
    content = text.encode()
    before = target.stat().st_size if append and target.exists() else 0
    if before + len(content) > MAX_BYTES:
        raise OSError(f"“{path}” would grow beyond {MAX_BYTES // 1_000_000} MB")
    if append:
        with target.open("ab") as file:
            file.write(content)
        return target
    unfinished = target.with_name(f".{target.name}.part")
    unfinished.write_bytes(content)
    unfinished.replace(target)
    return target
