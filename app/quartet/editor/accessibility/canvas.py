"""The canvas as a list that assistive technology can read, walk through and select from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QRect, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAccessibleSelectionInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget

from quartet.editor.accessibility.items import NOTHING, Item, at_point
from quartet.editor.accessibility.keeping import keep
from quartet.editor.accessibility.reader import Reader
from quartet.editor.value_words import plural

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas


class CanvasInterface(QAccessibleWidget):
    """A list of agents, edges, frames, notes and parts of the pattern; after them what lies over the canvas."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas, QAccessible.Role.List, "Canvas")
        keep(self, canvas)
        # Qt asks anew when PySide has given the canvas another meta-object: the newest answers for the same reader
        self._made: Reader | None = canvas.findChild(Reader)
        if self._made is not None:
            self._made.interface = self
        self._selection: Selection | None = None
        # it may be asked for while the canvas is only being made
        QTimer.singleShot(0, canvas, lambda: self._reader)

    @property
    def _reader(self) -> Reader:
        if self._made is None:
            canvas: Canvas = self.widget()  # type: ignore[assignment]  # it is what this was made for
            self._made = canvas.findChild(Reader) or Reader(canvas, self)
        return self._made

    def text(self, which: QAccessible.Text) -> str:
        if which not in (QAccessible.Text.Name, QAccessible.Text.Description):
            return super().text(which)
        canvas: Canvas = self.widget()  # type: ignore[assignment]
        document = canvas.document
        if which == QAccessible.Text.Name:
            return f"Drawing of {document.title}"
        graph = document.graph
        if not graph.agents:
            return "Nothing is drawn yet. Tab adds an agent by its name."
        many = f"{plural(len(graph.agents), 'agent')}, {plural(len(graph.edges), 'edge')}"
        verdict = "" if document.verdict is None else f". {document.verdict.headline}"
        return f"{many}{verdict}. Arrow keys walk, Enter opens, C connects, Tab adds."

    def _widgets(self) -> list[QWidget]:
        """What lies over the drawing: zoom, overview, whatever is being typed into."""
        canvas = self._reader.canvas
        found = canvas.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        skipped = (canvas.viewport(), canvas.horizontalScrollBar().parent(), canvas.verticalScrollBar().parent())
        return [w for w in found if w not in skipped and not w.isHidden() and not w.isWindow()]

    def childCount(self) -> int:
        return len(self._reader.keys) + len(self._widgets())

    def child(self, index: int) -> Any:
        keys = self._reader.keys
        if 0 <= index < len(keys):
            return self._reader.item(keys[index])
        widgets = self._widgets()
        index -= len(keys)
        return QAccessible.queryAccessibleInterface(widgets[index]) if 0 <= index < len(widgets) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        if isinstance(child, Item):
            return self._reader.place(child.key)
        thing: QObject | None = child.object()
        widgets = self._widgets()
        return len(self._reader.keys) + widgets.index(thing) if thing in widgets else -1

    def childAt(self, x: int, y: int) -> Any:
        for widget in reversed(self._widgets()):
            corner = widget.mapToGlobal(widget.rect().topLeft())
            if QRect(corner, widget.size()).contains(x, y):
                return QAccessible.queryAccessibleInterface(widget)
        return at_point(self._reader, x, y)

    def focusChild(self) -> Any:
        current = self._reader.current()
        if self._reader.canvas.hasFocus():
            return self._reader.item(current) if current is not None else None
        return super().focusChild()

    def state(self) -> QAccessible.State:
        found = super().state()
        found.multiSelectable = found.extSelectable = 1
        found.readOnly = int(self._reader.canvas.document.read_only is not None)
        return found

    def interface_cast(self, wanted: QAccessible.InterfaceType) -> Any:
        if wanted != QAccessible.InterfaceType.SelectionInterface:
            found = super().interface_cast(wanted)
            return NOTHING if found is None else found
        if self._selection is None:
            self._selection = Selection(self._reader)
        return self._selection


class Selection(QAccessibleSelectionInterface):
    """What is selected on the canvas, to be read and changed."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self._reader = reader

    def selectedItems(self) -> list[QAccessibleInterface]:
        selection = self._reader.canvas.document.selection
        return [self._reader.item(key) for key in self._reader.keys if key.kind != "region" and key.id in selection]

    def selectedItemCount(self) -> int:
        return len(self._reader.canvas.document.selection)

    def selectedItem(self, index: int) -> Any:
        found = self.selectedItems()
        return found[index] if 0 <= index < len(found) else None

    def isSelected(self, item: QAccessibleInterface) -> bool:
        return isinstance(item, Item) and item.key.id in self._reader.canvas.document.selection

    def select(self, item: QAccessibleInterface) -> bool:
        return self._set(item, True)

    def unselect(self, item: QAccessibleInterface) -> bool:
        return self._set(item, False)

    def _set(self, item: QAccessibleInterface, wanted: bool) -> bool:
        document = self._reader.canvas.document
        if not isinstance(item, Item) or not item.isValid() or item.key.kind in ("region", "broken"):
            return False
        document.select(document.selection | {item.key.id} if wanted else document.selection - {item.key.id})
        return True

    def selectAll(self) -> bool:
        self._reader.canvas.select_all()
        return True

    def clear(self) -> bool:
        self._reader.canvas.document.select(())
        return True
