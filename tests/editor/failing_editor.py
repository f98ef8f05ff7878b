"""An editor in which what Qt calls of ours fails.

`python failing_editor.py list` counts the overrides and says which are not guarded; `each FOLDER` lets each kind of
them fail once in every class while a window is used; `random FOLDER SEED` lets any fail at any time.
"""

import functools
import importlib
import os
import pkgutil
import random
import sys
import traceback
from pathlib import Path
from types import FunctionType
from typing import Any

from quartet.editor import overrides

KINDS = (
    {"event", "eventFilter", "viewportEvent", "changeEvent", "showEvent", "hideEvent", "resizeEvent"},
    {"paint", "paintEvent", "drawBackground", "boundingRect", "shape", "scrollContentsBy"},
    {"data", "flags", "rowCount", "headerData", "sizeHint", "minimumSizeHint"},
    {"keyPressEvent", "mousePressEvent", "mouseMoveEvent", "mouseReleaseEvent", "leaveEvent", "wheelEvent"},
)

failing: set[str] = set()
"""Names of methods that fail, once in each class."""
failed: list[str] = []
chance: random.Random | None = None
_guarded = overrides._guarded


def able_to_fail(function: FunctionType) -> Any:
    """The method, guarded, that fails where it is told to: as C code does, with an exception that is not made yet."""

    @functools.wraps(function)
    def perhaps(self: object, *values: Any) -> Any:
        name = function.__qualname__
        if name == "_Ready.event":  # a turn of the event loop, which is nobody's to give back
            return function(self, *values)
        if (function.__name__ in failing and name not in failed) or (chance is not None and chance.random() < 0.0005):
            failed.append(name)
            return 1 / 0
        return function(self, *values)

    guarded = _guarded(perhaps)
    guarded.__wrapped__ = function
    alone = function.__code__.co_argcount == 1
    return functools.wraps(guarded)(lambda self, *values: guarded(self)) if alone else guarded


overrides._guarded = able_to_fail  # before any class of the editor is made

import shiboken6  # noqa: E402
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer  # noqa: E402
from PySide6.QtGui import QHelpEvent  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget  # noqa: E402
from shiboken6 import Shiboken  # noqa: E402

import quartet.editor  # noqa: E402
from quartet.editor import journal  # noqa: E402
from quartet.graph import files  # noqa: E402


def of(cls: type) -> set[type]:
    return {found for each in cls.__subclasses__() for found in ({each} | of(each))}


def count() -> None:
    """Say how many overrides there are; fail if one is not guarded."""
    QApplication([])
    for module in pkgutil.walk_packages(quartet.editor.__path__, "quartet.editor."):
        importlib.import_module(module.name)
    ours = [cls for cls in of(Shiboken.Object) if cls.__module__.startswith("quartet.")]
    found = {f"{cls.__qualname__}.{name}": method for cls in ours for name, method in overrides.overrides(cls).items()}
    bare = sorted(name for name, method in found.items() if not hasattr(method, overrides.GUARDED))
    assert not bare, f"not guarded: {bare}"
    print("overrides:", len(found))


def use(widget: QWidget) -> None:
    """Whatever a person does to a widget that has no consequence for the drawing."""
    middle = widget.rect().center()
    QTest.mouseMove(widget, middle)
    QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, middle, widget.mapToGlobal(middle)))
    QTest.keyClick(widget, Qt.Key.Key_Shift)
    QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))


def each(folder: str) -> None:
    """Let each kind fail, answer the dialog, and go on; then the drawing is what it was, and its journal is there."""
    from quartet.editor import app, crash
    from quartet.graph.edits import SetGraph

    crash.AGAIN = 0.0  # all of them are raised in one line here

    def story(window: Any) -> None:
        session = window.session
        session.document.do("Rename", [SetGraph(values={"name": "Unsaved"})])
        session.document.judge_now()
        before = files.dumps(session.document.graph)
        for kinds in KINDS:
            known = len(failed)
            failing.update(kinds)
            for panel in ("outline", "problems", "verdict", "inspector", "timeline", "log", "runs", "messages", "find"):
                window.show_panel(panel)
            window.resize(1100 + len(failed) % 50, 700)
            window.grab()
            canvas = session.canvas
            for widget in (canvas, canvas.viewport(), *window.findChildren(QWidget)):
                if shiboken6.isValid(widget) and widget.isVisible():
                    use(widget)
            QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
            canvas.set_zoom(canvas.zoom * 1.01)
            canvas.fit()
            failing.clear()
            QApplication.processEvents()
            boxes = [box for box in QApplication.topLevelWidgets() if isinstance(box, QMessageBox) and box.isVisible()]
            assert len(failed) - known > 6, failed[known:]
            assert len(boxes) == 1, "the first failure is told"
            QTest.keyClick(boxes[0], Qt.Key.Key_Escape)
            QApplication.processEvents()
        window.grab()
        assert files.dumps(session.document.graph) == before
        kept = [journal.read(path) for path in Path(os.environ["XDG_STATE_HOME"]).rglob("*.steps")]
        assert [one.about.title for one in kept if one is not None] == ["Unsaved"]
        session.document.undo_stack.setClean()
        print(len(failed), "failed:", *failed, flush=True)
        print("alive, told of all, unsaved work kept, the drawing as it was", flush=True)
        window.close()

    real = app.Application.open_first

    def open_first(self: Any, window: Any, files: Any) -> None:
        real(self, window, files)

        def begin() -> None:
            try:
                story(window)
            except BaseException:
                traceback.print_exc()
                os._exit(1)

        QTimer.singleShot(200, begin)

    app.Application.open_first = open_first  # type: ignore[method-assign]
    from quartet.paths import EXAMPLES

    app.main([str(EXAMPLES / "newsroom.quartet.json")], separate=True)


def at_random(folder: str, seed: str) -> None:
    """Somebody works in a window in which anything may fail; undo-all is the start all the same."""
    global chance
    from editor.desk import Desk
    from editor.random_person import Person

    Path(folder).mkdir(parents=True)
    application = QApplication([])
    told: list[BaseException] = []
    sys.excepthook = lambda kind, error, trace: told.append(error)
    desk = Desk(Path(folder))
    root = desk.session
    start = files.dumps(root.document.graph)
    person = Person(desk, int(seed))
    chance = random.Random(int(seed))
    for _ in range(150):
        person.step()
    chance = None
    assert all(isinstance(error, ZeroDivisionError) for error in told), told
    if root in desk.window.sessions:
        stack = root.document.undo_stack
        while stack.canUndo():
            stack.undo()
        assert files.dumps(root.document.graph) == start
    application.processEvents()
    print(len(told), flush=True)
    os._exit(0)


if __name__ == "__main__":
    try:
        {"list": count, "each": each, "random": at_random}[sys.argv[1]](*sys.argv[2:])
    except BaseException:  # what failed may be what would tell of it
        traceback.print_exc()
        os._exit(1)
