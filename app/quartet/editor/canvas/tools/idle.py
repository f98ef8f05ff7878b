"""Nothing under way: the pointer shows what it would take hold of, and a press begins the gesture that fits."""

from __future__ import annotations

from PySide6.QtCore import Qt

from quartet.editor.canvas.tools.band import Band
from quartet.editor.canvas.tools.bend import Bend
from quartet.editor.canvas.tools.connect import Connect, Reconnect
from quartet.editor.canvas.tools.cut import Cut
from quartet.editor.canvas.tools.duplicate import Duplicate
from quartet.editor.canvas.tools.lasso import Lasso
from quartet.editor.canvas.tools.move import Move
from quartet.editor.canvas.tools.pan import Pan
from quartet.editor.canvas.tools.resize import Resize
from quartet.editor.canvas.tools.tool import Buttons, Modifiers, Pointer, Tool, arm


class Idle(Tool):
    """Waits, and chooses the gesture."""

    def move(self, pointer: Pointer) -> None:
        if self.canvas.armed is not None:
            self.canvas.show_hover(None, None)
            self.canvas.viewport().setCursor(self.canvas.armed.cursor)
            return
        found = self.canvas.hit(pointer.at)
        hover = (found.agent, found.side) if found.agent is not None else None
        self.canvas.show_hover(hover, found.edge)
        if found.side is not None or found.end is not None:
            shape = Qt.CursorShape.CrossCursor
        elif found.bend is not None:
            shape = Qt.CursorShape.SizeAllCursor
        elif found.resize is not None:
            shape = Qt.CursorShape.SizeFDiagCursor
        elif found.edge is not None:
            shape = Qt.CursorShape.PointingHandCursor
        else:
            shape = Qt.CursorShape.ArrowCursor
        self.canvas.viewport().setCursor(shape)

    def press(self, pointer: Pointer) -> None:
        canvas = self.canvas
        if pointer.button == Buttons.MiddleButton or (pointer.button == Buttons.LeftButton and canvas.space_held):
            canvas.begin(Pan(canvas), pointer)
            return
        editable = self.document.read_only is None
        if pointer.button == Buttons.RightButton and pointer.modifiers & Modifiers.ControlModifier and editable:
            canvas.begin(Cut(canvas), pointer)
            return
        if pointer.button != Buttons.LeftButton:
            arm(canvas, None)
            return
        if canvas.armed is not None:
            armed = canvas.armed
            arm(canvas, None)
            canvas.begin(armed(canvas), pointer)
            return
        found = canvas.hit(pointer.at)
        if found.side is not None and found.agent is not None:
            canvas.begin(Connect(canvas, found.agent, found.side), pointer)
        elif found.end is not None and found.edge is not None:
            canvas.begin(Reconnect(canvas, found.edge, found.end), pointer)
        elif found.bend is not None and found.edge is not None:
            canvas.begin(Bend(canvas, found.edge, found.bend), pointer)
        elif found.resize is not None:
            canvas.begin(Resize(canvas, found.resize), pointer)
        elif pointer.alt and (found.agent is not None or found.annotation in self.document.graph.notes):
            canvas.begin(Duplicate(canvas, found.agent or found.annotation or ""), pointer)
        elif found.agent is not None or found.annotation is not None:
            canvas.begin(Move(canvas, found.agent or found.annotation or ""), pointer)
        elif found.edge is not None:
            chosen = {found.edge}
            self.document.select(self.document.selection ^ chosen if pointer.adds else chosen)
        else:
            canvas.begin(Lasso(canvas) if pointer.alt else Band(canvas), pointer)
