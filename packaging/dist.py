"""Build the wheel and the frozen program, then start both from an empty folder: what is shipped is what was tried."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
WORK = ROOT / "build" / "pyinstaller"


def call(*command: str | Path, cwd: Path = ROOT, environment: dict[str, str] | None = None) -> str:
    """What the command prints; ends the build with its output where it fails."""
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=900
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def build_wheel() -> Path:
    for old in DIST.glob("*.whl"):
        old.unlink()
    call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", DIST)
    return next(DIST.glob("*.whl"))


def build_frozen() -> Path:
    spec = ROOT / "packaging" / "quartet.spec"
    options = ["--noconfirm", "--log-level=ERROR", "--distpath", DIST, "--workpath", WORK]
    call(sys.executable, "-m", "PyInstaller", *options, spec, environment={**os.environ, "LC_ALL": "C.UTF-8"})
    return DIST / "quartet" / ("quartet.exe" if os.name == "nt" else "quartet")


def install(wheel: Path, folder: Path) -> Path:
    """A fresh environment with the wheel and what it needs; its `quartet` command."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    constraints = ROOT / "packaging" / "constraints.txt"
    call(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", constraints, wheel)
    return python.with_name("quartet.exe" if os.name == "nt" else "quartet")


def try_out(program: Path, name: str) -> None:
    """Classify, rehearse an example, open and close the window: from an empty folder, with an empty environment."""
    with tempfile.TemporaryDirectory() as empty:
        folder = Path(empty)
        bare = {"PATH": "/usr/bin:/bin", "HOME": empty, "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"}
        graph = folder / "newsroom.quartet.json"
        shutil.copy(ROOT / "graphs" / graph.name, graph)
        started = time.perf_counter()
        version = call(program, "--version", cwd=folder, environment=bare).strip()
        seconds = time.perf_counter() - started
        verdict = json.loads(call(program, "classify", graph, "--json", cwd=folder, environment=bare))
        assert verdict["top"] == "supervisor", verdict
        output = call(program, "run", graph, "--rehearse", cwd=folder, environment=bare)
        assert output.strip(), "the rehearsal printed nothing"
        picture = folder / "window.png"
        call(program, graph, "--screenshot", picture, cwd=folder, environment=bare)
        assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n", "the window was not drawn"
        assert picture.stat().st_size > 20_000, "the window is empty"
        welcome = folder / "welcome.png"
        call(program, "--screenshot", welcome, cwd=folder, environment=bare)
        assert welcome.stat().st_size > 20_000, "the welcome page is empty: the examples were not found"
    print(f"{name}: {version}, --version in {seconds:.2f} s, classified, rehearsed, drew its window")


def size(path: Path) -> str:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return f"{sum(file.stat().st_size for file in files) / 1e6:.1f} MB"


def main() -> None:
    wheel = build_wheel()
    with tempfile.TemporaryDirectory() as folder:
        try_out(install(wheel, Path(folder) / "venv"), f"{wheel.name} ({size(wheel)})")
    program = build_frozen()
    try_out(program, f"dist/quartet ({size(program.parent)})")


if __name__ == "__main__":
    main()
