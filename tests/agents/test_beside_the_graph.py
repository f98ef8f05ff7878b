"""Python agents whose module lies beside the graph's file: found wherever they run, after what is installed, and only
after leave was given for code from there."""

import asyncio
import sys
from pathlib import Path

import pytest

from quartet.agents import python_function, trust
from quartet.agents.python_function import beside
from quartet.engine import fork, resume, run
from quartet.graph.model import Agent, Edge, Graph


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    """What a test adds to the path or imports is gone after it."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(python_function, "graph_folders", folders := [])
    monkeypatch.setattr("quartet.engine.processes.process.graph_folders", folders)
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("lies_beside"):
            del sys.modules[name]


def folder(tmp_path: Path, name: str = "one") -> Path:
    """A folder with a module that needs another one in it, and one that is called as an installed one."""
    place = tmp_path / name
    place.mkdir()
    (place / "lies_beside.py").write_text(
        f"def say(value):\n    import lies_beside_too\n    return lies_beside_too.NAME + value\nNAME = {name!r}\n"
    )
    (place / "lies_beside_too.py").write_text(f"NAME = {name!r}\n")
    (place / "textwrap.py").write_text("def dedent(value):\n    return 'not this one'\n")
    return place


def graph(*functions: str, where: str = "program") -> Graph:
    drawn = Graph()
    for number, function in enumerate(functions):
        config = {"function": function, "runs_in": where}
        drawn.agents[f"a{number}"] = Agent(id=f"a{number}", kind="python", name="A", config=config, repeatable=True)
        if number:
            drawn.edges[f"e{number}"] = Edge(id=f"e{number}", source=f"a{number - 1}", target=f"a{number}")
    return drawn


def carried(run_: object) -> object:
    async def go() -> object:
        async with run_ as r:  # type: ignore[attr-defined]
            return await r.result()

    return asyncio.run(go())


@pytest.mark.parametrize("where", ["program", "process"])
def test_it_is_found_where_the_agent_runs_and_again_when_the_run_is_resumed_or_forked(where, tmp_path):
    place, path = folder(tmp_path), tmp_path / "a.run"
    settings = {"file": str(place / "graph.json")}
    drawn = graph("lies_beside:say", "lies_beside:say", where=where)

    async def first() -> None:
        async with run(drawn, "x", journal=path, settings=settings) as r:
            async for event in r:
                if event.type == "activation.finished":
                    await r.suspend()
                    break

    asyncio.run(first())
    assert carried(resume(path)).output == "oneonex"
    assert carried(fork(path, input="y")).output == "oneoney"


@pytest.mark.parametrize("where", ["program", "process"])
def test_what_is_installed_is_not_replaced_by_it(where, tmp_path):
    settings = {"file": str(folder(tmp_path) / "graph.json")}
    assert carried(run(graph("textwrap:dedent", where=where), "  x", settings=settings)).output == "x"


def test_two_graphs_with_modules_of_the_same_name_never_get_each_others(tmp_path):
    one, two = ({"file": str(folder(tmp_path, name) / "graph.json")} for name in ("one", "two"))
    assert carried(run(graph("lies_beside:say"), "x", settings=one)).output == "onex"
    assert carried(run(graph("lies_beside:say", where="process"), "x", settings=two)).output == "twox"
    state = carried(run(graph("lies_beside:say"), "x", settings=two))
    assert state.status == "failed"
    assert "another module “lies_beside” already" in state.reason


def test_without_a_file_nothing_is_found_and_the_way_out_is_said(tmp_path):
    folder(tmp_path)
    state = carried(run(graph("lies_beside:say"), "x"))
    assert "no module “lies_beside”: put it beside the graph's file" in state.reason


def test_leave_for_code_beside_one_graph_is_none_for_code_beside_another(tmp_path):
    one, two = str(folder(tmp_path, "one")), str(folder(tmp_path, "two"))
    drawn, store = graph("lies_beside:say"), trust.TrustStore(tmp_path / "trust")
    assert [each.line for each in trust.surface(drawn, one)] == [
        f"runs lies_beside:say(), from {Path(one) / 'lies_beside.py'}"
    ]
    store.remember(drawn, one)
    assert store.trusted(drawn, one)
    assert not store.trusted(drawn, two)
    assert not store.trusted(drawn)


def test_looking_where_it_lies_imports_nothing(tmp_path):
    place = str(folder(tmp_path))
    assert beside("lies_beside:say", place) == str(Path(place) / "lies_beside.py")
    assert beside("textwrap:dedent", place) is None
    assert beside("__main__:f", place) is None
    assert "lies_beside" not in sys.modules
