"""A roomy editor for prompts and expressions: variables completed by name and coloured, and a big window on demand."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QRect, QSize, QStringListModel, Qt
from PySide6.QtGui import (
    QFont,
    QKeyEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListView,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from quartet.agents.expressions import ExpressionError, check_template, split
from quartet.agents.expressions import compile as compile_expression
from quartet.editor import dialogs, icons, theme
from quartet.editor.form_spec import Spec
from quartet.editor.panels.inspector_fields import JSON, TextField

BUTTON = 24
"""Width of the button that opens the big window, in pixels."""


class Variable(NamedTuple):
    """Something an expression can name."""

    shown: str
    """As a person knows it: `from.Web research`."""
    written: str
    """As the file says it: `from.web_research`."""
    help: str


Variables = Callable[[], list[Variable]]


def inside_expression(text: str, at: int) -> bool:
    """Whether position `at` of a template stands between `{{` and `}}`."""
    return text.rfind("{{", 0, at) > text.rfind("}}", 0, at)


def wrong_template(text: str) -> str:
    """What is wrong with a template's expressions, or “”."""
    try:
        check_template(text)
    except ExpressionError as problem:
        return str(problem)
    return ""


def wrong_condition(text: str) -> str:
    """What is wrong with a condition, or “”."""
    try:
        compile_expression(text)
    except ExpressionError as problem:
        return str(problem)
    return ""


class _Colours(QSyntaxHighlighter):
    """Colours expressions in the text, and what they name more strongly."""

    def __init__(self, document: QTextDocument, whole: bool) -> None:
        super().__init__(document)
        self._whole = whole
        self._expression = QTextCharFormat()
        self._name = QTextCharFormat()
        self.dress()

    def dress(self) -> None:
        look = theme.current()
        self._expression.setForeground(look.text("accent"))
        self._name.setForeground(look.text("accent"))
        self._name.setFontWeight(QFont.Weight.DemiBold)

    def highlightBlock(self, text: str) -> None:
        stretches = [(0, len(text))] if self._whole else self._expressions(text)
        for start, end in stretches:
            if not self._whole:
                self.setFormat(start, end - start, self._expression)
            for found in re.finditer(r"\b(input|value|from\.\w+|context|visit|state\.\w+)\b", text[start:end]):
                self.setFormat(start + found.start(), len(found.group()), self._name)

    def _expressions(self, text: str) -> list[tuple[int, int]]:
        """The stretches of this line inside `{{ }}`; an expression may go on over lines."""
        found, start = list[tuple[int, int]](), 0 if self.previousBlockState() == 1 else -1
        at = 0
        while True:
            if start < 0:
                start = text.find("{{", at)
                if start < 0:
                    self.setCurrentBlockState(0)
                    return found
                at = start + 2
            end = text.find("}}", at)
            if end < 0:
                self.setCurrentBlockState(1)
                return [*found, (start, len(text))]
            found.append((start, end + 2))
            start, at = -1, end + 2


class ExpressionEdit(QPlainTextEdit):
    """A text editor that completes variables: in templates after `{{`, in conditions everywhere; Ctrl+Space asks."""

    def __init__(self, variables: Variables, whole: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._variables = variables
        self._whole = whole
        self._offered: list[Variable] = []
        self._model = QStringListModel(self)
        self.completer = QCompleter(self._model, self)
        self.completer.setWidget(self)
        self.completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.popup = QListView()
        self.popup.setObjectName("completions")
        self.completer.setPopup(self.popup)
        self.completer.activated.connect(self._complete)
        self.setTabChangesFocus(True)
        self._colours = _Colours(self.document(), whole)
        theme.changed.connect(self._dress)

    def _dress(self) -> None:
        self._colours.dress()
        self._colours.rehighlight()

    def leave_room(self, right: int) -> None:
        """Keep the text off what lies over the right border."""
        self.setViewportMargins(0, 0, right, 0)

    def share(self, other: ExpressionEdit) -> None:
        """Edit the same text as another editor: what is typed here stands there too, with one undo."""
        self.setDocument(other.document())
        self._colours = other._colours

    def keyPressEvent(self, event: QKeyEvent) -> None:
        popup = self.popup
        if popup.isVisible() and event.key() in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
            Qt.Key.Key_Tab,
            Qt.Key.Key_Escape,
        ):
            event.ignore()  # the list takes them
            return
        asked = event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if not asked:
            super().keyPressEvent(event)
            self._close_braces(event.text())
        typed = event.text()
        if asked or (typed and (typed.isalnum() or typed in "._{ ")) or (popup.isVisible() and typed == "\b"):
            self._offer(asked)
        elif typed or event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            popup.hide()

    def _close_braces(self, typed: str) -> None:
        """`{{` brings its `}}` along, with the cursor between them."""
        cursor = self.textCursor()
        text, at = self.toPlainText(), cursor.position()
        if self._whole or typed != "{" or text[max(0, at - 2) : at] != "{{" or text[at : at + 1] not in ("", "\n", " "):
            return
        if inside_expression(text, at - 2) or text.find("}}", at) >= 0 > text.find("{{", at):
            return
        cursor.insertText("  }}")
        cursor.setPosition(at + 1)
        self.setTextCursor(cursor)

    def _word(self) -> str:
        text = self.toPlainText()[: self.textCursor().position()]
        found = re.search(r"[\w.]*$", text)
        return found.group() if found else ""

    def _offer(self, asked: bool) -> None:
        popup = self.popup
        at = self.textCursor().position()
        if not self._whole and not inside_expression(self.toPlainText(), at):
            popup.hide()
            return
        word = self._word().lower()
        self._offered = [
            variable
            for variable in self._variables()
            if variable.written.lower().startswith(word) or variable.shown.lower().startswith(word)
        ]
        exact = len(self._offered) == 1 and self._offered[0].written == word
        if not self._offered or exact or (not word and not asked and not self._whole and not self._fresh()):
            popup.hide()
            return
        self._model.setStringList([f"{variable.shown}   {variable.help}" for variable in self._offered])
        rect = self.cursorRect()
        rect.setWidth(max(280, popup.sizeHintForColumn(0) + 32))
        self.completer.complete(rect)
        popup.setCurrentIndex(self._model.index(0))

    def _fresh(self) -> bool:
        """Whether nothing has been typed into this expression yet."""
        text = self.toPlainText()[: self.textCursor().position()]
        return text.rstrip().endswith("{{")

    def _complete(self, line: str) -> None:
        chosen = next((variable for variable in self._offered if f"{variable.shown}   {variable.help}" == line), None)
        if chosen is None:
            return
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(self._word()))
        cursor.insertText(chosen.written)
        self.setTextCursor(cursor)


class PromptField(TextField):
    """A prompt: several lines with `{{ expressions }}`, or (for a condition) one expression."""

    beside = BUTTON

    def __init__(self, spec: Spec, variables: Variables, *, condition: bool = False) -> None:
        edit = ExpressionEdit(variables, condition)
        super().__init__(
            spec.title,
            spec.placeholder,
            (1, 4) if condition else (2 if spec.default is None and not spec.required else 4, 14),
            edit,
        )
        self._spec = spec
        self._edit = edit
        self._variables = variables
        self._condition = condition
        self._big: QDialog | None = None
        if condition:
            self._edit.setFont(theme.code_font())
        if not condition:
            edit.leave_room(BUTTON)
        self._expand = QToolButton(self._edit)
        self._expand.setToolTip("Edit in a big window")
        self._expand.setAccessibleName(f"Edit {spec.title} in a big window")
        self._expand.setCursor(Qt.CursorShape.ArrowCursor)
        self._expand.clicked.connect(self.open_big)
        self._expand.setVisible(not condition)
        self._names = QLabel()
        self._names.setProperty("look", "tiny")
        self._names.setWordWrap(True)
        self._names.hide()
        layout = self.layout()
        assert layout is not None
        layout.addWidget(self._names)
        self._edit.textChanged.connect(self._say_names)
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self._expand.setIcon(icons.icon("maximize", theme.current().faint))
        self._expand.setIconSize(QSize(14, 14))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_button()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place_button()
        return super().eventFilter(watched, event)

    def _place_button(self) -> None:
        if hasattr(self, "_expand"):
            bar = self._edit.verticalScrollBar()
            right = self._edit.width() - (bar.width() if bar.isVisible() else 0)
            self._expand.setGeometry(QRect(right - 28, 4, 24, 24))
            self._expand.raise_()

    def _tell(self, text: str) -> None:
        keep_empty = self._spec.required or self._spec.default not in (None, "")
        self.edited.emit(text if text or keep_empty else None)

    def show_value(self, value: JSON) -> None:
        super().show_value("\n".join(map(str, value)) if isinstance(value, list) else value)

    def _say_names(self) -> None:
        """Expressions write ids, which stay when an agent is renamed; under the field stands whom they mean."""
        used = [] if self._condition else _expressions(self.text.toPlainText())
        text = self.text.toPlainText() if self._condition else " ".join(used)
        named = [
            f"{variable.written} is {variable.shown.removeprefix('from.')}"
            for variable in self._variables()
            if variable.written.startswith("from.")
            and variable.written != variable.shown
            and re.search(rf"\b{re.escape(variable.written)}\b", text)
        ]
        self._names.setText(" · ".join(named))
        self._names.setVisible(bool(named))

    def open_big(self) -> None:
        """Open the same text in a window with room; both show what is typed in either."""
        if self._big is None:
            self._big = BigEditor(self._spec.title, self._edit, self._variables, self._condition, self.window())
            self._big.finished.connect(self._closed)
        self._big.open()

    def _closed(self) -> None:
        self._big = None
        self._edit.setFocus()


def _expressions(template: str) -> list[str]:
    try:
        return [expression for _, expression, _ in split(template) if expression]
    except ExpressionError:
        return []


class BigEditor(QDialog):
    """A big window on a text that is edited elsewhere too. Closing keeps what was typed; undo takes it back."""

    def __init__(self, title: str, source: ExpressionEdit, variables: Variables, whole: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        dialogs.resize(self, 760, 560)
        self.edit = ExpressionEdit(variables, whole, self)
        self.edit.share(source)
        self.edit.setAccessibleName(title)
        heading = QLabel(title)
        heading.setProperty("look", "headline")
        hint = QLabel("Type {{ to fill something in: what came in, the input of the run, what an agent gave.")
        hint.setProperty("look", "soft")
        hint.setVisible(not whole)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText("Done")
        buttons.rejected.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(8)
        layout.addWidget(heading)
        layout.addWidget(hint)
        layout.addWidget(self.edit, 1)
        layout.addWidget(buttons)
        self.edit.setFocus()
