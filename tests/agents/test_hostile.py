"""Opening, checking, classifying, laying out and exporting a stranger's graph runs, reaches and changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import quartet
from agents import hostile_probe
from agents.hostile_graphs import EVIL, hostile_files, write_all
from quartet.paths import EXAMPLES

TESTS = Path(__file__).parent.parent
APP = Path(quartet.__file__).parent.parent


def probe(folder: Path, *options: str) -> dict[str, Any]:
    """What the probe tells of the hostile files in a folder, and what traces it left."""
    trace = folder / "trace"
    package = folder / EVIL
    package.mkdir()
    for module in ("__init__", "deeper"):
        (package / f"{module}.py").write_text(f"open({str(trace)!r}, 'w').close()\ndef run(value, **more): ...\n")
    (folder / "warm.json").write_bytes((EXAMPLES / "newsroom.quartet.json").read_bytes())
    ran = subprocess.run(
        [sys.executable, hostile_probe.__file__, str(folder), *options],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (folder, TESTS, APP))), "HOME": str(folder / "home")},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return {**json.loads(ran.stdout), "trace": trace.exists(), "home": (folder / "home").exists()}


@pytest.fixture(scope="module")
def probed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("hostile")
    write_all(folder)
    return probe(folder)


def test_nothing_is_imported_started_contacted_written_or_evaluated(probed: dict[str, Any]) -> None:
    assert probed["seen"] == []
    assert not probed["evil"] and not probed["trace"] and not probed["home"]


def test_every_hostile_file_was_judged(probed: dict[str, Any]) -> None:
    done, files = probed["done"], len(list(hostile_files()))
    assert files > 150
    assert done["open"] + done["open: refused"] == files
    assert done["open"] > 100 and done["open: refused"] > 10
    for step in ("check", "classify", "say the verdict", "judge", "layout", "list what would run"):
        assert done[step] == done["open"], step
    assert done["read a config"] > 1_000 and done["read a config: refused"] > 30
    assert done["export as node-link"] == done["export as mermaid"] == done["copy and paste"] == done["open"]


def test_the_probe_sees_what_it_looks_for(tmp_path: Path) -> None:
    told = probe(tmp_path, "misbehave")
    assert {line.partition(":")[0] for line in told["seen"]} == {
        "import",
        "start",
        "contact",
        "write",
        "execute",
        "evaluate",
        "read",
    }
    assert told["evil"] and told["trace"]
