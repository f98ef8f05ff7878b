"""Limits and prices on the command line: flags that tighten, a question with an amount, one's own prices."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from cli.cli_graphs import agent, edge, save
from cli.cli_terminal import Terminal
from quartet.cli import main
from quartet.cli.envelope import decide
from quartet.cli.people import People
from quartet.engine.events import Event
from quartet.engine.prices import Price, read_own
from quartet.graph.model import Graph


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "mine" / "prices.json"
    monkeypatch.setenv("QUARTET_PRICES", str(path))
    return path


def costly(path: Path, **fields: Any) -> str:
    """Two agents; the first uses a million tokens of gpt-5, the second a thousand of a model nobody knows."""
    first = {"usage": {"input_tokens": 1_000_000, "output_tokens": 0, "model": "gpt-5"}, "returns": "one"}
    second = {"usage": {"input_tokens": 1000, "output_tokens": 0, "model": "house"}, "returns": "two"}
    agents = [agent("a", rehearsal=[first]), agent("b", rehearsal=[second])]
    return save(path, agents=agents, edges=[edge("a", "b")], **fields)


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    main(["run", "--rehearse", "--json", *arguments])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_what_was_used_is_said_at_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = costly(tmp_path / "g.json")
    assert main(["run", "--rehearse", name]) == 0
    said = capsys.readouterr().err
    assert "Used 1,001,000 tokens · at least $1.25." in said
    assert "No price is known for “house”" in said
    found = outcome(capsys, name)
    assert (found["tokens"], found["cost"], found["unpriced"]) == (1_001_000, 1.25, ["house"])
    assert found["agents"]["a"]["cost"] == 1.25 and found["agents"]["b"]["input_tokens"] == 1000


@pytest.mark.parametrize(
    ("flags", "drawn", "state"),
    [
        (["--max-cost", "1"], {}, "failed"),
        (["--max-cost", "2"], {}, "failed"),  # nobody knows what the second model costs, so it cannot be kept
        (["--max-cost", "2"], {"max_cost": 1}, "failed"),
        (["--max-cost", "1"], {"max_cost": 2}, "failed"),
        (["--max-tokens", "1,000,000"], {}, "failed"),
        (["--max-tokens", "1001000"], {}, "succeeded"),
        (["--deadline", "1.5"], {}, "failed"),
        (["--deadline", "9"], {"deadline": 1.5}, "failed"),
    ],
)
def test_flags_tighten_what_is_drawn_and_never_loosen_it(
    flags: list[str], drawn: dict, state: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = costly(tmp_path / "g.json", limits=drawn)
    assert outcome(capsys, *flags, name)["state"] == state


def test_a_flag_says_what_happens_at_a_limit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = costly(tmp_path / "g.json", limits={"max_cost": 1, "on_limit": "ask"})
    assert outcome(capsys, name)["state"] == "cancelled"
    assert outcome(capsys, "--on-limit", "fail", name)["state"] == "failed"


@pytest.mark.parametrize(
    "flags", [["--max-cost", "0"], ["--max-cost", "nan"], ["--max-tokens", "1.5"], ["--deadline", "soon"]]
)
def test_flags_that_mean_nothing_are_refused(flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["run", *flags, "g.json"])
    assert flags[1] in capsys.readouterr().err


class FakeRun:
    """A run that waits at one limit."""

    def __init__(self, *reached: str) -> None:
        from quartet.engine.seen import Reached
        from quartet.engine.state import RunState

        self.state = RunState(reached=[Reached(which, None, 2, 1, 1) for which in reached])
        self.done: list[tuple] = []

    def grant(self, which: str, more: float, agent: str | None) -> None:
        if not more > 0:
            raise ValueError
        self.done.append((which, more))

    def resume(self) -> None:
        self.done.append(("resume",))

    def cancel(self) -> None:
        self.done.append(("cancel",))


@pytest.mark.parametrize(
    ("answer", "reached", "done"),
    [
        ("y", ["max_cost"], [("resume",)]),
        (" YES ", [], [("resume",)]),
        ("0.25", ["max_cost"], [("max_cost", 0.25), ("resume",)]),
        ("$1,000", ["max_cost"], [("max_cost", 1000), ("resume",)]),
        ("no", ["max_cost"], [("cancel",)]),
        (" N ", [], [("cancel",)]),
    ],
)
def test_an_answer_at_a_limit_allows_an_amount_goes_on_or_stops(answer: str, reached: list, done: list) -> None:
    run = FakeRun(*reached)
    assert decide(run, answer)
    assert run.done == done


@pytest.mark.parametrize(
    ("answer", "reached"), [("?", ["max_cost"]), ("0", ["max_cost"]), ("", ["max_cost"]), ("5", []), ("5", ["a", "b"])]
)
def test_an_answer_that_is_none_of_these_does_nothing_and_is_asked_for_again(answer: str, reached: list) -> None:
    run = FakeRun(*reached)
    assert not decide(run, answer)
    assert run.done == []


def test_a_limit_on_money_that_cannot_be_kept_says_whose_price_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = costly(tmp_path / "g.json")
    assert main(["run", "--rehearse", "--max-cost", "2", name]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "cannot be kept" in said
    assert "nobody knows what the model of B costs" in said


def test_a_rehearsed_use_is_priced_as_the_agents_own_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = [{"usage": {"input_tokens": 1_000_000}, "returns": "x"}]
    name = save(tmp_path / "g.json", agents=[agent("a", "llm", config={"model": "gpt-5"}, rehearsal=script)])
    assert outcome(capsys, name)["cost"] == 1.25


def test_limits_that_are_reached_one_after_another_are_one_question(capsys: pytest.CaptureFixture[str]) -> None:
    class Quiet:
        """A view that shows nothing."""

        def pause(self) -> None: ...

        def resume(self) -> None: ...

    people = People(Graph(), Quiet(), present=True, rehearse=False)  # type: ignore[arg-type]
    people._reads = True  # nobody is there to read from
    run = FakeRun("max_cost")
    for _ in range(2):
        people.show(Event(1, 0.0, "run.paused"), run)
        run.state.reached.append(run.state.reached[0])
    assert capsys.readouterr().err.count("The run pauses:") == 2
    people._take(b"y\n")
    people.show(Event(2, 0.0, "run.resumed"), run)
    assert run.done == [("resume",)]
    assert "The run pauses:" not in capsys.readouterr().err and not people._waiting


# ---------------------------------------------------------------------- prices


def test_prices_are_listed_with_ones_own_first(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prices", "llama3.2", "--set", "0", "0"]) == 0
    assert main(["prices"]) == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[0].split()[:3] == ["input", "output", "cached"]
    assert lines[1].split() == ["llama3.2", "0", "0", "your", "own"]
    assert any(line.split()[0] == "gpt-5-mini" for line in lines)
    assert str(own) in said.err and "Check them" in said.err


def test_ones_own_price_is_stated_used_and_taken_back(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = costly(tmp_path / "g.json")
    assert main(["prices", "GPT-5", "--set", "10", "20", "1"]) == 0
    assert read_own(own) == {"gpt-5": Price(10, 20, 1)}
    assert outcome(capsys, name)["cost"] == 10
    assert main(["prices", "gpt-5-2025-08-07", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["own"] is True
    assert main(["prices", "gpt-5", "--remove"]) == 0
    assert read_own(own) == {}
    assert main(["prices", "gpt-5", "--remove"]) == 1
    assert outcome(capsys, name)["cost"] == 1.25


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (["house-model"], 1, "--set"),
        (["--set", "1", "2"], 2, "which model"),
        (["m", "--set", "1"], 2, "output"),
        (["m", "--set", "1", "x"], 2, "output"),
        (["m", "--set", "1", "2", "3", "4"], 2, "two numbers or three"),
        (["m", "--set", "-1", "2"], 2, "input"),
    ],
)
def test_what_is_not_right_is_said(
    arguments: list[str], code: int, named: str, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["prices", *arguments]) == code
    assert named in capsys.readouterr().err
    assert not own.exists()


def test_a_file_of_prices_that_is_not_right_stops_everything_that_needs_it(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own.parent.mkdir()
    own.write_text('{"prices": {\n"m": {"input": "dear", "output": 1}}}')
    name = costly(tmp_path / "g.json")
    for command in (["run", "--rehearse", name], ["prices"], ["prices", "m", "--set", "1", "2"]):
        assert main(command) == 2
        assert f"{own}, line 2" in capsys.readouterr().err
    assert main(["prices", "--where"]) == 0
    assert capsys.readouterr().out == f"{own}\n"


def test_the_editor_of_the_person_opens_the_file(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prices", "--edit"]) == 2  # no terminal
    assert "EDITOR" in capsys.readouterr().err
    assert read_own(own) == {} and own.exists()


@pytest.mark.skipif(os.name != "posix", reason="a POSIX terminal")
def test_a_run_whose_terminal_is_closed_while_a_person_is_asked_ends(tmp_path: Path) -> None:
    name = save(tmp_path / "g.json", agents=[agent("h", "human", config={"prompt": "All right?"})])
    terminal = Terminal(name)
    terminal.wait_for("asks:")
    os.close(terminal.master)
    with terminal.process:
        assert terminal.process.wait(timeout=60) != 0
