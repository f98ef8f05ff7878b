"""The registry: what every kind promises, what importing it costs, and kinds of other packages."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from typing import Any

import pytest

import quartet.agents.built_in
from quartet.agents import kinds
from quartet.agents.calls import ARGUMENTS, OPTIONAL
from quartet.agents.expressions import check_template

NEEDED = {
    "http": {"url": "https://example.com/{{ value }}"},
    "python": {"function": "a:b"},
    "graph": {"graph": "inner"},
}


def test_all_kinds_are_there_in_the_order_of_the_palette() -> None:
    names = [kind.name for kind in kinds.all_kinds()]  # other tests may have added kinds of their own behind them
    assert names[: len(quartet.agents.built_in.NAMES)] == [
        "llm", "http", "python", "template", "file", "human", "trigger", "collector", "supervisor", "board", "graph",
    ]  # fmt: skip
    assert tuple(names[: len(quartet.agents.built_in.NAMES)]) == quartet.agents.built_in.NAMES


BUILT_IN = [kind for kind in kinds.all_kinds() if kind.name in quartet.agents.built_in.NAMES]


@pytest.mark.parametrize("kind", BUILT_IN, ids=lambda kind: kind.name)
def test_every_kind_has_what_palette_and_inspector_show(kind: kinds.Kind) -> None:
    assert kind.title and 2 <= len(kind.summary.split()) <= 6 and kind.icon
    assert (kind.execute is None) == (kind.role != "worker" or kind.name == "graph"), "the engine runs sub-graphs"
    config = kind.config.model_validate(NEEDED.get(kind.name, {}))
    assert isinstance(config.essence(), str)
    for name, field in kind.config.model_fields.items():
        assert field.title and field.description, f"{kind.name}.{name} has no label or help"
    for template in config.templates().values():
        check_template(template)
    json.dumps(kind.config.model_json_schema())


def test_two_kinds_of_one_name_are_refused() -> None:
    found = kinds.find("llm")
    assert found is not None
    with pytest.raises(ValueError, match="two agent kinds are called “llm”"):
        kinds.register(found)


def test_templates_of_a_config_are_named_by_field() -> None:
    found = kinds.find("http")
    assert found is not None
    config = found.config.model_validate({"url": "https://x.org/{{ value }}", "headers": {"A": "{{ input }}"}})
    assert config.templates() == {"url": "https://x.org/{{ value }}", "headers.A": "{{ input }}"}


def test_what_tools_take_is_a_schema_of_an_object() -> None:
    assert {name for arguments in ARGUMENTS.values() for name in arguments} >= OPTIONAL


def test_importing_the_room_imports_no_client_of_anything() -> None:
    code = "import sys, json, quartet.agents.built_in; print(json.dumps(sorted(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    heavy = {
        "cel",
        "openai",
        "httpx",
        "httpx2",
        "pydantic_ai",
        "networkx",
        "platformdirs",
        "asyncio",
        "PySide6",
        "rich",
    }
    assert heavy & set(json.loads(ran.stdout)) == set()


class Entry:
    def __init__(self, name: str, load: Any) -> None:
        self.name, self.value, self.load = name, f"{name}_package:kind", load


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[Entry]:
    entries: list[Entry] = []
    monkeypatch.setattr(kinds, "_installed_loaded", False)
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: entries if group == "quartet.agents" else [])
    return entries


class FaxConfig(kinds.Config):
    number: str = ""


def test_another_package_adds_a_kind_when_it_is_first_asked_for(installed: list[Entry]) -> None:
    loads = []

    def load() -> None:
        loads.append(1)
        kinds.register(kinds.Kind("fax", "Fax", "Sends a fax", "printer", FaxConfig, None))

    installed.append(Entry("fax", load))
    assert kinds.find("llm") is not None and loads == []
    assert kinds.find("fax") is not None and kinds.find("unheard of") is None
    assert kinds.all_kinds()[-1].name == "fax" and loads == [1]


def test_a_package_that_fails_is_left_out_with_a_warning(
    installed: list[Entry], caplog: pytest.LogCaptureFixture
) -> None:
    def load() -> None:
        raise RuntimeError("broken")

    installed.append(Entry("fax", load))
    assert kinds.find("fax") is None
    assert [record.getMessage() for record in caplog.records] == [
        "The agent kinds of “fax” (fax_package:kind) could not be loaded"
    ]
    caplog.clear()
