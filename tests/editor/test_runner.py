"""The runner: one click starts a run, everything that has to be asked is asked, Stop stops."""

from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.loop import EventLoop
from quartet.editor.panels.inspector import Inspector
from quartet.editor.run_dialogs import InputDialog, ListDialog, parse_input, show_input
from quartet.editor.runner import Runner
from quartet.editor.runner_checks import missing, refusals
from quartet.editor.settings import Settings
from quartet.engine.state import FINAL
from quartet.graph.edits import Move, Set
from quartet.graph.files import read
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph
from quartet.paths import EXAMPLES
from quartet.rules.demonstrations import demonstrations


class Bench:
    """A document with a runner in a window, and a way to play a scene on the editor's loop."""

    def __init__(self, graph: Graph, loop: EventLoop, qtbot: QtBot, path: Path | None = None) -> None:
        self.loop, self.qtbot = loop, qtbot
        self.document = Document(graph, path)
        self.live = Live()
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        self.runner = Runner(self.document, self.live, Settings(), self.window)
        self.told: list[str] = []
        self.runner.told.connect(self.told.append)

    def play(self, scene: Callable[[], Awaitable[None]]) -> None:
        task = self.loop.create_task(scene())
        QTimer.singleShot(20_000, self.window, task.cancel)
        self.loop.run_until_complete(task)
        self.document.close()

    async def until(self, true: Callable[[], object]) -> None:
        while not true():
            await self.moment()

    async def moment(self) -> None:
        tick = self.loop.create_future()
        QTimer.singleShot(5, lambda: tick.done() or tick.set_result(None))
        await tick

    async def ended(self) -> None:
        await self.until(lambda: not self.runner.running)

    def dialog(self, kind: type) -> object:
        found = [each for each in self.window.findChildren(kind) if each.isVisible()]
        return found[-1] if found else None

    def press(self, dialog: QWidget, label: str) -> None:
        button = next(each for each in dialog.findChildren(QPushButton) if each.text() == label)
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def chain(*agents: Agent, **edge_fields) -> Graph:
    graph = Graph()
    for agent in agents:
        graph.agents[agent.id] = agent
    for number, (a, b) in enumerate(pairwise(agents)):
        id = EdgeId(f"e{number}")
        graph.edges[id] = Edge(id=id, source=a.id, target=b.id, **edge_fields)
    return graph


def agent(id: str, kind: str = "template", **more) -> Agent:
    config = more.pop("config", {"text": f"{id}: {{{{ value }}}}"} if kind == "template" else {})
    return Agent(id=AgentId(id), kind=kind, name=id.title(), config=config, **more)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr("quartet.editor.runner.PACE", 0.01)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.name.split(".")[0])
def test_every_example_rehearses_with_one_click(path, loop, qtbot):
    bench = Bench(read(path).graph, loop, qtbot)

    async def scene() -> None:
        bench.runner.rehearse()
        assert bench.runner.running
        await bench.ended()
        assert bench.live.present.status == "succeeded"
        assert bench.told[-1].startswith("Succeeded after")
        assert "of simulated time" in bench.told[-1]
        assert not bench.window.findChildren(ListDialog), "a rehearsal asks nothing"

    bench.play(scene)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.name.split(".")[0])
def test_every_example_shows_its_failure_and_its_remedy(path, loop, qtbot):
    bench = Bench(read(path).graph, loop, qtbot)
    before = bench.document.graph.model_copy(deep=True)
    shown = demonstrations(bench.document.graph)

    async def scene() -> None:
        assert {each.shows for each in shown} == {"failure", "remedy"}
        for each in shown:
            bench.runner.watch(each)
            assert bench.runner.demonstration is each
            await bench.ended()
            assert (bench.live.present.status == "succeeded") == (each.shows == "remedy") or each.shows == "failure"
        bench.runner.leave_demonstration()
        assert bench.runner.demonstration is None
        assert bench.live.state is None, "the drawing is shown without states again"

    bench.play(scene)
    assert bench.document.graph == before, "a demonstration never touches the drawing"
    assert not bench.document.modified


def test_run_asks_for_the_input_once_and_remembers_it(loop, qtbot, tmp_path):
    path = tmp_path / "a.json"
    bench = Bench(chain(agent("a"), agent("b")), loop, qtbot, path)

    async def scene() -> None:
        bench.runner.run()
        dialog = bench.dialog(InputDialog)
        assert isinstance(dialog, InputDialog)
        assert not bench.runner.running
        dialog.field.setPlainText("tides")
        bench.press(dialog, "Run")
        await bench.until(lambda: bench.live.present is not None)
        await bench.ended()
        assert bench.live.present.output == "b: a: tides"
        bench.runner.run()
        assert bench.runner.running, "the second time nothing is asked"
        await bench.ended()

    bench.play(scene)
    again = Runner(Document(chain(agent("a")), path), Live(), Settings())
    assert again.input == "tides", "remembered for this file"
    assert again.asked
    other = Runner(Document(chain(agent("a")), tmp_path / "b.json"), Live(), Settings())
    assert other.input is None


def test_the_graphs_sample_input_is_offered_first(loop, qtbot):
    graph = chain(agent("a"))
    graph.input = {"topic": "tides"}
    bench = Bench(graph, loop, qtbot)

    async def scene() -> None:
        bench.runner.run()
        dialog = bench.dialog(InputDialog)
        assert parse_input(dialog.field.toPlainText()) == {"topic": "tides"}
        bench.press(dialog, "Cancel")
        assert not bench.runner.running

    bench.play(scene)


def test_a_graph_that_cannot_run_says_why_and_leads_to_the_place(loop, qtbot):
    graph = chain(agent("a"), agent("b"))
    graph.edges[EdgeId("back")] = Edge(id=EdgeId("back"), source=AgentId("b"), target=AgentId("a"))
    bench = Bench(graph, loop, qtbot)
    revealed: list[object] = []
    bench.document.revealed.connect(revealed.append)

    async def scene() -> None:
        bench.runner.rehearse()
        assert not bench.runner.running
        dialog = bench.dialog(ListDialog)
        links = [each for each in dialog.findChildren(QPushButton) if each.property("look") == "link"]
        qtbot.mouseClick(links[0], Qt.MouseButton.LeftButton)
        assert revealed

    bench.play(scene)


def test_what_is_no_value_yet_in_a_field_keeps_run_from_starting_and_is_shown(loop, qtbot):
    graph = chain(agent("a"), agent("b", "python", config={"function": "textwrap:indent"}))
    bench = Bench(graph, loop, qtbot)
    bench.runner.input = "x"
    inspector = Inspector(bench.document)
    qtbot.addWidget(inspector)
    inspector.show()

    async def scene() -> None:
        bench.document.select(["b"])
        await bench.until(lambda: not inspector._later.isActive())
        field = inspector.form.row("config/arguments").field.input()
        field.setFocus()
        QTest.keyClicks(field, "{bad")
        bench.document.select(["a"])
        await bench.until(lambda: not inspector._later.isActive())
        for start in (bench.runner.run, bench.runner.rehearse):
            start()
            assert not bench.runner.running
            dialog = bench.dialog(ListDialog)
            assert any("“Arguments”" in label.text() for label in dialog.findChildren(QLabel))
            bench.press(dialog, "Close")
        bench.document.select(["b"])
        await bench.until(lambda: not inspector._later.isActive())
        row = inspector.form.row("config/arguments")
        assert row.error.startswith("Not JSON yet")
        field = row.field.input()
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(field, Qt.Key.Key_Delete)
        bench.runner.rehearse()
        assert bench.runner.running
        await bench.ended()

    bench.play(scene)


def test_a_run_that_breaks_off_by_a_defect_is_told_as_one(loop, qtbot, monkeypatch):
    bench = Bench(chain(agent("a"), agent("b")), loop, qtbot)
    told: list[object] = []
    loop.set_exception_handler(lambda _, context: told.append(context["exception"]))
    defect = KeyError("a defect of ours")

    def fail(event: object) -> None:
        raise defect

    monkeypatch.setattr(bench.live, "feed", fail)

    async def scene() -> None:
        bench.runner.rehearse()
        await bench.ended()
        assert told == [defect]
        assert bench.runner.summary.startswith("The run broke off")

    bench.play(scene)


def test_a_bad_configuration_is_a_reason_with_its_agent(loop, qtbot):
    graph = chain(agent("a", "http", config={"url": "no address"}))
    found = refusals(graph, rehearsal=False)
    assert found and found[0].agents == ("a",)
    assert refusals(graph, rehearsal=True) == []


def test_code_runs_only_after_leave_and_is_asked_about_again_when_it_changes(loop, qtbot, tmp_path):
    graph = chain(agent("a", "python", config={"function": "textwrap:dedent"}))
    bench = Bench(graph, loop, qtbot)
    bench.runner.input = "  x"

    async def scene() -> None:
        bench.runner.run()
        dialog = bench.dialog(ListDialog)
        assert dialog is not None and not bench.runner.running
        texts = [label.text() for label in dialog.findChildren(QWidget) if hasattr(label, "text")]
        assert "runs textwrap:dedent()" in texts
        bench.press(dialog, "Cancel")
        assert not bench.runner.running
        bench.runner.run()
        bench.press(bench.dialog(ListDialog), "Allow and run")
        assert bench.runner.running
        await bench.ended()
        assert bench.live.present.output == "x"
        bench.runner.run()
        assert bench.runner.running, "the same content is not asked about again"
        await bench.ended()
        values = {"config": {"function": "textwrap:indent", "arguments": {"prefix": "-"}}}
        bench.document.do("Change", [Set(section="agents", id="a", values=values)])
        bench.runner.run()
        assert not bench.runner.running
        bench.press(bench.dialog(ListDialog), "Rehearse instead")
        assert bench.runner.running and bench.runner.live.rehearsal is False
        await bench.ended()
        assert bench.live.rehearsal

    bench.play(scene)


def test_missing_keys_are_named_before_anything_starts(loop, qtbot, monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "QUARTET_MODEL"):
        monkeypatch.delenv(name, raising=False)
    graph = chain(agent("a", "llm", config={"model": "gpt"}), agent("b", "llm"))
    bench = Bench(graph, loop, qtbot)
    bench.runner.input = "x"
    assert [(each.agent, each.what) for each in missing(graph, {})] == [
        ("a", "The key in the environment variable OPENAI_API_KEY is not set."),
        ("b", "No model is stated, and the environment variable QUARTET_MODEL is not set."),
        ("b", "The key in the environment variable OPENAI_API_KEY is not set."),
    ]
    assert missing(graph, {"OPENAI_API_KEY": "k", "QUARTET_MODEL": "m"}) == []
    assert missing(graph, {"OPENAI_BASE_URL": "http://localhost:1/v1", "QUARTET_MODEL": "m"}) == []

    async def scene() -> None:
        bench.runner.run()
        dialog = bench.dialog(ListDialog)
        assert not bench.runner.running
        bench.press(dialog, "Rehearse instead")
        await bench.until(lambda: bench.live.present is not None)
        await bench.ended()
        assert bench.live.rehearsal
        assert bench.live.present.status == "succeeded"

    bench.play(scene)


def test_stop_stops_at_once_and_says_so(loop, qtbot):
    bench = Bench(chain(agent("a", "human", config={"prompt": "Well?"}), agent("b")), loop, qtbot)
    bench.runner.input = "x"

    async def scene() -> None:
        bench.runner.run()
        await bench.until(lambda: bench.runner.questions)
        bench.runner.stop()
        assert bench.runner.stopping
        await bench.ended()
        assert bench.live.present.status == "cancelled"
        assert bench.told[-1].startswith("Stopped after")
        assert bench.runner.questions == ()
        assert not bench.runner.stopping

    bench.play(scene)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.name.split(".")[0])
@pytest.mark.parametrize("after", [1, 15, 30])
def test_an_example_stops_wherever_it_is(path, after, loop, qtbot, monkeypatch):
    monkeypatch.setattr("quartet.editor.runner.PACE", 0.05)
    bench = Bench(read(path).graph, loop, qtbot)

    async def scene() -> None:
        bench.runner.rehearse()
        await bench.until(lambda: len(bench.live.events) >= after or not bench.runner.running)
        bench.runner.stop()
        await bench.ended()
        assert bench.live.present.status in ("cancelled", "succeeded")
        assert all(agent.status in FINAL | {"idle"} for agent in bench.live.present.agents.values())

    bench.play(scene)


def test_a_person_is_asked_and_answers(loop, qtbot):
    graph = chain(
        agent("a", "human", config={"prompt": "Publish “{{ value }}”?", "choices": ["Yes", "No"]}), agent("b")
    )
    bench = Bench(graph, loop, qtbot)
    bench.runner.input = "x"

    async def scene() -> None:
        bench.runner.run()
        await bench.until(lambda: bench.runner.questions)
        asked = bench.runner.questions[0]
        assert (asked.agent, asked.name, asked.choices) == ("a", "A", ("Yes", "No"))
        assert asked.prompt.startswith("Publish “x”?")
        bench.runner.answer("a", "perhaps")
        await bench.until(lambda: bench.runner.questions)
        assert "not one of the choices" in bench.runner.questions[0].prompt
        bench.runner.answer("a", "Yes")
        await bench.ended()
        assert bench.live.present.output == "b: Yes"

    bench.play(scene)


def test_pause_starts_nothing_new_until_it_goes_on(loop, qtbot):
    graph = chain(agent("a", "human", config={"prompt": "?"}), agent("b"))
    bench = Bench(graph, loop, qtbot)
    bench.runner.input = "x"

    async def scene() -> None:
        bench.runner.run()
        await bench.until(lambda: bench.runner.questions)
        bench.runner.pause()
        await bench.until(lambda: bench.runner.paused)
        bench.runner.answer("a", "go")
        for _ in range(10):
            await bench.moment()
        assert "b" not in bench.live.present.agents, "nothing new has begun"
        bench.runner.resume()
        await bench.ended()
        assert bench.live.present.output == "b: go"

    bench.play(scene)


def test_a_run_shows_what_was_drawn_when_it_began(loop, qtbot):
    bench = Bench(chain(agent("a", "human", config={"prompt": "?"})), loop, qtbot)
    bench.runner.input = "x"

    async def scene() -> None:
        bench.runner.run()
        await bench.until(lambda: bench.runner.questions)
        bench.document.do("Move", [Move(to={AgentId("a"): (40.0, 80.0)})])
        assert not bench.live.edited_since, "where a card stands does not matter to a run"
        bench.document.do("Rename", [Set(section="agents", id="a", values={"name": "Other"})])
        assert bench.live.edited_since
        assert bench.live.snapshot.agents["a"].name == "A"
        bench.runner.answer("a", 1)
        await bench.ended()

    bench.play(scene)


def test_one_run_at_a_time(loop, qtbot):
    bench = Bench(chain(agent("a", "human", config={"prompt": "?"})), loop, qtbot)
    bench.runner.input = "x"

    async def scene() -> None:
        bench.runner.run()
        await bench.until(lambda: bench.runner.questions)
        first = bench.live.snapshot
        bench.runner.run()
        bench.runner.rehearse()
        assert bench.live.snapshot is first
        await bench.runner.stopped()
        assert not bench.runner.running

    bench.play(scene)


def test_a_paced_rehearsal_shows_time_going_by(loop, qtbot, monkeypatch):
    monkeypatch.setattr("quartet.editor.runner.PACE", 0.2)
    bench = Bench(chain(agent("a", rehearsal=({"returns": 1, "after": 40.0},))), loop, qtbot)

    async def scene() -> None:
        bench.runner.rehearse()
        await bench.until(lambda: bench.live.present is not None)
        await bench.until(lambda: 5 < bench.live.now() < 39)
        await bench.ended()
        assert bench.live.now() == 40.0

    bench.play(scene)


def test_a_finding_can_be_watched(loop, qtbot):
    graph = chain(agent("a"), agent("b", "llm", config={"model": "m"}), agent("c"))
    bench = Bench(graph, loop, qtbot)

    async def scene() -> None:
        bench.document.judge_now()
        finding = next(each for each in bench.document.findings if each.code == "P001" and each.agents[0] == "b")
        bench.runner.watch_finding(finding)
        assert bench.runner.demonstration is not None
        await bench.ended()
        assert bench.live.present.t > 300, "it hung until the default limit"

    bench.play(scene)


@pytest.mark.parametrize("value", [None, "a text", "two\nlines", {"a": [1]}, [1, 2], 7, True, "7", "true", '"quoted"'])
def test_an_input_survives_being_shown_and_read(value):
    assert parse_input(show_input(value)) == value
