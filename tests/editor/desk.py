"""A window and how a person uses it by the keyboard. One window serves all tests of a module: they are many."""

from pathlib import Path

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from editor.panel_story import newsroom
from quartet.editor.recovery import Keeper
from quartet.editor.session import Session
from quartet.editor.settings import Settings
from quartet.editor.window import Window
from quartet.graph import files
from quartet.graph.model import Graph

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
PLAIN = Qt.KeyboardModifier.NoModifier


class Desk:
    """A window with one document, and a person's hands."""

    def __init__(self, folder: Path, graph: Graph | None = None) -> None:
        self.settings = Settings(folder / "settings.ini")
        self.settings.folder = folder
        self.keeper = Keeper()
        self.window = Window(self.settings, self.keeper)
        self.window.resize(1400, 900)
        self.window.show()
        self.window.activateWindow()
        path = folder / "drawing.quartet.json"
        files.write(newsroom() if graph is None else graph, path)
        self.window.files.open_path(path)
        self.session.document.judge_now()
        self.session.canvas.setFocus()

    def anew(self) -> None:
        """As it was at first: the document, what is selected, where the keyboard is, the person's keys."""
        for dialog in self.window.findChildren(QDialog):
            dialog.close()
        stack = self.session.document.undo_stack
        while stack.canUndo():
            stack.undo()
        stack.clear()
        self.session.document.select(())
        self.settings._store.clear()
        self.window.actions_.keymap.reset_all()
        self.window.activateWindow()
        self.session.canvas.cancel_gesture()
        self.session.canvas.setFocus()
        QApplication.processEvents()

    def close(self) -> None:
        for session in self.window.sessions:
            session.document.close()
        self.keeper.close()
        self.window.hide()
        shiboken6.delete(self.window)  # with all that hangs on it, before the next module's tests

    @property
    def session(self) -> Session:
        assert self.window.session is not None
        return self.window.session

    @property
    def focused(self) -> QWidget:
        found = QApplication.focusWidget()
        assert found is not None
        return found

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = PLAIN) -> None:
        """Press a key wherever the keyboard is."""
        QTest.keyClick(self.focused, key, held)

    def type(self, text: str) -> None:
        QTest.keyClicks(self.focused, text)

    def send(self, key: int, text: str, held: Qt.KeyboardModifier = PLAIN, scan: int = 0) -> None:
        """A key event as another keyboard's: what it types, and whatever its code is."""
        for kind in (QKeyEvent.Type.KeyPress, QKeyEvent.Type.KeyRelease):
            QApplication.sendEvent(self.focused, QKeyEvent(kind, key, held, scan, 0, 0, text))
