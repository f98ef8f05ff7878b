"""What a person does to single agents of a run in the editor: from the agent's menu, and when a question is put."""

from typing import Any

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from quartet.editor.by_hand import Hands, ResultDialog
from quartet.editor.canvas import menus
from quartet.editor.canvas.hits import Hit
from quartet.editor.canvas.view import Canvas
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.loop import EventLoop
from quartet.editor.panels.run_bar_question import QuestionCard
from quartet.editor.question import Question
from quartet.editor.runner import Runner
from quartet.editor.settings import Settings
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph
from quartet.graph.policies import Oversight, Retry

ONCE = Retry(max_attempts=1)


class Stage:
    """A supervisor with two workers in a rehearsal that waits for nobody but the person."""

    def __init__(self, loop: EventLoop, qtbot: QtBot, **scripts: Any) -> None:
        graph = Graph()
        oversight = Oversight(max_restarts=0, root_policy="ask_human")
        graph.agents[AgentId("S")] = Agent(id=AgentId("S"), kind="supervisor", name="Boss", oversight=oversight)
        for id in ("a", "b"):
            script = scripts.get(id, [{"hangs": True}])
            graph.agents[AgentId(id)] = Agent(
                id=AgentId(id), kind="template", name=id.upper(), retry=ONCE, rehearsal=tuple(script)
            )
            edge = Edge(id=EdgeId(f"e{id}"), source=AgentId("S"), target=AgentId(id), kind="supervise")
            graph.edges[edge.id] = edge
        self.loop, self.qtbot = loop, qtbot
        self.document, self.live, self.window = Document(graph), Live(), QWidget()
        qtbot.addWidget(self.window)
        self.window.show()
        self.runner = Runner(self.document, self.live, Settings(), self.window)
        self.told: list[str] = []
        self.runner.told.connect(self.told.append)
        self.hands = Hands(self.live, self.runner, self.window)

    def play(self, scene: Any) -> None:
        task = self.loop.create_task(scene())
        QTimer.singleShot(20_000, self.window, task.cancel)
        self.loop.run_until_complete(task)
        self.document.close()

    async def until(self, true: Any) -> None:
        while not true():
            tick = self.loop.create_future()
            QTimer.singleShot(5, lambda tick=tick: tick.done() or tick.set_result(None))
            await tick

    def status(self, id: str) -> str:
        return self.live.state.agents[id].status if self.live.state and id in self.live.state.agents else ""

    def take(self, id: str, text: str) -> None:
        next(offer for offer in self.hands.offers(id) if offer.text == text).does()


def texts(stage: Stage, id: str) -> list[str]:
    return [offer.text for offer in stage.hands.offers(id)]


def test_an_agent_at_work_can_be_stopped_started_again_and_given_its_result(loop, qtbot):
    stage = Stage(loop, qtbot)

    async def scene() -> None:
        assert texts(stage, "a") == [], "nothing runs yet"
        stage.runner.rehearse()
        await stage.until(lambda: stage.status("b") == "running")
        assert texts(stage, "a") == ["Stop This Agent", "Start It Again", "Give Its Result…"]
        stage.take("a", "Start It Again")
        await stage.until(lambda: stage.live.state.agents["a"].attempt == 2)
        stage.take("a", "Stop This Agent")
        await stage.until(lambda: stage.status("a") == "cancelled")
        assert texts(stage, "a") == ["Start It Again"]
        stage.take("b", "Give Its Result…")
        dialog = next(each for each in stage.window.findChildren(ResultDialog) if each.isVisible())
        dialog.field.setPlainText('{"n": 1}')
        button = next(each for each in dialog.findChildren(QPushButton) if each.text() == "Give it")
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        await stage.until(lambda: not stage.runner.running)
        assert stage.live.state.agents["b"].value == {"n": 1}
        assert stage.live.state.status == "succeeded"
        assert texts(stage, "b") == []

    stage.play(scene)


def test_what_cannot_be_started_again_is_said(loop, qtbot):
    stage = Stage(loop, qtbot, a=[{"hangs": True}])

    async def scene() -> None:
        stage.runner.rehearse()
        await stage.until(lambda: stage.status("b") == "running")
        restart = next(offer for offer in stage.hands.offers("a") if offer.text == "Start It Again")
        stage.runner.by_hand("resolve", "a", "done")
        await stage.until(lambda: stage.status("a") == "succeeded")
        restart.does()  # a menu that was open while it finished
        assert stage.told == ["A: what it has done stands, or nobody gives it anything to do."]
        stage.runner.stop()
        await stage.until(lambda: not stage.runner.running)

    stage.play(scene)


def test_the_menu_of_an_agent_offers_it_only_while_it_runs(loop, qtbot):
    stage = Stage(loop, qtbot)
    canvas = Canvas(stage.document, stage.live)
    qtbot.addWidget(canvas)
    canvas.hands = stage.hands

    def offered() -> list[str]:
        stage.document.select({"a"})
        menu = menus.build(canvas, Hit(agent=AgentId("a")), QPointF())
        return [action.text().replace("&", "") for action in menu.actions() if action.text()]

    async def scene() -> None:
        assert "Stop This Agent" not in offered()
        stage.runner.rehearse()
        await stage.until(lambda: stage.status("a") == "running")
        assert offered()[:3] == ["Stop This Agent", "Start It Again", "Give Its Result…"]
        stage.runner.stop()
        await stage.until(lambda: not stage.runner.running)
        assert "Stop This Agent" not in offered()

    stage.play(scene)


def test_a_question_that_offers_choices_takes_another_answer_too(qtbot):
    card = QuestionCard(Question("a", "A", "A failed. What now?", ("restart", "give up"), free=True))
    qtbot.addWidget(card)
    answers: list[tuple[str, object]] = []
    card.answered.connect(lambda agent, value: answers.append((agent, value)))
    assert [button.text() for button in card.buttons] == ["restart", "give up"]
    qtbot.mouseClick(card.buttons[0], Qt.MouseButton.LeftButton)
    assert card.field is not None
    card.field.setPlainText("the result")
    qtbot.mouseClick(card.send, Qt.MouseButton.LeftButton)
    assert answers == [("a", "restart"), ("a", "the result")]


def test_a_question_of_the_topmost_supervisor_stands_in_the_run_bar_with_its_choices(loop, qtbot):
    stage = Stage(loop, qtbot, a=[{"fails": "no"}, {"returns": 1}], b=[{"returns": 2}])
    asked: list[Question] = []
    stage.runner.changed.connect(lambda: asked.extend(stage.runner.questions))

    async def scene() -> None:
        stage.runner.rehearse()
        await stage.until(lambda: bool(stage.runner.questions))
        stage.runner.answer("a", "restart")
        await stage.until(lambda: not stage.runner.running)

    stage.play(scene)
    assert (asked[0].name, asked[0].choices, asked[0].free) == ("A", ("restart", "give up"), True)
    assert stage.live.state.status == "succeeded"
