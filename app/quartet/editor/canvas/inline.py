"""Editing in place: a name on its card, a title on its frame, a text in its note, kind and condition on their edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from quartet.editor import clear_button, composing, icons, theme
from quartet.editor.canvas import captions
from quartet.editor.canvas.overlays import EDGE_ICONS
from quartet.editor.connections import change_kind, possible_kinds
from quartet.graph.edits import Edit, Set
from quartet.graph.model import OTHERWISE, AgentId, EdgeId, Section

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas


class EdgeBar(QFrame):
    """Kind and condition of one edge, as a small bar on the edge."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.setProperty("look", "bar")
        self.kind = QComboBox()
        self.kind.setAccessibleName("Kind of the edge")
        self.when = QLineEdit()
        self.when.setAccessibleName("Condition")
        self.when.setPlaceholderText("Always, or a condition: value.score > 3")
        self.when.setFont(theme.code_font())
        self.when.setMinimumWidth(220)
        clear_button.add(self.when)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 6, 6, 6)
        row.setSpacing(6)
        row.addWidget(self.kind)
        row.addWidget(self.when)
        self.hide()


class Inline(QObject):
    """At most one editor is open at a time. Enter or a click elsewhere takes it over, Escape leaves all as it was.

    In a note Enter begins a line, so there Escape ends the typing, and the text stays: undo gives back the old one.
    """

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.editor: QWidget | None = None
        """What is open now."""
        self._id = ""
        self._section: Section = "agents"
        self._serial = 0
        """Counts what was opened: only what is typed in one go is one step."""
        self.bar = EdgeBar(canvas)
        self.bar.when.installEventFilter(self)
        composing.watch(self.bar.when)
        self.bar.when.setProperty(composing.IN_PLACE, True)
        self.bar.kind.activated.connect(self._kind_chosen)
        self.bar.when.textEdited.connect(self._check)

    # opening

    def rename_selected(self) -> None:
        """Open the editor of the one thing that is selected."""
        document = self._canvas.document
        if len(document.selection) != 1:
            return
        (id,) = document.selection
        graph = document.graph
        if AgentId(id) in graph.agents:
            self.edit_name(AgentId(id))
        elif id in graph.frames or id in graph.notes:
            self.edit_annotation(id)
        elif EdgeId(id) in graph.edges:
            self.edit_edge(EdgeId(id))

    def _may(self) -> bool:
        self.commit()
        if self._canvas.document.read_only is not None:
            self._canvas.say(self._canvas.document.read_only)
            return False
        return True

    def edit_name(self, id: AgentId) -> None:
        """Edit an agent's name on its card."""
        if self._may():
            line = QLineEdit(self._canvas.document.graph.agents[id].name, self._canvas)
            self._open(line, "agents", id)

    def edit_annotation(self, id: str) -> None:
        """Edit a frame's title or a note's text where it stands."""
        graph = self._canvas.document.graph
        if not self._may():
            return
        if id in graph.frames:
            self._open(QLineEdit(graph.frames[id].name, self._canvas), "frames", id)
        elif id in graph.notes:
            self._open(QPlainTextEdit(graph.notes[id].text, self._canvas), "notes", id)

    def _open(self, editor: QLineEdit | QPlainTextEdit, section: Section, id: str) -> None:
        self.editor, self._section, self._id, self._serial = editor, section, id, self._serial + 1
        editor.setObjectName("inline")
        editor.setAccessibleName(
            {"agents": "Name of the agent", "frames": "Title of the frame"}.get(section, "Text of the note")
        )
        editor.installEventFilter(self)
        composing.watch(editor)
        editor.setProperty(composing.IN_PLACE, True)
        if isinstance(editor, QPlainTextEdit):
            editor.textChanged.connect(self._take_text)
        self._canvas.reveal({id})
        self.follow()
        editor.show()
        editor.setFocus()
        editor.selectAll()

    def edit_edge(self, id: str) -> None:
        """Edit an edge's kind and condition on the edge."""
        graph = self._canvas.document.graph
        edge = graph.edges.get(EdgeId(id))
        if edge is None or not self._may():
            return
        self._section, self._id = "edges", id
        bar = self.editor = self.bar
        bar.kind.clear()
        bar.kind.setIconSize(QSize(14, 14))
        for kind in sorted(possible_kinds(graph, edge), key=list(EDGE_ICONS).index):
            bar.kind.addItem(icons.icon(EDGE_ICONS[kind]), captions.EDGE_KINDS[kind], kind)
        bar.kind.setCurrentIndex(bar.kind.findData(edge.kind))
        bar.when.setText(edge.when or "")
        bar.when.setVisible(edge.kind == "flow")
        self._check(edge.when or "")
        self._canvas.reveal({id})
        self.follow()
        bar.show()
        bar.raise_()
        (bar.when if edge.kind == "flow" else bar.kind).setFocus()

    def follow(self) -> None:
        """The view moved: the editor stays on what it edits."""
        editor = self.editor
        if editor is None:
            return
        canvas, scene = self._canvas, self._canvas.canvas_scene
        if self._id not in getattr(canvas.document.graph, self._section):
            self.cancel()  # what it edits was undone, or is gone from the file
            return
        if editor is self.bar:
            wire = scene.wires.wires.get(self._id)
            if wire is None:
                return
            editor.adjustSize()
            at = canvas.mapFromScene(wire.label_at)
            editor.move(at.x() - editor.width() // 2, at.y() - editor.height() // 2)
            return
        if self._section == "agents":
            x, y = scene.positions[AgentId(self._id)]
            box = QRectF(x + 44, y + 4, 136, 24)
        elif self._section == "frames":
            box = scene.annotations[self._id].scene_rect()
            box = QRectF(box.left() + 6, box.top() + 2, min(280.0, box.width() - 12), 26)
        else:
            box = scene.annotations[self._id].scene_rect()
        area = canvas.mapFromScene(box).boundingRect()
        area.setHeight(max(area.height(), 28))
        area.setWidth(max(area.width(), 140))
        editor.setGeometry(area)

    # ending

    def commit(self) -> None:
        """Take over what was typed, as one step, and close."""
        editor = self._close()
        if editor is None:
            return
        graph, id = self._canvas.document.graph, self._id
        if editor is self.bar:
            self._commit_condition()
        elif isinstance(editor, QLineEdit):
            text = editor.text().strip()
            if self._section == "agents" and AgentId(id) in graph.agents:
                if text and text != graph.agents[AgentId(id)].name:
                    self._do(f"Rename to {text}", "name", text)
            elif id in graph.frames and text != graph.frames[id].name:
                self._do("Rename the frame", "name", text)

    def _take_text(self) -> None:
        """A note is written at length: each key counts at once, so that the journal has it, and all are one step."""
        editor, note = self.editor, self._canvas.document.graph.notes.get(self._id)
        if isinstance(editor, QPlainTextEdit) and note is not None and editor.toPlainText() != note.text:
            self._do("Edit the note", "text", editor.toPlainText(), merge=f"{self._id}/text#{self._serial}")

    def _do(self, label: str, field: str, value: object, merge: str | None = None) -> None:
        self._canvas.do(label, [Set(section=self._section, id=self._id, values={field: value})], merge)

    def _commit_condition(self) -> None:
        edge = self._canvas.document.graph.edges.get(EdgeId(self._id))
        text = self.bar.when.text().strip()
        if edge is None or edge.kind != "flow" or text == (edge.when or ""):
            return
        edits: list[Edit] = [Set(section="edges", id=edge.id, values={"when": text or None})]
        self._canvas.do("Change the condition" if text else "Take the condition away", edits)

    def cancel(self) -> None:
        """Close without changing anything."""
        self._close()

    def _close(self) -> QWidget | None:
        editor, self.editor = self.editor, None
        if editor is None:
            return None
        editor.hide()
        if editor is not self.bar:
            editor.removeEventFilter(self)
            editor.deleteLater()
        return editor

    def _kind_chosen(self) -> None:
        graph = self._canvas.document.graph
        edge = graph.edges.get(EdgeId(self._id))
        kind = self.bar.kind.currentData()
        if edge is not None and kind != edge.kind:
            self._canvas.do(captions.MADE[kind], change_kind(graph, edge, kind))
        self.bar.when.setVisible(kind == "flow")
        self.follow()

    def _check(self, text: str) -> None:
        """Say at once what is wrong with a condition."""
        from quartet.agents import expressions

        problem = ""
        if text.strip() and text.strip() != OTHERWISE:
            try:
                expressions.compile(text)
            except ValueError as error:
                problem = str(error)
        self.bar.when.setToolTip(problem)
        self.bar.when.setProperty("wrong", "true" if problem else "false")
        self.bar.when.style().unpolish(self.bar.when)
        self.bar.when.style().polish(self.bar.when)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if composing.takes(watched, event):
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                if isinstance(watched, QPlainTextEdit):
                    self.commit()
                else:
                    self.cancel()
                self._canvas.setFocus()
                return True
            several = (
                isinstance(watched, QPlainTextEdit) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            )
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not several:
                self.commit()
                self._canvas.setFocus()
                return True
        elif event.type() == QEvent.Type.FocusOut and self._left():
            self.commit()
        return False

    def _left(self) -> bool:
        """Whether the keyboard went elsewhere than to another part of the same editor."""
        if self.editor is None:
            return False
        inside = self.bar.window().focusWidget()
        return self.editor is not self.bar or inside is None or not self.bar.isAncestorOf(inside)
