"""The program as a whole: starts, shows a file, ends when asked politely, and survives its own failures."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from quartet.editor import crash, journal
from quartet.editor.document import Document
from quartet.editor.orphans import folder
from quartet.editor.recovery import Keeper
from quartet.editor.settings import data_folder
from quartet.graph import files
from quartet.graph.edits import SetGraph
from quartet.graph.model import Agent, AgentId, Graph
from quartet.paths import EXAMPLES

STARTED = """
import sys
from PySide6.QtCore import QTimer
from quartet.editor import app
real = app.Application.open_window
def open_window(self):
    window = real(self)
    def opened():
        if len(window.sessions) == len(sys.argv[1:]):
            print(len(window.sessions), flush=True)
        else:
            QTimer.singleShot(20, opened)
    QTimer.singleShot(20, opened)
    return window
app.Application.open_window = open_window
sys.exit(app.main(sys.argv[1:]))
"""


def start(*arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.Popen(
        [sys.executable, "-c", STARTED, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_it_opens_the_files_it_is_given_and_ends_in_order(name: signal.Signals) -> None:
    program = start(str(EXAMPLES / "newsroom.quartet.json"), str(EXAMPLES / "customer-service.quartet.json"))
    assert program.stdout is not None
    assert program.stdout.readline().strip() == b"2"
    program.send_signal(name)
    _, errors = program.communicate(timeout=120)
    assert program.returncode == 0
    assert b"Traceback" not in errors, errors.decode()
    assert not folder().exists()


def test_a_picture_of_the_window_can_be_taken(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    code = "import sys; from quartet.editor.app import main; sys.exit(main(sys.argv[1:2], screenshot=sys.argv[2]))"
    graph = str(EXAMPLES / "content-pipeline.quartet.json")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([sys.executable, "-c", code, graph, str(picture)], check=True, capture_output=True, env=environment)
    assert QImage(str(picture)).width() > 600


def question(qtbot: QtBot) -> QMessageBox:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    found = QApplication.activeModalWidget()
    assert isinstance(found, QMessageBox)
    return found


def fail() -> BaseException:
    try:
        raise ValueError("a defect of ours")
    except ValueError as error:
        return error


def test_a_defect_copies_unsaved_work_first_and_says_so(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    keeper = Keeper()
    agent = Agent(id=AgentId("a"), kind="llm", name="A")
    document = Document(Graph(agents={agent.id: agent}))
    keeper.watch(document)
    document.do("Rename", [SetGraph(values={"name": "Unsaved"})])
    watch = crash.Watch(keeper.write_now)
    error = fail()
    watch.caught(type(error), error, error.__traceback__)
    box = question(qtbot)
    kept = [journal.read(path) for path in folder().glob("*/*.steps")]
    assert [found.about.title for found in kept if found is not None] == ["Unsaved"]
    assert "a defect of ours" in box.detailedText()
    reports = list((data_folder() / "reports").glob("*.txt"))
    assert len(reports) == 1 and "a defect of ours" in reports[0].read_text()
    watch.caught(type(error), error, error.__traceback__)  # a second one while the first is shown: no second box
    qtbot.wait(5)
    button = box.findChild(QPushButton, "copy")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert "a defect of ours" in QGuiApplication.clipboard().text()
    assert document.graph.name == "Unsaved"
    assert "a defect of ours" in caplog.text
    caplog.clear()
    keeper.close()


def test_a_defect_is_told_again_when_the_dialog_it_was_told_over_took_the_first_along(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    watch = crash.Watch(lambda: None)
    error = fail()
    dialog = QDialog()
    dialog.show()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    watch.caught(type(error), error, None)
    assert question(qtbot).parent() is dialog
    shiboken6.delete(dialog)
    watch.caught(type(error), error, None)
    box = question(qtbot)
    box.close()
    caplog.clear()


def test_what_fails_at_every_painting_is_told_once(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_000.0]
    monkeypatch.setattr(crash, "monotonic", lambda: clock[0])
    watch = crash.Watch(lambda: None)

    def boxes() -> list[QMessageBox]:
        QApplication.processEvents()
        found = [each for each in QApplication.topLevelWidgets() if isinstance(each, QMessageBox)]
        return [each for each in found if each.isVisible()]

    error = fail()
    watch.caught(type(error), error, None)
    (box,) = boxes()
    QTest.keyClick(box, Qt.Key.Key_Escape)
    for _ in range(3):
        clock[0] += 0.9 * crash.AGAIN
        watch.caught(type(error), error, None)
        assert boxes() == []
    assert "ValueError again: " in caplog.text
    clock[0] += 1.1 * crash.AGAIN
    watch.caught(type(error), error, None)
    (box,) = boxes()
    QTest.keyClick(box, Qt.Key.Key_Escape)
    caplog.clear()


def test_a_defect_in_another_thread_is_told_on_the_main_one(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    watch = crash.Watch(lambda: None)
    watch.install()
    try:
        thread = threading.Thread(target=lambda: [][0])
        thread.start()
        thread.join()
    finally:
        watch.remove()
    box = question(qtbot)
    assert "IndexError" in box.detailedText()
    box.close()
    caplog.clear()


def test_a_slot_that_fails_in_the_running_program_is_told_with_what_to_do() -> None:
    code = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from quartet.editor import app
real = app.Application.open_window
def open_window(self):
    window = real(self)
    window.welcome.open_button.clicked.disconnect()
    window.welcome.open_button.clicked.connect(lambda: [][0])
    def look():
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            print(box.text(), box.informativeText(), flush=True)
            box.done(0)
            window.close()
    window.looking = QTimer(window, interval=20)
    window.looking.timeout.connect(look)
    window.looking.start()
    QTimer.singleShot(0, window.welcome.open_button.click)
    return window
app.Application.open_window = open_window
app.main()
"""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, timeout=60, text=True)
    assert done.returncode == 0, done.stderr
    assert "Something went wrong" in done.stdout and "You can go on working" in done.stdout


def test_a_report_says_what_happened_and_nothing_of_the_person() -> None:
    text = crash.report(fail())
    assert "ValueError: a defect of ours" in text and "Python" in text
    assert str(Path.home()) not in text
    assert json.dumps(dict(os.environ)) not in text


def test_a_report_holds_no_key_and_no_long_text_of_a_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "sk-0123456789")
    try:
        raise ValueError(f"refused sk-0123456789 for {Path.home()}/graph.json: " + "private words " * 100)
    except ValueError as error:
        text = crash.report(error)
    assert "sk-0123456789" not in text and "SOME_API_KEY" in text
    assert max(len(line) for line in text.splitlines()) < 320 and "(cut)" in text


VICTIM = """
import sys
from PySide6.QtCore import QTimer
from quartet.editor import app
from quartet.graph.edits import SetGraph
real = app.Application.open_window
def open_window(self):
    window = real(self)
    def work():
        if window.session is None:
            QTimer.singleShot(20, work)
            return
        window.session.document.do("Rename", [SetGraph(values={"name": "Nearly lost"})])
        print("changed", flush=True)
    QTimer.singleShot(20, work)
    return window
app.Application.open_window = open_window
sys.exit(app.main(sys.argv[1:]))
"""

NEXT = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from quartet.editor import app
real = app.Application.open_window
def open_window(self):
    window = real(self)
    def look():
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            QTimer.singleShot(50, look)
            return
        dialog.restore.click()
        document = window.session.document
        print(document.graph.name, document.modified, document.path, flush=True)
        document.undo_stack.setClean()
        window.close()
    QTimer.singleShot(50, look)
    return window
app.Application.open_window = open_window
sys.exit(app.main([]))
"""


def test_what_was_changed_just_before_a_kill_is_offered_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "a.quartet.json"
    agent = Agent(id=AgentId("a"), kind="llm", name="A")
    files.write(Graph(name="Saved", agents={agent.id: agent}), path)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    victim = subprocess.Popen([sys.executable, "-c", VICTIM, str(path)], stdout=subprocess.PIPE, env=environment)
    assert victim.stdout is not None
    assert victim.stdout.readline().strip() == b"changed"
    victim.kill()
    victim.communicate()
    after = subprocess.run(
        [sys.executable, "-c", NEXT], capture_output=True, env=environment, timeout=120, check=True, text=True
    )
    assert after.stdout.strip() == f"Nearly lost True {path}"
    assert files.read(path).graph.name == "Saved"
    assert not list(folder().glob("*"))


COPIES = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from quartet.editor import app
real = app.Application.open_window
def open_window(self, *given, **named):
    window = real(self, *given, **named)
    def work():
        if window.session is None:
            QTimer.singleShot(20, work)
            return
        window.session.canvas.select_all()
        window.session.canvas.copy()
        print("copied", len(QGuiApplication.clipboard().text()) > 0, flush=True)
        window.close()
    QTimer.singleShot(20, work)
    return window
app.Application.open_window = open_window
code = app.main(sys.argv[1:])
print("left", "agents" in QGuiApplication.clipboard().text())
sys.exit(code)
"""


def test_what_was_copied_outlives_the_program_and_does_not_take_it_down(tmp_path: Path) -> None:
    path = tmp_path / "a.quartet.json"
    files.write(Graph(agents={AgentId("a"): Agent(id=AgentId("a"), kind="llm", name="A")}), path)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", COPIES, str(path)], capture_output=True, env=environment, timeout=60, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "copied True" in done.stdout and "left True" in done.stdout
