"""`quartet classify` and `quartet validate`."""

import io
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cli.cli_graphs import agent, edge, save, two_templates
from cli.json_contracts import keeps_its_contract
from quartet.cli import main
from quartet.graph.model import AgentId, EdgeId
from quartet.patterns import verdict as verdicts
from quartet.patterns.changes import Change
from quartet.patterns.tree import FanOut, Leaf, Pipeline, Question, Supervisor, Why
from quartet.patterns.verdict import Alternative, Inference, Remark, Verdict
from quartet.rules import Finding, Fix

SAMPLES = Path(__file__).parent.parent / "data" / "graph" / "node_link"


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


# --- classify ---------------------------------------------------------------------------------------------------------


def test_each_file_gets_a_line_with_the_keys_that_scripts_rely_on(capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted(map(str, SAMPLES.glob("*.json")))
    assert main(["classify", "--json", *files]) == 0
    found = lines(capsys)
    assert [line["file"] for line in found] == files
    for line in found:
        assert {"file", "top", "confidence", "alternatives", "tree", "attached", "decision", "inferred"} <= line.keys()
        assert line["top"] in ("pipeline", "fan_out", "supervisor", "swarm", "agent")
        assert line["confidence"] in ("high", "medium", "low")
        assert all(isinstance(other, str) for other in line["alternatives"])


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_still_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{]")
    good = two_templates(tmp_path / "good.json")
    assert main(["classify", "--json", str(bad), good]) == 2
    said = capsys.readouterr()
    first, second = map(json.loads, said.out.splitlines())
    assert first["file"] == str(bad)
    assert "line 1, column 2" in first["error"]
    assert second["file"] == good
    assert "line 1, column 2" in said.err


def test_standard_input_is_a_file_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    text = (SAMPLES / "066-ag-swarm-refund.json").read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert main(["classify", "--json", "-"]) == 0
    (line,) = lines(capsys)
    assert line["file"] == "-"


def leaf(id: str) -> Leaf:
    return Leaf(AgentId(id))


def test_a_person_reads_the_tree_the_questions_and_what_is_uncertain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = save(
        tmp_path / "g.json",
        agents=[agent(id) for id in ("desk", "writer", "editor", "left", "right", "spare", "clock")],
        edges=[edge("writer", "editor")],
    )
    asked = (
        Question("Do the tasks depend strictly on each other?", "No", "Left and Right do not."),
        Question("Do the agents need a central manager?", "Yes: Supervisor", ""),
    )
    tree = Supervisor(
        supervisor=AgentId("desk"),
        workers=(
            Pipeline(stages=(leaf("writer"), leaf("editor")), loop=True),
            FanOut(branches=(leaf("left"), leaf("right")), exclusive=True, collector=AgentId("editor")),
        ),
        trigger=AgentId("clock"),
        fallback=((AgentId("writer"), (AgentId("spare"),)),),
        why=Why(lambda: (asked, 1)),
    )
    found = Verdict(
        tree,
        "supervisor",
        "medium",
        (Alternative("fan_out", "Nothing comes back."),),
        {AgentId("writer"): (AgentId("spare"),)},
        (Inference("writer-editor", "flow", True, "It closes a cycle."),),  # type: ignore[arg-type]
        (Remark("unwatched", "Nobody watches Left."),),
    )
    other = Change("fan_out", "Remove Writer → Editor.", (), (EdgeId("writer-editor"),))
    monkeypatch.setattr("quartet.cli.verdicts.classify", lambda graph: found)
    monkeypatch.setattr("quartet.cli.explaining.changes", lambda graph, part, effort: (other,) if part is tree else ())
    assert main(["classify", name]) == 0
    assert (
        capsys.readouterr().out
        == f"""\
{name}: {found.headline} (medium confidence)

  Supervisor by Desk from Clock (Writer falls back on Spare)
  ├─ Pipeline (repeats)
  │  ├─ Writer
  │  └─ Editor
  └─ Fan-out collected by Editor (picks one)
     ├─ Left
     └─ Right
  beside Writer: Spare

    1. Do the tasks depend strictly on each other? No
       Left and Right do not.
  → 2. Do the agents need a central manager? Yes: Supervisor
    Fan-out instead, with 0 changes: Remove Writer → Editor.

  It may also be a fan-out: Nothing comes back.

  Inferred, because the file does not say it (1 edge):
    Writer → Editor: loop (medium confidence). It closes a cycle.
  Nobody watches Left.

  Pipeline (repeats): Writer, Editor

  Fan-out collected by Editor (picks one): Editor, Left, Right
"""
    )


def test_a_very_deep_tree_is_cut_for_a_person_and_whole_for_a_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = save(tmp_path / "g.json", agents=[agent("a"), agent("b")])
    tree: Any = leaf("a")
    for _ in range(3000):
        tree = Pipeline(stages=(leaf("b"), tree))
    monkeypatch.setattr("quartet.cli.verdicts.classify", lambda graph: verdicts.Verdict(tree, "pipeline", "high"))
    assert main(["classify", name]) == 0
    assert "deeper than is shown here" in capsys.readouterr().out
    assert main(["classify", "--json", name]) == 0
    assert capsys.readouterr().out.count('{"pipeline": [') == 3000


def test_a_program_learns_of_every_part_why_it_is_what_it_is_and_what_would_change_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edges = [{"id": "ab", "source": "a", "target": "b", "kind": "flow"}]
    name = save(tmp_path / "g.json", agents=[agent("a"), agent("b")], edges=edges)
    assert main(["classify", "--json", name]) == 0
    (part,) = json.loads(capsys.readouterr().out)["parts"]
    assert part["pattern"] == "pipeline"
    assert part["agents"] == ["a", "b"]
    assert part["questions"][0]["edges"] == ["ab"]
    fan_out = next(change for change in part["changes"] if change["to"] == "fan_out")
    assert fan_out["edges"] == ["ab"]
    assert fan_out["edits"] == [{"do": "remove", "section": "edges", "id": "ab"}]


def test_a_change_that_takes_too_many_tries_to_find_is_said_to_be_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    edges = [{"id": "ab", "source": "a", "target": "b", "kind": "flow"}]
    name = save(tmp_path / "g.json", agents=[agent("a"), agent("b")], edges=edges)
    assert main(["classify", name]) == 0
    assert "not found out" not in capsys.readouterr().out
    monkeypatch.setattr("quartet.cli.explaining.TRIED", 0)
    assert main(["classify", name]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Fan-out, Supervisor or Swarm instead: whether a small change does it was not found out" in told
    assert main(["classify", "--json", name]) == 0
    (part,) = keeps_its_contract("classify", capsys.readouterr().out)["parts"]
    assert part["undecided"] == ["fan_out", "supervisor", "swarm"]


# --- validate ---------------------------------------------------------------------------------------------------------


def finding(severity: Any, code: str = "X001", **fields: Any) -> Finding:
    return Finding(code, severity, f"A {severity}", "It will happen.", **fields)


@pytest.mark.parametrize(
    ("found", "plain", "strict"),
    [
        ([], 0, 0),
        ([finding("advice")], 0, 0),
        ([finding("warning")], 0, 1),
        ([finding("error")], 1, 1),
        ([finding("warning", silenced="known"), finding("error", silenced="known")], 0, 0),
    ],
)
def test_the_exit_code_says_whether_it_can_run(
    found: list[Finding],
    plain: int,
    strict: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = two_templates(tmp_path / "g.json")
    monkeypatch.setattr("quartet.cli.verdicts.findings", lambda graph, verdict: found)
    assert main(["validate", name]) == plain
    assert main(["validate", "--strict", name]) == strict
    assert main(["validate", name, str(tmp_path / "none.json")]) == 2
    capsys.readouterr()
    assert main(["validate", "--json", "--strict", name]) == strict
    (line,) = lines(capsys)
    assert line["ok"] is (strict == 0)
    assert [each["code"] for each in line["findings"]] == [each.code for each in found]


def test_a_person_reads_each_finding_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = two_templates(tmp_path / "g.json")
    found = [
        finding("warning", fixes=(Fix("Limit Writer to 60 s", ()),)),
        finding("advice"),
        finding("advice", silenced="known"),
    ]
    monkeypatch.setattr("quartet.cli.verdicts.findings", lambda graph, verdict: found)
    assert main(["validate", name]) == 0
    assert (
        capsys.readouterr().out
        == f"""\
{name}: 1 warning, 1 piece of advice, 1 silenced

  warning X001  A warning
                It will happen.
                → Limit Writer to 60 s

  advice  X001  A advice
                It will happen.
"""
    )


def test_a_broken_graph_is_an_error_and_what_was_kept_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = save(tmp_path / "g.json", agents=[agent("a")], edges=[edge("a", "nowhere")])
    assert main(["validate", "--json", name]) == 1
    (line,) = lines(capsys)
    assert line["kept"] == ["edges[0]: the edge “a-nowhere” leads to “nowhere”, which is no agent here."]
    assert any(each["severity"] == "error" for each in line["findings"])


def test_a_newer_file_is_recognised_but_not_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "g.json"
    path.write_text(json.dumps({"format": "quartet", "version": 9, "agents": [agent("a")]}))
    assert main(["validate", str(path)]) == 2
    told = capsys.readouterr()
    assert "written by a newer Quartet" in told.err and told.out == ""
    assert main(["classify", str(path)]) == 0


# --- what is long or odd ----------------------------------------------------------------------------------------------


def test_a_person_reads_the_beginning_of_a_long_chain_and_some_findings_of_each_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = [f"a{number}" for number in range(300)]
    name = save(
        tmp_path / "g.json",
        agents=[agent(id, "llm", config={"model": "m", "prompt": "{{ value }}"}) for id in ids],
        edges=[edge(*ends) for ends in pairwise(ids)],
    )
    assert main(["classify", name]) == 0
    told = capsys.readouterr().out
    assert "└─ … and 280 more" in told
    assert len(told.splitlines()) < 60
    assert main(["validate", name]) == 0
    told = capsys.readouterr().out
    assert told.count("warning P001") == 1 and told.count("advice  P002") == 20
    assert "278 P002" in told
    main(["validate", "--json", name])
    (line,) = lines(capsys)
    assert sum(each["code"] == "P002" for each in line["findings"]) == 298, "a program gets them all"


def test_what_is_left_out_of_a_verdict_is_said_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = save(tmp_path / "g.json", agents=[agent("a"), agent("b")], edges=[edge("a", "b"), edge("b", "nowhere")])
    assert main(["classify", name]) == 0
    told = capsys.readouterr()
    assert f"{name}: 1 item not understood and left out" in told.err
    assert "understood" not in told.out
    main(["classify", "--json", name])
    assert json.loads(capsys.readouterr().out)["kept"]


def test_a_title_is_not_said_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ring = [edge("a", "b", kind="supervise"), edge("b", "a", kind="supervise")]
    name = save(tmp_path / "g.json", agents=[agent("a", "supervisor"), agent("b", "supervisor")], edges=ring)
    main(["validate", "--json", name])
    (line,) = lines(capsys)
    (finding_,) = [each for each in line["findings"] if each["code"] == "G001"]
    assert finding_["title"] not in finding_["detail"]
    assert finding_["title"].endswith("nobody is on top")
