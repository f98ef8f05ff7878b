"""A whole editor that works at random, tells after each step what there is, and will be killed.

`python doomed_editor.py SEED FOLDER`; a line of JSON on the standard output for each step: for each open document what
it is called, the digest of its graph and of its undo history, and whether it is modified.
"""

import hashlib
import json
import random
import sys
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest

from quartet.editor import app
from quartet.editor.document import Document
from quartet.editor.drafts import Draft
from quartet.editor.session import Session
from quartet.editor.window import Window
from quartet.graph import files
from quartet.graph.edits import Add, Edit, Move, Set, SetGraph, removal
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph
from quartet.paths import EXAMPLES

CTRL = Qt.KeyboardModifier.ControlModifier
KEYS = [
    (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_D, CTRL), (Qt.Key.Key_A, CTRL),
    (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier),
]  # fmt: skip


def digest(graph: Graph) -> str:
    return hashlib.sha256(files.dumps(graph).encode()).hexdigest()


def state(document: Document) -> list[object]:
    """What has to come back."""
    stack = document.undo_stack
    labels = [stack.text(place) for place in range(stack.count())]
    drafts = {key: list(draft) for key, draft in sorted(document.drafts.items())}
    return [digest(document.graph), stack.index(), labels, json.loads(json.dumps(drafts))]


class Worker:
    """Works in a window as fast as it can."""

    def __init__(self, window: Window, seed: int, folder: Path) -> None:
        self.window, self.rng, self.folder = window, random.Random(seed), folder
        self.names: dict[Session, int] = {}
        self.made = 0

    def tell(self, without: Session | None = None) -> None:
        found = []
        for session in self.window.sessions:
            if session is not without:
                document = session.document
                path = None if document.path is None else str(document.path)
                found.append([self.names[session], path, document.modified, state(document)])
        print(json.dumps(found), flush=True)

    def take(self, session: Session) -> None:
        self.made += 1
        self.names[session] = self.made
        session.document.stepped.connect(self.stepped)
        session.document.drafts_changed.connect(self.tell)

    def stepped(self, _: object) -> None:
        # Qt's stack says where it is only when its step has ended; what was done is told then
        QTimer.singleShot(0, self.window, self.tell)

    def work(self) -> None:
        """Do one thing, and go on."""
        for _ in range(self.rng.randint(1, 4)):
            self.once()
        self.tell()
        QTimer.singleShot(0, self.window, self.work)

    def once(self) -> None:
        rng, window = self.rng, self.window
        if not window.sessions or (len(window.sessions) < 4 and rng.random() < 0.05):
            self.open()
            return
        if rng.random() < 0.03:
            window.show_session(rng.choice(window.sessions))
        session = window.session
        if session is None:
            window.show_session(window.sessions[0])
            return
        document, roll = session.document, rng.random()
        if roll < 0.02:
            self.tell(session)  # it is no longer wanted from now on
            window.remove(session)
        elif roll < 0.06:
            if document.path is None:
                document.path = self.folder / f"{self.names[session]}.quartet.json"
            self.tell()  # once it is saved nothing of it is offered: its file has just this
            window.files.save(session)
        elif roll < 0.2:
            document.undo_stack.undo()
        elif roll < 0.28:
            document.undo_stack.redo()
        elif roll < 0.31:
            document.undo_stack.setIndex(rng.randint(0, document.undo_stack.count()))
        elif roll < 0.36:
            document.keep_draft(
                "a/time", Draft((), "Time", f"{rng.random()}x", "No number.") if rng.random() < 0.6 else None
            )
        elif roll < 0.45:
            self.gesture(session)
        else:
            label, edits, merge = self.edits(document.graph)
            document.do(label, edits, merge)

    def open(self) -> None:
        rng = self.rng
        known = list(self.folder.glob("*.quartet.json"))
        open_ = {session.document.path for session in self.window.sessions}
        free = [path for path in known if path not in open_]
        if free and rng.random() < 0.5:
            session = self.window.files.open_path(rng.choice(free))
        elif rng.random() < 0.6:
            self.window.files.open_example(rng.choice(sorted(EXAMPLES.glob("*.quartet.json"))))
            session = self.window.session
        else:
            session = self.window.files.new("New")
        if session is not None and session not in self.names:
            self.take(session)

    def gesture(self, session: Session) -> None:
        """Keys and a drag, on the canvas itself."""
        rng, canvas = self.rng, session.canvas
        if rng.random() < 0.5:
            key, held = rng.choice(KEYS)
            QTest.keyClick(canvas.viewport(), key, held)
            return
        ids = list(session.document.graph.agents)
        if ids:
            session.document.select([rng.choice(ids)])
            area = canvas.viewport()
            start = QPoint(rng.randint(0, area.width()), rng.randint(0, area.height()))
            QTest.mousePress(area, Qt.MouseButton.LeftButton, pos=start)
            QTest.mouseMove(area, start + QPoint(rng.randint(-90, 90), rng.randint(-90, 90)))
            QTest.mouseRelease(area, Qt.MouseButton.LeftButton, pos=start + QPoint(40, 30))

    def edits(self, graph: Graph) -> tuple[str, list[Edit], str | None]:
        rng, ids = self.rng, list(graph.agents)
        roll = rng.random()
        if roll < 0.3 or not ids:
            count = rng.choice([1, 1, 1, 40])
            fresh = [Agent(id=AgentId(f"r{rng.random()}-{n}"), kind="llm", name=f"Agent é {n}") for n in range(count)]
            adds = [Add(section="agents", item=one, at=(rng.random() * 900, rng.random() * 600)) for one in fresh]
            return f"Add {count}", [*adds], None
        if roll < 0.45:
            some = rng.sample(ids, min(len(ids), 20))
            return "Move", [Move(to={id: (rng.random() * 900, rng.random() * 600) for id in some})], None
        if roll < 0.6:
            id = EdgeId(f"e{rng.random()}")
            return (
                "Connect",
                [Add(section="edges", item=Edge(id=id, source=rng.choice(ids), target=rng.choice(ids)))],
                None,
            )
        if roll < 0.8:
            id_ = rng.choice(ids[:3])
            return "Type", [Set(section="agents", id=id_, values={"name": f"n{rng.randint(0, 9)}"})], f"{id_}/name"
        if roll < 0.9:
            return "Name", [SetGraph(values={"name": f"graph {rng.randint(0, 99)}"})], None
        return "Delete", removal(graph, rng.sample(ids, rng.randint(1, min(3, len(ids))))), None


def main() -> int:
    seed, folder = int(sys.argv[1]), Path(sys.argv[2])
    real = app.Application.open_window

    def open_window(self: app.Application, *given: object, **named: object) -> Window:
        window = real(self, *given, **named)  # type: ignore[arg-type]
        worker = Worker(window, seed, folder)

        def begin() -> None:
            if getattr(window, "keeper", None) is None or not hasattr(window, "local_history"):
                QTimer.singleShot(20, begin)
                return
            for session in window.sessions:
                worker.take(session)
            worker.work()

        QTimer.singleShot(50, begin)
        return window

    app.Application.open_window = open_window  # type: ignore[method-assign]
    return app.main([])


if __name__ == "__main__":
    sys.exit(main())
