"""An editor is killed at any moment of its work, again and again: what it had told of comes back, or is in its file."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import shiboken6

from editor.doomed_editor import digest, state
from enduring import Trials
from quartet.editor import journal, orphans, restoring
from quartet.editor.orphans import Copy, Orphan
from quartet.graph import files
from quartet.graph.strict_json import FileProblem

LINES = 400
"""So many steps may have been taken between what was told last and the kill: a gesture is several, and told once."""


def killed(seed: int, folder: Path, wait: float) -> list[Any]:
    """Let an editor work for so many seconds after its first step, kill it, and say what it told of last."""
    home = {f"XDG_{name}_HOME": str(folder / name) for name in ("STATE", "DATA", "CONFIG", "CACHE")}
    path = os.pathsep.join(filter(None, [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, **home, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": path}
    told, errors = folder / "told", folder / "errors"
    own = folder / "files"
    own.mkdir(exist_ok=True)
    with told.open("wb") as output, errors.open("wb") as trouble:
        child = subprocess.Popen(
            [sys.executable, "-m", "editor.doomed_editor", str(seed), str(own)],
            stdout=output, stderr=trouble, env=environment,
        )  # fmt: skip
        patience = time.monotonic() + 120
        while told.stat().st_size == 0 and child.poll() is None and time.monotonic() < patience:
            time.sleep(0.02)
        time.sleep(wait)
        ended = child.poll()
        child.send_signal(signal.SIGKILL)
        child.wait()
    said = errors.read_text()
    assert ended is None and "Traceback" not in said, said[-3_000:]
    whole = told.read_bytes().split(b"\n")[:-1]
    return json.loads(whole[-1]) if whole else []


def came_back(copy: Copy, wanted: list[Any], aside: Path) -> int | None:
    """How many of the last lines of a journal were written after what was told; None if it never told that."""
    lines = copy.file.read_bytes().splitlines(keepends=True)
    again = aside / "again-1.steps"
    base = journal.base_of(copy.file)
    if base.exists():
        shutil.copy(base, journal.base_of(again))
    for later in range(min(LINES, len(lines))):
        again.write_bytes(b"".join(lines[: len(lines) - later]))
        try:
            document = restoring.restore(again).document
        except FileProblem:  # it began with its file, which was saved over in the very moment: that has to hold it
            return None
        found = state(document)
        shiboken6.delete(document)
        if found == wanted:
            return later
    return None


def trial(seed: int, folder: Path, wait: float, monkeypatch: pytest.MonkeyPatch) -> str:
    """One editor killed, and the next start; what came of it."""
    told = killed(seed, folder, wait)
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "STATE"))
    found: list[Orphan] = orphans.orphans()
    copies = [copy for orphan in found for copy in orphan.copies]
    unsaved = 0
    for name, path, modified, wanted in told:
        if modified:
            unsaved += 1
        elif not wanted[3]:  # nor does anything stand in a field: what it held is in its file, or was never changed
            continue
        if any(came_back(copy, wanted, folder) is not None for copy in copies):
            continue
        # it may have been saved in the very moment: then its file has it, and nothing is offered
        saved = path or str(folder / "files" / f"{name}.quartet.json")
        there = Path(saved)
        assert there.exists() and digest(files.read(there).graph) == wanted[0], f"document {name} is lost, {saved}"
    for orphan in found:
        orphan.done()
    assert orphans.orphans() == []
    for path in (folder / "files").glob("*.quartet.json"):
        assert not files.read(path).problems  # whole, whatever moment it was
    return "with nothing unsaved" if not unsaved else "restored"


@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_editor_has_lost_nothing(
    qapp: object, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial(seed, tmp_path, 0.3 + seed / 10, monkeypatch)


@pytest.mark.endure
def test_a_hundred_killed_editors_have_lost_nothing(
    qapp: object, tmp_path: Path, trials: Trials, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred at least; a file that is there from the time before may be opened again."""
    trials.least = 100
    for seed in trials:
        trials.count(trial(seed, tmp_path, random.Random(seed).uniform(0.0, 2.5), monkeypatch))
