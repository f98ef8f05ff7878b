"""What one edit takes of the window's time, in a whole window with its panels: until verdict, regions and problems of
the drawing as it is now are on screen.

Milliseconds of processor time in the window's thread. The whole is measured as it happens; the edit itself (applying
it, canvas, panels, commands, journal) and what its verdict then costs (handing the graph over, taking the judgement,
showing it) are measured apart as well: the former with judging held back. `rows()` gives the table's rows; `python
tests/benchmarks/bench_editing.py [AGENTS …]` prints them.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp()  # what is measured leaves nothing in the person's own folders
sys.path.insert(0, str(Path(__file__).resolve().parent))

from bench_canvas import drawing
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from quartet.editor import judge, manners, theme
from quartet.editor.document import Document
from quartet.editor.recovery import Keeper
from quartet.editor.session import PANELS, Session
from quartet.editor.settings import Settings
from quartet.editor.window import Window
from quartet.graph.edits import Add, Edit, Move, Set, removal
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph
from quartet.patterns.layout import layout

AGENTS = 1_000
TIMES = 7
REST = 300
"""Milliseconds after the verdict in which what was put off (the overview, the panels) has its turn."""
HEART = 200
"""Milliseconds after which the editor's window looks whether memory is to be searched."""
FRAME = 16.0
WIDTH, HEIGHT = 1600, 1000
WORKERS = 18


def departments(count: int) -> Graph:
    """A row of departments: each an event, a fan-out of workers under an overseer, and a collector."""
    graph = Graph(name=f"{count} agents in departments")

    def add(name: str, kind: str) -> AgentId:
        id = AgentId(f"a{len(graph.agents)}")
        graph.agents[id] = Agent(id=id, kind=kind, name=name)
        return id

    def join(source: AgentId, target: AgentId, kind: Any = "flow") -> None:
        id = EdgeId(f"e{len(graph.edges)}")
        graph.edges[id] = Edge(id=id, source=source, target=target, kind=kind)

    before = None
    while len(graph.agents) + WORKERS + 3 <= count:
        number = len(graph.agents)
        head = add(f"Head {number}", "llm")
        end = add(f"Collect {number}", "collector")
        chief = add(f"Chief {number}", "supervisor")
        if before is not None:
            join(before, head)
        for _ in range(WORKERS):
            worker = add(f"Worker {len(graph.agents)}", "llm")
            join(head, worker)
            join(worker, end)
            join(chief, worker, "supervise")
        before = end
    graph.positions.update(layout(graph))
    return graph


def edits_of(graph: Graph, kind: str, number: int) -> list[Edit]:
    """An edit of a kind somewhere in the middle of the drawing, another one each time."""
    ids = list(graph.agents)
    id = ids[(len(ids) // 2 + 29 * number + 5) % len(ids)]
    match kind:
        case "rename an agent":
            return [Set(section="agents", id=id, values={"name": f"Renamed {number}"})]
        case "move an agent":
            x, y = graph.positions[id]
            return [Move(to={id: (x + 40, y + 8)})]
        case "add an edge":
            other = ids[(ids.index(id) + 7) % len(ids)]
            edge = Edge(id=EdgeId(f"new{number}"), source=id, target=other)
            return [Add(section="edges", item=edge)]
        case "delete an agent":
            return removal(graph, [id], [])
        case "change a policy":
            return [Set(section="agents", id=id, values={"limits": {"start_to_close": 30.0 + number}})]
    raise ValueError(kind)


KINDS = ("rename an agent", "move an agent", "add an edge", "delete an agent", "change a policy")


def settle(document: Document | None = None) -> None:
    """Let the window do what it has to do until the document is judged (None: at once), and a moment longer."""
    loop = QEventLoop()
    rest = QTimer(singleShot=True, interval=REST)
    rest.timeout.connect(loop.quit)
    if document is None or document.judged:
        rest.start()
        loop.exec()
        return

    def look() -> None:
        if document.judged:
            rest.start()

    document.verdict_changed.connect(look)
    loop.exec()
    document.verdict_changed.disconnect(look)


@contextmanager
def opened(graph: Graph) -> Iterator[Session]:
    """The graph in a window of its own with all panels, judged and painted, seen as a whole."""
    with tempfile.TemporaryDirectory() as folder:
        settings, keeper = Settings(Path(folder) / "settings.ini"), Keeper()
        settings.folder = Path(folder)
        window = Window(settings, keeper)
        window.resize(WIDTH, HEIGHT)
        window.show()
        session = window.add(Document(graph))
        for name in PANELS:
            session.panels[name]
        settle(session.document)
        session.canvas.fit()
        settle()
        yield session
        for each in list(window.sessions):
            window.remove(each)
        keeper.close()
        window.close()
        window.deleteLater()
        QApplication.processEvents()


class Felt(NamedTuple):
    """Milliseconds of the window's thread, of one edit."""

    whole: float
    edit: float
    verdict: float


def felt(session: Session, kind: str) -> list[Felt]:
    """What each of some edits of a kind takes, until everything about it is on screen."""
    document, found = session.document, []

    def took(what: Callable[[], object], until: Document | None) -> float:
        begun = time.thread_time()
        what()
        settle(until)
        return (time.thread_time() - begun) * 1e3

    for number in range(TIMES + 1):
        edits = edits_of(document.graph, kind, number)
        whole = took(lambda edits=edits: document.do("Edit", edits), document)
        document.undo_stack.undo()
        settle(document)
        judge.Judge.held = True
        edit = took(lambda edits=edits: document.do("Edit", edits), None)
        judge.Judge.held = False
        verdict = 0.0 if document.judged else took(document.judge_now, document)
        found.append(Felt(whole, edit, verdict))
        document.undo_stack.undo()
        settle(document)
    return found[1:]


def rows(size: int = AGENTS) -> list[dict[str, Any]]:
    """The rows of the table of benchmarks: the middle of some edits and what it consists of, milliseconds each."""
    app = QApplication.instance() or QApplication(["bench"])
    assert isinstance(app, QApplication)
    theme.apply(app, "light")
    judge.prepare()
    manners.take_over()  # as the editor does: Python searches memory by itself in no thread, the window now and then
    heart = QTimer(interval=HEART)
    heart.timeout.connect(manners.search)
    heart.start()
    found = []
    for name, graph in (("departments", departments(size)), ("a mesh", drawing(size))):
        with opened(graph) as session:
            for kind in KINDS:
                used = felt(session, kind)
                parts = {part: round(statistics.median(getattr(one, part) for one in used), 2) for part in Felt._fields}
                whole = parts.pop("whole")
                found.append(
                    {
                        "room": "editing", "work": f"{kind} of {name}, until judged and painted", "size": size,
                        "value": whole, "unit": "ms", "limit": None,
                        "peers": {**parts, "worst": round(max(one.whole for one in used), 2)}, "goal": FRAME,
                    }
                )  # fmt: skip
    return found


if __name__ == "__main__":
    for size in [int(word) for word in sys.argv[1:]] or [AGENTS]:
        for line in rows(size):
            told = f"{line['value']:>8} {line['unit']}  {line['peers']}"
            print(f"{line['size']:>7} {line['work']:<62} {told}", flush=True)
