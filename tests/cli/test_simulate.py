"""`quartet simulate`: what runs will take, for a person and for a program."""

import json
from pathlib import Path

import pytest

from cli.cli_graphs import agent, edge, save
from quartet.cli import main
from quartet.cli.simulate import _money, _points, histogram


@pytest.fixture
def graph(tmp_path: Path) -> str:
    sure = {"seconds": 2, "slow": 2, "fails": 0, "cost": 0.1}
    flaky = {"seconds": 1, "slow": 1, "fails": 0.3}
    agents = [agent("a", "http", estimate=sure), agent("b", "http", estimate=flaky, retry={"max_attempts": 1})]
    return save(tmp_path / "g.json", agents=agents, edges=[edge("a", "b")])


def test_a_person_reads_chance_time_cost_and_whom_runs_wait_for(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--assume", "--runs", "200", graph]) == 0
    told = capsys.readouterr().out
    assert "200 simulated runs" in told
    assert "Takes      3 s as a rule" in told
    assert "US$ 0.10 on average" in told
    assert "2 s, 9 of 10 within 2 s, 0.0% fail (stated)" in told


def test_a_program_gets_shares_quantiles_and_each_agent(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--assume", "--json", "--runs", "200", graph]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["runs"] == 200
    assert found["success"]["from"] < 0.7 < found["success"]["to"]
    assert found["seconds"]["p50"] == 3.0
    assert found["agents"]["a"]["waited_for"] == 1.0


def test_what_the_suggested_changes_would_do_is_told(graph: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--assume", "--json", "--fixes", "--runs", "100", graph]) == 0
    found = json.loads(capsys.readouterr().out)
    assert all({"code", "fix", "success", "seconds", "cost"} <= change.keys() for change in found["changes"])


def test_small_amounts_and_differences_are_written_as_people_write_them() -> None:
    assert [_money(value) for value in (0.0, 5.3e-05, 0.038, 2.5, 1234.5)] == [
        "US$ 0.00", "US$ 0.000053", "US$ 0.038", "US$ 2.50", "US$ 1,234.50",
    ]  # fmt: skip
    assert [_points(share) for share in (-0.0021, 0.0001, 0.25)] == ["−0.2%", "±0.0%", "+25.0%"]


def test_what_cannot_run_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = save(tmp_path / "g.json", agents=[agent("a"), agent("b")], edges=[edge("a", "b"), edge("b", "a")])
    assert main(["simulate", name]) == 2
    assert "cannot be simulated" in capsys.readouterr().err


@pytest.mark.parametrize("runs", ["0", "x", "1000001"])
def test_a_strange_number_of_runs_is_refused(graph: str, runs: str) -> None:
    with pytest.raises(SystemExit) as end:
        main(["simulate", "--runs", runs, graph])
    assert end.value.code == 2


def test_bars_grow_with_what_falls_into_them_and_one_value_is_one_bar() -> None:
    assert histogram([0.0, 0.0, 0.0, 1.0], 2) == "█▄"
    assert histogram([5.0, 5.0], 3) == "█  "
