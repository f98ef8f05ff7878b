"""What is asked after a crash: restore the copies, discard them, or leave them for later."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from quartet.editor import dialogs, icons, theme
from quartet.editor.document import Document
from quartet.editor.recovery import Copy, Orphan
from quartet.graph import files

if TYPE_CHECKING:
    from quartet.editor.window import Window


class RecoveryDialog(QDialog):
    """Lists the copies. Escape means Later: nothing is lost by not deciding."""

    decided = Signal(str)
    """`restore`, `discard` or `later`."""

    def __init__(self, parent: QWidget, orphans: list[Orphan]) -> None:
        super().__init__(parent)
        self.setObjectName("recovery")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle("Quartet")
        self.setMinimumWidth(480)
        self._decision = "later"
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        title = QLabel("Your work was kept")
        title.setProperty("look", "headline")
        text = QLabel(
            "Quartet ended unexpectedly with unsaved changes. Restored graphs open as unsaved;"
            " the files on disk stay as they are until you save."
        )
        text.setProperty("look", "soft")
        text.setWordWrap(True)
        layout.addWidget(title)
        layout.addWidget(text)
        for orphan in orphans:
            for copy in orphan.copies:
                layout.addWidget(_row(copy))
        buttons = QHBoxLayout()
        self.discard = QPushButton("Discard")
        self.discard.setProperty("look", "danger")
        self.later = QPushButton("Later")
        self.restore = QPushButton("Restore")
        self.restore.setDefault(True)
        buttons.addWidget(self.discard)
        buttons.addStretch(1)
        buttons.addWidget(self.later)
        buttons.addWidget(self.restore)
        layout.addSpacing(4)
        layout.addLayout(buttons)
        self.restore.clicked.connect(lambda: self._decide("restore"))
        self.discard.clicked.connect(lambda: self._decide("discard"))
        self.later.clicked.connect(self.reject)
        self.finished.connect(lambda _: self.decided.emit(self._decision))

    def _decide(self, decision: str) -> None:
        self._decision = decision
        self.accept()


def _row(copy: Copy) -> QWidget:
    frame = QFrame()
    frame.setProperty("look", "card")
    line = QHBoxLayout(frame)
    line.setContentsMargins(12, 8, 12, 8)
    line.setSpacing(12)
    picture = QLabel()
    picture.setPixmap(icons.pixmap("history", theme.current().soft, 18))
    words = QVBoxLayout()
    words.setSpacing(0)
    title = QLabel(copy.title)
    title.setProperty("look", "title")
    when = datetime.datetime.fromtimestamp(copy.saved).astimezone().strftime("%d %b %Y, %H:%M:%S")
    where = "not saved to a file yet" if copy.path is None else str(copy.path)
    below = QLabel(f"{when} · {where}")
    below.setProperty("look", "tiny")
    words.addWidget(title)
    words.addWidget(below)
    line.addWidget(picture)
    line.addLayout(words, 1)
    return frame


def restore(window: Window, orphan: Orphan) -> bool:
    """Open an orphan's copies as modified documents. False if one cannot be read: then all are kept."""
    documents = []
    for copy in orphan.copies:
        try:
            opened = files.read(copy.file)
        except files.FileProblem as problem:
            dialogs.tell(
                window,
                f"The copy of “{copy.title}” cannot be read",
                f"{problem}\n\nIt is left where it is: {copy.file}",
            )
            return False
        document = Document(opened.graph, copy.path)
        document.mark_modified()
        document.print = copy.print  # if the file was changed since, Save asks before it writes over that
        documents.append(document)
    for document in documents:
        window.add(document)
    window.keeper.write_now()
    orphan.done()
    return True
