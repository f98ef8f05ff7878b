"""Writing: at every moment the file is whole, whatever happens to the writer."""

import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from counting import growth
from enduring import Trials
from quartet.graph import files
from quartet.graph.files import FileProblem
from quartet.graph.model import Agent, Graph

WRITER = Path(__file__).with_name("crash_writer.py")


def graph(name: str) -> Graph:
    return Graph(name=name, agents={"a": Agent(id="a", kind="llm", name="A")})


def kill_a_writer(path: Path, seed: int) -> str:
    """Kill a process that writes the file over and over, some milliseconds after it began; the version that is left."""
    writer = subprocess.Popen([sys.executable, str(WRITER), str(path)], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    writer.stdout.readline()
    moment = time.perf_counter() + random.Random(seed).uniform(0, 0.03)
    while time.perf_counter() < moment:
        pass
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    opened = files.read(path)
    assert opened.graph.name in ("old", "new")
    assert len(opened.graph.agents) == 300
    assert opened.problems == ()
    return opened.graph.name


posix = pytest.mark.skipif(os.name != "posix", reason="kills by signal")


@posix
def test_a_writer_killed_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    for seed in range(4):
        kill_a_writer(tmp_path / "graph.quartet.json", seed)


@posix
@pytest.mark.endure
def test_a_writer_killed_very_often_leaves_a_whole_file(tmp_path: Path, trials: Trials) -> None:
    for seed in trials:
        trials.count(kill_a_writer(tmp_path / "graph.quartet.json", seed))


STEPS = ["os.fsync", "tempfile.mkstemp", "pathlib.Path.replace", "pathlib.Path.chmod", "os.fdopen"]


@pytest.mark.parametrize("step", STEPS)
def test_a_disk_that_fails_at_any_step_leaves_the_old_file_and_no_rubbish(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "graph.json"
    files.write(graph("old"), path)
    before = path.read_bytes()

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(step, full)
        with pytest.raises(FileProblem, match=r"The disk is full\. What it held before is untouched") as caught:
            files.write(graph("new"), path)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_file_is_on_the_disk_before_it_takes_the_name_and_the_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def told(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            if name == "fsync":
                done.append("fsync folder" if stat.S_ISDIR(os.fstat(args[0]).st_mode) else "fsync file")
            else:
                done.append(name)
            return function(*args)

        return call

    monkeypatch.setattr("os.fsync", told("fsync", os.fsync))
    monkeypatch.setattr("pathlib.Path.replace", told("replace", Path.replace))
    files.write(graph("x"), tmp_path / "graph.json")
    assert done == ["fsync file", "replace", "fsync folder"]


def test_permissions_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "graph.json"
    files.write(graph("old"), path)
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~umask
    path.chmod(0o640)
    files.write(graph("new"), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_symbolic_link_goes_on_pointing_at_the_file(tmp_path: Path) -> None:
    real = tmp_path / "real" / "graph.json"
    real.parent.mkdir()
    files.write(graph("old"), real)
    link = tmp_path / "link.json"
    link.symlink_to(Path("real") / "graph.json")
    files.write(graph("new"), link)
    assert link.is_symlink()
    assert files.read(real).graph.name == "new"
    assert list(real.parent.iterdir()) == [real]


def test_a_folder_that_is_not_there_is_named_with_a_way_out(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="another folder"):
        files.write(graph("x"), tmp_path / "none" / "graph.json")


def test_what_is_protected_or_no_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "graph.json"
    files.write(graph("old"), path)
    path.chmod(0o444)
    with pytest.raises(FileProblem, match="protected against changes"):
        files.write(graph("new"), path)
    assert files.read(path).graph.name == "old"
    if hasattr(os, "mkfifo"):
        pipe = tmp_path / "pipe.json"
        os.mkfifo(pipe)
        with pytest.raises(FileProblem, match="no ordinary file"):
            files.write(graph("new"), pipe)
        assert pipe.is_fifo()
    lost = tmp_path / "link.json"
    lost.symlink_to(tmp_path / "gone" / "graph.json")
    with pytest.raises(FileProblem, match=r"no folder “.*gone”") as told:
        files.write(graph("new"), lost)
    assert "held before" not in str(told.value)  # there was nothing


def test_what_a_killed_writer_left_is_taken_away_when_it_is_old(tmp_path: Path) -> None:
    path = tmp_path / "graph.json"
    old, young, other = (
        tmp_path / name for name in (".graph.json.1.saving", ".graph.json.2.saving", ".b.json.3.saving")
    )
    for left in (old, young, other):
        left.write_text("half")
    for left in (old, other):
        os.utime(left, (time.time() - 7200,) * 2)
    files.write(graph("x"), path)
    assert sorted(tmp_path.iterdir()) == sorted([path, young, other])


def test_a_number_that_json_cannot_hold_is_refused_before_the_file_is_touched(tmp_path: Path) -> None:
    path = tmp_path / "graph.json"
    files.write(graph("old"), path)
    bad = Graph(input=float("nan"))
    with pytest.raises(FileProblem, match="JSON cannot"):
        files.write(bad, path)
    assert files.read(path).graph.name == "old"


def test_many_agents_are_saved_and_opened_for_work_that_grows_with_them(tmp_path: Path) -> None:
    # how many seconds ten thousand take is measured by tests/benchmarks/bench_graph.py
    path = tmp_path / "big.quartet.json"

    def save(size: int) -> Callable[[], object]:
        big = Graph()
        for i in range(size):
            config = {"model": "m", "prompt": "One\ntwo {{ value }}"}
            big.agents[f"a{i}"] = Agent(id=f"a{i}", kind="llm", name=f"Agent {i}", config=config)
            big.positions[f"a{i}"] = (i % 100 * 220.0, i // 100 * 90.0)

        def back_and_forth() -> None:
            files.write(big, path)
            assert files.read(path).graph == big

        return back_and_forth

    assert growth(save, 50, 400) < 16
    save(2_000)()
