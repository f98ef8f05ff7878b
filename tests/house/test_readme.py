"""What the README shows is true: its code runs, its commands exist, its pictures and examples are there."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from quartet.agents import kinds
from quartet.agents.calls import Call, Value

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_agent_kind_of_the_readme_works() -> None:
    (code,) = [block for block in BLOCKS if "@kind(" in block]
    try:
        exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
        shout = kinds.find("shout")
        assert shout is not None and shout.execute is not None
        call = Call("run", "a", "A", "shout", 1, 1, {}, "hello", "hello", {}, {}, {}, 1)
        answer = asyncio.run(shout.execute(shout.config(), call, lambda kind, data: None))
        assert answer == Value("HELLO!")
    finally:
        kinds._kinds.pop("shout", None)


def test_a_graph_runs_from_python_as_the_readme_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = [block for block in BLOCKS if "import resume, run" in block]
    (tmp_path / "graphs").symlink_to(ROOT / "graphs")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "readme"}
    exec(compile(code, "README.md", "exec"), names)
    assert "Market report" in asyncio.run(names["main"]())
    assert "report starts" in capsys.readouterr().out
    assert (tmp_path / "report.run").is_file()


def test_the_commands_of_the_readme_exist() -> None:
    commands = re.findall(r"^    quartet (\w+)", README, re.MULTILINE)
    assert {"classify", "validate", "run", "export", "schema"} <= set(commands)
    helped = subprocess.run([sys.executable, "-m", "quartet", "--help"], capture_output=True, text=True, check=True)
    for command in commands:
        assert re.search(rf"\b{command}\b", helped.stdout), command


def test_the_make_targets_of_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+)", README)) - {"it"} <= targets


def test_the_pictures_of_the_readme_are_there() -> None:
    for picture in re.findall(r"\]\((packaging/[^)]+\.png)\)", README):
        assert (ROOT / picture).is_file(), picture
