"""The widgets a form is made of: each edits one JSON value, None where nothing is stated."""

from __future__ import annotations

import json
import math
from typing import Any

from PySide6.QtCore import QEvent, QObject, QRect, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from quartet.editor import icons, theme
from quartet.editor.form_spec import Spec

JSON = Any
FRAME = 20
"""What border, padding and margin take from a text field's width, in pixels."""
DIFFERENT = "several values"
"""Shown where several agents are edited at once and do not agree."""


class Field(QWidget):
    """Edits one value. `edited` carries the new one; what cannot be read as a value yet is told by `refused`."""

    edited = Signal(object)
    """A JSON value; None: nothing is stated any more."""
    refused = Signal(str)
    """Why what stands in the field is no value (yet)."""
    entered = Signal()
    """The field got the focus: what is typed from now on is one step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wrong = False

    def show_value(self, value: JSON) -> None:
        """Show a value without telling; a field that shows it already is left alone (its cursor and undo too)."""
        raise NotImplementedError

    def show_different(self) -> None:
        """Several agents are edited and do not agree."""
        self.show_value(None)

    def show_wrong(self, wrong: bool) -> None:
        """Mark the field, or unmark it."""
        if wrong != self._wrong:
            self._wrong = wrong
            self.input().setProperty("wrong", "true" if wrong else "false")
            self.input().style().unpolish(self.input())
            self.input().style().polish(self.input())

    def input(self) -> QWidget:
        """The widget that takes the focus."""
        return self

    def _watch(self, widget: QWidget) -> None:
        widget.installEventFilter(self)
        self.setFocusProxy(widget)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self.entered.emit()
        return super().eventFilter(watched, event)


def alone(parent: QWidget) -> QVBoxLayout:
    """A layout for one widget that fills its parent."""
    layout = QVBoxLayout(parent)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(4)
    return layout


class LineField(Field):
    """One line of text. An empty line is nothing, unless the field is needed or has another default."""

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec = spec
        self.line = QLineEdit()
        self.line.setPlaceholderText(spec.placeholder)
        self.line.setAccessibleName(spec.title)
        self.line.textEdited.connect(self._tell)
        alone(self).addWidget(self.line)
        self._watch(self.line)

    def input(self) -> QWidget:
        return self.line

    def _tell(self, text: str) -> None:
        keep_empty = self._spec.required or self._spec.default not in (None, "")
        self.edited.emit(text if text or keep_empty else None)

    def show_value(self, value: JSON) -> None:
        text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        self.line.setPlaceholderText(self._spec.placeholder)
        if text != self.line.text():
            self.line.setText(text)
            self.line.setCursorPosition(0)  # the beginning of a long text says more than its end

    def show_different(self) -> None:
        self.show_value(None)
        self.line.setPlaceholderText(DIFFERENT)


class SecretField(LineField):
    """The name of an environment variable, never a secret."""

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self._icon = self.line.addAction(
            icons.icon("key", theme.current().faint), QLineEdit.ActionPosition.LeadingPosition
        )
        self._icon.setToolTip("The name of an environment variable, never the key itself")
        theme.changed.connect(self._dress)

    def _dress(self) -> None:
        self._icon.setIcon(icons.icon("key", theme.current().faint))


class NumberField(LineField):
    """A number; empty is nothing. What is no number is kept as it was typed and told."""

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(spec, parent)
        self._whole = spec.widget == "integer"
        self.line.setMaximumWidth(160)

    def _tell(self, text: str) -> None:
        text = text.strip().replace(",", ".")
        if not text:
            self.edited.emit(None)
            return
        try:
            number: float = int(text)
        except ValueError:
            if self._whole:
                self.refused.emit("Write a whole number.")
                return
            try:
                number = float(text)
            except ValueError:
                number = math.nan
            if not math.isfinite(number):
                self.refused.emit("Write a number.")
                return
        self.edited.emit(number)

    def show_value(self, value: JSON) -> None:
        if isinstance(value, float):
            value = int(value) if value.is_integer() else value
        shown = self.line.text().strip().replace(",", ".")
        try:
            if value is not None and not isinstance(value, str) and float(shown) == value:
                return  # “2.” on the way to “2.5” is left alone
        except ValueError:
            pass
        super().show_value(value)


class Combo(QComboBox):
    """A choice that the mouse wheel does not change while a person scrolls past it, as narrow as its place."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(5)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ChoiceField(Field):
    """One of several values, each with words for it; the first may be “nothing stated”."""

    def __init__(self, title: str, options: list[tuple[JSON, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.combo = Combo()
        self.combo.setAccessibleName(title)
        self.combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._values: list[JSON] = []
        self.set_options(options)
        self.combo.activated.connect(self._tell)
        alone(self).addWidget(self.combo)
        self._watch(self.combo)

    def set_options(self, options: list[tuple[JSON, str]]) -> None:
        """Offer other values."""
        if [self.combo.itemText(row) for row in range(self.combo.count())] == [text for _, text in options]:
            self._values = [value for value, _ in options]
            return
        with QSignalBlocker(self.combo):
            self.combo.clear()
            self.combo.addItems([text for _, text in options])
            self._values = [value for value, _ in options]

    def input(self) -> QWidget:
        return self.combo

    def _tell(self, row: int) -> None:
        if 0 <= row < len(self._values):
            self.edited.emit(self._values[row])

    def show_value(self, value: JSON) -> None:
        if value not in self._values:  # a value from a newer version, or one that is wrong: shown, not lost
            self.set_options(
                [(v, self.combo.itemText(row)) for row, v in enumerate(self._values)] + [(value, str(value))]
            )
        self.combo.setCurrentIndex(self._values.index(value))

    def show_different(self) -> None:
        self.combo.setPlaceholderText(DIFFERENT)
        self.combo.setCurrentIndex(-1)


class FlagField(Field):
    """Yes or no. What is the default is not stated."""

    def __init__(self, title: str, default: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._default = default
        self.box = QCheckBox(title)
        self.box.clicked.connect(self._tell)
        alone(self).addWidget(self.box)
        self._watch(self.box)

    def input(self) -> QWidget:
        return self.box

    def _tell(self, on: bool) -> None:
        self.box.setTristate(False)
        self.edited.emit(None if on == self._default else on)

    def show_value(self, value: JSON) -> None:
        self.box.setTristate(False)
        self.box.setChecked(self._default if value is None else bool(value))

    def show_different(self) -> None:
        self.box.setTristate(True)
        self.box.setCheckState(Qt.CheckState.PartiallyChecked)


class TextField(Field):
    """Several lines of text that grow with what stands in them, up to a height."""

    beside = 0
    """Pixels at the right of the text that something else takes."""

    def __init__(
        self, title: str, placeholder: str = "", lines: tuple[int, int] = (2, 8), editor: QPlainTextEdit | None = None
    ) -> None:
        super().__init__()
        self._placeholder = placeholder
        self._lines = lines
        self.text = QPlainTextEdit() if editor is None else editor
        self.text.setAccessibleName(title)
        self.text.setPlaceholderText(placeholder)
        self.text.setTabChangesFocus(True)
        self.text.textChanged.connect(self._changed)
        alone(self).addWidget(self.text)
        self._watch(self.text)
        self._quiet = False
        self._fit()

    def input(self) -> QWidget:
        return self.text

    def _changed(self) -> None:
        self._fit()
        if not self._quiet:
            self._tell(self.text.toPlainText())

    def _tell(self, text: str) -> None:
        self.edited.emit(text or None)

    def _fit(self) -> None:
        """As high as the wrapped text, within bounds. (The text's own layout counts only lines it has painted.)"""
        metrics = self.text.fontMetrics()
        room = QRect(0, 0, max(60, self.width() - FRAME - self.beside), 1_000_000)
        wrap = Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextExpandTabs
        text = self.text.toPlainText()[:20_000] + "."  # an empty last line has a height too
        lines = round(metrics.boundingRect(room, wrap, text).height() / metrics.lineSpacing())
        count = min(max(lines, self._lines[0]), self._lines[1])
        height = count * metrics.lineSpacing() + 20
        if height != self.text.height():
            self.text.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _show(self, text: str) -> None:
        self.text.setPlaceholderText(self._placeholder)
        if text != self.text.toPlainText():
            self._quiet = True
            try:
                self.text.setPlainText(text)
            finally:
                self._quiet = False

    def show_value(self, value: JSON) -> None:
        self._show("" if value is None else value if isinstance(value, str) else json.dumps(value, indent=2))

    def show_different(self) -> None:
        self._show("")
        self.text.setPlaceholderText(DIFFERENT)


class LinesField(TextField):
    """A list of texts, one a line."""

    def __init__(self, title: str, placeholder: str = "one a line") -> None:
        super().__init__(title, placeholder, (2, 8))

    def _tell(self, text: str) -> None:
        self.edited.emit([line.strip() for line in text.splitlines() if line.strip()] or None)

    def show_value(self, value: JSON) -> None:
        if not isinstance(value, list | tuple):
            super().show_value(value)
            return
        shown = [line.strip() for line in self.text.toPlainText().splitlines() if line.strip()]
        if shown != list(value):
            self._show("\n".join(str(item) for item in value))
