"""A form: labelled rows with live validation, in sections that fold. It writes to the document as one types."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from quartet.editor import icons, theme
from quartet.editor.document import Changed, Document
from quartet.editor.drafts import Draft
from quartet.editor.panels.inspector_binding import DIFFERENT, Binding, common, parts
from quartet.editor.panels.inspector_fields import JSON, Field, NumberField
from quartet.graph.edits import EditError

MARGIN = 16
NUMBER = 116
"""Width of a number beside its label, in pixels."""


class Row(QWidget):
    """A label, a field, a line of help and, while something is wrong, what."""

    def __init__(self, form: Form, title: str, help: str, field: Field, binding: Binding, label: str) -> None:
        super().__init__()
        self._form, self.binding, self.field, self._label = form, binding, field, label
        self.title = title or field.input().accessibleName() or label
        self._serial = 0
        self._before: list[tuple[Binding, JSON]] = []
        """What each item had when the field was entered, once something else was written in this visit."""
        self._refused = ""
        self._shown: JSON = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        caption = QLabel(title)
        caption.setBuddy(field)
        if isinstance(field, NumberField) and title:
            line = QHBoxLayout()
            line.setSpacing(8)
            field.setFixedWidth(NUMBER)
            line.addWidget(caption, 1)
            line.addWidget(field)
            layout.addLayout(line)
        else:
            if title:
                layout.addWidget(caption)
            layout.addWidget(field)
        self._error = QLabel()
        self._error.setObjectName("error")
        self._error.setWordWrap(True)
        self._error.setTextFormat(Qt.TextFormat.PlainText)
        self._error.hide()
        layout.addWidget(self._error)
        if help:
            hint = QLabel(help)
            hint.setProperty("look", "tiny")
            hint.setWordWrap(True)
            hint.setTextFormat(Qt.TextFormat.PlainText)
            layout.addWidget(hint)
        field.setToolTip(help)
        field.edited.connect(self._edited)
        field.refused.connect(self._refuse)
        field.entered.connect(self._entered)
        field.setEnabled(form.document.read_only is None)

    @property
    def error(self) -> str:
        """What is said to be wrong, or “”."""
        return self._error.text() if self._error.isVisibleTo(self) else ""

    def _entered(self) -> None:
        self._serial += 1
        self._before = []

    def _edited(self, value: JSON) -> None:
        self._refused = ""
        wrong = self.binding.wrong(value)
        if not wrong or self.binding.holds_wrong:
            before = [(part, part.get()) for part in parts(self.binding)]
            try:
                self._form.write(self._label, self.binding, value, self._serial)
                self._shown = value
                self._before = self._before or before
            except EditError as error:
                wrong = str(error)
        else:
            self._refuse(wrong)
            return
        self._form.keep_draft(self)
        self._say(wrong)

    def _refuse(self, reason: str) -> None:
        self._refused = reason
        if self._before:  # the “2” of “2.5” was a value by itself, and was not meant
            before, self._before = self._before, []
            self._shown = common([value for _, value in before])
            edits = [edit for part, value in before for edit in part.edits(value)]
            self._form.document.do(self._label, edits, merge=f"{self.binding.key}#{self._serial}")
        self._form.keep_draft(self)
        self._say(reason)

    def _say(self, wrong: str) -> None:
        self._error.setText(wrong)
        self._error.setVisible(bool(wrong))
        color = theme.current().text("failed").name()
        self._error.setStyleSheet(f"color: {color}; font-size: {theme.TINY}px")
        self.field.show_wrong(bool(wrong))

    @property
    def refused(self) -> str:
        """Why what stands in the field is no value, or “”."""
        return self._refused

    @property
    def pending(self) -> bool:
        """Whether something stands in the field that the document does not have."""
        return bool(self._refused)

    def refresh(self) -> None:
        """Show what the document says, unless what stands here is still being typed into a value."""
        value = self.binding.get()
        if self._refused and value == self._shown:
            return
        self._refused = ""
        self._shown = value
        self._form.keep_draft(self)
        if value is DIFFERENT:
            self.field.show_different()
            self._say("")
        else:
            self.field.show_value(value)
            self._say(self.binding.wrong(value))


class Section(QWidget):
    """A part of a form under a heading that folds it; folded, it says in a few words what is stated inside."""

    toggled = Signal(bool)

    def __init__(self, title: str, summary: Callable[[], str], open: bool) -> None:
        super().__init__()
        self.title = title
        self._summary_of = summary
        self._chevron = QLabel()
        self._heading = QLabel(title)
        self._heading.setProperty("look", "title")
        self._summary = QLabel()
        self._summary.setProperty("look", "tiny")
        self._summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.head = _Head(self)
        head = QHBoxLayout(self.head)
        head.setContentsMargins(0, 10, 0, 10)
        head.setSpacing(6)
        head.addWidget(self._chevron)
        head.addWidget(self._heading)
        head.addStretch(1)
        head.addWidget(self._summary)
        self.body = QWidget()
        self.rows = QVBoxLayout(self.body)
        self.rows.setContentsMargins(0, 2, 0, 14)
        self.rows.setSpacing(12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(rule())
        layout.addWidget(self.head)
        layout.addWidget(self.body)
        self.open = open
        self.body.setVisible(open)
        self.dress()

    def toggle(self) -> None:
        """Fold or unfold."""
        self.open = not self.open
        self.body.setVisible(self.open)
        self.dress()
        self.toggled.emit(self.open)

    def dress(self) -> None:
        """Say again what is inside, in the theme's colours."""
        name = "chevron-down" if self.open else "chevron-right"
        self._chevron.setPixmap(icons.pixmap(name, theme.current().soft, 14, self.devicePixelRatioF()))
        text = self._summary_of()
        self._summary.setText(self._summary.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, 150))
        self._summary.setToolTip(text)
        self.head.setAccessibleName(f"{self.title}: {text}" if text else self.title)


class _Head(QToolButton):
    """The heading is a button: it can be reached and pressed with the keyboard."""

    def __init__(self, section: Section) -> None:
        super().__init__()
        self._section = section
        self.setObjectName("section")
        self.setStyleSheet("QToolButton { border: none; padding: 0; background: transparent; }")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(section.toggle)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return QSize(200, 36) if layout is None else layout.sizeHint().expandedTo(QSize(200, 36))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 36)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)


def rule() -> QFrame:
    """A thin line between two parts."""
    found = QFrame()
    found.setProperty("look", "rule")
    return found


class Form(QScrollArea):
    """The rows of one selection. The document keeps what is no value yet, by the binding's key, for when it comes
    back."""

    def __init__(self, document: Document, open_sections: set[str]) -> None:
        super().__init__()
        self.document = document
        self.about: tuple[JSON, ...] = ()
        """What the form is about, for whoever replaces it by another of the same."""
        self._open = open_sections
        self.rows: list[Row] = []
        self.sections: list[Section] = []
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._inside = QWidget()
        self.main = QVBoxLayout(self._inside)
        self.main.setContentsMargins(MARGIN, 14, MARGIN, MARGIN)
        self.main.setSpacing(12)
        self.setWidget(self._inside)
        self._folded = QVBoxLayout()
        self._folded.setSpacing(0)

    def add(
        self,
        field: Field,
        binding: Binding,
        title: str = "",
        help: str = "",
        label: str = "",
        section: Section | None = None,
    ) -> Row:
        """Add a row; `label` is what Undo calls a change of it."""
        row = Row(self, title, help, field, binding, label or f"Change {title.lower()}")
        (self.main if section is None else section.rows).addWidget(row)
        self.rows.append(row)
        draft = self.document.drafts.get(binding.key)
        row.refresh()
        if draft is not None and draft.text is not None:
            self._restore(row, draft.text)
            if section is not None and row.pending and not section.open:
                section.toggle()  # what keeps the drawing from running is seen
        return row

    def _restore(self, row: Row, draft: str) -> None:
        from quartet.editor.panels.inspector_fields import LineField, TextField

        if isinstance(row.field, LineField):
            row.field.line.setText(draft)
            row.field._tell(draft)
        elif isinstance(row.field, TextField):
            row.field.text.setPlainText(draft)

    def keep_draft(self, row: Row) -> None:
        """Remember what stands in a row's field if it is no value yet, else forget it."""
        from quartet.editor.panels.inspector_fields import LineField, TextField

        if not row.pending:
            self.document.keep_draft(row.binding.key, None)
            return
        text = None
        if isinstance(row.field, LineField):
            text = row.field.line.text()
        elif isinstance(row.field, TextField):
            text = row.field.text.toPlainText()
        ids = getattr(row.binding, "ids", ())
        self.document.keep_draft(row.binding.key, Draft(tuple(ids), row.title, text, row.refused))

    def add_section(self, title: str, summary: Callable[[], str] = lambda: "") -> Section:
        """Start a section."""
        section = Section(title, summary, title in self._open)
        section.toggled.connect(lambda open: self._remember(title, open))
        if not self.sections:
            self.main.addLayout(self._folded)
        self._folded.addWidget(section)
        self.sections.append(section)
        return section

    def _remember(self, title: str, open: bool) -> None:
        if open:
            self._open.add(title)
        else:
            self._open.discard(title)

    def add_text(self, text: str, look: str = "soft", section: Section | None = None) -> QLabel:
        """Add a paragraph."""
        label = QLabel(text)
        label.setProperty("look", look)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        (self.main if section is None else section.rows).addWidget(label)
        return label

    def finish(self) -> None:
        """All rows are there: push them to the top."""
        self.main.addStretch(1)

    def write(self, label: str, binding: Binding, value: JSON, serial: int) -> None:
        """State a value in the document; changes of one field in one visit are one step.

        Raises:
            EditError: the graph does not take it.
        """
        if binding.get() != value:
            self.document.do(label, binding.edits(value), merge=f"{binding.key}#{serial}")

    def refresh(self, _: Changed | None = None) -> None:
        """Show what the document says now."""
        for row in self.rows:
            row.refresh()
        for section in self.sections:
            section.dress()

    def row(self, title_or_key: str) -> Row:
        """The row whose binding's key ends so.

        Raises:
            KeyError: there is none.
        """
        for row in self.rows:
            if row.binding.key.endswith(title_or_key):
                return row
        raise KeyError(title_or_key)
