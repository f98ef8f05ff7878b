"""`quartet validate --fix` mends what can be mended unseen; `--sarif` tells code hosts what was found."""

import json
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import quartet.agents.built_in  # noqa: F401  # the rules look the kinds up
from cli.cli_graphs import agent, edge, save
from quartet.cli import main, verdicts
from quartet.graph.edits import Add, Remove, Set, SetGraph
from quartet.graph.files import FileProblem, read
from quartet.graph.model import Agent, Edge, Graph
from quartet.patterns.verdict import classify
from quartet.rules import Fix, findings
from quartet.rules.safe import is_safe, mend


def chain(path: Path) -> str:
    """Three models in a row: no time limits, no fallbacks, no budget."""
    agents = [agent(id, "llm", config={"model": "m", "prompt": "Say {{ value }}"}) for id in "abc"]
    return save(path, agents=agents, edges=[edge("a", "b"), edge("b", "c")])


def test_what_can_be_mended_unseen_is_mended_written_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = chain(tmp_path / "g.json")
    assert main(["validate", "--fix", name]) == 0
    told = capsys.readouterr().out
    assert "mended" in told
    assert "fixed   P001 Limit A and B to 60 s" in told
    graph = read(name).graph
    limits = graph.agents["a"].limits  # type: ignore[index]
    assert limits is not None
    assert limits.start_to_close == 60
    left = {finding.code for finding in findings(graph, classify(graph))}
    assert "P001" not in left
    assert "P002" in left, "a fallback is an agent more, and a person's decision"


def test_what_would_be_mended_is_shown_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = chain(tmp_path / "g.json")
    before = Path(name).read_text()
    assert main(["validate", "--diff", name]) == 1
    shown = capsys.readouterr()
    assert Path(name).read_text() == before
    assert f"--- {name}\n+++ {name} (mended)\n@@" in shown.out
    assert "P001 Limit A and B to 60 s" in shown.err
    removed, added = (
        [line for line in shown.out.splitlines() if line[:1] == sign and line[1:2] != sign] for sign in "-+"
    )
    assert len(added) >= len(removed) > 0
    assert main(["validate", "--fix", name]) == 0
    assert {line[1:] for line in added} <= set(Path(name).read_text().splitlines())
    capsys.readouterr()
    assert main(["validate", "--diff", name]) == 0
    assert capsys.readouterr().out == ""
    assert main(["validate", "--diff", name, str(tmp_path / "none.json")]) == 2


def test_a_file_that_cannot_be_written_is_judged_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise FileProblem("The file is protected against changes.")

    monkeypatch.setattr(verdicts, "write_atomically", refuse)
    assert main(["validate", "--fix", chain(tmp_path / "g.json")]) == 2
    told = capsys.readouterr()
    assert "protected" in told.err and "P001" in told.out and "mended" not in told.out


def test_a_second_time_nothing_is_left_and_the_file_is_not_touched(tmp_path: Path) -> None:
    name = chain(tmp_path / "g.json")
    main(["validate", "--fix", name])
    before = Path(name).read_bytes(), Path(name).stat().st_mtime_ns
    main(["validate", "--fix", name])
    assert (Path(name).read_bytes(), Path(name).stat().st_mtime_ns) == before


BY_HAND = """{
  "version": 1, "format": "quartet",
  "edges": [{"target": "b", "source": "a", "id": "ab"}],

  "agents": [
    {
      "name": "A",  "kind": "llm",
      "id": "a",
      "config": { "model": "m",
                  "prompt": "Say\\n{{ value }}" }
    },
    { "id": "b", "kind": "template", "name": "B", "config": {"text": "{{ value }}"} }
  ],
  "layout": {"b": [300.0, 0], "a": [0, 0]}
}
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_file_written_by_hand_keeps_its_layout(tmp_path: Path, ends: str) -> None:
    path = tmp_path / "g.json"
    path.write_bytes(BY_HAND.replace("\n", ends).encode())
    assert main(["validate", "--fix", str(path)]) == 0
    text = path.read_bytes().decode().replace(ends, "\n")
    limited = BY_HAND.replace('"version": 1,', '"version": 1, "limits": {"max_cost": 1},').replace(
        """{{ value }}" }
    },""",
        """{{ value }}" },
      "limits": {
        "start_to_close": 60
      }
    },""",
    )
    assert text == limited


def test_a_file_that_another_program_changed_meanwhile_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = chain(tmp_path / "g.json")
    other = Path(name).read_text().replace('"m"', '"n"')

    def meanwhile(graph: Graph) -> list[Any]:
        Path(name).write_text(other)
        return mend(graph)

    monkeypatch.setattr("quartet.cli.verdicts.mend", meanwhile)
    assert main(["validate", "--fix", name]) == 2
    assert Path(name).read_text() == other
    assert "changed while" in capsys.readouterr().err


@pytest.mark.parametrize("how", [[], ["--fix"], ["--json"], ["--sarif"]])
def test_a_file_of_a_newer_version_is_not_judged_and_not_touched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], how: list[str]
) -> None:
    path = tmp_path / "g.json"
    path.write_text(Path(chain(path)).read_text().replace('"version": 1', '"version": 9'))
    before = path.read_bytes()
    assert main(["validate", *how, str(path)]) == 2
    assert path.read_bytes() == before
    told = capsys.readouterr()
    assert f"quartet: {path}: This file was written by a newer Quartet (file version 9, this one writes 1)." in told.err
    assert "Use the newer version." in told.err
    assert "has no time limit" not in told.out


def test_a_program_learns_what_was_fixed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = chain(tmp_path / "g.json")
    assert main(["validate", "--fix", "--json", name]) == 0
    assert "P001 Limit A and B to 60 s" in json.loads(capsys.readouterr().out)["fixed"]


def test_a_graph_of_networkx_is_not_overwritten_in_another_format(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "nx.json"
    path.write_text(json.dumps(nx.node_link_data(nx.path_graph(3, create_using=nx.DiGraph), edges="edges")))
    before = path.read_bytes()
    assert main(["validate", "--fix", str(path)]) == 2
    assert path.read_bytes() == before
    assert "quartet export" in capsys.readouterr().err


FIXES = [
    ((Set(section="agents", id="a", values={"limits": {"start_to_close": 60}}),), True),
    ((Set(section="edges", id="e", values={"loop": True, "max_iterations": 5}),), True),
    ((SetGraph(values={"limits": {"deadline": 600}}),), True),
    ((Set(section="agents", id="a", values={"limits": None}),), False),
    ((Set(section="agents", id="a", values={"config": {}}),), False),
    ((Set(section="agents", id="a", values={"oversight": {"max_restarts": 3}}),), False),
    ((SetGraph(values={"name": "Other"}),), False),
    ((Remove(section="edges", id="e"),), False),
    ((Add(section="agents", item=Agent(id="x", kind="template", name="X")),), False),  # type: ignore[arg-type]
    ((), False),
]


@pytest.mark.parametrize(("edits", "safe"), FIXES)
def test_a_safe_fix_states_what_was_open_and_changes_nothing_drawn(edits: Any, safe: bool) -> None:
    assert is_safe(Fix("Do it", edits)) is safe


@given(st.integers(1, 7), st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=14))
def test_mending_any_drawing_ends_and_keeps_what_is_drawn(count: int, ways: set[tuple[int, int]]) -> None:
    ids = [f"a{n}" for n in range(count)]
    drawn = [(a, b) for a, b in sorted(ways) if a < count and b < count and a != b]
    graph = Graph(
        agents={id: Agent(id=id, kind="llm", name=id.upper()) for id in ids},  # type: ignore[arg-type, misc]
        edges={f"{a}-{b}": Edge(id=f"{a}-{b}", source=ids[a], target=ids[b]) for a, b in drawn},  # type: ignore
    )
    before = {id: (edge.source, edge.target, edge.kind) for id, edge in graph.edges.items()}
    mend(graph)
    assert list(graph.agents) == ids
    assert {id: (edge.source, edge.target, edge.kind) for id, edge in graph.edges.items()} == before
    assert mend(graph) == []


# --- SARIF ------------------------------------------------------------------------------------------------------------


def log_of(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert found["version"] == "2.1.0"
    (run,) = found["runs"]
    return run


def test_each_finding_is_a_result_at_the_line_of_its_agent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = chain(tmp_path / "g.json")
    main(["validate", "--fix", name])  # writes our form: an item a line
    capsys.readouterr()
    assert main(["validate", "--sarif", name]) == 0
    run = log_of(capsys)
    lines = Path(name).read_text().splitlines()
    graph = read(name).graph
    heard = findings(graph, classify(graph))
    assert [result["ruleId"] for result in run["results"]] == [finding.code for finding in heard]
    for result, finding in zip(run["results"], heard, strict=True):
        place = result["locations"][0]["physicalLocation"]
        if finding.agent is not None:
            assert f'"id": "{finding.agent}"' in lines[place["region"]["startLine"] - 1]
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert rule["help"]["markdown"]


def test_what_is_silenced_is_told_as_suppressed_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agents = [agent(id, "llm", config={"model": "m", "prompt": "Say {{ value }}"}) for id in "ab"]
    silenced = [{"code": "P001", "agent": "a", "reason": "It is quick."}]
    name = save(tmp_path / "g.json", agents=agents, edges=[edge("a", "b")], silenced=silenced)
    main(["validate", "--sarif", name])
    results = log_of(capsys)["results"]
    quiet = [result for result in results if "suppressions" in result]
    assert [result["ruleId"] for result in quiet] == ["P001"]
    assert quiet[0]["suppressions"] == [{"kind": "inSource", "justification": "It is quick."}]


def test_a_finding_keeps_its_fingerprint_when_others_come_and_go(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def prints(name: str) -> dict[str, str]:
        main(["validate", "--sarif", name])
        return {
            result["partialFingerprints"]["quartet/v1"]: result["message"]["text"]
            for result in log_of(capsys)["results"]
            if result["ruleId"] == "P001"
        }

    short = save(tmp_path / "s.json", agents=[agent(id, "llm") for id in "ab"], edges=[edge("a", "b")])
    (known,) = prints(short)
    assert known in prints(chain(tmp_path / "g.json"))


def test_a_file_that_is_no_graph_is_told_in_the_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "broken.json"
    path.write_text("{")
    assert main(["validate", "--sarif", str(path)]) == 2
    invocation = log_of(capsys)["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert "broken.json" in invocation["toolExecutionNotifications"][0]["message"]["text"]
