"""“Watch it fail”: when what a finding warns of has happened, the place is lit and it is said in a sentence."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from quartet.editor.document import Document
from quartet.editor.loop import EventLoop
from quartet.editor.panels.problems import Problems
from quartet.editor.panels.problems_fix import FixSheet
from quartet.editor.run_dialogs import ListDialog
from quartet.editor.runner import Runner
from quartet.editor.window import Window
from quartet.graph import files
from quartet.graph.model import Graph
from rules.drawings import agent, draw, found

pytestmark = pytest.mark.usefixtures("loop")  # which the window runs on


class Scene:
    """A drawing in a window, and what one watches there."""

    def __init__(self, window: Window, loop: EventLoop, graph: Graph, folder: Path) -> None:
        path = folder / "drawing.quartet.json"
        path.write_text(files.dumps(graph), "utf-8")
        window.files.open_path(path)
        assert window.session is not None
        self.window, self.loop, self.session = window, loop, window.session
        self.document: Document = window.session.document
        self.runner: Runner = window.session.runner

    def watch(self, code: str) -> None:
        self.runner.watch_finding(found(self.document.graph, code)[0])

    def play(self, scene: Callable[[], Awaitable[None]]) -> None:
        task = self.loop.create_task(scene())
        QTimer.singleShot(60_000, self.window, task.cancel)
        self.loop.run_until_complete(task)

    async def until(self, true: Callable[[], object]) -> None:
        while not true():
            tick = self.loop.create_future()
            QTimer.singleShot(5, lambda tick=tick: tick.done() or tick.set_result(None))
            await tick


def pipeline() -> Graph:
    return draw(agent("Ann"), agent("Bob"), agent("Cid"), edges="ann > bob, bob > cid", input="a storm")


def test_the_moment_lights_its_place_and_is_said(window: Window, loop: EventLoop, tmp_path: Path) -> None:
    scene = Scene(window, loop, pipeline(), tmp_path)
    before = files.dumps(scene.document.graph)

    async def play() -> None:
        scene.watch("P002")
        assert scene.runner.witness.met is None and not scene.document.highlight_agents
        await scene.until(lambda: scene.runner.witness.met)
        assert scene.document.highlight_agents == {"bob"} and scene.document.highlight_edges == {"e1"}
        await scene.until(lambda: not scene.runner.running)
        bar = scene.session.run_bar
        assert "Bob has failed for good" in bar.demonstration_text.text()

    scene.play(play)
    assert files.dumps(scene.document.graph) == before


def test_a_rehearsal_of_ones_own_lights_nothing(window: Window, loop: EventLoop, tmp_path: Path) -> None:
    scene = Scene(window, loop, pipeline(), tmp_path)

    async def play() -> None:
        scene.watch("P002")
        await scene.until(lambda: scene.runner.witness.met and not scene.runner.running)
        scene.runner.leave_demonstration()
        assert scene.runner.witness.met is None and not scene.document.highlight_agents
        scene.runner.rehearse()
        await scene.until(lambda: not scene.runner.running)
        assert scene.runner.witness.met is None and not scene.document.highlight_agents

    scene.play(play)


def test_once_more_begins_without_the_moment_and_sees_it_again(window: Window, loop: EventLoop, tmp_path: Path) -> None:
    scene = Scene(window, loop, pipeline(), tmp_path)
    seen: list[bool] = []
    scene.runner.witness.saw.connect(lambda: seen.append(scene.runner.witness.met is not None))

    async def play() -> None:
        for _ in range(2):
            scene.watch("P002")
            await scene.until(lambda: scene.runner.witness.met and not scene.runner.running)

    scene.play(play)
    assert seen == [True, False, True]


@pytest.mark.parametrize(("code", "kind"), [("G003", "telepath"), ("P004", "llm")])
def test_what_cannot_run_is_shown_to_be_refused(
    window: Window, loop: EventLoop, tmp_path: Path, code: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(
        "quartet.editor.runner_gate.refused", lambda window, graph, found, *_: told.extend(each.text for each in found)
    )
    loops = "a > b, b @ a" if code == "P004" else "a > b"
    scene = Scene(window, loop, draw(agent("A", kind), agent("B"), edges=loops), tmp_path)
    scene.watch(code)
    assert told and not scene.runner.running and scene.runner.demonstration is None


def test_what_a_drawing_gives_nothing_to_watch_for_is_shown_in_a_small_one(
    window: Window, loop: EventLoop, tmp_path: Path
) -> None:
    scene = Scene(window, loop, draw(agent("Boss", "supervisor"), agent("Ann"), edges="ann > boss"), tmp_path)

    async def play() -> None:
        scene.watch("S001")
        small = window.session
        assert small is not None and small is not scene.session and not scene.runner.running
        assert small.document.graph.name == "A supervisor without workers"
        await scene.until(lambda: small.runner.witness.met and not small.runner.running)
        small.runner.leave_demonstration()
        await scene.until(lambda: window.session is scene.session)

    scene.play(play)


def test_a_limit_on_the_way_does_not_keep_it_waiting_for_a_person(
    window: Window, loop: EventLoop, tmp_path: Path
) -> None:
    graph = draw(agent("Ann"), agent("Bob", limits=None), agent("Cid"), edges="ann > bob, bob > cid",
                 limits={"deadline": 10})  # fmt: skip
    scene = Scene(window, loop, graph, tmp_path)

    async def play() -> None:
        scene.watch("P001")
        await scene.until(lambda: window.session is not scene.session)
        small = window.session
        assert small is not None and not scene.runner.running
        await scene.until(lambda: small.runner.witness.met)
        small.runner.leave_demonstration()
        await scene.until(lambda: window.session is scene.session)

    scene.play(play)


def test_where_it_does_not_come_to_it_a_small_drawing_shows_it(window: Window, loop: EventLoop, tmp_path: Path) -> None:
    # whoever it waits for is muted, so that it never starts
    graph = draw(agent("Ann", disabled="muted"), agent("Bob", limits=None), agent("Cid"), edges="ann > bob, bob > cid")
    scene = Scene(window, loop, graph, tmp_path)

    async def play() -> None:
        scene.watch("P001")
        await scene.until(lambda: window.session is not scene.session)
        small = window.session
        assert small is not None and not scene.runner.running and scene.runner.witness.met is None
        await scene.until(lambda: small.runner.witness.met)
        assert small.document.graph.name == "A step without a time limit"
        small.runner.leave_demonstration()
        await scene.until(lambda: window.session is scene.session)

    scene.play(play)


def test_only_what_can_be_watched_has_a_button(window: Window, loop: EventLoop, tmp_path: Path) -> None:
    text = {"text": "{{ from.zoe }}{{ value }}"}
    unused = draw(agent("Zoe"), name="Search")
    graph = draw(
        agent("Ann", limits=None), agent("Bob", "template", config=text), edges="ann > bob", graphs={"search": unused}
    )
    scene = Scene(window, loop, graph, tmp_path)
    panel = scene.session.build("problems")
    assert isinstance(panel, Problems)
    model = panel.model
    model.show(found(scene.document.graph))
    offered = {finding.code for finding in model.findings if "watch" in model.actions(finding)}
    assert {"P001", "G007"} <= offered and "G028" not in offered
    assert "G028" in {finding.code for finding in model.findings}


def test_the_menu_of_what_no_run_fails_of_says_why(window: Window, loop: EventLoop, tmp_path: Path) -> None:
    scene = Scene(window, loop, draw(agent("Ann"), graphs={"search": draw(agent("Zoe"))}), tmp_path)
    panel = scene.session.build("problems")
    assert isinstance(panel, Problems)
    panel.model.show(found(scene.document.graph, "G028"))
    panel.list.setCurrentIndex(panel.model.index(0, 0))
    menu = panel.row_menu()
    assert menu is not None and menu.toolTipsVisible()
    [watching] = [action for action in menu.actions() if action.text() == "Watch it fail"]
    assert not watching.isEnabled() and "nothing to watch" in watching.toolTip()


def test_from_what_cannot_run_there_is_a_way_to_its_fix(window: Window, loop: EventLoop, tmp_path: Path) -> None:
    scene = Scene(window, loop, draw(agent("A"), agent("B"), edges="a > b, b > a"), tmp_path)
    scene.session.document.judge_now()
    window.show_panel("log")
    scene.runner.rehearse()
    dialog = window.findChild(ListDialog)
    assert dialog is not None
    assert "Show the problems" in [button.text() for button in dialog.findChildren(QPushButton) if button.isDefault()]
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    panel = scene.session.panels["problems"]
    assert isinstance(panel, Problems)
    assert panel.list.hasFocus() and panel.model.findings[panel.list.currentIndex().row()].severity == "error"
    QTest.keyClick(panel.list, Qt.Key.Key_F)
    sheet = panel.findChild(FixSheet)
    assert sheet is not None
    QTest.mouseClick(sheet.apply, Qt.MouseButton.LeftButton)
    scene.session.document.judge_now()
    assert not [each for each in scene.session.document.findings if each.severity == "error"]
