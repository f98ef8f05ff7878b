"""What the command line refuses before anything starts, in one sentence for each reason."""

import json
from pathlib import Path

import networkx as nx
import pytest

from cli.cli_graphs import agent, edge, save
from quartet.cli import main


def test_a_missing_key_is_named_once_with_all_who_need_it_and_nothing_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "QUARTET_MODEL"):
        monkeypatch.delenv(name, raising=False)
    graph = save(
        tmp_path / "g.json",
        agents=[agent("writer", "llm", config={"model": "m"}), agent("editor", "llm", config={"model": "m"})],
        edges=[edge("writer", "editor")],
    )
    events = tmp_path / "events.jsonl"
    assert main(["run", graph, "--events", str(events)]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert said.count("OPENAI_API_KEY") == 1
    assert "Writer and Editor need it." in said
    assert "--rehearse" in said
    assert not events.exists()
    assert main(["run", graph, "--rehearse"]) == 0


def test_settings_that_do_not_fit_are_refused_in_the_words_of_validate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graph = save(tmp_path / "g.json", agents=[agent("ask", "http", config={})])
    assert main(["run", graph]) == 2
    refused = capsys.readouterr().err
    assert main(["validate", graph]) == 1
    for said in (refused, capsys.readouterr().out):
        assert "“Address” must be filled in before Ask can run." in " ".join(said.split())


def test_a_plain_cycle_of_networkx_rehearses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cycle.json"
    path.write_text(json.dumps(nx.node_link_data(nx.cycle_graph(6, create_using=nx.DiGraph), edges="edges")))
    assert main(["run", str(path), "--rehearse"]) == 0
    assert "Succeeded" in capsys.readouterr().err
    assert main(["validate", str(path), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [each["code"] for each in found if each["severity"] == "error"] == ["G003"]


@pytest.mark.parametrize("display", [True, False])
def test_a_word_that_is_neither_file_nor_command_is_told_so(
    display: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("quartet.cli.editor.has_display", lambda environment: display)
    assert main(["frobnicate"]) == 2
    said = capsys.readouterr().err
    assert "frobnicate: there is no such file, and no command of that name (classify, validate," in said
    assert "display" not in said


def test_a_file_that_is_not_there_is_said_before_a_display_is_missed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("quartet.cli.editor.has_display", lambda environment: False)
    assert main([str(tmp_path / "g.json")]) == 2
    said = capsys.readouterr().err
    assert "There is no such file." in said
    assert "display" not in said


def test_a_refusal_is_told_to_programs_with_its_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graph = save(tmp_path / "g.json", agents=[agent("ask", "http", config={})])
    assert main(["run", graph, "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert told["state"] == "refused"
    assert [(each["code"], each["agents"]) for each in told["problems"]] == [("settings", ["ask"])]
    assert main(["run", str(tmp_path / "none.json"), "--json"]) == 2
    assert "no such file" in json.loads(capsys.readouterr().out)["error"]
