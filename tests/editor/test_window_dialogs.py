"""What the window asks and says in dialogs: in the right words, once, and without ornaments."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from editor.panel_story import newsroom
from quartet.editor import theme
from quartet.editor.document import Document
from quartet.editor.recovery import Keeper
from quartet.editor.settings import Settings
from quartet.editor.window import Window
from quartet.graph import files
from quartet.graph.edits import Set, SetGraph
from quartet.graph.model import AgentId, Graph


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    settings, keeper = Settings(), Keeper()
    settings.folder = tmp_path
    found = Window(settings, keeper)
    qtbot.addWidget(found)
    found.resize(1400, 900)
    found.show()
    yield found
    for session in list(found.sessions):
        found.remove(session)
    keeper.close()


def questions() -> list[QMessageBox]:
    return [box for box in QApplication.topLevelWidgets() if isinstance(box, QMessageBox) and box.isVisible()]


def answer(key: str) -> None:
    (box,) = questions()
    (button,) = [button for button in box.buttons() if button.objectName() == key]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()


def saved(window: Window, name: str = "a.quartet.json", graph: Graph | None = None) -> Path:
    path = window.settings.folder / name
    files.write(graph or newsroom(), path)
    return path


def test_closing_what_was_never_saved_says_that_all_of_it_would_be_lost(window: Window) -> None:
    session = window.add(Document(newsroom()))
    session.document.do("Rename", [SetGraph(values={"name": "New"})])
    window.files.close(session)
    (box,) = questions()
    assert "never saved" in box.informativeText()
    assert "last save" not in box.informativeText()
    answer("discard")
    assert window.sessions == []


def test_many_files_that_cannot_be_opened_are_told_of_at_once(window: Window) -> None:
    paths = [saved(window)]
    for number in range(3):
        path = window.settings.folder / f"broken {number}.json"
        path.write_text("{")
        paths.append(path)
    window.files.open_paths(paths)
    (box,) = questions()
    assert box.text() == "3 files cannot be opened"
    assert "broken 1.json" in box.informativeText()
    assert box.detailedText().count("line 1") == 3
    answer("close")
    assert len(window.sessions) == 1


def test_dialogs_have_no_ornaments_on_their_buttons(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    both = QDialogButtonBox.StandardButton.Close | QDialogButtonBox.StandardButton.Save
    box = QDialogButtonBox(both)
    qtbot.addWidget(box)
    box.show()
    assert all(button.icon().isNull() for button in box.buttons())


def test_the_inspector_calls_an_agent_by_its_name(window: Window, qtbot: QtBot) -> None:
    session = window.add(Document(newsroom()))
    session.document.select({"web"})
    window.show_panel("inspector")
    panel = session.panels["inspector"]

    def shown() -> list[str]:
        return [label.text() for label in panel.findChildren(QLabel) if label.isVisibleTo(panel)]

    qtbot.waitUntil(lambda: "Web research" in shown())
    assert "Language model · id: web" in shown()
    session.document.do("Rename", [Set(section="agents", id=AgentId("web"), values={"name": "Net & <b>more</b>"})])
    qtbot.waitUntil(lambda: "Net & <b>more</b>" in shown())
