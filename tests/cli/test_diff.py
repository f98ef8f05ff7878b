"""`quartet diff` and `quartet merge-driver`, alone and driven by git."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.cli_graphs import agent, edge, save, two_templates
from quartet.cli import main
from quartet.graph import files
from quartet.graph.merge_conflicts import conflicts


def pair(folder: Path, **changes: Any) -> tuple[str, str]:
    """A graph of two agents, and the same after its first agent was changed."""
    before = two_templates(folder / "before.quartet.json")
    data = json.loads(Path(before).read_text())
    data["agents"][0].update(changes)
    after = folder / "after.quartet.json"
    after.write_text(json.dumps(data))
    return before, str(after)


def test_what_differs_is_told_in_words_and_by_the_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = pair(tmp_path, name="Welcome")
    assert main(["diff", before, after]) == 1
    out = capsys.readouterr().out
    assert "Pattern: Pipeline, as before" in out
    assert "~ Welcome (template)" in out
    assert "name: “Greeter” → “Welcome”" in out
    assert main(["diff", before, before]) == 0
    assert "Nothing differs." in capsys.readouterr().out


def test_another_pattern_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = two_templates(tmp_path / "a.json")
    after = save(
        tmp_path / "b.json",
        agents=[agent("greeter"), agent("shouter"), agent("boss", "supervisor")],
        edges=[edge("greeter", "shouter"), edge("boss", "greeter", kind="supervise"),
               edge("boss", "shouter", kind="supervise")],
    )  # fmt: skip
    assert main(["diff", before, after]) == 1
    assert "Pattern: Pipeline → Supervisor › Pipeline" in capsys.readouterr().out


def test_moves_count_only_when_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = two_templates(tmp_path / "a.json", layout={"greeter": [0, 0]})
    after = two_templates(tmp_path / "b.json", layout={"greeter": [9, 0]})
    assert main(["diff", before, after]) == 0
    assert "1 item stands elsewhere" in capsys.readouterr().out
    assert main(["diff", before, after, "--moves"]) == 1
    assert "Moved: Greeter" in capsys.readouterr().out


def test_programs_get_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = pair(tmp_path, retry={"max_attempts": 2})
    assert main(["diff", before, after, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == {"before": "Pipeline", "after": "Pipeline"}
    (change,) = told["changes"]
    assert (change["section"], change["id"], change["how"]) == ("agents", "greeter", "changed")
    assert change["fields"] == [{"path": ["retry", "max_attempts"], "after": 2}]


def test_an_unreadable_file_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = two_templates(tmp_path / "a.json")
    assert main(["diff", before, str(tmp_path / "none.json"), "--json"]) == 2
    told = capsys.readouterr()
    assert "no such file" in told.err
    assert "no such file" in json.loads(told.out)["error"]
    assert main(["diff", before]) == 2
    assert "name two files" in capsys.readouterr().err


def test_the_outline_of_one_graph_is_for_git_to_compare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "--textconv", two_templates(tmp_path / "a.json")]) == 0
    assert "Greeter → Shouter" in capsys.readouterr().out
    (tmp_path / "no.json").write_text("not JSON\n")
    assert main(["diff", "--textconv", str(tmp_path / "no.json")]) == 0
    assert capsys.readouterr().out == "not JSON\n"


def test_what_is_no_graph_is_compared_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = two_templates(tmp_path / "a.json")
    (tmp_path / "b.json").write_text("<<<<<<< HEAD\n")
    given = ["g.quartet.json", before, "1234567", "100644", str(tmp_path / "b.json"), "0000000", "100644"]
    assert main(["diff", "--git", *given]) == 0
    out = capsys.readouterr().out
    assert "As text, since one of the two is no graph" in out
    assert "+<<<<<<< HEAD" in out


# git itself

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


class Repository:
    """A repository of its own with one graph, the drivers set up as the help says."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "team.quartet.json"
        self.quartet = f'"{sys.executable}" -m quartet'
        self.environment = {
            **os.environ,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org",
        }  # fmt: skip
        self.git("init", "-q", "-b", "main")
        self.git("config", "merge.quartet.driver", f"{self.quartet} merge-driver %O %A %B %P")
        (folder / ".gitattributes").write_text("*.quartet.json merge=quartet diff=quartet\n")
        save(self.file, agents=[agent("a"), agent("b"), agent("c")], edges=[edge("a", "b"), edge("b", "c")])
        files.write(files.read(self.file).graph, self.file)
        self.git("add", ".")
        self.git("commit", "-q", "-m", "base")

    def git(self, *given: str, fails: bool = False) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["git", *given], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done

    def edit(self, branch: str, **changes: dict[str, Any]) -> None:
        """Commit changes of agents on a branch from the base."""
        self.git("checkout", "-q", "-B", branch, "main")
        data = json.loads(self.file.read_text())
        for item in data["agents"]:
            item.update(changes.get(item["id"], {}))
        self.file.write_text(json.dumps(data))
        files.write(files.read(self.file).graph, self.file)
        self.git("commit", "-q", "-am", branch)


@needs_git
def test_git_merges_edits_of_different_agents(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    # neighbouring lines, which git alone could not merge
    repository.edit("ours", a={"name": "Ann"})
    repository.edit("theirs", b={"name": "Bob"})
    repository.git("merge", "-q", "ours", "-m", "merged")
    graph = files.read(repository.file).graph
    assert [one.name for one in graph.agents.values()] == ["Ann", "Bob", "C"]
    assert not conflicts(graph)


@needs_git
def test_git_is_told_of_a_conflict_and_the_file_still_opens(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.edit("theirs", a={"name": "Theirs"}, c={"name": "Cid"})
    repository.edit("ours", a={"name": "Ours"})
    done = repository.git("merge", "theirs", fails=True)
    assert "team.quartet.json: 1 conflict" in done.stderr
    assert "name is “Ours” in this version, “Theirs” in the other" in done.stderr
    opened = files.read(repository.file)
    assert not opened.problems
    assert [one.name for one in opened.graph.agents.values()] == ["Ours", "B", "Cid"]
    assert [one.theirs for one in conflicts(opened.graph)] == ["Theirs"]
    assert "UU team.quartet.json" in repository.git("status", "--short").stdout


@needs_git
def test_git_diff_tells_in_words(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.edit("ours", a={"name": "Ann"})
    repository.git("config", "diff.quartet.command", f"{repository.quartet} diff --git")
    out = repository.git("diff", "main").stdout
    assert "name: “A” → “Ann”" in out
    repository.git("rm", "-q", "team.quartet.json")
    assert "− Ann (template) removed" in repository.git("diff", "HEAD").stdout
    repository.git("config", "--unset", "diff.quartet.command")
    repository.git("config", "diff.quartet.textconv", f"{repository.quartet} diff --textconv")
    assert "+    name: Ann" in repository.git("diff", "main", "ours").stdout


def test_a_merge_of_what_is_no_graph_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours = two_templates(tmp_path / "a.json")
    before = Path(ours).read_text()
    (tmp_path / "b.json").write_text("{")
    assert main(["merge-driver", ours, ours, str(tmp_path / "b.json"), "g.quartet.json"]) == 2
    assert Path(ours).read_text() == before
    assert "g.quartet.json is left as it is" in capsys.readouterr().err


def test_two_files_that_come_from_none_are_merged(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("")
    ours, theirs = pair(tmp_path, description="More")
    assert main(["merge-driver", str(tmp_path / "empty"), ours, theirs]) == 0
    assert files.read(ours).graph.agents["greeter"].description == "More"
