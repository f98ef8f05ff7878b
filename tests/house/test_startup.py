"""Nothing is imported before it is needed: what takes long to import is not there when a window opens."""

import os
import subprocess
import sys

import pytest

from quartet.paths import EXAMPLES

HEAVY = {"networkx", "cel", "httpx", "openai", "pydantic_ai", "rich", "prompt_toolkit", "typer"}
OPENED = """
import sys
from pathlib import Path
from quartet.editor.app import Application
from quartet.editor.judge import Judge
Judge.held = True  # as it is while the program starts
application = Application(sys.argv[:1])
window = application.open_window()
window.files.open_path(Path(sys.argv[1]))
for _ in range(20):
    application.processEvents()
"""

LATER = HEAVY | {"asyncio", "pydantic", "qasync", "sqlite3", "concurrent", "numpy", "keyring", "subprocess", "ssl"}
"""What nothing of the first paint needs."""
OURS = ("agents", "engine", "graph", "patterns", "rules", "formats", "whatif", "editor.canvas", "editor.panels")
"""Nor these rooms of ours."""
PAINTED = """
import sys
from quartet.cli import main
from quartet.editor import app
def stop(self, window):
    tell()
app.Application._make_whole = stop
main([*sys.argv[1:], "--separate"])
"""


TELL = """
import os, sys
def tell():
    print(*sys.modules, flush=True)
    os._exit(0)
"""


def imported(code: str, *arguments: str) -> set[str]:
    """The top-level packages that are there after a program has run."""
    return {name.split(".")[0] for name in modules(TELL + code + "\ntell()", *arguments)}


def modules(code: str, *arguments: str) -> set[str]:
    """The modules that are there when a program calls `tell`."""
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0 and ran.stdout, ran.stderr
    return set(ran.stdout.split())


def test_the_editor_imports_nothing_heavy() -> None:
    found = imported("import quartet.editor.app")
    assert "PySide6" in found
    assert not found & HEAVY


def test_a_window_with_an_example_needs_nothing_heavy() -> None:
    found = imported(OPENED, str(EXAMPLES / "newsroom.quartet.json"))
    assert "PySide6" in found
    assert not found & HEAVY


@pytest.mark.parametrize("files", [[], [str(EXAMPLES / "newsroom.quartet.json")]], ids=["welcome", "file"])
def test_a_window_is_painted_before_what_it_does_not_show_is_imported(files: list[str]) -> None:
    found = modules(TELL + PAINTED, *files)
    assert "PySide6.QtWidgets" in found and "quartet.editor.window" in found
    assert not {name for name in found if name.split(".")[0] in LATER}, "needed at first? say it where it is imported"
    rooms = tuple(f"quartet.{room}" for room in OURS)
    assert not {name for name in found if name in rooms or name.startswith(tuple(f"{room}." for room in rooms))}


def test_the_version_needs_next_to_nothing() -> None:
    found = imported("import quartet.cli; quartet.cli.main(['--version'])")
    assert not found & (HEAVY | {"PySide6", "pydantic", "argparse", "asyncio", "pathlib", "contextlib", "typing"})


@pytest.mark.parametrize(
    ("command", "spared"),
    [
        ("classify", HEAVY - {"networkx"} | {"asyncio"}),
        ("validate", HEAVY - {"networkx", "cel"}),
        ("schema", HEAVY),
    ],
)
def test_a_command_imports_only_what_it_uses(command: str, spared: set[str]) -> None:
    file = [] if command == "schema" else [str(EXAMPLES / "newsroom.quartet.json")]
    found = imported(f"import sys, quartet.cli; quartet.cli.main([{command!r}, *sys.argv[1:]])", *file)
    assert not found & (spared | {"PySide6"}), found & spared


def test_an_expression_needs_no_program_for_the_terminal() -> None:
    found = imported("from quartet.agents import expressions; expressions.compile('input + 1')")
    assert "cel" in found
    assert not found & {"rich", "prompt_toolkit", "typer", "pygments"}
