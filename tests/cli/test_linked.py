"""Linked sub-graph files on the command line: judged, run and compared as what they lead to, and only read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.drawing import draw
from graph.test_links import outer, put
from quartet.agents.trust import digest
from quartet.cli import main
from quartet.engine.journal import Recorded
from quartet.engine.journal.shelf import Shelf
from quartet.graph import files, links
from quartet.graph.model import Graph


def linked(folder: Path, inner: Graph | None) -> str:
    if inner is not None:
        put(folder, "inner.quartet.json", inner)
    return str(put(folder, "outer.quartet.json", outer()))


def answering(answer: str) -> Graph:
    return draw("a", a={"config": {"text": answer}, "rehearsal": [{"returns": answer}]})


def test_validate_names_a_link_that_leads_nowhere_and_fix_writes_no_foreign_content(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = linked(tmp_path, None)
    assert main(["validate", name]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "inner.quartet.json" in said
    assert "There is no such file" in said
    put(tmp_path, "inner.quartet.json", answering("x"))
    main(["validate", "--fix", name])
    assert json.loads(Path(name).read_text())["graphs"] == {"g": {"file": "inner.quartet.json"}}


def test_a_run_keeps_what_it_was_linked_to_when_it_began(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = linked(tmp_path, answering("first"))
    assert main(["run", "--rehearse", name]) == 0
    assert capsys.readouterr().out == "first\n"
    assert main(["run", name]) == 0
    assert capsys.readouterr().out == "first\n"
    put(tmp_path, "inner.quartet.json", answering("second"))
    (kept,) = Shelf().paths()
    with Recorded.open(kept) as recorded:
        inner = recorded.graph().graphs["g"]
    assert inner.agents["a"].config == {"text": "first"}  # type: ignore[index]  # an id


def test_a_difference_is_one_in_what_is_linked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = linked(tmp_path / "one", answering("x"))
    two = linked(tmp_path / "two", answering("y"))
    assert main(["diff", one, two]) == 1
    assert main(["diff", one, one]) == 0
    capsys.readouterr()


def test_leave_to_run_covers_what_is_linked(tmp_path: Path) -> None:
    code: dict[str, Any] = {"kind": "python", "config": {"function": "json:dumps"}}
    name = linked(tmp_path, draw("a", a=code))
    before = digest(links.follow(files.read(name).graph, tmp_path).graph, str(tmp_path))
    code["config"]["function"] = "json:loads"
    put(tmp_path, "inner.quartet.json", draw("a", a=code))
    assert digest(links.follow(files.read(name).graph, tmp_path).graph, str(tmp_path)) != before


def test_an_export_is_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", linked(tmp_path, answering("x")), "--to", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["graphs"]["g"]["agents"][0]["id"] == "a"
