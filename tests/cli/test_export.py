"""`quartet export` and `quartet schema`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest

from cli.cli_graphs import agent, edge, save, two_templates
from graph.test_schema import fits
from quartet.cli import main
from quartet.graph import files
from quartet.paths import EXAMPLES

SAMPLES = Path(__file__).parent.parent / "data" / "graph" / "node_link"


def test_json_is_canonical(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = two_templates(tmp_path / "g.json")
    assert main(["export", name, "--to", "json"]) == 0
    assert capsys.readouterr().out == files.dumps(files.read(name).graph)


def test_node_link_becomes_ours_in_a_file(tmp_path: Path) -> None:
    target = tmp_path / "out.quartet.json"
    assert main(["export", str(SAMPLES / "066-ag-swarm-refund.json"), "--to", "json", "-o", str(target)]) == 0
    opened = files.read(target)
    assert opened.format == "quartet"
    assert len(opened.graph.agents) == 3


def test_networkx_reads_the_node_link(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", two_templates(tmp_path / "g.json"), "--to", "node-link"]) == 0
    graph = nx.node_link_graph(json.loads(capsys.readouterr().out), edges="edges")
    assert list(graph.edges()) == [("greeter", "shouter")]


def test_mermaid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", two_templates(tmp_path / "g.json"), "--to", "mermaid"]) == 0
    assert "greeter --> shouter" in capsys.readouterr().out


def test_what_is_left_out_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = save(tmp_path / "g.json", agents=[agent("a")], edges=[edge("a", "z")])
    assert main(["export", name, "--to", "mermaid"]) == 0
    assert "1 of its items are not understood and left out" in capsys.readouterr().err
    assert main(["export", name, "--to", "json"]) == 0
    assert capsys.readouterr().err == ""


def test_a_place_that_cannot_be_written_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = two_templates(tmp_path / "g.json")
    assert main(["export", name, "--to", "json", "-o", str(tmp_path / "no" / "x.json")]) == 2
    assert f"There is no folder “{tmp_path / 'no'}”." in capsys.readouterr().err
    assert main(["export", str(tmp_path / "none.json"), "--to", "json"]) == 2
    assert "no such file" in capsys.readouterr().err


def test_a_picture_is_drawn_beside_the_graph(tmp_path: Path) -> None:
    name = two_templates(tmp_path / "g.quartet.json")
    environment = {**os.environ, "QT_QPA_PLATFORM": "", "DISPLAY": ":987"}
    done = subprocess.run(
        [sys.executable, "-m", "quartet", "export", name, "--to", "png", "--scale", "1", "--dark"],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "g.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("scale", ["0", "nan", "99", "big"])
def test_a_scale_that_makes_no_sense_is_refused(scale: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["export", "x", "--to", "png", "--scale", scale])
    assert "a number from 0.1 to 8" in capsys.readouterr().err


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_example_fits_the_schema_and_is_written_canonically(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    text = example.read_text(encoding="utf-8")
    assert fits(json.loads(text), schema, schema)
    assert files.dumps(files.loads(text).graph) == text


def test_the_schema_knows_the_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert "llm-config" in schema["$defs"]
    assert "text" in schema["$defs"]["template-config"]["properties"]
    text = json.dumps(schema)
    for reference in {part.split('"')[0] for part in text.split('"#/$defs/')[1:]}:
        assert reference in schema["$defs"], reference


def test_a_picture_of_a_graph_that_nobody_has_placed_is_laid_out(tmp_path: Path) -> None:
    graph = {
        "format": "quartet",
        "version": 1,
        "agents": [{"id": id, "kind": "template", "name": id} for id in ("a", "b")],
        "edges": [{"id": "e", "source": "a", "target": "b"}],
    }
    path = tmp_path / "hand.quartet.json"
    path.write_text(json.dumps(graph))
    from quartet.cli.console import drawn, open_graph

    positions = drawn(open_graph(str(path))).positions
    assert positions["a"][0] < positions["b"][0]
    assert positions["a"][1] == positions["b"][1]
