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


def imported(code: str, *arguments: str) -> set[str]:
    """The top-level packages that are there after a program has run."""
    tell = "\nimport os, sys\nprint(*{name.split('.')[0] for name in sys.modules}, flush=True)\nos._exit(0)"
    ran = subprocess.run(
        [sys.executable, "-c", code + tell, *arguments],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return set(ran.stdout.split())


def test_the_editor_imports_nothing_heavy() -> None:
    found = imported("import quartet.editor.app")
    assert "PySide6" in found
    assert not found & HEAVY


def test_a_window_with_an_example_needs_nothing_heavy() -> None:
    found = imported(OPENED, str(EXAMPLES / "newsroom.quartet.json"))
    assert "PySide6" in found
    assert not found & HEAVY


def test_the_version_needs_next_to_nothing() -> None:
    found = imported("import quartet.cli; quartet.cli.main(['--version'])")
    assert not found & (HEAVY | {"PySide6", "pydantic", "argparse", "asyncio"})


@pytest.mark.parametrize(
    ("command", "spared"),
    [
        ("classify", HEAVY - {"networkx"} | {"asyncio"}),
        ("validate", HEAVY - {"networkx", "cel", "rich", "prompt_toolkit", "typer"}),
        ("schema", HEAVY),
    ],
)
def test_a_command_imports_only_what_it_uses(command: str, spared: set[str]) -> None:
    file = [] if command == "schema" else [str(EXAMPLES / "newsroom.quartet.json")]
    found = imported(f"import sys, quartet.cli; quartet.cli.main([{command!r}, *sys.argv[1:]])", *file)
    assert not found & (spared | {"PySide6"}), found & spared
