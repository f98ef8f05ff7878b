"""Questions to a person and file dialogs: opened, never executed, so that runs and painting go on meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFileDialog, QLabel, QMessageBox, QPushButton, QWidget

from quartet.editor import icons, theme

Tone = Literal["question", "warning", "error"]


class Choice(NamedTuple):
    """One button of a question. Its label is a verb; its key is what the answer is called."""

    key: str
    label: str
    role: Literal["default", "escape", "danger", "other"] = "other"


_ROLES = {
    "default": QMessageBox.ButtonRole.AcceptRole,
    "escape": QMessageBox.ButtonRole.RejectRole,
    "danger": QMessageBox.ButtonRole.DestructiveRole,
    "other": QMessageBox.ButtonRole.ActionRole,
}
_TONES: dict[Tone, tuple[str, str]] = {
    "question": ("circle-question-mark", "accent"),
    "warning": ("triangle-alert", "warning"),
    "error": ("circle-alert", "failed"),
}


class _Box(QMessageBox):
    """One that is as wide as its buttons need: Qt keeps it 480 pixels narrower than the screen, whatever is cut off."""

    def event(self, event: QEvent) -> bool:
        sized = event.type() in (QEvent.Type.Show, QEvent.Type.LayoutRequest)
        done = super().event(event)
        if sized and (layout := self.layout()) is not None:  # other events may be its last
            needed = min(layout.totalMinimumSize().width(), self.screen().availableSize().width())
            if self.width() < needed:
                self.setFixedWidth(needed)
        return done


def ask(
    parent: QWidget | None,
    title: str,
    text: str,
    choices: Sequence[Choice],
    then: Callable[[str], None],
    *,
    tone: Tone = "question",
    details: str = "",
) -> QMessageBox:
    """Ask something; `then` is called with the key of the chosen button, of the `escape` one when it is dismissed.

    Args:
        title: the question or the statement, in one line.
        text: what it means and what each answer does.
        details: longer text that is shown on demand and can be copied.
    """
    box = _Box(parent)
    box.setObjectName("question")
    box.setWindowModality(Qt.WindowModality.WindowModal if parent else Qt.WindowModality.ApplicationModal)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle("Quartet")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(title)
    box.setInformativeText(text)
    if details:
        box.setDetailedText(details)
    icon, token = _TONES[tone]
    box.setIconPixmap(icons.pixmap(icon, theme.current().color(token), 32))
    buttons: dict[QPushButton, Choice] = {}
    for choice in choices:
        button = box.addButton(choice.label, _ROLES[choice.role])
        button.setObjectName(choice.key)
        button.setIcon(QIcon())
        buttons[button] = choice
        if choice.role == "default":
            box.setDefaultButton(button)
        elif choice.role == "escape":
            box.setEscapeButton(button)
    _dress(box)
    escape = next((choice.key for choice in choices if choice.role == "escape"), choices[-1].key)

    def finish(_: int) -> None:
        clicked = box.clickedButton()
        found = buttons.get(clicked) if isinstance(clicked, QPushButton) else None
        then(escape if found is None else found.key)

    box.finished.connect(finish)
    box.open()
    return box


def _dress(box: QMessageBox) -> None:
    """The title strong, the explanation wide enough to be read, room round both."""
    layout = box.layout()
    if layout is not None:
        layout.setContentsMargins(20, 18, 20, 18)
    for label in box.findChildren(QLabel):
        if label.objectName() == "qt_msgbox_label":
            label.setProperty("look", "title")
        elif label.objectName() == "qt_msgbox_informativelabel":
            label.setMinimumWidth(380)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)


def tell(
    parent: QWidget | None,
    title: str,
    text: str,
    *,
    tone: Tone = "error",
    details: str = "",
    then: Callable[[], None] = lambda: None,
) -> QMessageBox:
    """Say something that needs no decision."""
    return ask(parent, title, text, [Choice("close", "Close", "escape")], lambda _: then(), tone=tone, details=details)


SPARE = 48
"""Pixels that the frame and the title of a window take, at most."""


def resize(dialog: QWidget, width: int, height: int) -> None:
    """Make a dialog that large, or as large as its screen has room for: what is at its edge can always be reached."""
    around = dialog.parentWidget() or dialog
    room = around.screen().availableSize()
    dialog.resize(min(width, room.width() - SPARE), min(height, room.height() - SPARE))


GRAPHS = "Graphs and pictures of graphs (*.json *.png *.svg)"
ALL_FILES = "All files (*)"


def choose_files(parent: QWidget, title: str, folder: Path, then: Callable[[list[Path]], None]) -> QFileDialog:
    """Let a person choose files to open."""
    dialog = _file_dialog(parent, title, folder, [GRAPHS, ALL_FILES])
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(lambda names: then([Path(name) for name in names]))
    dialog.open()
    return dialog


def choose_target(
    parent: QWidget, title: str, suggested: Path, filter: str, suffix: str, then: Callable[[Path], None]
) -> QFileDialog:
    """Let a person choose where to save; a name without an ending gets `suffix` (with its dot).

    The dialog asks before a file of exactly the typed name is replaced; a name that got the suffix only afterwards is
    asked about here.
    """
    dialog = _file_dialog(parent, title, suggested.parent, [filter, ALL_FILES])
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.selectFile(suggested.name)

    def chosen(name: str) -> None:
        path = Path(name)
        last = suffix[suffix.rindex(".") :]
        if path.suffix.lower() == last:
            then(path)
            return
        path = path.with_name(path.name + suffix)
        if not path.exists():
            then(path)
            return
        ask(
            parent,
            f"Replace “{path.name}”?",
            f"A file of that name is already in {path.parent}. Replacing it loses what it holds now.",
            [Choice("replace", "Replace", "danger"), Choice("cancel", "Cancel", "escape")],
            lambda key: then(path) if key == "replace" else None,
            tone="warning",
        )

    dialog.fileSelected.connect(chosen)
    dialog.open()
    return dialog


def _file_dialog(parent: QWidget, title: str, folder: Path, filters: list[str]) -> QFileDialog:
    dialog = QFileDialog(parent, title, str(folder))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.setNameFilters(filters)
    return dialog
