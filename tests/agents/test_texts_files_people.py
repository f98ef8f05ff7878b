"""The kinds `template`, `file` and `human`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from agents.agent_calls import execute, result
from quartet.agents import kinds, run_folder
from quartet.agents.calls import AgentError, Value, Wait
from quartet.agents.file import FileConfig
from quartet.agents.human import HumanConfig
from quartet.agents.template import TemplateConfig


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUARTET_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


async def test_a_template_gives_text() -> None:
    answer = await execute("template", {"text": "{{ input }}: {{ value.n }}"}, value={"n": 1}, input="Topic")
    assert answer == Value("Topic: 1")
    assert await execute("template", {}, value="as it came") == Value("as it came")


async def test_a_template_can_give_json() -> None:
    config = {"text": '{"title": {{ json(value) }}, "n": {{ 1 + 1 }}}', "gives": "json"}
    assert await execute("template", config, value='a "b"') == Value({"title": 'a "b"', "n": 2})
    for text in ("{", '{"a": NaN}'):
        with pytest.raises(AgentError, match="should be JSON"):
            await execute("template", {"text": text, "gives": "json"})


async def test_a_failing_expression_is_an_error_of_the_agent_that_no_repetition_mends() -> None:
    for kind, config in (
        ("template", {"text": "{{ value.x }}"}),
        ("file", {"text": "{{ value.x }}"}),
        ("human", {"prompt": "{{ value.x }}"}),
    ):
        with pytest.raises(AgentError, match="line 1, column 10") as raised:
            await execute(kind, config, value={})
        assert (raised.value.type, raised.value.retryable) == ("ExpressionError", False)


async def test_a_file_is_written_into_the_folder_of_the_run(runs: Path) -> None:
    answer = await execute("file", {"path": "feed/news.xml", "text": "<a>{{ xml(value) }}</a>"}, value="ü & b")
    written = runs / "run-1" / "feed" / "news.xml"
    assert written.read_text(encoding="utf-8") == "<a>ü &amp; b</a>"
    assert answer == Value({"path": str(written), "file": "feed/news.xml", "bytes": 17})
    assert [p.name for p in written.parent.iterdir()] == ["news.xml"], "nothing unfinished is left"


async def test_write_replaces_and_append_adds(runs: Path) -> None:
    for mode, value in (("write", "a"), ("append", "b"), ("append", "c")):
        await execute("file", {"path": "x.txt", "mode": mode}, value=value)
    assert (runs / "run-1" / "x.txt").read_text() == "abc"
    await execute("file", {"path": "x.txt"}, value="new")
    assert (runs / "run-1" / "x.txt").read_text() == "new"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a/..",
        ".bashrc",
        "a/.git/hooks/pre-commit",
        "a\\b",
        "C:x",
        "x\0",
        "x\n",
        "con",
        "NUL.txt",
        "a/",
        "x.",
        "x" * 201,
        "//x",
        "~",
    ],
)
def test_a_path_that_could_lead_out_is_refused(path: str) -> None:
    if path == "~":  # an ordinary name: nothing expands it
        assert FileConfig.model_validate({"path": path}).path == "~"
        return
    with pytest.raises(ValidationError):
        FileConfig.model_validate({"path": path})


async def test_a_link_out_of_the_folder_is_not_followed(runs: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (runs / "run-1").mkdir(parents=True)
    os.symlink(outside, runs / "run-1" / "link")
    os.symlink(outside / "secret", runs / "run-1" / "file.txt")
    for path in ("link/x.txt", "link/deeper/x.txt", "file.txt"):
        with pytest.raises(AgentError, match="leads out"):
            await execute("file", {"path": path}, value="x")
    assert list(outside.iterdir()) == []


async def test_a_file_has_a_largest_size(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_folder, "MAX_BYTES", 5)
    await execute("file", {"mode": "append"}, value="abc")
    with pytest.raises(AgentError, match="grow beyond"):
        await execute("file", {"mode": "append"}, value="def")


async def test_a_folder_that_cannot_be_written_is_worth_another_try(runs: Path) -> None:
    runs.write_text("a file where the folder should be")
    with pytest.raises(AgentError, match="cannot be written") as raised:
        await execute("file", {}, value="x")
    assert raised.value.retryable


@pytest.mark.parametrize("run", ["../../etc", "a/b", "", "x" * 300, "ü:1"])
def test_any_id_of_a_run_is_one_folder(runs: Path, run: str) -> None:
    assert run_folder.run_folder(run).parent == runs


def test_only_appending_is_not_repeatable() -> None:
    kind = kinds.find("file")
    assert kind is not None
    assert kind.repeatable(FileConfig()) and not kind.repeatable(FileConfig(mode="append"))


async def test_a_person_is_asked_and_the_answer_goes_on() -> None:
    config = {"prompt": "Publish “{{ value }}”?"}
    assert await execute("human", config, value="Bees") == Wait("Publish “Bees”?")
    assert await execute("human", config, value="Bees", results=(result("1", "ask", "yes"),)) == Value("yes")
    assert await execute("human", {}, value="What came in") == Wait("What came in")


async def test_an_answer_beside_the_choices_is_asked_again() -> None:
    config = {"prompt": "Well?", "choices": ["Approve", "Reject"]}
    assert await execute("human", config) == Wait("Well?\n\nChoose: Approve, Reject")
    again = await execute("human", config, results=(result("1", "ask", "maybe"),))
    assert isinstance(again, Wait) and again.prompt.startswith("“maybe” is not one of the choices.")
    assert await execute("human", config, results=(result("1", "ask", "Reject"),)) == Value("Reject")


async def test_nobody_to_ask_is_an_error() -> None:
    with pytest.raises(AgentError, match="nobody"):
        await execute("human", {}, results=(result("1", "ask", error="nobody is there"),))


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (TemplateConfig(text="\n  First line\nsecond"), "First line"),
        (FileConfig(path="a.txt"), "a.txt"),
        (HumanConfig(prompt="Really?"), "Really?"),
        (HumanConfig(choices=("Yes", "No")), "Yes / No"),
        (HumanConfig(), ""),
    ],
)
def test_the_card_says_the_essence(config: Any, says: str) -> None:
    assert config.essence() == says
