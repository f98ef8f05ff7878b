"""`quartet run`: output, input, events, exit codes, trust, people."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.cli_graphs import agent, edge, save, two_templates
from cli.cli_terminal import Terminal, posix
from quartet.agents import trust
from quartet.cli import main
from quartet.cli.run import read_input
from quartet.engine.events import Event
from quartet.engine.journal import Recorded
from quartet.engine.state import RunState
from quartet.graph import files
from quartet.graph.files import FileProblem


def run(*arguments: str) -> int:
    return main(["run", *arguments])


def test_a_text_is_printed_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(two_templates(tmp_path / "g.json")) == 0
    said = capsys.readouterr()
    assert said.out == "Hello, world!\n"
    assert "Succeeded after" in said.err
    assert "2 done." in said.err


def test_what_the_agents_shared_is_told_at_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write = {"calls": [{"tool": "write_state", "arguments": {"key": "log", "value": "hello"}}], "returns": "done"}
    name = save(
        tmp_path / "g.json", agents=[agent("a", writes=["log"], rehearsal=[write])],
        state={"log": {"reducer": "append"}},
    )  # fmt: skip
    assert run(name, "--rehearse") == 0
    assert 'State log: ["hello"]' in capsys.readouterr().err
    assert run(name, "--rehearse", "--json") == 0
    assert json.loads(capsys.readouterr().out)["shared"] == {"log": ["hello"]}


def test_anything_else_is_printed_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = save(tmp_path / "g.json", agents=[agent("a", config={"text": "x"}), agent("b", config={"text": "y"})])
    assert run(name) == 0
    assert json.loads(capsys.readouterr().out) == {"a": "x", "b": "y"}


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("plain text", "plain text"),
        ("42", "42"),
        ('{"a": [1]}', {"a": [1]}),
        (" [1, 2]", [1, 2]),
        ("[not json", "[not json"),
        ("{", "{"),
        ("", ""),
    ],
)
def test_an_input_is_text_unless_it_is_an_object_or_a_list(given: str, value: Any) -> None:
    assert read_input(given) == value


def test_an_input_comes_from_a_file_or_from_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "in.txt"
    path.write_text("größer\n", encoding="utf-8")
    assert read_input(f"@{path}") == "größer\n"
    number = tmp_path / "in.json"
    number.write_text("42")
    assert read_input(f"@{number}") == 42
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"x": 1}')))
    assert read_input("-") == {"x": 1}
    with pytest.raises(FileProblem, match=r"none\.txt: The input cannot be read"):
        read_input(f"@{tmp_path / 'none.txt'}")


def test_the_input_given_replaces_the_graphs_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(two_templates(tmp_path / "g.json"), "--input", "you") == 0
    assert capsys.readouterr().out == "Hello, you!\n"


def test_events_are_lines_of_json_that_fold_to_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "events.jsonl"
    assert run(two_templates(tmp_path / "g.json"), "--events", str(target)) == 0
    lines = [json.loads(line) for line in target.read_text().splitlines()]
    state = RunState()
    for line in lines:
        assert line.pop("wall").endswith("+00:00")
        state.apply(Event(**{"agent": None, "act": None, "attempt": None, "data": None, **line}))
    assert state.output == "Hello, world!"
    assert capsys.readouterr().out == "Hello, world!\n"


def test_events_on_standard_output_stand_there_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(two_templates(tmp_path / "g.json"), "--events", "-") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0]["type"] == "run.started"
    assert lines[-1]["type"] == "run.finished"
    assert lines[-1]["data"]["output"] == "Hello, world!"


def test_a_rehearsal_says_the_same_every_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = two_templates(tmp_path / "g.json")
    said = []
    for _ in range(2):
        assert run(name, "--rehearse", "--events", "-") == 0
        said.append(capsys.readouterr())
    assert said[0] == said[1]
    assert "wall" not in said[0].out


def test_json_tells_how_everything_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = save(
        tmp_path / "g.json",
        agents=[agent("good", config={"text": "x"}), agent("bad", config={"text": "{{ value.nothing }}"})],
    )
    assert run(name, "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert found["state"] == "failed"
    assert found["agents"]["good"]["state"] == "succeeded"
    assert found["agents"]["bad"]["state"] == "failed"
    assert "nothing" in found["agents"]["bad"]["error"]
    assert found["unhandled"] == ["bad"]


def test_what_cannot_run_is_refused_with_every_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = save(
        tmp_path / "g.json", agents=[agent("a"), agent("b")], edges=[edge("a", "b"), edge("b", "a"), edge("b", "z")]
    )
    assert run(name) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "“B” → “A” closes a cycle" in said
    assert "“z”, which is no agent here" in said


@pytest.mark.parametrize("arguments", [["none.json"], ["-", "--input", "-"]])
def test_what_cannot_be_read_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 2
    assert capsys.readouterr().err.startswith("quartet: ")


def test_events_that_cannot_be_written_stop_it_before_it_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(two_templates(tmp_path / "g.json"), "--events", str(tmp_path / "no" / "x")) == 2
    said = capsys.readouterr()
    assert "cannot be written" in said.err
    assert said.out == ""


# --- trust ------------------------------------------------------------------------------------------------------------


def python_graph(path: Path, function: str = "textwrap:dedent", **fields: Any) -> str:
    return save(path, agents=[agent("code", "python", config={"function": function})], input="  x", **fields)


def test_code_is_shown_and_not_run_without_leave(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = python_graph(tmp_path / "g.json")
    assert run(name) == 2
    said = capsys.readouterr()
    assert "Code: runs textwrap:dedent()" in said.err
    assert "--trust" in said.err
    assert said.out == ""


def test_code_runs_with_leave_for_this_time_or_known_from_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = python_graph(tmp_path / "g.json")
    assert run(name, "--trust") == 0
    assert capsys.readouterr().out == "x\n"
    assert run(name) == 2
    trust.remember(files.read(name).graph)
    assert run(name) == 0


def test_a_rehearsal_needs_no_leave(tmp_path: Path) -> None:
    assert run(python_graph(tmp_path / "g.json", function="os:abort"), "--rehearse") == 0


# --- people -----------------------------------------------------------------------------------------------------------


def test_a_person_who_cannot_be_asked_is_told_of_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = save(tmp_path / "g.json", agents=[agent("boss", "human")])
    assert run(name) == 2
    said = capsys.readouterr()
    assert "asks a person (“Boss”), and there is no terminal" in said.err
    assert said.out == ""
    assert run(name, "--rehearse") == 0


@posix
def test_people_are_asked_on_the_terminal_one_after_the_other(tmp_path: Path) -> None:
    name = save(
        tmp_path / "g.json",
        agents=[
            agent("boss", "human", config={"prompt": "Go ahead?", "choices": ["Approve", "Reject"]}),
            agent("clerk", "human", config={"prompt": "Which day?"}),
            agent("end", "template", config={"text": "{{ from.boss }} on {{ from.clerk }}"}),
        ],
        edges=[edge("boss", "end"), edge("clerk", "end")],
    )
    terminal = Terminal(name)
    terminal.wait_for("Boss asks:")
    terminal.wait_for("2. Reject")
    terminal.wait_for("> ")
    terminal.type("1\n")
    terminal.wait_for("Clerk asks:")
    terminal.wait_for("> ")
    terminal.type("Monday\n")
    terminal.wait_for("Succeeded after")
    assert terminal.ends() == (0, "Approve on Monday\n")


@posix
def test_the_end_of_all_answers_stops_the_run_and_a_resumed_one_asks_again(tmp_path: Path) -> None:
    terminal = Terminal(save(tmp_path / "g.json", agents=[agent("boss", "human", config={"prompt": "Well?"})]))
    terminal.wait_for("> ")
    terminal.type("\x04")
    terminal.wait_for("nobody to answer")
    terminal.wait_for("Interrupted after")
    terminal.wait_for("quartet resume ")
    assert terminal.ends()[0] == 1
    again = Terminal("last", command="resume")
    again.wait_for("Boss asks:")
    again.wait_for("Well?")
    again.wait_for("> ")
    again.type("very\n")
    again.wait_for("Succeeded after")
    assert again.ends() == (0, "very\n")


@posix
@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("\n", 2)])
def test_leave_is_asked_for_on_the_terminal_and_remembered(answer: str, code: int, tmp_path: Path) -> None:
    name = python_graph(tmp_path / "g.json")
    terminal = Terminal(name)
    terminal.wait_for("runs textwrap:dedent()")
    terminal.wait_for("[y/N] ")
    terminal.type(answer)
    terminal.wait_for("Succeeded" if code == 0 else "Nothing was started")
    assert terminal.ends()[0] == code
    assert run(name) == code


# --- stopping ---------------------------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_every_agent_and_the_record_is_whole(number: int, code: int, tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    name = save(tmp_path / "g.json", agents=[agent("nap", "python", config={"function": "asyncio:sleep"})], input=3_600)
    process = subprocess.Popen(
        [sys.executable, "-m", "quartet", "run", name, "--trust", "--no-journal", "--events", str(events)],
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    assert process.stderr is not None
    while "starts" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(number)
    said = process.stderr.read()
    assert process.wait(120) == code
    process.stderr.close()
    assert "Stopping" in said
    assert "Stopped after" in said
    last = json.loads(events.read_text().splitlines()[-1])
    assert last["type"] == "run.finished"
    assert last["data"]["state"] == "cancelled"


@posix
def test_the_first_ctrl_c_of_a_run_that_is_kept_lets_what_runs_finish(tmp_path: Path) -> None:
    (tmp_path / "naps.py").write_text(
        "import sys, time\ndef nap(value):\n    print('asleep', file=sys.stderr, flush=True)\n    time.sleep(1)\n"
        "    return 'rested'\n"
    )
    nap = agent("a", "python", config={"function": "naps:nap"})
    name = save(tmp_path / "g.json", agents=[nap, agent("b")], edges=[edge("a", "b")], input="x")
    kept, environment = tmp_path / "a.run", {**os.environ, "PYTHONPATH": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "quartet", "run", name, "--trust", "--journal", str(kept)],
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    assert process.stderr is not None
    while "asleep" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    said = process.stderr.read()
    assert process.wait(120) == 130
    process.stderr.close()
    assert "Stopping when what runs has finished" in said
    assert "quartet resume" in said
    with Recorded.open(kept) as recorded:
        assert recorded.state == "paused"
    again = subprocess.run(
        [sys.executable, "-m", "quartet", "resume", str(kept), "--trust"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=environment,
        timeout=120,
        check=False,
    )
    assert again.returncode == 0, again.stderr
    assert again.stdout == "rested\n"
    assert "asleep" not in again.stderr, "what succeeded is not called again"


@posix
def test_asked_twice_it_leaves_without_waiting_for_anybody(tmp_path: Path) -> None:
    # a thread asleep cannot be stopped, so its grace would be waited for
    (tmp_path / "naps.py").write_text(
        "import sys, time\ndef nap(value):\n    print('asleep', file=sys.stderr, flush=True)\n    time.sleep(value)\n"
    )
    nap = agent("a", "python", config={"function": "naps:nap", "runs_in": "program"}, limits={"cancel_grace": 3_600})
    name = save(tmp_path / "g.json", agents=[nap], input=3_600)
    process = subprocess.Popen(
        [sys.executable, "-m", "quartet", "run", name, "--trust"],
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert process.stderr is not None
    for awaited in ("asleep", "Stopping"):
        while awaited not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
    assert process.wait(120) == 130
    process.stderr.close()


def endless(path: Path) -> str:
    """A loop that reaches the run's limit of repeated visits, where it is to ask."""
    return save(
        path,
        agents=[agent("a", config={"text": "{{ visit }}"})],
        edges=[edge("a", "a", loop=True, max_iterations=100)],
        limits={"max_activations": 2, "on_limit": "ask"},
        input="x",
    )


def test_a_limit_that_asks_stops_the_run_where_nobody_can_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in ([], ["--rehearse"]):
        assert run(endless(tmp_path / "g.json"), *arguments) == 1
        assert "nobody to ask whether to go on" in capsys.readouterr().err


@posix
@pytest.mark.parametrize(
    ("answer", "ending"), [("y", "The run pauses:"), ("1", "The run pauses:"), ("n", "Stopped after")]
)
def test_a_limit_that_asks_is_asked_about_on_the_terminal(answer: str, ending: str, tmp_path: Path) -> None:
    terminal = Terminal(endless(tmp_path / "g.json"))
    terminal.wait_for("The run pauses:")
    terminal.wait_for("Allow 2 repeated visits more? [y, another amount, or N to stop]")
    terminal.type(f"{answer}\n")
    terminal.wait_for(ending)
    if answer != "n":
        terminal.wait_for(f"The run has had {6 if answer == 'y' else 5} repeated visits")
        terminal.wait_for("> ")
        terminal.type("n\n")
        terminal.wait_for("Stopped after")
    assert terminal.ends()[0] == 1


@posix
def test_a_graph_comes_through_a_pipe_of_the_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import threading

    text = Path(two_templates(tmp_path / "g.json")).read_text()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(text,))
    writer.start()
    assert run(str(pipe)) == 0
    writer.join()
    assert capsys.readouterr().out == "Hello, world!\n"
