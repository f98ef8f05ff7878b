"""Sub-graphs in files of their own: followed as data, relative to who names them, with limits; nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.drawing import draw, rehearse
from quartet.graph import files, links
from quartet.graph.check import problems
from quartet.graph.edits import SetGraph, apply
from quartet.graph.files import FileProblem
from quartet.graph.model import AgentId, Graph
from quartet.graph.schema import schema


def outer(file: str = "inner.quartet.json", **more: str) -> Graph:
    text = {
        "format": "quartet",
        "version": 1,
        "agents": [
            {"id": "w", "kind": "template", "name": "W"},
            {"id": "r", "kind": "graph", "name": "R", "config": {"graph": "g"}},
        ],
        "edges": [{"id": "e", "source": "w", "target": "r"}],
        "graphs": {"g": {"file": file}, **{id: {"file": other} for id, other in more.items()}},
    }
    return files.loads(json.dumps(text)).graph


def put(folder: Path, name: str, graph: Graph) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(graph, path)
    return path


def sub(id: str, file: str) -> Graph:
    graph = draw(id, **{id: {"kind": "graph", "config": {"graph": "deep"}}})
    return files.loads(
        files.dumps(graph).replace('"edges"', f'"graphs": {{"deep": {{"file": "{file}"}}}}, "edges"')
    ).graph


def test_a_link_is_written_as_it_was_read_and_fits_the_schema() -> None:
    from graph.test_schema import fits

    graph = outer()
    text = files.dumps(graph)
    assert json.loads(text)["graphs"] == {"g": {"file": "inner.quartet.json"}}
    assert files.dumps(files.loads(text).graph) == text
    assert fits(json.loads(text), schema(), schema())
    assert not fits({**json.loads(text), "graphs": {"g": {"file": 7}}}, schema(), schema())
    assert links.linked(graph) == {"g": "inner.quartet.json"}


def test_a_run_is_that_of_what_the_link_leads_to(tmp_path: Path) -> None:
    put(tmp_path, "inner.quartet.json", draw("a -> b"))
    graph = outer()
    found = links.follow(graph, tmp_path)
    assert rehearse(found.graph).output == "b: a: W: in"
    assert links.linked(graph) == {"g": "inner.quartet.json"}, "the graph itself keeps the link"
    assert found.read == (tmp_path / "inner.quartet.json",)


def test_links_in_linked_files_are_relative_to_those(tmp_path: Path) -> None:
    put(tmp_path / "parts", "one.quartet.json", sub("s", "more/two.quartet.json"))
    put(tmp_path / "parts" / "more", "two.quartet.json", draw("deepest"))
    found = links.follow(outer("parts/one.quartet.json"), tmp_path)
    assert sorted(found.graph.graphs) == ["g", "g:deep"]
    assert problems(found.graph, rehearsal=True) == []
    assert rehearse(found.graph).output == "deepest: W: in"


def test_two_links_with_the_same_ids_inside_do_not_mix(tmp_path: Path) -> None:
    for name, answer in (("one", "1"), ("two", "2")):
        inner = draw("s", s={"kind": "graph", "config": {"graph": "x"}})
        inner.graphs["x"] = draw("a", a={"rehearsal": [{"returns": answer}]})
        put(tmp_path, f"{name}.quartet.json", inner)
    graph = draw("r,, q", r={"kind": "graph", "config": {"graph": "g"}}, q={"kind": "graph", "config": {"graph": "h"}})
    edits = [SetGraph(values={"graphs.g": {"file": "one.quartet.json"}, "graphs.h": {"file": "two.quartet.json"}})]
    apply(graph, edits)
    assert rehearse(links.follow(graph, tmp_path).graph).output == {"r": "1", "q": "2"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "There is no such file."),
        ("{", "JSON"),
        ('{"format": "quartet", "version": 99, "agents": [], "edges": []}', "written by a newer Quartet"),
        ('{"nodes": [{"id": "a"}], "edges": []}', "another program's format"),
        ("self", "leads back to a file that it is linked from"),
    ],
)
def test_what_cannot_be_used_is_said_of_the_agent_and_nothing_is_lost(
    tmp_path: Path, content: str | None, said: str
) -> None:
    path = tmp_path / "inner.quartet.json"
    if content == "self":
        files.write(sub("s", "inner.quartet.json"), path)
    elif content is not None:
        path.write_text(content)
    graph = outer()
    before = files.dumps(graph)
    found = links.follow(graph, tmp_path)
    told = problems(found.graph)
    assert [problem.code for problem in told] == ["unreadable_link"], told
    assert said in told[0].text
    assert told[0].agents == (AgentId("r"),)
    assert files.dumps(graph) == before


@pytest.mark.parametrize("file", ["/etc/passwd", "C:/x.quartet.json", "http://x/y.quartet.json"])
def test_only_relative_paths_are_followed(tmp_path: Path, file: str) -> None:
    found = links.follow(outer(file), tmp_path)
    assert "relative" in found.files["g"].trouble
    assert found.read == ()


def test_a_graph_without_a_file_says_that_it_has_to_be_saved() -> None:
    assert "Save it first" in links.follow(outer(), None).files["g"].trouble


def test_a_link_back_to_the_graph_itself_is_a_circle(tmp_path: Path) -> None:
    path = put(tmp_path, "outer.quartet.json", outer("outer.quartet.json"))
    found = links.follow(files.read(path).graph, tmp_path, own=path)
    assert "contain itself" in found.files["g"].trouble


def test_there_is_an_end_to_depth_and_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(30):
        put(tmp_path, f"{n}.quartet.json", sub("s", f"{n + 1}.quartet.json"))
    found = links.follow(outer("0.quartet.json"), tmp_path)
    assert len(found.read) <= links.DEEPEST + 1
    assert any("linked one from another" in problem.text for problem in problems(found.graph))
    monkeypatch.setattr(links, "MAX_AGENTS", 3)
    put(tmp_path, "big.quartet.json", draw("a -> b"))
    assert "more than 3 agents" in links.follow(outer("big.quartet.json"), tmp_path).files["g"].trouble


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    put(tmp_path, "inner.quartet.json", draw("a"))
    graph = outer()
    assert list(links.follow(graph, tmp_path).graph.graphs["g"].agents) == ["a"]
    put(tmp_path, "inner.quartet.json", draw("a -> b"))
    assert list(links.follow(graph, tmp_path).graph.graphs["g"].agents) == ["a", "b"]


def test_making_local_takes_all_of_it_in(tmp_path: Path) -> None:
    put(tmp_path, "one.quartet.json", sub("s", "two.quartet.json"))
    put(tmp_path, "two.quartet.json", draw("deepest"))
    graph = outer("one.quartet.json", other="gone.quartet.json")
    values: dict[str, Any] = {f"graphs.{id}": data for id, data in links.made_local(graph, "g", tmp_path).items()}
    apply(graph, [SetGraph(values=values)])
    assert sorted(graph.graphs) == ["g", "g_deep", "other"]
    assert rehearse(graph).output == "deepest: W: in"
    with pytest.raises(FileProblem, match="no such file"):
        links.made_local(graph, "other", tmp_path)


def test_how_a_file_is_named() -> None:
    assert links.link_to(Path("/a/b/c.json"), Path("/a/d")) == "../b/c.json"
