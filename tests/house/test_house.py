"""What holds for the repository as a whole: one version, pins without addresses, Qt in one room only."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import quartet
from quartet.paths import EXAMPLES, RESOURCES

ROOT = Path(__file__).resolve().parent.parent.parent
APP = ROOT / "app" / "quartet"
OUTSIDE_THE_EDITOR = sorted(
    ".".join(path.relative_to(APP.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in APP.rglob("*.py")
    if "editor" not in path.parts and path.name != "__main__.py"
)
BLOCK_QT = """
import importlib, sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("PySide6", "shiboken6", "qasync"):
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Block())
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def test_everything_but_the_editor_imports_without_qt() -> None:
    done = subprocess.run([sys.executable, "-c", BLOCK_QT, *OUTSIDE_THE_EDITOR], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_version_is_stated_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "version" not in project and project["dynamic"] == ["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", quartet.__version__)


def test_the_pins_hold_no_address() -> None:
    for path in (ROOT / "packaging" / "constraints.txt", ROOT / "pyproject.toml"):
        assert not re.search(r"https?://|file:|index-url|find-links", path.read_text()), path
    assert not (ROOT / "uv.lock").exists()


def test_every_direct_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    named = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    pinned = {
        re.split(r"[=;]", line)[0].strip().lower().replace("_", "-")
        for line in (ROOT / "packaging" / "constraints.txt").read_text().splitlines()
    }
    wanted = {re.split(r"[\[<>=;! ]", line)[0].lower() for line in named}
    assert wanted <= pinned, wanted - pinned


def test_resources_and_examples_are_found_in_a_checkout() -> None:
    assert (RESOURCES / "app" / "quartet.svg").is_file()
    assert EXAMPLES == ROOT / "graphs"


@pytest.mark.parametrize("room", ["engine", "agents"])
def test_only_the_engines_clock_waits(room: str) -> None:
    """Lint bans the names; this looks for what lint cannot see: `from asyncio import sleep` under another name."""
    for path in (APP / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "asyncio":
                assert not {alias.name for alias in node.names} & {"sleep", "timeout", "wait_for"}, path
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "time":
                assert node.attr != "sleep", path


def test_nothing_in_the_repository_belongs_to_one_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".sh", ".json", ".txt", ""} and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            assert not re.search(r"(^|[^a-z.\w])/(root|work)/[a-z]", text), name
