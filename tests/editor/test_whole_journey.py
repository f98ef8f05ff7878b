"""The whole journey with the mouse: drag agents from the palette, connect them, run them, watch, export, reopen.

Real mouse events to real widgets in a real window. Only the platform's own part of a drag and drop is played here:
without a display there is nobody to carry what the palette hands out to the canvas under the pointer.
"""

from collections.abc import Awaitable, Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QFileDialog, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from quartet.agents.kinds import find
from quartet.editor import theme
from quartet.editor.canvas.geometry import HEIGHT, WIDTH
from quartet.editor.loop import EventLoop
from quartet.editor.panels.run_bar_question import QuestionCard
from quartet.editor.recovery import Keeper
from quartet.editor.run_dialogs import InputDialog, ListDialog
from quartet.editor.session import Session
from quartet.editor.settings import Settings
from quartet.editor.window import Window
from quartet.graph import files
from servers.chat_server import ChatServer, Reply

LEFT, NOTHING = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
FREE, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier
COPY = Qt.DropAction.CopyAction


@pytest.fixture
def loop(qapp, qtbot: QtBot) -> Iterator[EventLoop]:
    theme.apply(qapp, "light")
    found = EventLoop(qapp)
    yield found
    found.close()


class Person:
    """Somebody at the window with a mouse, and with keys where a name has to be typed."""

    def __init__(self, loop: EventLoop, qtbot: QtBot, folder: Path) -> None:
        self.loop, self.qtbot = loop, qtbot
        settings = Settings()
        settings.folder = folder
        self.keeper = Keeper()
        self.window = Window(settings, self.keeper)
        qtbot.addWidget(self.window, before_close_func=lambda _: self.leave())
        self.window.resize(1600, 1000)
        self.window.show()

    def leave(self) -> None:
        for session in list(self.window.sessions):
            self.window.remove(session)
        self.keeper.close()

    def lives(self, day: Callable[[], Awaitable[None]]) -> None:
        task = self.loop.create_task(day())
        QTimer.singleShot(120_000, self.window, task.cancel)  # for what never comes; how long it takes is free
        self.loop.run_until_complete(task)

    async def until(self, true: Callable[[], object]) -> None:
        while not true():
            tick = self.loop.create_future()
            QTimer.singleShot(5, self.window, lambda tick=tick: tick.done() or tick.set_result(None))
            await tick

    @property
    def session(self) -> Session:
        assert self.window.session is not None
        return self.window.session

    @property
    def viewport(self) -> QWidget:
        return self.session.canvas.viewport()

    # the mouse

    def mouse(self, kind: QEvent.Type, widget: QWidget, at: QPoint, held=FREE, button=LEFT, buttons=LEFT) -> None:
        point = QPointF(at)
        event = QMouseEvent(kind, point, QPointF(widget.mapToGlobal(at)), button, buttons, held)
        QApplication.sendEvent(widget, event)

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        assert widget.isVisible() and widget.isEnabled(), f"{widget} cannot be clicked"
        self.qtbot.mouseClick(widget, LEFT, FREE, widget.rect().center() if at is None else at)

    def drag(self, begin: QPoint, end: QPoint, held=FREE) -> None:
        self.mouse(QEvent.Type.MouseMove, self.viewport, begin, held, NOTHING, NOTHING)
        self.mouse(QEvent.Type.MouseButtonPress, self.viewport, begin, held)
        for step in range(1, 9):
            between = begin + (end - begin) * step / 8
            self.mouse(QEvent.Type.MouseMove, self.viewport, between, held, NOTHING)
        self.mouse(QEvent.Type.MouseButtonRelease, self.viewport, end, held, LEFT, NOTHING)

    def menu(self, *path: str) -> None:
        """Click through the menu bar: menu("File", "Export", "JSON…")."""
        bar = self.window.menuBar()
        action = next(each for each in bar.actions() if each.text().replace("&", "") == path[0])
        self.click(bar, bar.actionGeometry(action).center())
        menu = action.menu()
        for name in path[1:]:
            assert isinstance(menu, QMenu) and menu.isVisible()
            action = next(each for each in menu.actions() if each.text().replace("&", "") == name)
            self.click(menu, menu.actionGeometry(action).center())
            if action.menu() is not None and not action.menu().isVisible():
                action.menu().popup(menu.mapToGlobal(menu.actionGeometry(action).topRight()))
            menu = action.menu()

    # what a person does with it

    async def begins_a_drawing(self) -> None:
        self.menu("File", "New")
        await self.until(lambda: self.window.session is not None and self.viewport.isVisible())
        seen: list[QPoint] = []  # a person waits until the window stands still

        def still() -> bool:
            seen.append(self.session.canvas.mapFromScene(QPointF(0, 0)))
            return len(seen) > 10 and len(set(map(QPoint.toTuple, seen[-10:]))) == 1

        await self.until(still)

    def add(self, kind: str, at: tuple[int, int]) -> str:
        """Drag an agent kind from the palette onto the canvas; the new agent's id."""
        title = find(kind).title
        before = set(self.session.document.graph.agents)
        view = self.window.palette_.list
        model = view.model()
        index = next(model.index(row, 0) for row in range(model.rowCount()) if model.index(row, 0).data() == title)
        view.scrollTo(index)
        begin = view.visualRect(index).center()
        self.mouse(QEvent.Type.MouseButtonPress, view.viewport(), begin)
        self.mouse(QEvent.Type.MouseMove, view.viewport(), begin + QPoint(24, 8), button=NOTHING)
        self.mouse(QEvent.Type.MouseButtonRelease, view.viewport(), begin, buttons=NOTHING)
        carried, target = model.mimeData([index]), QPoint(*at)
        enter = QDragEnterEvent(target, COPY, carried, LEFT, FREE)
        QApplication.sendEvent(self.viewport, enter)
        assert enter.isAccepted(), f"the canvas does not take “{title}”"
        QApplication.sendEvent(self.viewport, QDragMoveEvent(target, COPY, carried, LEFT, FREE))
        QApplication.sendEvent(self.viewport, QDropEvent(QPointF(target), COPY, carried, LEFT, FREE))
        (fresh,) = set(self.session.document.graph.agents) - before
        return fresh

    def place(self, id: str, dx: float, dy: float) -> QPoint:
        """A point of a card, in parts of its width and height."""
        x, y = self.session.document.graph.positions[id]
        return self.session.canvas.mapFromScene(QPointF(x + dx * WIDTH, y + dy * HEIGHT))

    def flow(self, source: str, target: str) -> None:
        self.drag(self.place(source, 1, 0.5), self.place(target, 0.3, 0.5))

    def supervise(self, source: str, target: str) -> None:
        self.drag(self.place(source, 0.5, 1), self.place(target, 0.5, 0.3))

    def hand_off(self, source: str, target: str) -> None:
        self.drag(self.place(source, 1, 0.5), self.place(target, 0.3, 0.5), ALT)

    def verdict(self) -> str:
        self.session.document.judge_now()
        found = self.session.document.verdict
        return "" if found is None else found.headline

    def press(self, label: str, inside: QWidget) -> None:
        self.click(next(each for each in inside.findChildren(QPushButton) if each.text() == label and each.isVisible()))

    def name_file(self, name: str) -> None:
        """Type a name into the file dialog that is open, and accept it."""
        dialog = next(
            each for each in QApplication.topLevelWidgets() if isinstance(each, QFileDialog) and each.isVisible()
        )
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        field.selectAll()
        QTest.keyClicks(field, name)
        box = dialog.findChild(QDialogButtonBox)
        accept = next(each for each in box.buttons() if box.buttonRole(each) == QDialogButtonBox.ButtonRole.AcceptRole)
        self.click(accept)

    async def export_and_reopen(self, path: Path) -> None:
        """Export as JSON, open that file, and find the very same graph."""
        drawn = self.session.document.graph.model_copy(deep=True)
        first = self.session
        self.menu("File", "Export", "JSON…")
        self.name_file(path.name)
        await self.until(path.exists)
        self.menu("File", "Open…")
        self.name_file(path.name)
        await self.until(lambda: self.window.session is not first)
        assert self.session.document.graph == drawn
        assert files.dumps(self.session.document.graph) == path.read_text("utf-8")


class Watcher:
    """Writes down every state that an agent or an edge is shown in."""

    def __init__(self, session: Session) -> None:
        self.agents: dict[str, list[str]] = {}
        self.edges: dict[str, set[str]] = {}
        self._live = session.live
        session.live.changed.connect(self._note)

    def _note(self, agents: frozenset[str], edges: frozenset[str]) -> None:
        state = self._live.state
        if state is None:
            return
        for id in agents:
            seen = self.agents.setdefault(id, [])
            now = state.agents[id].status if id in state.agents else "idle"
            if not seen or seen[-1] != now:
                seen.append(now)
        for id in edges:
            if id in state.edges:
                self.edges.setdefault(id, set()).add(state.edges[id].kind)


async def rehearsed(person: Person) -> Watcher:
    """Click Rehearse and watch until it has ended."""
    person.window.show_panel("timeline")
    watcher = Watcher(person.session)
    before = person.session.canvas.grab().toImage()
    await person.until(person.window.top.rehearse.isEnabled)  # a turn after the change
    person.click(person.window.top.rehearse)
    await person.until(lambda: person.session.live.running)
    assert person.window.top.stop.isVisible()
    await person.until(lambda: any("running" in seen for seen in watcher.agents.values()))
    assert person.session.canvas.grab().toImage() != before, "the canvas shows the run"
    await person.until(lambda: not person.session.runner.running)
    assert person.session.live.present.status == "succeeded"
    assert person.session.run_bar.isVisible() and person.session.run_bar.word.text() == "Succeeded"
    return watcher


@pytest.fixture
def person(loop: EventLoop, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setattr("quartet.editor.runner.PACE", 0.1)
    return Person(loop, qtbot, tmp_path)


def test_a_pipeline_is_drawn_named_rehearsed_kept_and_found_again(person: Person, tmp_path: Path) -> None:
    async def day() -> None:
        await person.begins_a_drawing()
        ids = [person.add("template", (140 + 260 * place, 200)) for place in range(3)]
        person.flow(ids[0], ids[1])
        person.flow(ids[1], ids[2])
        edges = person.session.document.graph.edges
        assert [(edge.source, edge.target, edge.kind) for edge in edges.values()] == [
            (ids[0], ids[1], "flow"),
            (ids[1], ids[2], "flow"),
        ]
        assert person.verdict() == "Pipeline"
        watcher = await rehearsed(person)
        assert all(seen[-1] == "succeeded" and "running" in seen for seen in watcher.agents.values())
        assert set(watcher.agents) == set(ids)
        assert watcher.edges == {id: {"value"} for id in edges}
        await person.export_and_reopen(tmp_path / "pipeline.quartet.json")
        assert person.verdict() == "Pipeline"

    person.lives(day)


def test_a_fan_out_with_its_collector(person: Person, tmp_path: Path) -> None:
    async def day() -> None:
        await person.begins_a_drawing()
        event = person.add("trigger", (130, 200))
        branches = [person.add("template", (400, 80 + 120 * place)) for place in range(3)]
        collector = person.add("collector", (700, 200))
        for branch in branches:
            person.flow(event, branch)
            person.flow(branch, collector)
        assert len(person.session.document.graph.edges) == 6
        assert person.verdict() == "Fan-out"
        watcher = await rehearsed(person)
        assert set(watcher.agents) == {event, *branches, collector}
        assert all(seen[-1] == "succeeded" for seen in watcher.agents.values())
        assert set().union(*watcher.edges.values()) == {"value"}
        await person.export_and_reopen(tmp_path / "fan-out.quartet.json")

    person.lives(day)


def test_a_supervisor_over_its_workers(person: Person, tmp_path: Path) -> None:
    async def day() -> None:
        await person.begins_a_drawing()
        boss = person.add("supervisor", (420, 80))
        workers = [person.add("template", (160 + 260 * place, 280)) for place in range(3)]
        for worker in workers:
            person.supervise(boss, worker)
        assert {edge.kind for edge in person.session.document.graph.edges.values()} == {"supervise"}
        assert person.verdict() == "Supervisor"
        watcher = await rehearsed(person)
        assert set(watcher.agents) >= {boss, *workers}
        assert all(watcher.agents[worker][-1] == "succeeded" for worker in workers)
        await person.export_and_reopen(tmp_path / "supervisor.quartet.json")

    person.lives(day)


def test_a_swarm_of_peers_that_hand_off(person: Person, tmp_path: Path) -> None:
    async def day() -> None:
        await person.begins_a_drawing()
        peers = [person.add("llm", at) for at in ((200, 80), (700, 80), (450, 300))]
        for source in peers:
            for target in peers:
                if source != target:
                    person.hand_off(source, target)
        assert {edge.kind for edge in person.session.document.graph.edges.values()} == {"handoff"}
        assert len(person.session.document.graph.edges) == 6
        assert person.verdict() == "Swarm"
        await rehearsed(person)
        await person.export_and_reopen(tmp_path / "swarm.quartet.json")

    person.lives(day)


def test_all_problems_are_one_click_from_the_verdict(person: Person) -> None:
    async def day() -> None:
        await person.begins_a_drawing()
        ids = [person.add("llm", (140 + 220 * place, 200)) for place in range(4)]
        for source, target in pairwise(ids):
            person.flow(source, target)
        person.verdict()
        person.window.show_panel("timeline")
        person.window.show_panel("verdict")
        panels = person.session.panels
        await person.until(lambda: panels["verdict"].isVisible())
        panels["verdict"].area.ensureWidgetVisible(panels["verdict"].all_problems)
        person.click(panels["verdict"].all_problems)
        await person.until(lambda: panels["problems"].isVisible())
        assert panels["problems"].model.rowCount() > 4

    person.lives(day)


def test_run_asks_streams_shows_and_ends_against_a_real_server(
    person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ChatServer({"tiny": [Reply("A draft about the tides."), Reply("A better text about the tides.")]}) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "none-needed")
        monkeypatch.setenv("QUARTET_MODEL", "tiny")

        async def day() -> None:
            await person.begins_a_drawing()
            writer = person.add("llm", (160, 200))
            judge = person.add("human", (420, 200))
            editor = person.add("llm", (680, 200))
            person.flow(writer, judge)
            person.flow(judge, editor)
            watcher = Watcher(person.session)
            await person.until(person.window.top.run.isEnabled)  # a turn after the change
            person.click(person.window.top.run)
            dialog = person.window.findChild(InputDialog)
            QTest.keyClicks(dialog.field, "Write about the tides")
            person.press("Run", dialog)
            await person.until(lambda: person.session.runner.questions)
            card = person.session.run_bar.findChild(QuestionCard)
            assert "A draft about the tides." in card.prompt.text()
            QTest.keyClicks(card.field, "Make it better")
            person.click(card.send)
            await person.until(lambda: not person.session.runner.running)
            assert not person.window.findChildren(ListDialog)
            live = person.session.live
            assert live.present.status == "succeeded"
            assert live.present.output == "A better text about the tides."
            assert "running" in watcher.agents[writer] and "waiting" in watcher.agents[judge]
            assert any(event.type == "attempt.output" for event in live.events), "the text came in pieces"
            assert [asked.said for asked in server.asked] == ["Write about the tides", "Make it better"]
            assert "“Write about the tides”" in person.window.top.input.text()
            person.window.show_panel("output")
            await person.export_and_reopen(tmp_path / "real.quartet.json")

        person.lives(day)


def test_stop_stops_a_run_that_would_never_end(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    with ChatServer(Reply("Never heard", silent=True)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "none-needed")
        monkeypatch.setenv("QUARTET_MODEL", "tiny")

        async def day() -> None:
            await person.begins_a_drawing()
            writer = person.add("llm", (200, 200))
            await person.until(person.window.top.run.isEnabled)  # a turn after the change
            person.click(person.window.top.run)
            person.press("Run", person.window.findChild(InputDialog))
            await person.until(lambda: server.asked)
            assert person.session.live.state.agents[writer].status == "running"
            await person.until(person.window.top.stop.isEnabled)  # a turn after the change
            person.click(person.window.top.stop)
            await person.until(lambda: not person.session.runner.running)
            assert person.session.live.present.status == "cancelled"
            assert person.session.live.present.agents[writer].status == "cancelled"

        person.lives(day)
