"""The Runs panel, the bar that offers an interrupted run, running again from a moment: with a real window and mouse."""

import contextlib
import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from editor.test_runner import agent, chain
from quartet.editor.fork_dialog import ANSWER, INPUT, NOTHING, ForkDialog
from quartet.editor.history import History, export
from quartet.editor.kept_run import read
from quartet.editor.loop import EventLoop
from quartet.editor.panels.log_again import offer_again
from quartet.editor.panels.runs import Runs, kept_for
from quartet.editor.panels.runs_model import ABOUT, STATE, size_in_words
from quartet.editor.recovery import Keeper
from quartet.editor.run_dialogs import ListDialog
from quartet.editor.session import Session
from quartet.editor.settings import Settings
from quartet.editor.window import Window
from quartet.engine.clock import RealClock
from quartet.engine.journal import Recorded
from quartet.engine.journal.lock import Lock
from quartet.engine.journal.shelf import Shelf
from quartet.engine.journal.summary import FILE
from quartet.engine.run import run as start
from quartet.graph import files
from quartet.graph.edits import Set
from quartet.graph.model import Graph


def asking() -> Graph:
    """A step, a person who is asked, a step."""
    graph = chain(
        agent("first"), agent("ask", "human", config={"prompt": "Go on?", "choices": ["yes", "no"]}), agent("last")
    )
    graph.name = "Asking"
    return graph


class Desk:
    """A window on the editor's loop, with a file that runs were made of."""

    def __init__(self, loop: EventLoop, qtbot: QtBot, folder: Path) -> None:
        self.loop, self.qtbot, self.folder = loop, qtbot, folder
        self.settings = Settings()
        self.settings.folder = folder
        self.keeper = Keeper()
        self.window = Window(self.settings, self.keeper)
        qtbot.addWidget(self.window, before_close_func=lambda _: self.clear())
        self.window.resize(1400, 900)
        self.window.show()
        self.path = folder / "asking.quartet.json"
        files.write(asking(), self.path)

    def clear(self) -> None:
        for session in list(self.window.sessions):
            self.window.remove(session)
        self.keeper.close()

    @property
    def session(self) -> Session:
        assert self.window.session is not None
        return self.window.session

    @property
    def panel(self) -> Runs:
        found = self.session.panels["runs"]
        assert isinstance(found, Runs)
        return found

    def play(self, scene) -> None:
        task = self.loop.create_task(scene())
        QTimer.singleShot(30_000, self.window, task.cancel)
        self.loop.run_until_complete(task)

    async def until(self, true) -> None:
        while not true():
            await self.moment()

    async def moment(self) -> None:
        tick = self.loop.create_future()
        QTimer.singleShot(5, lambda: tick.done() or tick.set_result(None))
        await tick

    @property
    def history(self) -> History:
        return self.session.findChild(History)

    async def made(self, answer: str | None = "yes", graph: Graph | None = None, *, filed: bool = True) -> Path:
        """A run of the file, as the terminal would make it; without an answer it is left as if the program had died."""
        shelf, id = Shelf(), f"{len(Shelf().paths()):012x}"
        path = shelf.place(id, "Asking")
        settings = {FILE: str(self.path)} if filed else {}
        run = start(graph or asking(), "hi", journal=path, run_id=id, clock=RealClock(), settings=settings)
        async with run:
            async for event in run:
                if event.type != "wait.started":
                    continue
                if answer is None:
                    await run.suspend()
                    break
                run.answer("ask", answer)
        await self.until(lambda: read(path).resumable == (answer is None) and not read(path).carried)
        return path

    async def opened(self, rows: int) -> Runs:
        """The file is open, and the panel in front lists so many runs."""
        self.window.files.open_path(self.path)
        self.window.show_panel("runs")
        await self.until(lambda: self.panel.isVisible() and len(self.panel.model.runs) == rows)
        return self.panel

    def click_row(self, row: int, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        table = self.panel.table
        at = table.visualRect(self.panel.model.index(row, STATE)).center()
        QTest.mouseClick(table.viewport(), button, Qt.KeyboardModifier.NoModifier, at)

    def in_reach(self, button: QWidget) -> bool:
        """Whether it is in sight, and laid out: nobody presses what has no size yet."""
        return button.isVisible() and self.window.childAt(button.mapTo(self.window, button.rect().center())) is button

    def press(self, button: QWidget) -> None:
        assert button.isVisible()
        assert button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def asked(self, kind: type) -> QWidget | None:
        found = [each for each in self.window.findChildren(kind) if each.isVisible()]
        return found[-1] if found else None

    async def dialog(self, kind: type):
        await self.until(lambda: self.asked(kind) is not None)
        return self.asked(kind)

    def answer(self, dialog: QWidget, label: str) -> None:
        self.press(next(each for each in dialog.findChildren(QPushButton) if each.text().replace("&", "") == label))

    def choose(self, menu: QMenu, text: str) -> None:
        action = next(each for each in menu.actions() if each.text().startswith(text))
        assert action.isEnabled(), action.toolTip()
        action.trigger()
        menu.close()


@pytest.fixture
def desk(loop, qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(loop, qtbot, tmp_path)


def test_a_click_shows_a_run_as_if_it_had_just_ended_and_it_can_be_scrubbed(desk):
    async def scene() -> None:
        await desk.made("yes")
        await desk.made("no")
        panel = await desk.opened(2)
        live = desk.session.live
        desk.click_row(1)
        await desk.until(lambda: live.present is not None)
        assert live.present.finished
        assert live.present.agents["ask"].value == "yes"
        assert panel.model.shown == panel.model.runs[1].id
        assert desk.session.run_bar.word.text() == "Succeeded"
        live.show_at(3)
        assert not live.state.finished
        desk.click_row(0)
        await desk.until(lambda: live.present.agents["ask"].value == "no")
        assert live.shown_seq is None, "another run is shown at its end"
        assert desk.session.panels["log"].model.rowCount() > 0

    desk.play(scene)


def test_rows_say_in_words_how_a_run_stands_and_what_it_is(desk):
    async def scene() -> None:
        await desk.made("yes")
        await desk.made(None)
        other = asking()
        other.name = "Elsewhere"
        await desk.made("yes", other, filed=False)
        panel = await desk.opened(2)
        cell = panel.model.cell
        assert [cell(run, STATE) for run in panel.model.runs] == ["interrupted", "succeeded"]
        assert panel.count == 2
        assert "2 runs of 3" in panel.told.text()
        assert "kept for 30 days, up to 1 GB" in panel.told.text()
        desk.press(panel.all_graphs)
        assert [cell(run, ABOUT) for run in panel.model.runs] == ["Elsewhere", "Asking", "Asking"]
        row = panel.model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
        assert row.startswith("interrupted, ")

    desk.play(scene)


def test_a_run_of_another_graph_opens_with_the_drawing_that_ran(desk):
    async def scene() -> None:
        other = chain(agent("x"), agent("y"))
        other.name = "Elsewhere"
        await desk.made("yes", other, filed=False)
        await desk.made("yes")
        panel = await desk.opened(1)
        first = desk.session
        desk.press(panel.all_graphs)
        desk.click_row(1)
        await desk.until(lambda: desk.session is not first)
        assert desk.session.title.startswith("Elsewhere of ")
        assert set(desk.session.document.graph.agents) == {"x", "y"}
        assert desk.session.live.present.finished
        assert first.live.present is None
        assert not desk.session.document.modified

    desk.play(scene)


def test_a_drawing_that_was_changed_since_says_so_and_what_ran_is_one_click_away(desk):
    async def scene() -> None:
        await desk.made("yes")
        await desk.opened(1)
        first = desk.session
        first.document.do("Rename", [Set(section="agents", id="last", values={"name": "Another"})])
        desk.click_row(0)
        await desk.until(lambda: first.live.present is not None)
        bar = first.run_bar
        assert bar.edited.isVisible()
        desk.press(bar.drawing)
        await desk.until(lambda: desk.session is not first)
        assert desk.session.document.graph.agents["last"].name == "Last"
        assert desk.session.live.present.finished
        assert not desk.session.run_bar.edited.isVisible()

    desk.play(scene)


def test_an_interrupted_run_is_offered_when_its_graph_is_opened_and_goes_on(desk):
    async def scene() -> None:
        path = await desk.made(None)
        desk.window.files.open_path(desk.path)
        bar = desk.session.page.findChild(QWidget, "interrupted")
        await desk.until(lambda: bar.isVisible())
        assert " was interrupted after " in bar.text.text()
        desk.press(bar.resume)
        runner = desk.session.runner
        await desk.until(lambda: runner.questions)
        assert not bar.isVisible()
        assert desk.session.live.present.agents["first"].status == "succeeded"
        desk.answer(desk.session.run_bar.cards[0], "yes")
        await desk.until(lambda: not runner.running)
        assert desk.session.live.present.status == "succeeded"
        assert Shelf().paths() == [path]

    desk.play(scene)


def test_a_run_of_another_graph_has_one_tab_however_often_it_is_shown_and_resumed(desk):
    async def scene() -> None:
        other = asking()
        other.name = "Elsewhere"
        await desk.made(None, other, filed=False)
        panel = await desk.opened(0)
        first = desk.session
        desk.press(panel.all_graphs)
        await desk.until(lambda: len(panel.model.runs) == 1)
        desk.click_row(0)
        await desk.until(lambda: len(desk.window.sessions) == 2 and desk.session is not first)
        second = desk.session
        await desk.until(lambda: second.live.present is not None)
        counts = second.run_bar.counts.text()
        assert "1 was waiting" in counts
        assert second.run_bar.go_on.isVisibleTo(second.run_bar)
        desk.window.show_session(first)
        first.findChild(History).resume(panel.model.runs[0])
        await desk.until(lambda: second.runner.questions)
        assert desk.session is second
        assert desk.window.sessions == [first, second]
        await second.runner.stopped()

    desk.play(scene)


def test_not_now_puts_the_offer_away_and_an_ended_run_is_not_offered(desk):
    async def scene() -> None:
        await desk.made(None)
        desk.window.files.open_path(desk.path)
        bar = desk.session.page.findChild(QWidget, "interrupted")
        await desk.until(lambda: bar.isVisible())
        desk.press(bar.later)
        assert not bar.isVisible()
        desk.window.remove(desk.session)
        await desk.made("yes")
        await desk.opened(2)
        bar = desk.session.page.findChild(QWidget, "interrupted")
        await desk.until(lambda: not desk.history._timer.isActive())
        for _ in range(20):
            await desk.moment()
        assert not bar.isVisible(), "the latest run has ended"

    desk.play(scene)


def test_resuming_asks_for_leave_like_any_run(desk, tmp_path, monkeypatch):
    (tmp_path / "steps.py").write_text("def step(value):\n    return value\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    graph = asking()
    graph.agents["last"] = agent("last", "python", config={"function": "steps:step"})
    files.write(graph, desk.path)

    async def scene() -> None:
        await desk.made(None, graph)
        panel = await desk.opened(1)
        desk.click_row(0)
        await desk.until(lambda: desk.in_reach(desk.session.run_bar.go_on))
        assert not panel.resume.isVisible(), "one button is enough"
        assert desk.session.run_bar.word.text() == "Interrupted"
        desk.press(desk.session.run_bar.go_on)
        asked = await desk.dialog(ListDialog)
        assert asked.objectName() == "trust"
        labels = [each.text() for each in asked.findChildren(QPushButton)]
        assert "Rehearse instead" not in labels, "a rehearsal is no way to go on"
        assert not desk.session.runner.running
        desk.answer(asked, "Cancel")
        assert not desk.session.runner.running

    desk.play(scene)


def test_pinning_and_deleting_from_the_menu(desk):
    async def scene() -> None:
        kept, gone = await desk.made("yes"), await desk.made("no")
        panel = await desk.opened(2)
        table = panel.table
        at = table.visualRect(panel.model.index(1, STATE)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
        table.customContextMenuRequested.emit(QPoint(at))
        desk.choose(panel.findChild(QMenu), "Keep for good")
        await desk.until(lambda: panel.model.runs and panel.model.runs[-1].pinned)
        assert kept.with_name(kept.name + ".keep").exists()
        desk.click_row(0)
        QTest.keyClick(table, Qt.Key.Key_Delete)
        box = await desk.dialog(QMessageBox)
        assert box.text().startswith("Delete the run of ")
        desk.answer(box, "Delete")
        await desk.until(lambda: [run.path for run in panel.model.runs] == [kept])
        assert not gone.exists()

    desk.play(scene)


def test_a_run_is_exported_whole_or_as_json_lines(desk, tmp_path):
    async def scene() -> None:
        path = await desk.made("yes")
        panel = await desk.opened(1)
        desk.click_row(0)
        await desk.until(lambda: desk.session.live.present is not None)
        menu = panel.menu_for(panel.chosen())
        inner = next(action.menu() for action in menu.actions() if action.text() == "Export")
        desk.choose(inner, "Its events")
        dialog = await desk.dialog(QFileDialog)
        dialog.selectFile(str(tmp_path / "events.jsonl"))
        dialog.accept()
        await desk.until((tmp_path / "events.jsonl").exists)
        lines = (tmp_path / "events.jsonl").read_text().splitlines()
        assert [json.loads(line)["seq"] for line in lines] == list(range(1, len(lines) + 1))
        export(path, tmp_path / "whole.run")
        with Recorded.open(tmp_path / "whole.run") as copy:
            assert len(list(copy.events())) == len(lines)
        with pytest.raises(OSError, match="itself"):
            export(path, path)
        with contextlib.closing(sqlite3.connect(path)) as kept:
            assert kept.execute("SELECT count(*) FROM batches").fetchone()[0]

    desk.play(scene)


def test_running_again_from_a_message_with_another_answer(desk):
    async def scene() -> None:
        path = await desk.made("yes")
        await desk.opened(1)
        session = desk.session
        desk.click_row(0)
        await desk.until(lambda: session.live.present is not None)
        desk.window.show_panel("messages")
        messages = session.panels["messages"]
        await desk.until(messages.isVisible)
        row = next(
            row
            for row in range(messages.model.rowCount())
            if messages.model.ends(messages.model.event_at(row))[0] == "first"
        )
        at = messages.table.visualRect(messages.model.index(row, 3)).center()
        messages.table.customContextMenuRequested.emit(QPoint(at))
        desk.choose(messages.findChild(QMenu), "Run again from here…")
        dialog = await desk.dialog(ForkDialog)
        assert dialog.change.currentData() == ANSWER
        assert dialog.field.toPlainText() == "first: hi"
        assert any("Reused: 1 answer of First" in line for line in dialog.lines())
        dialog.field.setPlainText("")
        QTest.keyClicks(dialog.field, "first: bye")
        await desk.until(lambda: any(line.startswith("Changed: what First answers") for line in dialog.lines()))
        desk.press(dialog.start)
        runner = session.runner
        await desk.until(lambda: runner.questions)
        runner.answer("ask", "yes")
        await desk.until(lambda: not runner.running)
        assert session.live.present.agents["first"].value == "first: bye"
        assert "changed 1 answer of First" in runner.note
        assert runner.note in session.run_bar.reason.text()
        fork = Shelf().runs()[0]
        assert fork.parent == read(path).record.id
        assert fork.file == str(desk.path), "it is a run of the same file"

    desk.play(scene)


def test_running_again_with_another_input_or_the_drawing_as_it_is_now(desk):
    async def scene() -> None:
        await desk.made("yes")
        await desk.opened(1)
        session = desk.session
        session.document.do("Text", [Set(section="agents", id="last", values={"config": {"text": "new {{ value }}"}})])
        desk.click_row(0)
        await desk.until(lambda: session.live.present is not None)
        session.live.again_requested.emit(session.live.present.seq, None)
        dialog = await desk.dialog(ForkDialog)
        assert dialog.change.currentData() == NOTHING
        assert not dialog.field.isVisible()
        assert all(line.startswith("Reused:") for line in dialog.lines())
        dialog.drawing.setCurrentIndex(1)
        await desk.until(lambda: any("Last, as it is drawn differently now" in line for line in dialog.lines()))
        dialog.change.setCurrentIndex(dialog.change.findData(INPUT))
        dialog.field.setPlainText("ho")
        await desk.until(lambda: any("as the input is another one" in line for line in dialog.lines()))
        dialog.change.setCurrentIndex(dialog.change.findData(NOTHING))
        await desk.until(lambda: dialog.start.isEnabled() and not any("input" in line for line in dialog.lines()))
        desk.press(dialog.start)
        await desk.until(lambda: len(Shelf().paths()) == 2 and not session.runner.running)
        assert session.live.present.agents["last"].value == "new yes"
        assert session.runner.note == "Reused 3 answers of First and Ask, did 1 call of Last."

    desk.play(scene)


def test_an_agent_of_a_shown_run_offers_to_run_again_from_where_it_began(desk):
    async def scene() -> None:
        await desk.made("yes")
        await desk.opened(1)
        session = desk.session
        desk.click_row(0)
        await desk.until(lambda: session.live.present is not None)
        (offer,) = session.canvas.hands.offers("last")
        offer.does()
        dialog = await desk.dialog(ForkDialog)
        assert dialog.change.currentText() == "What Last answers"
        assert any("Done anew: Last, as it had not answered by then" in line for line in dialog.lines())
        dialog.reject()
        session.runner.leave_demonstration()
        assert session.canvas.hands.offers("last") == []

    desk.play(scene)


def test_what_is_not_safe_to_run_twice_starts_only_when_a_person_says_so(desk, tmp_path, monkeypatch):
    (tmp_path / "steps.py").write_text("def step(value):\n    return value\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    graph = chain(agent("a"), agent("send", "python", config={"function": "steps:step"}, repeatable=False))
    graph.name = "Asking"
    files.write(graph, desk.path)

    async def scene() -> None:
        path = await desk.made("yes", graph)
        await desk.opened(1)
        first = next(
            event.seq for event in read(path).events if event.agent == "send" and event.type == "attempt.started"
        )
        desk.click_row(0)
        await desk.until(lambda: desk.session.live.present is not None)
        desk.session.live.again_requested.emit(first, None)
        dialog = await desk.dialog(ForkDialog)
        assert "Send is not safe to run twice" in dialog.twice.text()
        assert not dialog.start.isEnabled()
        QTest.mouseClick(dialog.sure, Qt.MouseButton.LeftButton, pos=QPoint(8, dialog.sure.height() // 2))
        assert dialog.start.isEnabled()
        dialog.reject()

    desk.play(scene)


def test_an_unreadable_file_is_told_of_and_not_thrown_away(desk):
    async def scene() -> None:
        path = await desk.made("yes")
        path.with_name("20200101T000000000Z-asking-feed.run").write_bytes(b"nonsense")
        panel = await desk.opened(1)
        desk.press(panel.all_graphs)
        assert panel.model.cell(panel.model.runs[-1], STATE) == "cannot be read"
        menu = panel.menu_for([panel.model.runs[-1]])
        delete = next(action for action in menu.actions() if action.text() == "Delete…")
        assert not delete.isEnabled()

    desk.play(scene)


def test_what_is_kept_is_said_as_the_environment_states_it(monkeypatch):
    assert kept_for() == "kept for 30 days, up to 1 GB"
    monkeypatch.setenv("QUARTET_RUNS_DAYS", "0")
    monkeypatch.setenv("QUARTET_RUNS_MB", "50")
    assert kept_for() == "kept up to 50 MB"
    monkeypatch.setenv("QUARTET_RUNS_MB", "0")
    assert kept_for() == "kept for ever"
    monkeypatch.setenv("QUARTET_RUNS_DAYS", "soon")
    assert "state a number" in kept_for()
    assert size_in_words(1) == "1 byte"


def test_a_run_under_way_is_listed_and_one_that_was_drained_is_paused_and_can_be_resumed(desk):
    async def scene() -> None:
        await desk.made("yes")
        panel = await desk.opened(1)
        runner = desk.session.runner
        runner.input = "hi"
        runner.run()
        await desk.until(lambda: runner.questions and len(panel.model.runs) == 2)
        assert panel.model.runs[0].state == "running"
        assert panel.model.runs[0].id == runner.record.id
        assert not panel.menu_for([panel.model.runs[0]]).actions()[0].isEnabled()
        runner.drain()
        await desk.until(lambda: panel.model.runs[0].state == "paused")
        await desk.until(lambda: desk.session.run_bar.leave.isVisible())
        desk.press(desk.session.run_bar.leave)
        await desk.until(lambda: not runner.running and panel.model.runs[0].resumable)
        assert panel.model.cell(panel.model.runs[0], STATE) == "paused"
        desk.press(desk.session.run_bar.go_on)
        await desk.until(lambda: runner.questions)
        desk.answer(desk.session.run_bar.cards[0], "no")
        await desk.until(lambda: not runner.running and panel.model.runs[0].state == "succeeded")

    desk.play(scene)


def test_a_run_is_paused_looked_back_on_and_gone_on_with_by_commands_alone(desk):
    async def scene() -> None:
        desk.window.files.open_path(desk.path)
        runner, live, actions = desk.session.runner, desk.session.live, desk.window.actions_
        desk.window.activateWindow()
        pause, present = actions["run.pause"], actions["run.present"]
        assert not pause.isEnabled() and "Nothing runs." in pause.toolTip()
        runner.input = "hi"
        runner.run()
        await desk.until(lambda: runner.questions and pause.isEnabled())
        QTest.keyClick(desk.window, Qt.Key.Key_F9)
        await desk.until(lambda: runner.paused)
        actions.refresh()
        assert pause.isChecked() and not present.isEnabled()
        live.show_at(1)
        actions.refresh()
        actions.trigger("run.present")
        assert live.shown_seq is None
        QTest.keyClick(desk.window, Qt.Key.Key_F9)
        await desk.until(lambda: not runner.paused)
        desk.answer(desk.session.run_bar.cards[0], "yes")
        await desk.until(lambda: not runner.running)
        assert live.present.status == "succeeded"

    desk.play(scene)


def test_closing_a_tab_leaves_its_kept_run_which_is_offered_when_the_graph_is_opened_again(desk):
    async def scene() -> None:
        desk.window.files.open_path(desk.path)
        runner = desk.session.runner
        runner.input = "hi"
        runner.run()
        await desk.until(lambda: runner.questions)
        path = runner.record.path
        desk.window.files.close(desk.session)
        await desk.until(lambda: not desk.window.sessions)
        assert read(path).resumable
        desk.window.files.open_path(desk.path)
        bar = desk.session.page.findChild(QWidget, "interrupted")
        await desk.until(lambda: bar.isVisible())
        desk.press(bar.look)
        await desk.until(lambda: desk.session.live.present is not None)
        assert not bar.isVisible()
        assert desk.session.live.present.agents["ask"].status == "waiting"

    desk.play(scene)


def test_the_timeline_and_the_log_offer_to_run_again_from_the_moment_under_the_pointer(desk):
    async def scene() -> None:
        await desk.made("yes")
        await desk.opened(1)
        session = desk.session
        desk.click_row(0)
        await desk.until(lambda: session.live.present is not None)
        wanted = []
        session.live.again_requested.disconnect()
        session.live.again_requested.connect(lambda seq, agent: wanted.append((seq, agent)))
        desk.window.show_panel("timeline")
        view = session.panels["timeline"].view
        await desk.until(view.isVisible)
        row = view.agents.index("ask")
        point = QPoint(view.viewport().width() - 30, round(view.row_top(row)) + 8)
        view.contextMenuEvent(
            QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, view.viewport().mapToGlobal(point))
        )
        desk.choose(view.findChild(QMenu), "Run again from here…")
        log = session.panels["log"]
        event = next(event for event in session.live.events if event.type == "edge.token")
        log.table.customContextMenuRequested.emit(
            log.table.visualRect(log.model.index(log.model.row_of(event.seq), 2)).center()
        )
        desk.choose(log.findChild(QMenu), "Run again from here…")
        assert wanted[0][1] == "ask"
        assert wanted[1] == (event.seq, "first"), "a token is the answer of the agent that it comes from"

    desk.play(scene)


def test_a_rehearsal_says_why_it_cannot_be_run_again_from_a_moment(desk):
    async def scene() -> None:
        desk.window.files.open_path(desk.path)
        session = desk.session
        session.runner.rehearse()
        await desk.until(lambda: not session.runner.running)
        menu = QMenu()
        offer_again(menu, session.live, session.live.events[-1])
        (action,) = menu.actions()
        assert not action.isEnabled()
        assert "was not kept" in action.toolTip()

    desk.play(scene)


def test_a_run_with_changes_that_is_asked_for_while_another_one_goes_waits(desk):
    async def scene() -> None:
        path = await desk.made("yes")
        await desk.opened(1)
        runner = desk.session.runner
        runner.input = "hi"
        runner.run()
        await desk.until(lambda: runner.questions)
        desk.history.again(path)
        desk.history.show(Shelf().runs()[-1])
        assert "under way" in desk.window.status.said.text()
        assert desk.asked(ForkDialog) is None
        runner.stop()
        await desk.until(lambda: not runner.running)

    desk.play(scene)


def test_keeping_runs_is_switched_off_and_on_in_the_run_menu(desk):
    desk.window.files.open_path(desk.path)
    action = desk.window.actions_["run.keep"]
    assert action.isChecked()
    action.trigger()
    assert not action.isChecked()
    assert not desk.session.runner.keeps
    assert desk.panel.pages.empty is not None
    action.trigger()
    assert desk.session.runner.keeps


def test_kept_runs_are_listed_without_opening_one_again(desk, monkeypatch):
    async def scene() -> None:
        path = await desk.made("yes")
        for number in range(1, 60):
            shutil.copy(
                path, path.with_name(f"202001{number // 24 + 1:02}T{number % 24:02}0000000Z-asking-{number:012x}.run")
            )
        left = await desk.made(None)
        panel = await desk.opened(61)
        bar = desk.session.page.findChild(QWidget, "interrupted")
        await desk.until(lambda: bar.isVisible())  # it has looked at the latest run
        opened = []
        real = Recorded.open.__func__
        monkeypatch.setattr(Recorded, "open", classmethod(lambda cls, path: opened.append(path) or real(cls, path)))
        panel.model.set_runs([], named=False)
        panel.refresh()
        await desk.until(lambda: len(panel.model.runs) == 61)
        assert opened == [], "also not of what can be resumed"
        assert panel.model.runs[0].path == left

    desk.play(scene)


def test_a_run_that_is_shown_leaves_the_panels_beside_the_canvas_as_wide_as_they_were(desk):
    async def scene() -> None:
        await desk.made("yes")
        await desk.opened(1)
        widths = [desk.window.docks.docks[name].width() for name in ("palette", "inspector")]
        desk.click_row(0)
        await desk.until(lambda: desk.session.run_bar.isVisible())
        await desk.moment()
        assert [desk.window.docks.docks[name].width() for name in ("palette", "inspector")] == widths

    desk.play(scene)


def test_a_remembered_run_that_somebody_goes_on_with_is_looked_at_again(desk):
    async def scene() -> None:
        path = await desk.made(None)
        assert Shelf().latest("Asking") == path
        assert Shelf().latest("Another") is None
        assert [run.resumable for run in Shelf().runs()] == [True]
        lock = Lock(path)
        assert lock.take()
        (run,) = Shelf().runs()
        assert run.carried
        assert not run.resumable
        assert run.file == str(desk.path)
        assert Shelf().runs(besides={path}) == []
        lock.release()
        assert Shelf().runs()[0].resumable

    desk.play(scene)
