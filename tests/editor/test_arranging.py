"""Arrange: all or what is selected, at once or in the background, one step to undo; nothing else is lost by it."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event as Flag

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from quartet.editor import arranging, theme
from quartet.editor.document import Document
from quartet.editor.manners import tidy
from quartet.editor.recovery import Keeper
from quartet.editor.session import Session
from quartet.editor.settings import Settings
from quartet.editor.window import Window
from quartet.graph.edits import Add, Move, Set, removal
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Frame, Graph, Note, Point

A, B, C, D = map(AgentId, "abcd")


def fan_out() -> Graph:
    graph = Graph()
    for place, id in enumerate((A, B, C, D)):
        graph.agents[id] = Agent(id=id, kind="llm", name=id)
        graph.positions[id] = (place * 40.0, place * 200.0)
    for target in (B, C, D):
        edge = EdgeId(f"a-{target}")
        graph.edges[edge] = Edge(id=edge, source=A, target=target)
    return graph


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    settings, keeper = Settings(), Keeper()
    settings.folder = tmp_path
    made = Window(settings, keeper)

    def clear(_: object) -> None:
        for session in list(made.sessions):
            made.remove(session)
        keeper.close()

    qtbot.addWidget(made, before_close_func=clear)
    yield made
    tidy()
    gc.unfreeze()


@pytest.fixture
def session(window: Window) -> Session:
    return window.add(Document(fan_out()))


def test_cards_glide_to_their_places_and_any_key_shows_the_end(
    window: Window, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme, "motion", lambda: True)
    window.show()
    scene, before = session.canvas.canvas_scene, dict(session.document.graph.positions)
    arranging.arrange(window)
    after = dict(session.document.graph.positions)
    assert after != before
    assert {id: scene.positions[id] for id in before} == before  # the drawing is arranged; the eye follows
    QTest.keyClick(session.canvas, Qt.Key.Key_Escape)
    assert scene.positions == after
    assert session.document.undo_stack.count() == 1
    session.document.undo_stack.undo()
    assert scene.positions == session.document.graph.positions == before


def test_nothing_glides_where_less_motion_is_asked_for(
    window: Window, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme, "motion", lambda: False)
    window.show()
    arranging.arrange(window)
    assert session.canvas.canvas_scene.positions == session.document.graph.positions


def said(window: Window) -> str:
    return window.status.said.text()


def test_all_are_laid_out_as_one_step(window: Window, session: Session) -> None:
    document = session.document
    before = dict(document.graph.positions)
    arranging.arrange(window)
    places = document.graph.positions
    assert places[B][0] == places[C][0] == places[D][0] > places[A][0] + 184
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert document.graph.positions == before


def test_what_is_laid_out_already_is_not_moved(window: Window, session: Session) -> None:
    arranging.arrange(window)
    arranging.arrange(window)
    assert session.document.undo_stack.count() == 1
    assert said(window) == "Everything stands where the layout would put it."


def test_only_the_selected_agents_are_laid_out_and_stay_where_they_are(window: Window, session: Session) -> None:
    document = session.document
    before = dict(document.graph.positions)
    document.select([B, C])
    arranging.arrange(window)
    after = document.graph.positions
    assert after[A] == before[A] and after[D] == before[D]
    assert after[B] == before[B] or after[C] == before[C]
    assert after[B][0] == after[C][0], "two that do not follow each other stand one above the other"


def test_one_selected_agent_alone_is_no_selection_to_lay_out(window: Window, session: Session) -> None:
    session.document.select([B])
    arranging.arrange(window)
    places = session.document.graph.positions
    assert places[B][0] == places[D][0]


def test_a_frame_stays_around_its_agents_and_no_agent_comes_to_stand_on_a_note(
    window: Window, session: Session
) -> None:
    document = session.document
    document.do("Frame", [Add(section="frames", item=Frame(id="f", x=-20, y=180, width=300, height=320))])
    places = document.graph.positions
    document.do("Note", [Add(section="notes", item=Note(id="n", text="!", x=290, y=260, width=100, height=60))])
    document.do("Away", [Move(to={D: (900.0, 900.0)})])
    arranging.arrange(window)
    frame, note, places = document.graph.frames["f"], document.graph.notes["n"], document.graph.positions
    for agent in (B, C):
        x, y = places[agent]
        assert frame.x < x and x + 184 < frame.x + frame.width
        assert frame.y < y and y + 62 < frame.y + frame.height
    for x, y in places.values():
        assert x >= note.x + note.width or x + 184 <= note.x or y >= note.y + note.height or y + 62 <= note.y


# in the background


Layout = Callable[..., dict[AgentId, Point]]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Flag]:
    """Every drawing counts as big, and a layout waits until the flag is set, telling how far it is."""
    go, lay_out = Flag(), arranging._laid_out

    def waiting(graph: Graph, verdict: object, told: Callable[[float], None]) -> dict[AgentId, Point]:
        told(0.4)
        while not go.wait(0.005):
            told(0.5)
        return lay_out(graph, None, told)

    monkeypatch.setattr(arranging, "BIG", 0)
    monkeypatch.setattr(arranging, "_laid_out", waiting)
    yield go
    go.set()


def test_a_big_layout_shows_how_far_it_is_and_comes_as_one_step(
    window: Window, session: Session, held: Flag, qtbot: QtBot
) -> None:
    arranging.arrange(window)
    qtbot.waitUntil(lambda: window.status.share.value() == 50)
    assert not window.status.cancel.isHidden()
    assert "4 agents" in window.status.task.text()
    held.set()
    qtbot.waitUntil(lambda: session.document.undo_stack.count() == 1)
    assert window.status.cancel.isHidden()
    assert session.document.graph.positions[B][0] == session.document.graph.positions[D][0]


def test_a_big_layout_can_be_cancelled(window: Window, session: Session, held: Flag, qtbot: QtBot) -> None:
    before = dict(session.document.graph.positions)
    arranging.arrange(window)
    qtbot.waitUntil(lambda: window.status.share.value() == 50)
    window.status.cancel.click()
    held.set()
    qtbot.wait(30)
    assert session.document.graph.positions == before
    assert said(window) == "Nothing was moved."
    assert window.status.cancel.isHidden()


def test_what_changed_meanwhile_is_laid_out_anew(window: Window, session: Session, held: Flag, qtbot: QtBot) -> None:
    arranging.arrange(window)
    qtbot.waitUntil(lambda: window.status.share.value() == 50)
    document = session.document
    document.do("Delete", removal(document.graph, [D]))
    document.do("Add", [Add(section="agents", item=Agent(id=AgentId("e"), kind="llm", name="e"), at=(5.0, 5.0))])
    edge = Edge(id=EdgeId("a-e"), source=A, target=AgentId("e"))
    document.do("Connect", [Add(section="edges", item=edge)])
    held.set()
    qtbot.waitUntil(lambda: document.undo_stack.count() == 4)
    places = document.graph.positions
    assert D not in places
    assert places[AgentId("e")][0] == places[B][0] == places[C][0]


def test_a_drawing_that_keeps_changing_is_laid_out_as_far_as_it_still_exists(
    window: Window, session: Session, held: Flag, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arranging, "TRIES", 1)
    arranging.arrange(window)
    qtbot.waitUntil(lambda: window.status.share.value() == 50)
    document = session.document
    document.do("Delete", removal(document.graph, [D]))
    held.set()
    qtbot.waitUntil(lambda: document.undo_stack.count() == 2)
    assert D not in document.graph.positions
    assert said(window).startswith("The drawing kept changing")


def test_a_second_arrange_waits_for_the_first(window: Window, session: Session, held: Flag, qtbot: QtBot) -> None:
    arranging.arrange(window)
    arranging.arrange(window)
    assert said(window) == "The layout is being made."
    held.set()
    qtbot.waitUntil(lambda: session.document.undo_stack.count() == 1)
    qtbot.wait(30)
    assert session.document.undo_stack.count() == 1


def test_closing_the_drawing_ends_its_layout(window: Window, session: Session, held: Flag, qtbot: QtBot) -> None:
    arranging.arrange(window)
    qtbot.waitUntil(lambda: window.status.share.value() == 50)
    window.remove(session)
    qtbot.wait(30)
    assert window.status.cancel.isHidden()
    held.set()
    qtbot.wait(30)


def apart(places: dict[AgentId, Point]) -> bool:
    one_by_one = list(places.values())
    return all(
        abs(x - other_x) >= 184 or abs(y - other_y) >= 62
        for number, (x, y) in enumerate(one_by_one)
        for other_x, other_y in one_by_one[number + 1 :]
    )


def test_the_drawing_is_laid_out_around_a_locked_agent_and_the_others_give_way_to_several(
    window: Window, session: Session
) -> None:
    document = session.document
    document.do("Lock", [Set(section="agents", id=C, values={"locked": True})])
    stood = document.graph.positions[C]
    arranging.arrange(window)
    places = dict(document.graph.positions)
    assert places[C] == stood
    assert places[B][0] == places[C][0] == places[D][0] and places[A][1] == places[C][1]
    assert len({places[B][1] - places[C][1], places[C][1] - places[D][1]}) == 1
    on_it = {A: (places[B][0] + 40, places[B][1] - 20)}
    document.do("Lock", [Set(section="agents", id=A, values={"locked": True}), Move(to=on_it)])
    arranging.arrange(window)
    assert document.graph.positions[C] == stood and document.graph.positions[A] == on_it[A]
    assert apart(document.graph.positions)


def test_what_is_laid_out_of_a_selection_lies_on_no_other_agent(window: Window, session: Session) -> None:
    document = session.document
    document.select([A, B])
    arranging.arrange(window)
    x, y = document.graph.positions[B]
    document.undo_stack.undo()
    document.do("Move", [Move(to={D: (x + 20, y)})])
    stood = document.graph.positions[D]
    arranging.arrange(window)
    assert document.graph.positions[D] == stood
    assert apart(document.graph.positions)
