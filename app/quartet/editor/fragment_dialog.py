"""Asks for the name and the description of a fragment of one's own, and what is done with those that are there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QWidget

from quartet.editor import dialogs, icons, own_fragments
from quartet.editor.dialogs import Choice
from quartet.editor.plain_text import plain_label
from quartet.editor.run_dialogs import RunDialog
from quartet.graph.files import FileProblem

if TYPE_CHECKING:
    from quartet.editor.pieces import Entry


class FragmentDialog(RunDialog):
    """A name, and if one likes a description. `keep` writes; where that fails it says why and stays open."""

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        text: str,
        action: str,
        keep: Callable[[str, str], None],
        entry: Entry | None = None,
        name: str = "",
    ) -> None:
        super().__init__(parent, "shapes", "accent", title, text)
        self.setObjectName("fragment")
        self._keep, self._file = keep, None if entry is None else entry.fragment
        drawing = None if entry is None else entry.drawing
        self.name = QLineEdit(name if entry is None else entry.title)
        self.description = QLineEdit("" if drawing is None else drawing.description or "")
        self.description.setPlaceholderText("What it is good for")
        for label, field in (("&Name", self.name), ("&Description", self.description)):
            caption = QLabel(label)
            caption.setBuddy(field)
            field.setAccessibleName(label.replace("&", ""))
            self.box.addWidget(caption)
            self.box.addWidget(field)
        self.problem = plain_label(look="soft", wrap=True)
        self.problem.hide()
        self.box.addWidget(self.problem)
        self.cancel = self.button("Cancel", self.reject)
        self.ok = self.button(action, self._done, "primary", default=True)
        self.finish_layout()
        self.name.textChanged.connect(self._check)
        self.name.selectAll()
        self.name.setFocus()
        self._check()

    def _check(self) -> None:
        trouble = own_fragments.name_trouble(self.name.text(), self._file)
        self._say("" if not self.name.text().strip() else trouble or "")
        self.ok.setEnabled(trouble is None)
        self.ok.setToolTip(trouble or "")

    def _say(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def _done(self) -> None:
        try:
            self._keep(self.name.text(), self.description.text())
        except FileProblem as problem:
            self._say(str(problem))
            return
        self.accept()


def rename(window: QWidget, entry: Entry) -> FragmentDialog:
    """Ask for another name and description of a fragment."""
    path = entry.fragment
    assert path is not None, "fragments have files"
    dialog = FragmentDialog(
        window, "Rename the fragment", "", "Rename",
        lambda name, description: own_fragments.describe(path, name, description), entry,
    )  # fmt: skip
    dialog.open()
    return dialog


def delete(window: QWidget, entry: Entry, say: Callable[[str], object]) -> None:
    """Ask whether a fragment should be deleted."""
    path = entry.fragment
    assert path is not None, "fragments have files"

    def answered(key: str) -> None:
        if key != "delete":
            return
        try:
            own_fragments.remove(path)
        except FileProblem as problem:
            say(str(problem))

    dialogs.ask(
        window,
        f"Delete the fragment “{entry.title}”?",
        f"Its file is deleted for good: {path}\n\nDrawings into which it was inserted keep what they got.",
        [Choice("delete", "Delete", "danger"), Choice("cancel", "Cancel", "escape")],
        answered,
        tone="warning",
    )


def menu(parent: QWidget, entry: Entry, insert: Callable[[], object], say: Callable[[str], object]) -> QMenu:
    """What can be done with one of the person's own fragments."""
    path: Path | None = entry.fragment
    assert path is not None, "fragments have files"
    found = QMenu(parent)
    found.setToolTipsVisible(True)
    found.aboutToHide.connect(found.deleteLater)
    window = parent.window()
    add = found.addAction(icons.icon("plus"), "Insert", insert)
    change = found.addAction(icons.icon("pencil-line"), "Rename…\tF2", lambda: rename(window, entry))
    for action in (add, change):
        action.setEnabled(not entry.trouble)
        action.setToolTip(entry.trouble)
    found.addAction(
        icons.icon("folder-open"), "Show the file", lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(path.parent))
    )
    found.addSeparator()
    found.addAction(icons.icon("trash-2"), "Delete…\tDel", lambda: delete(window, entry, say))
    return found
