"""Fields for values with parts: JSON that is checked while it is typed, and tables of names and texts."""

from __future__ import annotations

import json
from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QLineEdit, QPlainTextEdit, QToolButton, QWidget

from quartet.editor import icons, theme
from quartet.editor.panels.inspector_fields import JSON, Field, TextField, alone


class JsonField(TextField):
    """Any JSON value, checked while it is typed; `check` may say what else is wrong with it."""

    def __init__(
        self,
        title: str,
        placeholder: str = "",
        check: Callable[[JSON], str] = lambda value: "",
        lines: tuple[int, int] = (3, 14),
    ) -> None:
        super().__init__(title, placeholder, lines)
        self._check = check
        self.text.setFont(theme.code_font())
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self._fit()

    def _tell(self, text: str) -> None:
        if not text.strip():
            self.edited.emit(None)
            return
        try:
            value = json.loads(text)
        except json.JSONDecodeError as problem:
            self.refused.emit(f"Not JSON yet: {problem.msg.lower()} in line {problem.lineno}, column {problem.colno}.")
            return
        except RecursionError:
            self.refused.emit("This is nested too deeply.")
            return
        wrong = self._check(value)
        if wrong:
            self.refused.emit(wrong)
        else:
            self.edited.emit(value)

    def show_value(self, value: JSON) -> None:
        try:
            if self.text.toPlainText().strip() and json.loads(self.text.toPlainText()) == value and value is not None:
                return  # the same value, written another way: left as it was typed
        except ValueError:
            pass
        self._show("" if value is None else json.dumps(value, ensure_ascii=False, indent=2))


class PairsField(Field):
    """A table of names and texts; an empty last row is there to be filled."""

    def __init__(self, title: str, name: str = "Name", value: str = "Value") -> None:
        super().__init__()
        self._title, self._words = title, (name, value)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(4)
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(1, 3)
        self._rows: list[tuple[QLineEdit, QLineEdit, QToolButton]] = []
        alone(self).addLayout(self._grid)
        self._add_row("", "")

    def input(self) -> QWidget:
        return self._rows[0][0]

    def show_wrong(self, wrong: bool) -> None:
        self._wrong = wrong

    def _add_row(self, name: str, value: str) -> None:
        left, right, remove = QLineEdit(name), QLineEdit(value), QToolButton()
        for line, word in ((left, self._words[0]), (right, self._words[1])):
            line.setPlaceholderText(word)
            line.setAccessibleName(f"{self._title}: {word}")
            line.textEdited.connect(self._typed)
            line.installEventFilter(self)
        remove.setIcon(icons.icon("x", theme.current().faint))
        remove.setToolTip("Remove this row")
        remove.setAccessibleName("Remove this row")
        remove.clicked.connect(lambda: self._remove(remove))
        row = self._grid.rowCount()
        self._grid.addWidget(left, row, 0)
        self._grid.addWidget(right, row, 1)
        self._grid.addWidget(remove, row, 2)
        self._rows.append((left, right, remove))
        self._tidy()

    def _tidy(self) -> None:
        for row, (left, right, remove) in enumerate(self._rows):
            last = row == len(self._rows) - 1 and not left.text() and not right.text()
            remove.setEnabled(not last)

    def _remove(self, button: QToolButton) -> None:
        for row, widgets in enumerate(self._rows):
            if widgets[2] is button:
                for widget in widgets:
                    self._grid.removeWidget(widget)
                    widget.deleteLater()
                del self._rows[row]
                break
        self._typed()

    def _typed(self) -> None:
        if not self._rows or self._rows[-1][0].text() or self._rows[-1][1].text():
            self._add_row("", "")
        self._tidy()
        names = [left.text() for left, _, _ in self._rows if left.text()]
        if len(names) != len(set(names)):
            self.refused.emit("A name stands here twice.")
            return
        if any(right.text() and not left.text() for left, right, _ in self._rows):
            self.refused.emit("A value without a name.")
            return
        self.edited.emit(self._pairs() or None)

    def _pairs(self) -> dict[str, str]:
        return {left.text(): right.text() for left, right, _ in self._rows if left.text()}

    def show_value(self, value: JSON) -> None:
        pairs = {str(name): str(text) for name, text in value.items()} if isinstance(value, dict) else {}
        if pairs == self._pairs():
            return
        for widgets in self._rows:
            for widget in widgets:
                self._grid.removeWidget(widget)
                widget.deleteLater()
        self._rows = []
        for name, text in pairs.items():
            self._add_row(name, text)
        self._add_row("", "")
