"""Somebody who does one thing after the other in a window, chosen by a seed: real mouse and key events, any command."""

import random
from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QMenu, QPlainTextEdit, QWidget

from editor.canvas.conftest import Hand
from editor.desk import Desk
from quartet.editor.canvas.drops import KIND
from quartet.editor.canvas.geometry import SIDES
from quartet.editor.canvas.view import Canvas
from quartet.editor.commands import COMMANDS
from quartet.graph.model import AgentId

NONE = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton

ENDS = {"file.quit", "run.run", "run.rehearse", "help.tour", "help.examples", "insert.guide"}
"""Commands that end the session, run something for real, or open what is no drawing of this session."""
RARE = ("view.theme.", "help.", "file.", "run.", "view.bookmark.", "view.keep.", "view.reset", "view.welcome")
OFTEN = (
    "edit.undo", "edit.redo", "edit.paste", "edit.duplicate", "graph.arrange", "graph.collapse", "graph.dissolve",
    "graph.go_in", "graph.go_out", "view.split", "view.other_view", "view.move_across", "view.next_tab", "edit.delete",
    "graph.collapse", "graph.dissolve", "graph.go_in", "edit.select_all", "nudge.left", "leap.down", "insert.frame",
)  # fmt: skip
OUTLINE_KEYS: list[tuple[Qt.Key, Qt.KeyboardModifier]] = [
    *((key, NONE) for key in (Qt.Key.Key_F2, Qt.Key.Key_F2, Qt.Key.Key_Delete, Qt.Key.Key_Return, Qt.Key.Key_Menu)),
    *((key, ALT) for key in (Qt.Key.Key_Up, Qt.Key.Key_Down)),
    *((Qt.Key(ord(key)), NONE) for key in "ABUCKM"),
    *((Qt.Key(ord(key)), CTRL) for key in "DZJT"),
]
"""Keys that do something to a row of the outline."""
FOREIGN = (
    '{"directed": true, "nodes": [{"id": "x"}, {"id": "y", "name": "Why"}], "links": [{"source": "x", "target": "y"}]}'
)
WORDS = ("", "a", "Ann", "é🙂", " \t", "{{ value", "x" * 80, "<b>&amp;", "writer", "ب", "value.score > 3")


class Person:
    """One seed's way through a window. `did` tells the steps so far."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.window = desk, desk.window
        self.rng = random.Random(seed)
        self.did: list[str] = []
        self.window.show_panel("verdict")
        often = [name for name in OFTEN for _ in range(4)]
        usual = [each.name for each in COMMANDS if each.name not in ENDS and not each.name.startswith(RARE)]
        rare = [each.name for each in COMMANDS if each.name not in ENDS and each.name.startswith(RARE)]
        self.commands = [usual, usual, often, rare]
        self.weights = [5, 5, 8, 1]
        self.gestures: list[Callable[[], object]] = [
            self.click, self.drag, self.drag, self.wire, self.wire, self.wire_out, self.double_click, self.band,
            self.lasso, self.cut, self.copy_drag, self.into_edge, self.bend, self.reconnect, self.resize, self.pan,
            self.wheel, self.write, self.drop, self.context_menu, self.minimap, self.tab_key, self.history,
            self.find, self.outline, self.inspect, self.drag_tab, self.paste, self.any_key, self.focus_elsewhere,
            self.hover, self.interrupt, self.outline_inside, self.outline_inside, self.into_a_file, self.fingers,
        ]  # fmt: skip

    # what is there

    @property
    def canvas(self) -> Canvas:
        return self.desk.session.canvas

    @property
    def hand(self) -> Hand:
        return Hand(self.canvas)

    @property
    def agents(self) -> list[AgentId]:
        return list(self.canvas.canvas_scene.cards)

    def agent(self) -> AgentId | None:
        return self.rng.choice(self.agents) if self.agents else None

    def place(self) -> tuple[float, float]:
        """A scene point somewhere in view."""
        area = self.canvas.viewport().rect()
        at = self.canvas.mapToScene(self.rng.randint(0, area.width()), self.rng.randint(0, area.height()))
        return at.x(), at.y()

    def held(self) -> Qt.KeyboardModifier:
        return self.rng.choice([NONE, NONE, SHIFT, CTRL])

    # one step

    def step(self) -> str:
        """Do something; returns what it was. Whatever opened meanwhile is answered or closed."""
        if self.window.session is None:
            self._note("back to a graph")
            if self.window.sessions:
                self.window.show_session(self.window.sessions[0])
            else:
                self.window.actions_["file.new"].trigger()
        elif self.rng.random() < 0.6:
            gesture = self.rng.choice(self.gestures)
            self._note(gesture.__name__)
            gesture()
        else:
            self.command()
        self.clear()
        return self.did[-1]

    def _note(self, what: str) -> None:
        self.did.append(what)

    def _tell(self, what: object) -> None:
        self.did[-1] += f" {what}"

    def clear(self) -> None:
        """Answer dialogs, mostly with Escape; close menus and searches; let the window come to rest."""
        for _ in range(6):
            popup = QApplication.activePopupWidget()
            if popup is not None:
                QTest.keyClick(popup, Qt.Key.Key_Escape)
                popup.close()
                continue
            dialogs = [each for each in self.window.findChildren(QDialog) if each.isVisible()]
            if not dialogs:
                break
            dialog = dialogs[-1]
            self._tell(f"[{type(dialog).__name__} {dialog.windowTitle()}]")
            dialog.close()
            QApplication.processEvents()
        QApplication.processEvents()
        for session in self.window.sessions:
            for level in (session, *session.levels.all.values()):
                for canvas in level.split.canvases:
                    canvas.inline.commit()
                    canvas.adding.close()
        self.window.activateWindow()
        if self.window.session is not None:
            self.canvas.setFocus()
        QApplication.processEvents()

    def command(self) -> None:
        """A command, by its key where it has one, or as its menu would run it."""
        name = self.rng.choice(self.rng.choices(self.commands, self.weights)[0])
        self._note(name)
        self.run(name)

    def run(self, name: str) -> None:
        keys = self.window.actions_.keymap.keys(name)
        if keys and self.rng.random() < 0.7:
            self.press(QKeySequence(self.rng.choice(keys)))
        else:
            self.window.actions_[name].trigger()
        self.answer()

    def press(self, keys: QKeySequence) -> None:
        """Press a key on the canvas, as a keyboard does: first Qt's shortcuts, then the canvas."""
        for combined in (keys[i] for i in range(keys.count())):
            key, held = combined.key(), combined.keyboardModifiers()
            text = chr(key).lower() if held == NONE and 0x20 < int(key) < 0x7F else ""
            QTest.sendKeyEvent(QTest.KeyAction.Press, self.canvas, key, text, held)
            if self.window.session is not None:
                QTest.sendKeyEvent(QTest.KeyAction.Release, self.canvas, key, text, held)

    def answer(self) -> None:
        """Choose what a search on the canvas or a dialog offers, sometimes."""
        session = self.window.session
        if session is None:
            return
        search = session.canvas.adding.search
        if search.isVisible() and search.choices and self.rng.random() < 0.8:
            if self.rng.random() < 0.4:
                QTest.keyClicks(search.line, self.rng.choice("abcmpstw"))
            for _ in range(self.rng.randint(0, 4)):
                QTest.keyClick(search.line, Qt.Key.Key_Down)
            QTest.keyClick(search.line, Qt.Key.Key_Return)
        editor = session.canvas.inline.editor
        if editor is not None and self.rng.random() < 0.7:
            self.type(editor)
        dialogs = [each for each in self.window.findChildren(QDialog) if each.isVisible()]
        if dialogs and self.rng.random() < 0.4:
            fields = [each for each in dialogs[-1].findChildren(QLineEdit) if each.isVisible() and each.isEnabled()]
            if type(dialogs[-1]).__name__ != "QFileDialog":
                self._tell(f"{type(dialogs[-1]).__name__}: Enter")
                if fields:
                    QTest.keyClicks(fields[0], self.rng.choice(("a", "ed", "zz")))
                QTest.keyClick(dialogs[-1], Qt.Key.Key_Return)

    def type(self, editor: QWidget) -> None:
        text = self.rng.choice(WORDS)
        if isinstance(editor, QLineEdit):
            editor.setText(text)
        elif isinstance(editor, QPlainTextEdit):
            editor.setPlainText(text)
        QTest.keyClick(editor, self.rng.choice([Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab]))

    # gestures

    def pull(self, start: tuple[float, float], end: tuple[float, float], held=NONE, button=LEFT) -> None:
        """A drag; a third of them is interrupted, by Escape or by anything else that can happen meanwhile."""
        canvas, hand = self.canvas, self.hand
        hand.pull(start, end, held, button)
        what = self.rng.random()
        if what < 0.15:
            self._tell("Escape")
            hand.on_canvas(Qt.Key.Key_Escape)
        elif what < 0.35:
            name = self.rng.choice(self.rng.choices(self.commands, self.weights)[0])
            self._tell(f"during it {name}")
            self.run(name)
        elif what < 0.4:
            self._tell("other button")
            hand.press(end, RIGHT if button != RIGHT else LEFT)
        elif what < 0.45:
            self._tell("other window")
            QApplication.sendEvent(canvas, QEvent(QEvent.Type.WindowDeactivate))
            canvas.clearFocus()
        if _alive(canvas) and canvas.isVisible():
            hand.release(end, button, held)
            if self.window.session is not None and self.canvas is canvas:
                self.answer()

    def click(self) -> None:
        id = self.agent()
        self.hand.click(self.hand.body(id) if id and self.rng.random() < 0.7 else self.place(), held=self.held())

    def drag(self) -> None:
        id = self.agent()
        self.pull(self.hand.body(id) if id else self.place(), self.place(), self.held())

    def copy_drag(self) -> None:
        id = self.agent()
        self.pull(self.hand.body(id) if id else self.place(), self.place(), ALT)

    def wire(self) -> None:
        one, other = self.agent(), self.agent()
        if one and other:
            self.pull(self.hand.port(one, self.rng.choice(SIDES)), self.hand.body(other), self.rng.choice([NONE, ALT]))

    def wire_out(self) -> None:
        one = self.agent()
        if one:
            self.pull(self.hand.port(one, self.rng.choice(SIDES)), self.place())

    def double_click(self) -> None:
        id = self.agent()
        self.hand.double_click(self.hand.body(id) if id and self.rng.random() < 0.4 else self.place())
        self.answer()

    def band(self) -> None:
        self.pull(self.place(), self.place(), self.held())

    def lasso(self) -> None:
        if self.rng.random() < 0.5:
            self.hand.on_canvas(Qt.Key.Key_L, NONE, "l")
        self.pull(self.place(), self.place(), ALT)

    def cut(self) -> None:
        if self.rng.random() < 0.5:
            self.hand.on_canvas(Qt.Key.Key_Y, NONE, "y")
            self.pull(self.place(), self.place())
        else:
            self.pull(self.place(), self.place(), CTRL, RIGHT)

    def _edge(self) -> str | None:
        edges = list(self.canvas.document.graph.edges)
        return self.rng.choice(edges) if edges else None

    def into_edge(self) -> None:
        edge, id = self._edge(), self.agent()
        if edge and id:
            at = self.canvas.canvas_scene.wires.wires[edge].label_at
            self.pull(self.hand.body(id), (at.x() - 22, at.y() - 11))

    def bend(self) -> None:
        edge = self._edge()
        if edge:
            wire = self.canvas.canvas_scene.wires.wires[edge]
            self.hand.double_click(wire.on(0.3))
            self.canvas.inline.cancel()
            wire = self.canvas.canvas_scene.wires.wires.get(edge)  # a card over it may have been opened instead
            if wire is not None and wire.via:
                self.canvas.document.select({edge})
                self.pull(wire.via[0], self.place())

    def reconnect(self) -> None:
        edge, other = self._edge(), self.agent()
        if edge and other:
            self.canvas.document.select({edge})
            wire = self.canvas.canvas_scene.wires.wires[edge]
            to = self.hand.body(other) if self.rng.random() < 0.7 else self.place()
            self.pull(wire.on(self.rng.choice([0.0, 1.0])), to)

    def resize(self) -> None:
        items = list(self.canvas.canvas_scene.annotations.values())
        if items:
            corner = self.rng.choice(items).scene_rect().bottomRight()
            self.pull((corner.x() - 3, corner.y() - 3), self.place())

    def pan(self) -> None:
        if self.rng.random() < 0.5:
            self.pull(self.place(), self.place(), button=MIDDLE)
            return
        canvas = self.canvas
        QApplication.sendEvent(canvas, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, NONE, " "))
        self.pull(self.place(), self.place())
        if _alive(canvas):
            QApplication.sendEvent(canvas, QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_Space, NONE, " "))
            canvas.space_held = False

    def wheel(self) -> None:
        viewport = self.canvas.viewport()
        at = QPointF(self.rng.randint(0, viewport.width()), self.rng.randint(0, viewport.height()))
        turn = QPoint(0, self.rng.choice([-480, -120, 120, 480]))
        held = self.rng.choice([NONE, SHIFT, CTRL])
        event = QWheelEvent(
            at, viewport.mapToGlobal(at), QPoint(), turn, Qt.MouseButton.NoButton, held,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(viewport, event)

    def write(self) -> None:
        """Edit a text in place: a name, a note, a frame, a condition."""
        graph = self.canvas.document.graph
        ids = [*graph.agents, *graph.edges, *graph.frames, *graph.notes]
        if ids:
            self.canvas.document.select({self.rng.choice(ids)})
            self.hand.on_canvas(self.rng.choice([Qt.Key.Key_F2, Qt.Key.Key_Return]))
            self.answer()

    def drop(self) -> None:
        mime = QMimeData()
        if self.rng.random() < 0.6:
            mime.setData(KIND, self.rng.choice([b"template", b"llm", b"supervisor", b"graph", b"nonsense"]))
        else:
            mime.setText(self.rng.choice([FOREIGN, "a note", "{", ""]))
        id = self.agent()
        at = self.hand.body(id) if id and self.rng.random() < 0.3 else self.place()
        if self.rng.random() < 0.2:
            self.hand.carry(mime, at)
            self.hand.leave()
        else:
            self.hand.drop(mime, at)

    def context_menu(self) -> None:
        id, viewport = self.agent(), self.canvas.viewport()
        at = self.hand.pixel(self.hand.body(id) if id and self.rng.random() < 0.6 else self.place()).toPoint()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, viewport.mapToGlobal(at))
        QApplication.sendEvent(viewport, event)
        menu = QApplication.activePopupWidget()
        while isinstance(menu, QMenu):
            entries = [each for each in menu.actions() if each.isEnabled() and not each.isSeparator()]
            entry = self.rng.choice(entries)
            self._tell(f"“{entry.text()}”")
            menu.setActiveAction(entry)
            if entry.menu() is None:
                QTest.keyClick(menu, Qt.Key.Key_Return)
                break
            menu = entry.menu()
            menu.popup(QPoint(5, 5))
        self.answer()

    def minimap(self) -> None:
        minimap = self.canvas.minimap
        if minimap.isVisible():
            middle = minimap.rect().center()
            QTest.mousePress(minimap, LEFT, NONE, middle)
            QTest.mouseMove(minimap, middle + QPoint(self.rng.randint(-40, 40), 10))
            QTest.mouseRelease(minimap, LEFT, NONE, middle)

    def tab_key(self) -> None:
        self.hand.on_canvas(Qt.Key.Key_Tab)
        self.answer()

    def history(self) -> None:
        """Jump to any step of the undo history, by a click on its row."""
        self.window.show_panel("history")
        panel = self.desk.session.panels["history"]
        row = self.rng.randrange(panel.model.rowCount())
        self._tell(row)
        index = panel.model.index(row, 0)
        panel.list.scrollTo(index)
        QTest.mouseClick(panel.list.viewport(), LEFT, NONE, panel.list.visualRect(index).center())

    def find(self) -> None:
        """Find, and replace one place or all."""
        self.window.actions_["edit.replace"].trigger()
        panel = self.desk.session.panels["find"]
        panel.field.setText(self.rng.choice(["e", "wr", "Copy", "zzz", "["]))
        panel.by.setText(self.rng.choice(["", "E", "o o"]))
        panel.look()
        if self.rng.random() < 0.5:
            QTest.mouseClick(self.rng.choice([panel.one, panel.all]), LEFT)
        panel.field.setText("")

    def outline(self) -> None:
        self.window.show_panel("outline")
        tree = self.desk.session.panels["outline"].tree
        tree.setFocus()
        for _ in range(self.rng.randint(1, 4)):
            key = self.rng.choice([Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_F2, Qt.Key.Key_Delete])
            QTest.keyClick(QApplication.focusWidget() or tree, key)
        focused = QApplication.focusWidget()
        if isinstance(focused, QLineEdit):
            self.type(focused)

    def outline_inside(self) -> None:
        """Open a sub-graph's row in the outline and do something to what is in it, by its keys."""
        self.window.show_panel("outline")
        panel = self.desk.session.panels["outline"]
        tree, model = panel.tree, panel.model
        rows = [model.index(row, 0) for row in range(model.rowCount())]
        for index in rows:  # they grow while they are gone through
            rows += [model.index(row, 0, index) for row in range(model.rowCount(index))]
        if not rows:
            return
        tree.setFocus()
        tree.setCurrentIndex(self.rng.choice(rows))
        QTest.keyClick(tree, Qt.Key.Key_Right)
        QTest.keyClick(tree, Qt.Key.Key_Down)
        key, held = self.rng.choice(OUTLINE_KEYS)
        self._tell(f"{tree.currentIndex().data()}: {QKeySequence(held.value | key.value).toString()}")
        QTest.keyClick(QApplication.focusWidget() or tree, key, held)
        focused = QApplication.focusWidget()
        if isinstance(focused, QLineEdit) and focused.parent() is tree.viewport():
            self.type(focused)
            QApplication.processEvents()  # Qt takes it over in the next turn
        else:
            self.answer()

    def hover(self) -> None:
        """Let the pointer rest on an agent or an edge, and then go, or do something else right away."""
        edge, id = self._edge(), self.agent()
        if edge and self.rng.random() < 0.5:
            self.hand.hover(self.canvas.canvas_scene.wires.wires[edge].on(0.5))
        elif id:
            self.hand.hover(self.hand.body(id))
        self.canvas.pointing.light()
        what = self.rng.choice([self.command, self.wheel, self.click, lambda: self.hand.hover(self.place())])
        what()

    def interrupt(self) -> None:
        """Begin a gesture, and do not end it: something else comes, by key or from elsewhere."""
        id = self.agent()
        canvas, hand, to = self.canvas, self.hand, self.place()
        held = self.rng.choice([NONE, ALT])
        hand.pull(hand.body(id) if id and self.rng.random() < 0.7 else self.place(), to, held)
        match self.rng.randrange(4):
            case 0:
                hand.press(to, RIGHT)
            case 1:
                QApplication.sendEvent(
                    canvas, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.ActiveWindowFocusReason)
                )
            case 2:
                hand.hover(to)
            case 3:
                self.command()
        if _alive(canvas):
            hand.move(to, held=held)
            hand.release(to, held=held)

    def into_a_file(self) -> None:
        """Keep a sub-graph in a file of its own, or take one that is in a file in again."""
        document = self.desk.session.document
        found = [agent.id for agent in document.graph.agents.values() if agent.kind == "graph"]
        if not found:
            return
        document.select({self.rng.choice(found)})
        if self.window.actions_["graph.make_local"].isEnabled():
            self.window.actions_["graph.make_local"].trigger()
            return
        self.window.actions_["graph.save_linked"].trigger()
        for dialog in self.window.findChildren(QFileDialog):
            if dialog.isVisible():
                dialog.selectFile(str(self.desk.settings.folder / f"linked-{self.rng.randrange(3)}.quartet.json"))
                self._tell("kept")
                dialog.accept()

    def fingers(self) -> None:
        """Two fingers on a touchpad: the paper moves, or a pinch makes it larger or smaller."""
        viewport = self.canvas.viewport()
        at = QPointF(self.rng.randint(0, viewport.width()), self.rng.randint(0, viewport.height()))
        by = QPoint(self.rng.randint(-90, 90), self.rng.randint(-90, 90))
        held = self.rng.choice([NONE, NONE, CTRL])
        event = QWheelEvent(
            at, viewport.mapToGlobal(at), by, by * 8, Qt.MouseButton.NoButton, held, Qt.ScrollPhase.ScrollUpdate, False
        )
        QApplication.sendEvent(viewport, event)

    def inspect(self) -> None:
        """Type into a field of the inspector."""
        id = self.agent()
        if id and self.rng.random() < 0.7:
            self.canvas.document.select({id})
        self.window.show_panel("inspector")
        QApplication.processEvents()
        panel = self.desk.session.panels["inspector"]
        fields = [each for each in panel.findChildren(QLineEdit) if each.isVisible() and each.isEnabled()]
        if fields:
            field = self.rng.choice(fields)
            self._tell(field.accessibleName())
            field.setFocus()
            QTest.keyClicks(field, self.rng.choice(("x", "12", "{{", " ")))
            QTest.keyClick(field, self.rng.choice([Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab]))
        self.window.show_panel("verdict")  # making a form takes longer than all else: only those who type look at it

    def drag_tab(self) -> None:
        tabs = self.window.top.tabs
        if tabs.count() > 1:
            one, other = self.rng.sample(range(tabs.count()), 2)
            QTest.mousePress(tabs, LEFT, NONE, tabs.tabRect(one).center())
            QTest.mouseMove(tabs, tabs.tabRect(other).center())
            QTest.mouseRelease(tabs, LEFT, NONE, tabs.tabRect(other).center())

    def paste(self) -> None:
        QGuiApplication.clipboard().setText(self.rng.choice([FOREIGN, "hello", "", f"```json\n{FOREIGN}\n```"]))
        self.run("edit.paste")

    def any_key(self) -> None:
        """Keys without a thought."""
        for _ in range(self.rng.randint(1, 5)):
            if self.window.session is None:
                return
            key = self.rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
            self._tell(key)
            self.press(QKeySequence(key))
            self.answer()

    def focus_elsewhere(self) -> None:
        self.window.focus_palette()
        QTest.keyClicks(self.window.palette_.search, self.rng.choice("aew"))
        self.window.palette_.search.clear()


def _alive(canvas: Canvas) -> bool:
    import shiboken6

    return shiboken6.isValid(canvas)
