"""Runs that are kept: listed, shown, checked, resumed, forked, pruned, and what is said when that cannot be."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.cli_graphs import agent, edge, save, two_templates
from cli.cli_terminal import Terminal, posix
from engine.journals import tamper
from quartet.cli import main
from quartet.engine.journal.shelf import Shelf

Said = pytest.CaptureFixture[str]


def kept(path: Path, said: Said, **fields: Any) -> str:
    """A run of two templates that is on the shelf; its id."""
    assert main(["run", two_templates(path, name="Shouting", **fields)]) == 0
    said.readouterr()
    return Shelf().runs()[0].id


def quartet(*arguments: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "quartet", *arguments],
        capture_output=True, text=True, timeout=120, check=False, **options,
    )  # fmt: skip


def naps(tmp_path: Path, **fields: Any) -> tuple[str, Path]:
    """A graph that waits in its second step until a file is there, and the file."""
    (tmp_path / "naps.py").write_text(
        "import os, sys, time\n"
        "def nap(value):\n"
        "    print('asleep', file=sys.stderr, flush=True)\n"
        f"    while not os.path.exists({str(tmp_path / 'awake')!r}):\n        time.sleep(0.02)\n"
        "    return value + ' rested'\n"
    )
    agents = [
        agent("a", config={"text": "did {{ value }}"}),
        agent("nap", "python", config={"function": "naps:nap"}, **{"repeatable": True, **fields}),
    ]
    name = save(tmp_path / "naps.json", name="Naps", agents=agents, edges=[edge("a", "nap")], input="x")
    return name, tmp_path / "awake"


def begun(tmp_path: Path, name: str) -> "subprocess.Popen[str]":
    """A run that is asleep in its second step."""
    process = subprocess.Popen(
        [sys.executable, "-m", "quartet", "run", name, "--trust"],
        stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert process.stderr is not None
    while "asleep" not in process.stderr.readline():
        assert process.poll() is None
    return process


def killed(tmp_path: Path, name: str) -> str:
    """A run whose program was killed; its id."""
    process = begun(tmp_path, name)
    process.kill()
    process.wait(60)
    assert process.stderr is not None
    process.stderr.close()
    return Shelf().runs()[0].id


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_a_real_run_is_kept_and_a_rehearsal_is_not(tmp_path: Path, capsys: Said) -> None:
    name = two_templates(tmp_path / "g.json")
    assert main(["run", name, "--rehearse"]) == 0
    assert main(["run", name, "--no-journal"]) == 0
    assert "Run " not in capsys.readouterr().err
    assert Shelf().runs() == []
    assert main(["run", name]) == 0
    run = Shelf().runs()[0]
    assert f"Run {run.id}\n" in capsys.readouterr().err
    assert (run.state, run.rehearse) == ("succeeded", False)
    assert run.path.name.endswith(f"-g-{run.id}.run"), "a graph without a name is called as its file"


def test_a_journal_stands_where_it_is_asked_for_of_a_rehearsal_too(tmp_path: Path, capsys: Said) -> None:
    name, path = two_templates(tmp_path / "g.json"), tmp_path / "here" / "a.run"
    assert main(["run", name, "--rehearse", "--journal", str(path)]) == 0
    assert f"kept in {path}" in capsys.readouterr().err
    assert main(["show", str(path)]) == 0
    assert "a rehearsal of" in capsys.readouterr().out
    assert Shelf().runs() == []
    assert main(["run", name, "--journal", str(path)]) == 2
    assert "exists already. A run needs a journal of its own" in capsys.readouterr().err


def test_where_nothing_can_be_kept_the_run_goes_on_and_says_so(
    tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("QUARTET_RUNS", str(tmp_path / "file" / "runs"))
    assert main(["run", two_templates(tmp_path / "g.json")]) == 0
    said = capsys.readouterr()
    assert said.out == "Hello, world!\n"
    assert "the run is not kept" in said.err
    assert "--journal PATH keeps it elsewhere" in said.err


def test_a_journal_that_cannot_be_made_where_it_is_asked_for_stops_it_before_it_starts(
    tmp_path: Path, capsys: Said
) -> None:
    (tmp_path / "file").touch()
    graph, path = two_templates(tmp_path / "g.json"), tmp_path / "file" / "a.run"
    assert main(["run", graph, "--journal", str(path), "--json"]) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"quartet: The folder of {path} cannot be made")
    assert "--no-journal runs without one." in said.err
    assert "cannot be made" in json.loads(said.out)["error"]


def test_json_names_the_run(tmp_path: Path, capsys: Said) -> None:
    assert main(["run", two_templates(tmp_path / "g.json"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["run"] == Shelf().runs()[0].id


# --- runs -------------------------------------------------------------------------------------------------------------


def test_the_list_is_for_people_and_as_json_for_programs(tmp_path: Path, capsys: Said) -> None:
    assert main(["runs"]) == 0
    said = capsys.readouterr()
    assert (said.out, "No run is kept" in said.err) == ("", True)
    assert main(["runs", "--json"]) == 0
    assert capsys.readouterr().out == ""
    id = kept(tmp_path / "g.json", capsys)
    assert main(["runs"]) == 0
    head, line = capsys.readouterr().out.splitlines()
    assert head.split() == ["RUN", "BEGAN", "STATE", "TOOK", "AGENTS", "SIZE", "GRAPH"]
    assert line.startswith(id)
    assert "succeeded" in line
    assert line.endswith("Shouting")
    assert main(["runs", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["id"], found["state"], found["agents"], found["resumable"]) == (id, "succeeded", 2, False)


def test_pinned_runs_say_so_and_what_is_removed_is_named(
    tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = kept(tmp_path / "g.json", capsys)
    assert main(["runs", "--pin", first]) == 0
    assert f"Run {first} (Shouting) is kept whatever its age." in capsys.readouterr().err
    monkeypatch.setenv("QUARTET_RUNS_MB", "0.001")
    assert main(["run", two_templates(tmp_path / "g.json", name="Second")]) == 0
    assert "Removed" not in capsys.readouterr().err, "one is pinned, the other has just ended"
    assert main(["runs"]) == 0
    assert "succeeded (pinned)" in capsys.readouterr().out
    second = Shelf().find("second")
    assert main(["runs", "--prune"]) == 0
    said = capsys.readouterr().err
    assert "Removed 1 old run (more than may be kept)" in said
    assert "(Second)" in said
    assert f"{first} stays, as it is pinned." in said
    assert not second.exists()
    assert main(["runs", "--unpin", "last"]) == 0
    assert main(["runs", "--remove", first]) == 0
    assert f"Removed run {first} (Shouting)" in capsys.readouterr().err
    assert Shelf().paths() == []


def test_a_run_that_ends_makes_room_and_says_so(tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    old = kept(tmp_path / "g.json", capsys)
    path = Shelf().find(old)
    path.rename(path.with_name(path.name.replace(path.name[:8], "20200101")))
    assert main(["run", two_templates(tmp_path / "g.json")]) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert f"Removed 1 old run (too old), 20 kB: {old} (Shouting). `quartet runs --help` says what is kept." in said
    monkeypatch.setenv("QUARTET_RUNS_DAYS", "soon")
    assert main(["run", two_templates(tmp_path / "g.json")]) == 0
    assert "old runs were not looked at: The environment variable QUARTET_RUNS_DAYS" in capsys.readouterr().err
    assert main(["runs", "--prune"]) == 2


def test_the_help_says_what_is_kept_and_where(capsys: Said) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["runs", "--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    for told in ("30 days", "1,000 MB", "QUARTET_RUNS_DAYS", "QUARTET_RUNS_MB", str(Shelf().folder), "Never removed"):
        assert told in text


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "x"],
        ["resume", "x"],
        ["fork", "x"],
        ["check-run", "x"],
        ["runs", "--pin", "x"],
        ["runs", "--remove", "x"],
    ],
)
def test_a_run_that_is_not_there_is_said_with_the_way_out(arguments: list[str], capsys: Said) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "quartet: No run is called “x”. `quartet runs` lists the runs that are kept.\n"


@pytest.mark.parametrize("command", ["show", "resume", "fork", "check-run"])
def test_a_program_is_told_in_json_why_not(command: str, capsys: Said) -> None:
    assert main([command, "x", "--json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert found["run"] == "x"
    assert "No run is called “x”" in found["error"]


@pytest.mark.parametrize("command", ["show", "resume", "fork", "check-run"])
def test_a_file_that_is_no_journal_is_said_to_be_none(command: str, tmp_path: Path, capsys: Said) -> None:
    (tmp_path / "x.run").write_text("not a journal")
    assert main([command, str(tmp_path / "x.run")]) == 2
    assert "is no journal of a run" in capsys.readouterr().err


# --- show and check-run -----------------------------------------------------------------------------------------------


def test_a_run_is_shown_with_its_agents_and_its_log(tmp_path: Path, capsys: Said) -> None:
    id = kept(tmp_path / "g.json", capsys)
    assert main(["show", id[:6]]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"Shouting · run {id} · succeeded\n")
    for told in ("Succeeded after", "\nInput\n  world\n", "\nOutput\n  Hello, world!\n", "AGENT", "Greeter: starts"):
        assert told in text
    assert main(["show", "shouting", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["id"], found["state"], found["output"]) == (id, "succeeded", "Hello, world!")
    assert found["agents"]["shouter"]["attempts"] == 1
    assert main(["show", "last", "--events"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert all(line["wall"].endswith("+00:00") for line in lines)
    assert lines[-1]["type"] == "run.finished"
    assert main(["show", "last", "--agent", "SHOUTER"]) == 0
    text = capsys.readouterr().out
    assert "It gave\n  Hello, world!" in text
    assert "Greeter:" not in text
    assert main(["show", "last", "--agent", "nobody"]) == 2
    assert "There are: Greeter (greeter), Shouter (shouter)." in capsys.readouterr().err


def test_agents_of_a_sub_graph_are_shown_by_their_path(tmp_path: Path, capsys: Said) -> None:
    inner = {"agents": [agent("b", config={"text": "{{ value }}!"})], "edges": []}
    name = save(
        tmp_path / "g.json", agents=[agent("a", "graph", config={"graph": "g"})], graphs={"g": inner}, input="x"
    )
    assert main(["run", name]) == 0
    capsys.readouterr()
    assert main(["show", "last"]) == 0
    assert "A › B" in capsys.readouterr().out
    assert main(["show", "last", "--agent", "a/b"]) == 0
    assert "It gave\n  x!" in capsys.readouterr().out
    assert main(["fork", "last"]) == 0
    assert "Reused: 1 answer of A › B." in capsys.readouterr().err


def test_what_the_engine_keeps_is_checked_rule_by_rule(tmp_path: Path, capsys: Said) -> None:
    kept(tmp_path / "g.json", capsys)
    assert main(["check-run", "last"]) == 0
    text = capsys.readouterr().out
    assert "ok  I2  Every attempt has exactly one ending: 2 attempts." in text
    assert text.endswith("All of it holds.\n")
    assert main(["check-run", "last", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ok"]
    assert [rule["code"] for rule in found["invariants"]] == [f"I{n}" for n in range(1, 13)]


def test_a_rule_that_was_not_kept_is_named_with_the_event(tmp_path: Path, capsys: Said) -> None:
    kept(tmp_path / "g.json", capsys)
    path = Shelf().find("last")
    tamper(path, lambda text: text.replace('"attempt.succeeded","shouter"', '"attempt.heartbeat","shouter"'))
    assert main(["check-run", str(path)]) == 1
    text = capsys.readouterr().out
    assert "✗   I2" in text
    assert "started at event 8, ended 0 times" in " ".join(text.split())
    assert text.endswith("1 violation.\n")


def test_of_a_damaged_file_what_can_be_read_is_shown_and_checked(tmp_path: Path, capsys: Said) -> None:
    kept(tmp_path / "g.json", capsys)
    path = Shelf().find("last")
    with sqlite3.connect(path) as database:
        database.execute("UPDATE batches SET crc = crc + 1 WHERE n = (SELECT max(n) FROM batches)")
    database.close()
    assert main(["show", "last"]) == 0
    text = capsys.readouterr().out
    assert "DAMAGED: Batch" in text
    assert "Greeter" in text
    assert main(["check-run", "last"]) == 2
    assert "What stands before that is checked." in " ".join(capsys.readouterr().out.split())
    assert main(["runs"]) == 0
    line = capsys.readouterr().out.splitlines()[1]
    assert "(damaged)" in line
    assert "interrupted" in line
    assert main(["resume", "last"]) == 0
    said = capsys.readouterr()
    assert said.out == "Hello, world!\n"
    assert "DAMAGED: Batch" in said.err


# --- resume -----------------------------------------------------------------------------------------------------------


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    name, awake = naps(tmp_path)
    id = killed(tmp_path, name)
    listed = quartet("runs")
    assert "interrupted" in listed.stdout
    assert f"To go on with this one: quartet resume {id}" in listed.stderr
    shown = quartet("show", id)
    assert f"To go on with it: quartet resume {id}" in shown.stdout
    assert quartet("check-run", id).stdout.endswith("All of it holds.\n")
    awake.touch()
    done = quartet(
        "resume",
        id,
        "--trust",
        "--events",
        "-",
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[-1]["type"] == "run.finished"
    assert lines[-1]["data"]["output"] == "did x rested"
    assert "a" not in {line.get("agent") for line in lines}, "who had succeeded is not called again"
    again = quartet("resume", id)
    assert again.returncode == 2
    assert f"Run {id} has ended: it succeeded" in again.stderr
    assert quartet("check-run", id).returncode == 0


def test_a_run_that_is_going_on_is_left_alone(tmp_path: Path) -> None:
    name, awake = naps(tmp_path)
    process = begun(tmp_path, name)
    try:
        resumed = quartet("resume", "naps", "--trust")
        assert resumed.returncode == 2
        assert "is going on in another program" in resumed.stderr
        removed = quartet("runs", "--remove", "last")
        assert removed.returncode == 2
        assert "is going on; stop it first" in removed.stderr
        assert "running" in quartet("runs").stdout
    finally:
        awake.touch()
        assert process.stderr is not None
        process.stderr.read()
        assert process.wait(60) == 0
        process.stderr.close()


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_whose_program_is_ended_can_be_resumed_and_it_is_said_how(number: int, tmp_path: Path) -> None:
    name, _ = naps(tmp_path, limits={"cancel_grace": 0.1})
    process = begun(tmp_path, name)
    process.send_signal(number)
    assert process.stderr is not None
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 128 + number
    run = Shelf().runs()[0]
    assert (run.state, run.resumable) == ("interrupted", True)
    assert f"To go on with it:\n  quartet resume {run.id}\n" in said


@posix
def test_on_a_full_disk_it_is_said_that_what_could_not_be_written_is_done_again(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    (tmp_path / "noise.py").write_text(
        "import random\ndef noise(value, call):\n    return random.Random(call.agent).randbytes(60_000).hex()\n"
    )
    config = {"function": "noise:noise", "runs_in": "program"}
    agents = [{"id": f"a{n}", "kind": "python", "name": "A", "config": config, "repeatable": True} for n in range(4)]
    edges = [{"id": f"e{n}", "source": f"a{n}", "target": f"a{n + 1}"} for n in range(3)]
    name, path = tmp_path / "g.json", tmp_path / "x.run"
    name.write_text(json.dumps({"format": "quartet", "version": 1, "agents": agents, "edges": edges}))

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))

    options: dict[str, Any] = {"stdin": subprocess.DEVNULL}
    told = quartet("run", str(name), "--trust", "--journal", str(path), preexec_fn=little_room, **options)
    assert told.returncode == 1
    assert "the journal cannot be written" in told.stderr
    assert "What could not be written is done again; all before it stands. To go on with it:" in told.stderr
    done = quartet("resume", str(path), "--trust", **options)
    assert (done.returncode, done.stdout) == (0, random.Random("a3").randbytes(60_000).hex() + "\n")


def test_what_is_not_safe_to_run_twice_is_not_run_again_unasked(tmp_path: Path) -> None:
    name, awake = naps(tmp_path, repeatable=False)
    id = killed(tmp_path, name)
    awake.touch()
    options: dict[str, Any] = {"stdin": subprocess.DEVNULL, "env": {**os.environ, "PYTHONPATH": str(tmp_path)}}
    refused = quartet("resume", id, "--trust", **options)
    assert refused.returncode == 2
    assert "“Nap” was under way when the program ended" in refused.stderr
    assert Shelf().runs()[0].state == "interrupted", "nothing was started"
    done = quartet("resume", id, "--trust", "--rerun", **options)
    assert (done.returncode, done.stdout) == (0, "did x rested\n")


@posix
def test_on_a_terminal_it_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, awake = naps(tmp_path, repeatable=False)
    id = killed(tmp_path, name)
    awake.touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    terminal = Terminal(id, "--trust", command="resume")
    terminal.wait_for("was under way when the program ended")
    terminal.wait_for("1. run again")
    terminal.wait_for("> ")
    terminal.type("1\n")
    terminal.wait_for("Succeeded after")
    assert terminal.ends() == (0, "did x rested\n")


# --- fork -------------------------------------------------------------------------------------------------------------


def test_a_fork_says_before_and_after_what_is_reused(tmp_path: Path, capsys: Said) -> None:
    id = kept(tmp_path / "g.json", capsys)
    assert main(["fork", id]) == 0
    said = capsys.readouterr()
    assert said.out == "Hello, world!\n"
    assert (
        f"A fork of run {id} (Shouting) at event 11 of 11:\n  - Reused: 2 answers of Greeter and Shouter.\n" in said.err
    )
    assert f"Greeter: answers what it answered in run {id} (event 4)" in said.err
    assert "Reused 2 answers of Greeter and Shouter; executed 0 calls.\n" in said.err
    assert main(["fork", id, "--set", 'greeter="Good day"']) == 0
    said = capsys.readouterr()
    assert said.out == "Good day!\n"
    told = " ".join(said.err.split())
    assert "Stated: what Greeter answers." in told
    assert "Reused if it gets the same again, else executed: 1 answer of Shouter, which comes after Greeter." in told
    assert "Reused 0 answers; stated 1 answer of Greeter; executed 1 call of Shouter." in told
    assert main(["runs"]) == 0
    assert capsys.readouterr().out.count(f"Shouting (fork of {id})") == 2
    assert main(["show", "last"]) == 0
    assert f"forked from run {id} at event 11" in capsys.readouterr().out


def test_runs_and_forks_of_a_graph_without_a_name_are_called_as_its_file(tmp_path: Path, capsys: Said) -> None:
    file = save(tmp_path / "mail.quartet.json", agents=[agent("a", config={"text": "hi"})], edges=[], input="x")
    assert main(["run", file]) == 0
    id = Shelf().runs()[0].id
    capsys.readouterr()
    assert main(["fork", id]) == 0
    assert f"A fork of run {id} (mail) at event" in capsys.readouterr().err
    assert main(["runs"]) == 0
    assert f"mail (fork of {id})" in capsys.readouterr().out
    for command in ("show", "check-run"):
        assert main([command, id]) == 0
        assert capsys.readouterr().out.startswith(f"mail · run {id} · succeeded")


def test_a_fork_begins_at_an_event_with_another_input_or_another_graph(tmp_path: Path, capsys: Said) -> None:
    id = kept(tmp_path / "g.json", capsys)
    assert main(["fork", id, "--at", "5", "--dry-run"]) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "Reused: 1 answer of Greeter. - Executed: Shouter, as it had not answered by then." in said
    assert len(Shelf().paths()) == 1, "nothing was started"
    assert main(["fork", id, "--input", "you"]) == 0
    said = capsys.readouterr()
    assert (said.out, "as the input is another one" in said.err) == ("Hello, you!\n", True)
    other = json.loads((tmp_path / "g.json").read_text())
    other["agents"][1]["config"]["text"] = "{{ value }}?"
    (tmp_path / "other.json").write_text(json.dumps(other))
    assert main(["fork", id, "--graph", str(tmp_path / "other.json")]) == 0
    said = capsys.readouterr()
    assert (said.out, "as it is drawn differently now" in said.err) == ("Hello, world?\n", True)
    assert main(["fork", id, "--dry-run", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [part["what"] for part in found["agents"]] == ["reused", "reused"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--at", "99"], "The run has the events 1 to 11; there is no event 99."),
        (["--set", "nothing"], "“--set nothing” states nothing: write AGENT=VALUE"),
        (["--set", "nobody=1"], "There is no agent “nobody” in the graph; there are greeter, shouter."),
        (["--graph", "none.json"], "none.json: There is no such file."),
        (["--graph", "-", "--input", "-"], "standard input cannot be both the graph and its input"),
    ],
)
def test_a_fork_that_does_not_fit_is_refused(arguments: list[str], said: str, tmp_path: Path, capsys: Said) -> None:
    id = kept(tmp_path / "g.json", capsys)
    assert main(["fork", id, *arguments]) == 2
    assert said in capsys.readouterr().err
    assert len(Shelf().paths()) == 1


def test_what_was_done_and_is_not_safe_to_do_twice_is_done_again_only_if_meant(tmp_path: Path, capsys: Said) -> None:
    id = kept(tmp_path / "g.json", capsys)
    graph = json.loads((tmp_path / "g.json").read_text())
    graph["agents"][1]["repeatable"] = False
    (tmp_path / "g.json").write_text(json.dumps(graph))
    assert main(["run", str(tmp_path / "g.json")]) == 0
    capsys.readouterr()
    assert main(["fork", "last"]) == 0, "it is reused"
    before = len(Shelf().paths())
    capsys.readouterr()
    assert main(["fork", "last", "--set", "greeter=Hi"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "Shouter is not safe to run twice, succeeded in run" in said
    assert "nothing was started. If that is meant, add --rerun." in said
    assert len(Shelf().paths()) == before
    assert main(["fork", "last", "--set", "greeter=Hi", "--rerun"]) == 0
    assert capsys.readouterr().out == "Hi!\n"
    assert id


@posix
@pytest.mark.parametrize(("answer", "code", "out"), [("n\n", 2, ""), ("y\n", 0, "Hi!\n")])
def test_on_a_terminal_it_is_asked_whether_it_is_meant(
    answer: str, code: int, out: str, tmp_path: Path, capsys: Said
) -> None:
    graph = json.loads(Path(two_templates(tmp_path / "g.json")).read_text())
    graph["agents"][1]["repeatable"] = False
    (tmp_path / "g.json").write_text(json.dumps(graph))
    assert main(["run", str(tmp_path / "g.json")]) == 0
    terminal = Terminal("last", "--set", "greeter=Hi", command="fork")
    terminal.wait_for("Go on? [y/N] ")
    terminal.type(answer)
    terminal.wait_for("Succeeded after" if code == 0 else "Nothing was started.")
    assert terminal.ends() == (code, out)


# --- without a person -------------------------------------------------------------------------------------------------


@posix
def test_all_of_it_works_in_a_pipe_with_everything_else_closed(tmp_path: Path, capsys: Said) -> None:
    kept(tmp_path / "g.json", capsys)
    for command in ("runs", "show last", "show last --json", "show last --events", "check-run last", "fork last"):
        done = subprocess.run(
            ["sh", "-c", f"{sys.executable} -m quartet {command} <&- 2>&- | cat"],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.stdout, command


@pytest.mark.parametrize(("text", "code"), [("{{ value }}", 0), ("{{ value.nothing }}", 1)])
def test_in_ci_the_stream_ends_with_run_finished_and_the_code_is_the_outcome(
    text: str, code: int, tmp_path: Path
) -> None:
    name = save(tmp_path / "g.json", agents=[agent("a", config={"text": text})], input="x")
    done = quartet("run", name, "--events", "-", stdin=subprocess.DEVNULL)
    assert done.returncode == code
    last = json.loads(done.stdout.splitlines()[-1])
    assert (last["type"], last["data"]["state"]) == ("run.finished", "failed" if code else "succeeded")
    found = quartet("run", name, "--json", stdin=subprocess.DEVNULL)
    assert (found.returncode, json.loads(found.stdout)["state"]) == (code, "failed" if code else "succeeded")
