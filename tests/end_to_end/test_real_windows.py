"""Real windows on a real X display: drag and drop and the clipboard between programs, dialogs by keys, starts and ends.

One display and two editors serve most of the tests, each of which opens a drawing of its own.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from end_to_end.real_display import Display, missing
from engine.drawing import draw
from quartet.graph import files
from quartet.graph.model import AgentId, Graph

PATIENCE = 60.0
Point = tuple[float, float]
Make = Callable[..., "Editor"]

LACK = missing()
pytestmark = pytest.mark.skipif(bool(LACK), reason=LACK or "nothing is missing")

SOURCE = """
import sys
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QLabel
class Source(QLabel):
    def mousePressEvent(self, event):
        mime = QMimeData()
        if sys.argv[1] == "files":
            mime.setUrls([QUrl.fromLocalFile(name) for name in sys.argv[2:]])
        else:
            mime.setText(sys.argv[2])
        drag = QDrag(self)
        drag.setMimeData(mime)
        drag.actionChanged.connect(lambda action: print(action.name, flush=True))
        drag.exec(Qt.DropAction.CopyAction)
app = QApplication([])
source = Source("Drag me")
source.setGeometry(1180, 930, 60, 40)
source.show()
print(int(source.winId()), flush=True)
app.exec()
"""
"""Another program, from which something can be dragged."""


def until(true: Callable[[], object], what: str) -> None:
    """Wait until it is so."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.01)


class Editor:
    """One editor on a display, asked and used from outside."""

    def __init__(self, display: Display, home: Path, *arguments: object) -> None:
        self.display, self.home = display, home
        home.mkdir(exist_ok=True)
        path = os.pathsep.join(filter(None, [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")]))
        own = {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
        environment = {
            **os.environ, **own, "HOME": str(home), "PYTHONPATH": path, "QT_QPA_PLATFORM": "xcb",
            "DISPLAY": display.name,
        }  # fmt: skip
        environment.pop("WAYLAND_DISPLAY", None)
        self.errors = home / f"errors-{time.monotonic_ns()}"
        with self.errors.open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("watched_editor.py")), *map(str, arguments)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=environment, text=True,
            )  # fmt: skip

    def ask(self, question: str) -> Any:
        """What a line of Python is worth in the editor."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(question.replace("\n", " ") + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline() or '{"error": "it has ended"}')
        assert not (isinstance(answer, dict) and "error" in answer), f"{question}: {answer}\n{self.errors.read_text()}"
        return answer

    def until(self, true: str) -> None:
        until(lambda: self.ask(f"bool({true})"), true)

    def ready(self) -> "Editor":
        self.until("window is not None and window.whole")
        return self

    def put(self, left: int, top: int, width: int, height: int) -> None:
        self.display.put(self.ask("int(window.winId())"), left, top, width, height)
        self.until(f"(window.width(), window.height()) == ({width}, {height}) and window.x() == {left}")

    def front(self) -> None:
        """Give the keyboard to the dialog that is open, else to the window: what a window manager does."""
        self.display.front(self.ask("int((modal or window).winId())"))
        self.until("(modal or window).isActiveWindow()")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.front()
            self.display.press(key)

    def open(self, path: Path, graph: Graph | None = None) -> Path:
        """Open a file, which is written before."""
        if graph is not None:
            files.write(graph, path)
        self.ask(f"window.files.open_path(__import__('pathlib').Path({str(path)!r})) and None")
        self.until(f"str(document.path) == {str(path)!r} and session.canvas.isVisible()")
        return path

    def close_all(self) -> None:
        """Close what is open, unsaved or not."""
        self.ask("[one.document.undo_stack.setClean() for one in window.sessions] and None")
        self.ask("[window.remove(one) for one in list(window.sessions)] and None")

    def place(self, widget: str, at: str = "") -> Point:
        """Where on the screen the middle of a widget is, or a point of it."""
        x, y = self.ask(f"(lambda w: (lambda p: (p.x(), p.y()))(w.mapToGlobal({at or 'w.rect().center()'})))({widget})")
        return x, y

    def agent(self, id: str) -> Point:
        """Where on the screen an agent's card is."""
        canvas = "session.canvas"
        middle = f"{canvas}.canvas_scene.cards[{id!r}].sceneBoundingRect().center()"
        return self.place(f"{canvas}.viewport()", f"{canvas}.mapFromScene({middle})")

    def entry(self, title: str) -> Point:
        """Where on the screen an entry of the palette is."""
        view = "window.palette_.list"
        rows = f"(one for one in map({view}.model().index, range(99)) if one.data() == {title!r})"
        return self.place(f"{view}.viewport()", f"{view}.visualRect(next({rows})).center()")

    @property
    def agents(self) -> list[str]:
        return list(self.ask("list(graph.agents)"))

    def end(self) -> int:
        """Wait until it has ended; nothing may have gone wrong by then."""
        code = self.process.wait(PATIENCE)
        self._close()
        assert "Traceback" not in self.errors.read_text(), self.errors.read_text()
        return code

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._close()

    def _close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


@pytest.fixture(scope="module")
def display() -> Iterator[Display]:
    found = Display()
    yield found
    found.close()


@pytest.fixture(scope="module")
def pair(display: Display, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Editor, Editor]]:
    """Two editors side by side."""
    folder = tmp_path_factory.mktemp("pair")
    both = Editor(display, folder / "left", "--separate"), Editor(display, folder / "right", "--separate")
    try:
        for editor, left in zip(both, (0, 1200), strict=True):
            editor.ready().put(left, 0, 1200, 920)
        yield both
        for editor in both:
            editor.ask("window.close()")
            assert editor.end() == 0
    finally:
        for editor in both:
            editor.kill()


@pytest.fixture
def left(pair: tuple[Editor, Editor]) -> Iterator[Editor]:
    yield pair[0]
    pair[0].close_all()


@pytest.fixture
def right(pair: tuple[Editor, Editor]) -> Iterator[Editor]:
    yield pair[1]
    pair[1].close_all()


@pytest.fixture
def start(display: Display, tmp_path: Path) -> Iterator[Make]:
    """Start one more editor, which is gone after the test."""
    started: list[Editor] = []

    def make(*arguments: object, home: str = "home", on: Display = display) -> Editor:
        started.append(Editor(on, tmp_path / home, *arguments))
        return started[-1]

    yield make
    for editor in started:
        editor.kill()


def three() -> Graph:
    graph = draw("ann -> ben -> eve")
    graph.positions = {AgentId(id): (300.0 * n, 0.0) for n, id in enumerate(("ann", "ben", "eve"))}
    graph.name = "Three"
    return graph


# drag and drop


def take(left: Editor, right: Editor, title: str) -> Point:
    """Drag an entry of one window's palette over the other window's canvas, and hold it there."""
    start, end = left.entry(title), right.place("session.canvas.viewport()")
    hands = left.display
    left.front()
    hands.move(*start)
    hands.button(True)
    hands.glide(start, (start[0] + 30, start[1] + 30), 4)
    left.until("app.overrideCursor() is not None")  # the drag has begun
    hands.glide((start[0] + 30, start[1] + 30), end)
    right.until("len(session.canvas.drop._ghosts) == 1")
    return end


def test_an_agent_is_dragged_from_one_window_to_another(left: Editor, right: Editor, tmp_path: Path) -> None:
    left.open(tmp_path / "left.quartet.json", three())
    right.open(tmp_path / "right.quartet.json", three())
    take(left, right, "Language model")
    left.display.button(False)
    right.until("len(graph.agents) == 4")
    assert left.agents == ["ann", "ben", "eve"]
    right.until("len(document.selection) == 1 and not session.canvas.drop._ghosts")
    right.press("ctrl+z")
    right.until("len(graph.agents) == 3")


def test_escape_in_the_middle_of_a_drag_between_windows_leaves_no_trace(
    left: Editor, right: Editor, tmp_path: Path
) -> None:
    left.open(tmp_path / "left.quartet.json", three())
    right.open(tmp_path / "right.quartet.json", three())
    take(left, right, "Language model")
    left.display.press("Escape")
    right.until("not session.canvas.drop._ghosts")
    left.until("app.overrideCursor() is None")
    left.display.button(False)
    assert left.agents == right.agents == ["ann", "ben", "eve"]
    assert not right.ask("document.undo_stack.canUndo()")


def test_escape_in_the_middle_of_dragging_an_agent_puts_it_back(left: Editor, tmp_path: Path) -> None:
    left.open(tmp_path / "left.quartet.json", three())
    left.front()
    start, before = left.agent("ben"), left.ask("graph.positions['ben']")
    left.display.move(*start)
    left.display.button(True)
    left.display.glide(start, (start[0] + 60, start[1] + 90))
    left.until("session.canvas.tool is not session.canvas._idle")
    left.display.press("Escape")
    left.until("session.canvas.tool is session.canvas._idle")
    left.display.button(False)
    assert left.ask("graph.positions['ben']") == before
    assert not left.ask("document.undo_stack.canUndo()")
    left.display.move(*start)
    left.display.button(True)
    left.display.glide(start, (start[0] + 60, start[1] + 90))
    left.display.button(False)
    left.until("document.undo_stack.count() == 1")
    assert left.ask("graph.positions['ben']") != before
    left.press("ctrl+z")
    left.until(f"list(graph.positions['ben']) == {list(before)}")


def drop(editor: Editor, widget: str, done: str, *given: object) -> None:
    """Drop something from another program on a widget, and wait until what comes of it is there."""
    hands = editor.display
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "DISPLAY": hands.name}
    words = [sys.executable, "-c", SOURCE, *map(str, given)]
    end = editor.place(widget)
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as source:
        try:
            assert source.stdout is not None
            hands.front(int(source.stdout.readline()))
            hands.move(1210, 950)
            hands.button(True)
            hands.glide((1210, 950), (1215, 940), 4)
            hands.glide((1215, 940), end)
            said: list[str] = []
            threading.Thread(
                target=lambda: [said.append(line.strip()) for line in source.stdout or ()], daemon=True
            ).start()

            def wanted() -> bool:
                for offset in (4, 0):  # whether it is wanted is asked at movements only
                    hands.move(end[0] + offset, end[1])
                return "CopyAction" in said

            until(wanted, "somebody would have it")
            hands.button(False)
            editor.until(done)
        finally:
            source.kill()  # it gives what it has after the drop, so not before


def test_files_dropped_on_the_window_open(left: Editor, tmp_path: Path) -> None:
    names = [tmp_path / f"{name}.quartet.json" for name in ("one", "two")]
    for name in names:
        files.write(three(), name)
    left.front()
    drop(left, "window.welcome", "len(window.sessions) == 2", "files", *names)
    assert left.ask("[str(one.document.path) for one in window.sessions]") == [str(name) for name in names]


def test_a_text_dropped_on_the_canvas_is_a_note_and_a_graph_as_text_is_inserted(left: Editor, tmp_path: Path) -> None:
    left.open(tmp_path / "left.quartet.json", three())
    left.front()
    canvas, noted = "session.canvas.viewport()", "[note.text for note in graph.notes.values()] == ['Remember the milk']"
    drop(left, canvas, noted, "text", "Remember the milk")
    drop(left, canvas, "len(graph.agents) == 5 and len(graph.edges) == 3", "text", files.dumps(draw("x -> y")))
    left.press("ctrl+z", "ctrl+z")
    left.until("len(graph.agents) == 3 and not graph.notes")


# the clipboard


def test_what_is_copied_in_one_program_is_pasted_in_another(left: Editor, right: Editor, tmp_path: Path) -> None:
    left.open(tmp_path / "left.quartet.json", three())
    right.open(tmp_path / "right.quartet.json", Graph(name="Empty"))
    left.press("ctrl+a", "ctrl+c")
    left.until("app.clipboard().ownsClipboard()")
    right.until("app.clipboard().mimeData().hasFormat('image/png')")
    assert files.loads(right.ask("app.clipboard().text()"), "it").graph.agents.keys() == {"ann", "ben", "eve"}
    assert right.ask("app.clipboard().mimeData().imageData().width()") > 100
    right.press("ctrl+v")
    right.until("len(graph.agents) == 3 and len(graph.edges) == 2")
    assert right.ask("document.undo_stack.count()") == 1
    right.press("ctrl+x")
    right.until("not graph.agents and app.clipboard().ownsClipboard()")
    left.until("not app.clipboard().ownsClipboard()")
    left.press("ctrl+v")
    left.until("len(graph.agents) == 6")


def test_when_the_owner_of_the_clipboard_has_gone_paste_says_so(right: Editor, start: Make, tmp_path: Path) -> None:
    """There is no clipboard manager here that would keep it; nobody hangs or fails."""
    right.open(tmp_path / "right.quartet.json", three())
    own = tmp_path / "own.quartet.json"
    files.write(three(), own)
    owner = start("--separate", own).ready()
    owner.press("ctrl+a", "ctrl+c")
    owner.until("app.clipboard().ownsClipboard()")
    assert right.display.owner()
    owner.kill()
    until(lambda: not right.display.owner(), "nobody owns the clipboard")
    right.press("ctrl+v")
    right.until("'no text to paste' in session.canvas.remark.text()")
    assert right.agents == ["ann", "ben", "eve"]


# dialogs


def test_dialogs_are_opened_answered_and_closed_by_keys(left: Editor, tmp_path: Path) -> None:
    one, two = tmp_path / "one.quartet.json", tmp_path / "two.quartet.json"
    left.open(one, three())
    files.write(draw("x -> y"), two)
    left.press("ctrl+o")
    left.until("modal is not None")
    left.press("Escape")
    left.until("modal is None and len(window.sessions) == 1")
    left.press("ctrl+o")
    left.until("modal is not None")
    left.front()
    left.display.type(str(two))
    left.press("Return")
    left.until("modal is None and len(window.sessions) == 2 and list(graph.agents) == ['x', 'y']")

    left.press("ctrl+shift+s")
    left.until("modal is not None")
    left.press("ctrl+a")
    left.display.type(str(tmp_path / "three"))
    left.press("Return")
    left.until("modal is None and document.path.name == 'three.quartet.json'")
    assert files.read(tmp_path / "three.quartet.json").graph.agents.keys() == {"x", "y"}

    left.ask("window.actions_['file.export.png'].trigger()")
    left.until("modal is not None")
    left.press("ctrl+a")
    left.display.type(str(tmp_path / "picture.png"))
    left.press("Return")
    left.until("modal is None")
    until((tmp_path / "picture.png").exists, "a picture")
    assert files.read(tmp_path / "picture.png").graph.agents.keys() == {"x", "y"}


def test_unsaved_changes_are_asked_about_with_three_answers(left: Editor, tmp_path: Path) -> None:
    path = left.open(tmp_path / "one.quartet.json", three())
    left.press("ctrl+a", "Delete", "ctrl+w")
    left.until("modal is not None and 'Save' in modal.text()")
    left.press("Escape")
    left.until("modal is None and len(window.sessions) == 1 and document.modified")
    left.press("ctrl+w")
    left.until("modal is not None")
    left.press("Return")
    left.until("modal is None and not window.sessions")
    assert not files.read(path).graph.agents

    left.open(path, three())
    left.press("ctrl+a", "Delete", "ctrl+w")
    left.until("modal is not None")
    while left.ask("app.focusWidget().objectName()") != "discard":
        left.press("Tab")
    left.press("space")
    left.until("modal is None and not window.sessions")
    assert len(files.read(path).graph.agents) == 3


def test_a_file_that_another_program_changed_is_asked_about_when_the_window_comes_back(
    left: Editor, right: Editor, tmp_path: Path
) -> None:
    path = left.open(tmp_path / "one.quartet.json", three())
    left.press("ctrl+a", "Delete")
    left.until("document.modified")
    right.front()
    left.until("not window.isActiveWindow()")
    files.write(draw("x -> y -> z -> a"), path)
    left.front()
    left.until("modal is not None and 'another program' in modal.text()")
    left.press("Return")  # compare them, which is the first answer
    left.until("modal is not None and modal.objectName() != 'question'")
    left.press("Escape")
    left.until("modal is None and not graph.agents")
    left.press("ctrl+s")
    left.until("modal is not None and 'another program' in modal.text()")
    while left.ask("app.focusWidget().objectName()") != "reload":
        left.press("Tab")
    left.press("space")
    left.until("modal is None and len(graph.agents) == 4")
    left.press("ctrl+z")
    left.until("not graph.agents")


def test_full_screen_and_back(left: Editor, tmp_path: Path) -> None:
    left.open(tmp_path / "one.quartet.json", three())
    before = left.ask("window.geometry().getRect()")
    left.press("F11")
    left.until("window.isFullScreen() and window.actions_['view.full_screen'].isChecked()")
    left.press("F11")
    left.until("not window.isFullScreen() and not window.actions_['view.full_screen'].isChecked()")
    left.put(*before)
    assert left.ask("session.canvas.isVisible() and window.menuBar().isVisible()")


# starts and ends


def test_a_second_start_hands_its_file_to_the_first_and_a_kill_that_is_polite_asks(start: Make, tmp_path: Path) -> None:
    path = tmp_path / "second.quartet.json"
    files.write(three(), path)
    first = start().ready()
    second = start(path)
    assert second.process.stdout is not None and "running already" in second.process.stdout.read()
    assert second.end() == 0
    first.until("len(window.sessions) == 1 and window.whole")
    assert first.ask("str(document.path)") == str(path)

    first.press("ctrl+a", "Delete")
    first.until("document.modified")
    first.process.send_signal(signal.SIGTERM)
    first.until("modal is not None and 'Save' in modal.text()")
    first.press("Return")
    assert first.end() == 0
    assert not files.read(path).graph.agents


def test_a_window_whose_screen_is_gone_opens_on_the_one_there_is(start: Make, tmp_path: Path) -> None:
    path = tmp_path / "one.quartet.json"
    files.write(three(), path)
    there = start(path, "--separate").ready()
    there.put(1500, 100, 880, 800)
    there.press("ctrl+a", "ctrl+c")
    there.until("app.clipboard().ownsClipboard()")
    there.press("Delete", "ctrl+s", "ctrl+q")  # closed while it is saving, and owns the clipboard
    assert there.end() == 0
    assert not there.display.owner()
    assert not files.read(path).graph.agents
    small = Display(1024, 768)
    try:
        files.write(three(), path)
        here = start(path, "--separate", on=small).ready()
        x, y, width, height = here.ask("window.frameGeometry().getRect()")
        assert min(x, y) >= 0 and x + width <= 1024 and y + height <= 768, (x, y, width, height)

        here.ask("session.runner.rehearse()")
        here.until("session.runner.running and session.live.state is not None")
        here.press("ctrl+q")
        assert here.end() == 0
    finally:
        small.close()
