"""Reading, classifying, validating and exporting a stranger's file runs, imports, starts and contacts nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.hostile_files import BAIT, make
from quartet.cli import main

WATCH = Path(__file__).with_name("hostile_watch.py")
WARM = Path(__file__).parent.parent / "data" / "graph"


@pytest.fixture
def trapped(tmp_path: Path) -> Path:
    """A folder with a module that leaves a trace when it is imported."""
    (tmp_path / "quartet_trap.py").write_text(f"open({str(tmp_path / 'sprung')!r}, 'w').close()\ndef boom(): pass\n")
    return tmp_path


def test_nothing_happens_when_hostile_files_are_judged_and_exported(trapped: Path) -> None:
    folder = trapped / "hostile"
    folder.mkdir()
    files = make(folder)
    done = subprocess.run(
        [sys.executable, str(WATCH), str(WARM), str(folder)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "PYTHONPATH": str(trapped)},
        cwd=trapped,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert found["happened"] == []
    assert not (trapped / "sprung").exists()
    assert not (trapped / "trap").exists()
    assert found["codes"].keys() == {path.name for path in files}
    assert {code for codes in found["codes"].values() for code in codes} == {0, 1, 2}


def test_the_watch_sees_what_it_forbids(trapped: Path) -> None:
    """The proof above could not fail if the hook saw nothing."""
    folder = trapped / "hostile"
    folder.mkdir()
    for path in make(folder)[3:]:
        path.unlink()  # what is watched is the watch
    script = WATCH.read_text().replace("codes.append(main(", "__import__('quartet_trap'); codes.append(main(")
    (trapped / "watch.py").write_text(script.replace("for benign in sorted", "for benign in [] and sorted"))
    done = subprocess.run(
        [sys.executable, str(trapped / "watch.py"), str(WARM), str(folder)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "PYTHONPATH": str(trapped)},
    )
    happened = json.loads(done.stdout)["happened"]
    assert "import quartet_trap" in happened
    assert any(each.startswith("open for writing") for each in happened)


@pytest.mark.parametrize("function", BAIT)
def test_running_code_without_leave_imports_nothing(
    function: str, trapped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(trapped))
    path = trapped / "g.json"
    agent = {"id": "a", "kind": "python", "name": "A", "config": {"function": function}}
    path.write_text(json.dumps({"format": "quartet", "version": 1, "agents": [agent], "input": "touch trap"}))
    assert main(["run", str(path)]) == 2
    assert "quartet_trap" not in sys.modules
    assert not (trapped / "sprung").exists()
