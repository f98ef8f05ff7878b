"""What `quartet validate --sarif` prints is SARIF 2.1.0 as OASIS defines it, and what code hosts need of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from cli.cli_graphs import agent, edge, save
from quartet.cli import main
from quartet.graph.files import dumps, loads
from quartet.graph.spans import spans
from quartet.paths import EXAMPLES

DATA = Path(__file__).parent.parent / "data"
SCHEMA = Draft4Validator(json.loads((DATA / "sarif" / "sarif-schema-2.1.0.json").read_text("utf-8")))


def log_of(capsys: pytest.CaptureFixture[str], *files: object) -> dict[str, Any]:
    """The one run of the log, after it was held against the schema and against what the standard says beyond it."""
    capsys.readouterr()
    main(["validate", "--sarif", *map(str, files)])
    log = json.loads(capsys.readouterr().out)
    SCHEMA.validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    return run  # type: ignore[no-any-return]


def region(result: dict[str, Any]) -> dict[str, int]:
    return result["locations"][0]["physicalLocation"]["region"]  # type: ignore[no-any-return]


def cut(text: str, at: dict[str, int]) -> str:
    """What stands in a region."""
    lines = text.split("\n")[at["startLine"] - 1 : at["endLine"]]
    lines[-1] = lines[-1][: at["endColumn"] - 1]
    lines[0] = lines[0][at["startColumn"] - 1 :]
    return "\n".join(lines)


def model(id: str, **fields: Any) -> dict[str, Any]:
    return agent(id, "llm", config={"model": "m", "prompt": "Say {{ value }}"}, **fields)


def test_the_log_on_real_systems_examples_and_cases_fits_the_standard(capsys: pytest.CaptureFixture[str]) -> None:
    files = [
        *sorted((DATA / "corpus").glob("*.json"))[::9],
        *sorted((DATA / "conformance").glob("*.quartet.json"))[::9],
        *sorted(EXAMPLES.glob("*.json")),
    ]
    run = log_of(capsys, *files)
    assert len({result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]}) > 9
    prints = [
        (result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], *result["partialFingerprints"].values())
        for result in run["results"]
    ]
    assert len(set(prints)) == len(prints), "in one file no two findings are taken for the same"
    for result in run["results"]:
        name = result["locations"][0]["logicalLocations"]
        assert not name or region(result)["startLine"] > 1, "what is about an agent is shown at the agent"


def test_every_rule_says_what_code_hosts_show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for rule in log_of(capsys, save(tmp_path / "g.json", agents=[]))["tool"]["driver"]["rules"]:
        assert rule["name"].isalnum()
        assert rule["fullDescription"]["text"]
        assert "**" not in rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert rule["properties"]["problem.severity"] in ("error", "warning", "recommendation")


def test_a_result_marks_the_item_whatever_the_file_looks_like(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graph = {"format": "quartet", "version": 1, "agents": [model("ä"), model("b")], "edges": [edge("ä", "b")]}
    for number, text in enumerate(
        [
            json.dumps(graph, ensure_ascii=False),
            json.dumps(graph, ensure_ascii=False, indent=4).replace("\n", "\r\n"),
            "\ufeff" + json.dumps(graph, ensure_ascii=False, indent="\t"),
            dumps(loads(json.dumps(graph)).graph),
        ]
    ):
        path = tmp_path / f"{number}.json"
        path.write_bytes(text.encode())
        seen = 0
        read = path.read_text("utf-8-sig")
        for result in log_of(capsys, path)["results"]:
            where = result["locations"][0]["logicalLocations"]
            if where and where[0]["fullyQualifiedName"].startswith("agents."):
                assert json.loads(cut(read, region(result)))["id"] == where[0]["fullyQualifiedName"][7:]
                seen += 1
        assert seen


def test_in_node_link_an_edge_without_an_id_is_found_by_its_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "g.json"
    nodes = [{"id": 1}, {"id": 2}, {"id": 3}]
    path.write_text(
        json.dumps(
            {"directed": True, "nodes": nodes, "links": [{"source": 1, "target": 2}, {"source": 2, "target": 3}]}
        )
    )
    assert spans(path.read_text())["", "edges", "2>3"].line == 1
    assert {
        region(result)["startColumn"] for result in log_of(capsys, path)["results"] if "startColumn" in region(result)
    }


def test_a_finding_in_a_sub_graph_is_shown_in_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inner = {"agents": [model("x"), model("y")], "edges": [edge("x", "y")]}
    name = save(tmp_path / "g.json", agents=[agent("s", "graph", config={"graph": "in"})], graphs={"in": inner})
    text = Path(name).read_text()
    inside = [
        result
        for result in log_of(capsys, name)["results"]
        if result["locations"][0]["logicalLocations"]
        and result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"].startswith("graphs.in.")
    ]
    assert inside
    for result in inside:
        id = result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"].rpartition(".")[2]
        assert json.loads(cut(text, region(result)))["id"] == id


def test_a_silenced_finding_is_suppressed_in_the_source_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    silenced = [{"code": "P001", "agent": "a", "reason": "It is quick."}]
    name = save(tmp_path / "g.json", agents=[model("a"), model("b")], edges=[edge("a", "b")], silenced=silenced)
    quiet = [result for result in log_of(capsys, name)["results"] if "suppressions" in result]
    assert [one["suppressions"][0]["justification"] for one in quiet] == ["It is quick."]
    assert quiet[0]["suppressions"][0]["kind"] == "inSource"


def test_names_of_files_are_addresses_that_code_hosts_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my graphs").mkdir()
    name = Path(save(tmp_path / "my graphs" / "ä #1.json", agents=[model("a"), model("b")], edges=[edge("a", "b")]))
    relative = name.relative_to(tmp_path)
    for given_ in (name, relative):
        found = {
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            for result in log_of(capsys, given_)["results"]
        }
        assert found == {"my%20graphs/%C3%A4%20%231.json"}


def test_a_file_that_is_no_graph_is_a_notification_at_the_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "no.json").write_text('{"a": 1,\n  ]')
    (invocation,) = log_of(capsys, tmp_path / "no.json")["invocations"]
    assert invocation["executionSuccessful"] is False
    (told,) = invocation["toolExecutionNotifications"]
    assert told["locations"][0]["physicalLocation"]["region"] == {"startLine": 2, "startColumn": 3}


@settings(max_examples=15)
@given(st.permutations(["left", "right", "far"]), st.integers(-500, 500), st.text("xyz ", max_size=9))
def test_a_fingerprint_outlives_unrelated_edits(order: list[str], x: int, prompt: str) -> None:
    from quartet.cli.sarif import Checked, sarif
    from quartet.patterns.verdict import classify
    from quartet.rules import findings

    def prints(agents: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
        text = json.dumps({"format": "quartet", "version": 1, "agents": agents, "edges": [edge("a", "b")], **fields})
        opened = loads(text)
        found = findings(opened.graph, classify(opened.graph))
        log = sarif([Checked("g.json", text, opened, found)])
        return {
            result["partialFingerprints"]["quartet/v1"]: result["ruleId"]
            for result in log["runs"][0]["results"]
            if result["locations"][0]["logicalLocations"][:1]
            and result["locations"][0]["logicalLocations"][0]["name"] == "A"
            and result["ruleId"] in ("P001", "P002")
        }

    before = prints([model("a"), model("b")])
    others = [agent(id, description=prompt) for id in order]
    after = prints([*others[:1], model("b"), *others[1:], model("a")], layout={"a": [x, 0]}, description=prompt)
    assert before
    assert before.items() <= after.items()
