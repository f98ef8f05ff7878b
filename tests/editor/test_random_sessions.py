"""Random sessions in a window: any gesture and any command, also in the middle of one another, with two views, tabs and
sub-graphs. Nothing fails or warns, every view shows what its model holds, undo-all is the start, redo-all the end."""

import logging
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from editor.canvas.test_session import agree
from editor.desk import Desk
from editor.random_person import Person
from enduring import Trials
from engine.drawing import draw
from quartet.editor import theme
from quartet.editor.canvas.gliding import Glide
from quartet.editor.session import Session
from quartet.graph import files
from quartet.graph.model import AgentId, Frame, Graph, Note


def nested() -> Graph:
    """A drawing with everything in it: two levels of sub-graphs, a frame, a note, all sorts of edges."""
    graph = draw(
        "a -> r -> z,, z =handoff> b,, m =supervise> a",
        m={"kind": "supervisor"},
        r={"kind": "graph", "config": {"graph": "g"}},
    )
    graph.positions = {id: (300.0 * n, 40.0 * (n % 2)) for n, id in enumerate(graph.agents)}
    graph.graphs["g"] = draw("x -> s -> y", s={"kind": "graph", "config": {"graph": "h"}})
    graph.graphs["g"].positions = {AgentId("x"): (0.0, 0.0), AgentId("s"): (300.0, 0.0), AgentId("y"): (600.0, 0.0)}
    graph.graphs["h"] = draw("deep")
    graph.graphs["h"].positions = {AgentId("deep"): (0.0, 0.0)}
    graph.name = "Nested"
    graph.frames["box"] = Frame(id="box", name="Box", x=-40, y=-60, width=560, height=240)
    graph.notes["memo"] = Note(id="memo", text="Watch *this*", x=400, y=300)
    return graph


class Watch:
    """What was logged, warned of or raised during a step."""

    def __init__(self, caplog: pytest.LogCaptureFixture, qtlog: Any, patch: pytest.MonkeyPatch) -> None:
        self._caplog, self._qtlog, self.raised = caplog, qtlog, []
        patch.setattr(sys, "excepthook", lambda *error: self.raised.append(error[1]))

    def quiet(self) -> None:
        """Fail if there was any."""
        if self.raised:
            raise AssertionError("an exception in an event") from self.raised[0]
        assert not [r for r in self._caplog.records if r.levelno >= logging.WARNING]
        loud = [r.message for r in self._qtlog.records if not r.ignored and r.type.name != "QtDebugMsg"]
        assert not loud


def show_everything_agrees(desk: Desk, *, settled: bool = False) -> None:
    """Every canvas of every level shows what its model holds; nobody selects what is not there.

    Args:
        settled: no card is on its way any more; else a canvas where some are is looked at later.
    """
    window = desk.window
    assert [window.top.tabs.tabText(i) for i in range(len(window.sessions))] == [
        session.title.replace("&", "&&") for session in window.sessions
    ]
    assert window.top.tabs.count() == len(window.sessions)
    for session in window.sessions:
        for level in (session, *session.levels.all.values()):
            document = level.document
            graph = document.graph
            assert document.selection <= {*graph.agents, *graph.edges, *graph.frames, *graph.notes}
            for canvas in level.split.canvases:
                if settled:
                    for glide in canvas.findChildren(Glide):
                        glide.end()
                if not canvas.findChildren(Glide):
                    agree(canvas)


def undo_all_and_redo_all(desk: Desk, session: Session, start: str | None) -> None:
    stack = session.document.undo_stack
    while stack.canRedo():
        stack.redo()
    end = files.dumps(session.document.graph)
    while stack.canUndo():
        stack.undo()
    show_everything_agrees(desk, settled=True)
    assert start is None or files.dumps(session.document.graph) == start
    while stack.canRedo():
        stack.redo()
    show_everything_agrees(desk, settled=True)
    assert files.dumps(session.document.graph) == end


def live_through(folder: Path, seed: int, steps: int, watch: Watch) -> None:
    """One session of so many steps."""
    QGuiApplication.clipboard().clear()
    theme.apply(QApplication.instance(), "light")
    folder.mkdir(parents=True, exist_ok=True)
    desk = Desk(folder, nested() if seed % 2 else None)
    person = Person(desk, seed)
    starts: dict[Session, str | None] = {}
    try:
        for _ in range(steps):
            for session in desk.window.sessions:
                if session not in starts:
                    clean = session.document.undo_stack.count() == 0
                    starts[session] = files.dumps(session.document.graph) if clean else None
            person.step()
            watch.quiet()
            show_everything_agrees(desk)
        for session in list(desk.window.sessions):
            undo_all_and_redo_all(desk, session, starts.get(session))
        watch.quiet()
    except BaseException as error:
        error.add_note(f"seed {seed}, step {len(person.did)}; the last ones:\n  " + "\n  ".join(person.did[-12:]))
        raise
    finally:
        desk.close()
        QApplication.processEvents()


@pytest.fixture
def watch(caplog: pytest.LogCaptureFixture, qtlog: Any, monkeypatch: pytest.MonkeyPatch, qapp: object) -> Watch:
    return Watch(caplog, qtlog, monkeypatch)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_short_session_of_anything_ends_as_it_should(tmp_path: Path, watch: Watch, seed: int) -> None:
    live_through(tmp_path, seed, 60, watch)


@pytest.mark.endure
def test_long_sessions_of_anything_end_as_they_should(
    tmp_path: Path, watch: Watch, trials: Trials, request: pytest.FixtureRequest
) -> None:
    for seed in trials:
        live_through(tmp_path / str(seed), seed, 500, watch)
        trials.count("steps", 500)
