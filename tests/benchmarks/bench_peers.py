"""Quartet beside langgraph, without keeping anything and with a file of SQLite each: whose no-op agent costs more.

Both are measured as multiples of a bare asyncio task of their own process, by the processor's time; the rows say how
many of ours one of theirs would pay for. langgraph is installed from the package registry into a throw-away
environment; where that fails, nothing is told. `rows()` gives the table's rows.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PACKAGES = ("langgraph>=1,<2", "langgraph-checkpoint-sqlite>=3,<4")
TIMES_FASTER = 15


def theirs(repeats: int) -> dict[tuple[str, int], tuple[float, float]]:
    """Times a bare task, without and with a file, by shape and size; empty if langgraph is not to be had."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        python = Path(folder, "bin", "python") if sys.platform != "win32" else Path(folder, "Scripts", "python.exe")
        try:
            subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True)
            install = [str(python), "-m", "pip", "install", "--quiet", *PACKAGES]
            subprocess.run(install, check=True, capture_output=True, timeout=600)
        except (subprocess.SubprocessError, OSError):
            print("langgraph cannot be installed here: not measured", file=sys.stderr)
            return {}
        script = [str(python), str(HERE / "peer_langgraph.py"), str(repeats)]
        told = subprocess.run(script, check=True, capture_output=True, text=True).stdout
    return {(shape, size): (plain, kept) for shape, size, plain, kept in json.loads(told)}


def ours(module: str, repeats: int) -> dict[tuple[str, int], float]:
    """Times a bare task as `bench_engine` and `bench_journal` measure it."""
    spec = importlib.util.spec_from_file_location(module, HERE / f"{module}.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    if module == "bench_engine":
        rows = asyncio.run(found.ratios("asyncio", repeats))
    else:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            rows = asyncio.run(found.ratios(Path(folder), repeats))
    return {(row["work"].partition(" ")[0], row["size"]): row["value"] for row in rows}


def rows(repeats: int = 3) -> list[dict[str, Any]]:
    """Our share of their cost."""
    others = theirs(repeats)
    if not others:
        return []
    found = []
    kinds = (("bench_engine", "langgraph", 1.0), ("bench_journal", "langgraph with SQLite", 1 / TIMES_FASTER))
    for at, (module, name, goal) in enumerate(kinds):
        for (shape, size), value in ours(module, repeats).items():
            other = others[shape, size][at]
            found.append({
                "room": "peers", "work": f"{shape} of no-op agents beside {name}", "size": size,
                "value": round(value / other, 3), "unit": "of its cost", "limit": None,
                "peers": {"ours": value, name: round(other, 1)}, "goal": round(goal, 3),
            })  # fmt: skip
    return found


if __name__ == "__main__":
    for row in rows():
        print(row)
