"""What `--json` prints is described by a schema, and neither changes unseen."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.cli_graphs import agent, edge, save
from cli.json_contracts import keeps_its_contract
from quartet.cli import main
from quartet.cli.contracts import REPORTS
from quartet.paths import EXAMPLES

GOLDEN = Path(__file__).parent.parent / "data" / "reports"
CORPUS = GOLDEN.parent / "corpus"
BEFORE = str(GOLDEN / "before.quartet.json")
AFTER = str(GOLDEN / "after.quartet.json")
COMMANDS: dict[str, list[str]] = {
    "classify": ["classify", "--json", BEFORE],
    "validate": ["validate", "--json", BEFORE],
    "simulate": ["simulate", "--json", "--assume", "--runs", "10", "--fixes", BEFORE],
    "diff": ["diff", "--json", BEFORE, AFTER],
}


def form(value: Any) -> Any:
    """Which fields there are and of which kinds: verdicts, numbers and sentences may become better ones."""
    if isinstance(value, list):
        return sorted({json.dumps(form(each), sort_keys=True) for each in value})
    if isinstance(value, dict):
        return {key: form(each) for key, each in value.items() if key not in ("edits", "tree")}
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    main(list(words))
    return capsys.readouterr().out


@pytest.mark.parametrize("name", REPORTS)
def test_the_schema_of_a_report_changes_only_on_purpose(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """If it does: `quartet schema NAME > tests/data/reports/NAME.schema.json`, and a line in the changelog."""
    golden = (GOLDEN / f"{name}.schema.json").read_text("utf-8")
    assert json.loads(printed(capsys, "schema", name)) == json.loads(golden)


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_reads_as_ever(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = keeps_its_contract(name, printed(capsys, *COMMANDS[name]))
    golden = keeps_its_contract(name, (GOLDEN / f"{name}.json").read_text("utf-8"))
    assert form(found) == form(golden)


@pytest.mark.parametrize("name", ["classify", "validate"])
def test_every_report_on_real_systems_keeps_its_contract(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    files = [*sorted(CORPUS.glob("*.json"))[::9], *sorted(EXAMPLES.glob("*.json"))]
    lines = printed(capsys, name, "--json", *map(str, files)).splitlines()
    assert len(lines) == len(files)
    for line in lines:
        keeps_its_contract(name, line)


def test_odd_drawings_are_reported_in_the_same_form(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = save(tmp_path / "empty.json", agents=[])
    one = save(tmp_path / "one.json", agents=[agent("a")])
    boards = save(tmp_path / "boards.json", agents=[agent("a", "board"), agent("b", "board")])
    broken = save(tmp_path / "broken.json", agents=[agent("a"), agent("a"), {"kind": "llm"}], edges=[edge("a", "x")])
    for name in ("classify", "validate"):
        for line in printed(capsys, name, "--json", empty, one, boards, broken).splitlines():
            keeps_its_contract(name, line)
    assert keeps_its_contract("diff", printed(capsys, "diff", "--json", one, broken))["changes"][0]["section"]


@pytest.mark.parametrize("name", REPORTS)
def test_a_file_that_cannot_be_read_is_reported_in_a_form_of_its_own_and_said_on_standard_error(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "no.json").write_text("{]")
    files = [str(tmp_path / "no.json")] * (2 if name == "diff" else 1)
    assert main([name, "--json", *files]) == 2
    told = capsys.readouterr()
    assert "line 1, column 2" in keeps_its_contract(name, told.out)["error"]
    assert "line 1, column 2" in told.err


def test_what_cannot_run_is_reported_with_the_reasons(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = save(tmp_path / "g.json", agents=[agent("a"), agent("b")], edges=[edge("a", "b"), edge("b", "a")])
    assert main(["simulate", "--json", name]) == 2
    assert keeps_its_contract("simulate", capsys.readouterr().out)["problems"]


def test_one_form_is_asked_for_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["validate", "--json", "--sarif", BEFORE])
    assert end.value.code == 2
    assert "not allowed with" in capsys.readouterr().err
