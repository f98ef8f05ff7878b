"""The drawing as assistive technology sees it: through Qt's accessibility tree."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget

from quartet.editor.accessibility import factory, news, reader, speech
from quartet.editor.canvas.view import Canvas
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.engine.events import Event
from quartet.graph.edits import Add, Remove, Set, removal
from quartet.graph.model import Agent, Graph


def graph_of(agents: dict[str, str]) -> Graph:
    """Agents `{id: kind}` in rows of twenty."""
    graph = Graph(name="Trial")
    for i, (id, kind) in enumerate(agents.items()):
        graph.agents[id] = Agent(id=id, kind=kind, name=id.title())
        graph.positions[id] = (300.0 * (i % 20), 120.0 * (i // 20))
    return graph


NAME, ABOUT, VALUE = QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value


@pytest.fixture
def listening(qapp: QApplication) -> Iterator[None]:
    factory.install()
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was told to assistive technology: (event, name of what it is about)."""
    found: list[tuple[str, str]] = []

    class Told:
        @staticmethod
        def updateAccessibility(event: Any) -> None:
            about = event.accessibleInterface()
            found.append((event.type().name, about.text(NAME) if about.isValid() else "?"))

        def __getattr__(self, name: str) -> Any:
            return getattr(QAccessible, name)

    monkeypatch.setattr(reader, "QAccessible", Told())
    return found


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bool, str]]:
    """What was spoken: (urgent, text)."""
    found: list[tuple[bool, str]] = []

    def announce(widget: QWidget, text: str, urgent: bool = False) -> None:
        if widget.isVisible():  # not a canvas of an earlier test, which is closed
            found.append((urgent, text))

    monkeypatch.setattr(news, "announce", announce)
    return found


def interface(canvas: Canvas) -> Any:
    found = QAccessible.queryAccessibleInterface(canvas)
    QApplication.processEvents()
    return found


def children(canvas: Canvas) -> list[Any]:
    found = interface(canvas)
    return [found.child(number) for number in range(found.childCount())]


def named(canvas: Canvas, name: str) -> Any:
    return next(each for each in children(canvas) if each.text(NAME) == name)


def test_everything_drawn_is_a_child_with_a_name_a_role_and_a_place(canvas: Canvas, listening: None) -> None:
    canvas.document.judge_now()
    found = interface(canvas)
    assert found.role() == QAccessible.Role.List
    assert found.text(NAME) == "Drawing of Trial"
    assert found.text(ABOUT).startswith("3 agents, 1 edge.")
    seen = {each.text(NAME): each for each in children(canvas)}
    assert {"Ann", "Ben", "Cat", "Ann → Ben", "Box", "Watch *this*"} <= seen.keys()
    assert seen["Ann"].role() == seen["Ann → Ben"].role() == QAccessible.Role.ListItem
    assert seen["Box"].role() == QAccessible.Role.Grouping
    assert seen["Watch *this*"].role() == QAccessible.Role.Note
    assert canvas.canvas_scene.regions.parts
    assert canvas.canvas_scene.regions.parts[0].title in seen  # a part of the pattern
    for number, child in enumerate(children(canvas)):
        assert found.indexOfChild(child) == number
        assert child.parent().text(NAME) == found.text(NAME)
        box = child.rect()
        assert canvas.viewport().rect().intersects(box.translated(-canvas.viewport().mapToGlobal(QPoint(0, 0))))


def test_a_card_is_found_where_it_is_on_the_screen(canvas: Canvas, listening: None) -> None:
    ben = named(canvas, "Ben")
    at = ben.rect().center()
    assert interface(canvas).childAt(at.x(), at.y()).text(NAME) == "Ben"
    edge = named(canvas, "Ann → Ben").rect().center()
    assert interface(canvas).childAt(edge.x(), edge.y()).text(NAME) == "Ann → Ben"
    before = ben.rect()
    canvas.scroll_by(QPoint(30, 0))
    assert ben.rect() == before.translated(-30, 0)


def test_an_agent_says_what_one_would_see(canvas: Canvas, listening: None) -> None:
    document = canvas.document
    document.judge_now()
    ben = named(canvas, "Ben")
    assert ben.text(ABOUT).startswith("Template")
    assert "1 edge in, 0 out" in ben.text(ABOUT)
    assert "In Pipeline" in ben.text(ABOUT)
    assert not ben.state().disabled and not ben.state().readOnly and not ben.state().collapsed
    whole = ben.rect()
    switches = {"disabled": "muted", "locked": True, "collapsed": True}
    document.do("Switch", [Set(section="agents", id="ben", values=switches)])
    assert "Muted, locked, collapsed" in ben.text(ABOUT)
    assert whole.contains(ben.rect()) and ben.rect().width() < whole.width()
    assert ben.state().disabled and ben.state().readOnly and ben.state().collapsed and not ben.state().movable


def test_problems_are_told_with_the_agent(canvas: Canvas, listening: None) -> None:
    canvas.document.do("Break", [Add(section="agents", item=Agent(id="bad", kind="llm", name="Bad"))])
    canvas.document.judge_now()
    titles = [finding.title for finding in canvas.document.findings if "bad" in finding.agents]
    assert titles
    bad = named(canvas, "Bad")
    assert f"Problem: {titles[0]}" in bad.text(ABOUT)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Ann → Ben"),
        ({"when": "score > 0.8"}, "Ann → Ben, if score > 0.8"),
        ({"when": "otherwise"}, "Ann → Ben, otherwise"),
        ({"on": "failure"}, "Ann → Ben, on failure"),
        ({"loop": True, "max_iterations": 3}, "Ann → Ben, again, at most 3 times"),
        ({"kind": "supervise"}, "Ann watches Ben"),
        ({"kind": "handoff"}, "Ann may hand off to Ben"),
    ],
)
def test_an_edge_is_called_by_what_it_means(canvas: Canvas, listening: None, values: dict, said: str) -> None:
    if values:
        canvas.document.do("Change", [Set(section="edges", id="ann-ben", values=values)])
    edges = [each.text(NAME) for each in children(canvas) if each.text(QAccessible.Text.Identifier) == "edge ann-ben"]
    assert edges == [said]


def test_agents_say_where_work_comes_from_and_goes(canvas: Canvas, listening: None) -> None:
    (flow,) = named(canvas, "Ann").relations()
    assert flow[0].text(NAME) == "Ben"
    assert flow[1] == QAccessible.RelationFlag.FlowsTo
    (back,) = named(canvas, "Ben").relations()
    assert (back[0].text(NAME), back[1]) == ("Ann", QAccessible.RelationFlag.FlowsFrom)
    assert named(canvas, "Ben").relations(QAccessible.RelationFlag.FlowsTo) == []


def test_what_can_be_done_can_be_done_by_a_reader(canvas: Canvas, listening: None, qtbot: Any) -> None:
    actions = named(canvas, "Ben").actionInterface()
    assert {actions.localizedActionName(name) for name in actions.actionNames()} >= {
        "Open",
        "Select",
        "Connect",
        "Menu",
    }
    with qtbot.waitSignal(canvas.inspect_requested) as opened:
        actions.doAction(actions.pressAction())
    assert opened.args == [{"ben"}]
    assert canvas.document.selection == {"ben"}
    named(canvas, "Cat").actionInterface().doAction(actions.toggleAction())
    assert canvas.document.selection == {"ben", "cat"}
    named(canvas, "Ann").actionInterface().doAction(actions.setFocusAction())
    assert canvas.document.selection == {"ann"} and canvas.walked == "ann"
    named(canvas, "Ann").actionInterface().doAction("Connect")
    assert canvas.adding.search.isVisible()
    canvas.adding.close()
    named(canvas, "Ann").actionInterface().doAction("Rename")
    assert canvas.inline.editor is not None
    canvas.inline.cancel()
    assert named(canvas, "Ann").actionInterface().localizedActionDescription("Rename")


def test_a_name_can_be_set_and_undone(canvas: Canvas, listening: None) -> None:
    named(canvas, "Ann").setText(NAME, "Änne")
    assert canvas.document.graph.agents["ann"].name == "Änne"
    assert canvas.document.undo_stack.count() == 1
    canvas.document.undo_stack.undo()
    assert named(canvas, "Ann")


def test_the_selection_can_be_read_and_changed(canvas: Canvas, listening: None) -> None:
    chosen = interface(canvas).selectionInterface()
    assert chosen.selectedItemCount() == 0
    assert chosen.select(named(canvas, "Ann")) and chosen.select(named(canvas, "Ann → Ben"))
    assert canvas.document.selection == {"ann", "ann-ben"}
    assert [each.text(NAME) for each in chosen.selectedItems()] == ["Ann", "Ann → Ben"]
    assert named(canvas, "Ann").state().selected and chosen.isSelected(named(canvas, "Ann"))
    assert chosen.unselect(named(canvas, "Ann")) and not named(canvas, "Ann").state().selected
    assert chosen.selectAll() and len(canvas.document.selection) == 6
    assert chosen.clear() and not canvas.document.selection


def test_walking_with_the_arrow_keys_moves_the_focus(canvas: Canvas, hand, listening: None, told, monkeypatch) -> None:
    monkeypatch.setattr(canvas, "hasFocus", lambda: True)  # no window is active offscreen
    view = interface(canvas)
    canvas.document.select({"ann"})
    assert ("Focus", "Ann") in told and ("SelectionAdd", "Ann") in told
    told.clear()
    hand.on_canvas(Qt.Key.Key_Right)
    assert ("Focus", "Ben") in told and ("SelectionRemove", "Ann") in told
    assert view.focusChild().text(NAME) == "Ben"
    assert named(canvas, "Ben").state().focused and not named(canvas, "Ann").state().focused
    told.clear()
    hand.on_canvas(Qt.Key.Key_E)
    assert ("Focus", "Ann → Ben") in told


def test_selecting_very_many_is_told_once(canvas: Canvas, listening: None, told) -> None:
    interface(canvas)
    document = canvas.document
    document.do("Add", [Add(section="agents", item=Agent(id=f"a{n}", kind="template", name="A")) for n in range(60)])
    told.clear()
    document.select(document.graph.agents)
    assert [event for event, _ in told if event.startswith("Selection")] == ["SelectionWithin"]


def test_what_goes_is_told_and_let_go(canvas: Canvas, listening: None, told) -> None:
    ann, edge = named(canvas, "Ann"), named(canvas, "Ann → Ben")
    number = QAccessible.uniqueId(ann)
    kept = canvas.findChild(reader.Reader).made
    canvas.document.do("Remove", removal(canvas.document.graph, ["ann"], []))
    assert sum(event == "ObjectDestroyed" for event, _ in told) == 2
    assert canvas.findChild(reader.Reader).made == kept - 2
    assert QAccessible.accessibleInterface(number) is None
    del ann, edge
    assert not [each for each in children(canvas) if "Ann" in each.text(NAME)]
    canvas.document.undo_stack.undo()
    assert named(canvas, "Ann").isValid()


def test_a_changed_name_is_told(canvas: Canvas, listening: None, told) -> None:
    named(canvas, "Ann")
    canvas.document.do("Rename", [Set(section="agents", id="ann", values={"name": "Anna"})])
    assert ("NameChanged", "Anna") in told


def test_a_drawing_that_nobody_reads_aloud_costs_nothing(canvas: Canvas) -> None:
    factory.install()
    assert not QAccessible.isActive()
    canvas.document.select({"ann"})
    assert canvas.findChild(reader.Reader) is None


def test_only_what_is_asked_for_is_made(canvas: Canvas, listening: None) -> None:
    document = canvas.document
    document.do("Add", [Add(section="agents", item=Agent(id=f"a{n}", kind="template", name="A")) for n in range(500)])
    view = interface(canvas)
    assert view.childCount() > 500
    assert len(canvas.findChildren(reader.Reader)) == 1
    view.child(3).text(NAME)
    assert canvas.findChild(reader.Reader).made == 1


def test_a_canvas_that_closes_leaves_nothing_behind(listening: None, qapp: QApplication) -> None:
    canvas = Canvas(Document(graph_of({"ann": "template", "ben": "template"})), Live())
    canvas.show()
    number = QAccessible.uniqueId(children(canvas)[0])
    assert QAccessible.accessibleInterface(number) is not None
    canvas.document.close()
    canvas.close()
    canvas.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    assert QAccessible.accessibleInterface(number) is None


# a run


def run(canvas: Canvas, *steps: tuple[str, str, dict]) -> None:
    """Events of the run, a tenth of a second apart, told at once."""
    for kind, agent, data in steps:
        seq = canvas.live.present.seq + 1
        canvas.live.feed(Event(seq, seq / 10, kind, agent or None, 1, 1, data))
    canvas.live.flush()


def starts(id: str) -> tuple[tuple[str, str, dict], ...]:
    return (("activation.ready", id, {}), ("attempt.started", id, {}))


def fails(id: str) -> tuple[str, str, dict]:
    return ("activation.finished", id, {"state": "failed", "error": "no answer"})


def test_a_run_changes_what_agents_say(canvas: Canvas, listening: None, told) -> None:
    ann = named(canvas, "Ann")
    assert ann.text(VALUE) == ""
    canvas.live.begin(canvas.document.graph)
    assert ann.text(VALUE) == "Not yet"
    told.clear()
    run(canvas, ("run.started", "", {}), *starts("ann"))
    canvas.findChild(reader.Reader).catch_up()
    assert ann.text(VALUE).startswith("Running") and ann.state().busy
    assert ("ValueChanged", "Ann") in told and ("StateChanged", "Ann") in told
    run(canvas, fails("ann"))
    assert "no answer" in ann.text(VALUE) and ann.state().invalid and not ann.state().busy


def test_failures_are_urgent_and_gathered_and_counts_are_not(canvas: Canvas, listening: None, spoken) -> None:
    interface(canvas)
    canvas.live.begin(canvas.document.graph, rehearsal=True)
    run(canvas, ("run.started", "", {}))
    for id in ("ann", "ben"):
        run(canvas, *starts(id), fails(id))
    teller = canvas.findChild(reader.Reader).news
    assert spoken == []  # nothing is spoken in the middle of what happens
    teller.speak()
    assert spoken[0] == (True, "Ann and Ben failed")
    assert not spoken[1][0] and spoken[1][1].startswith("Rehearsal of 3 agents started")
    spoken.clear()
    run(canvas, ("run.finished", "", {"state": "failed", "output": None, "reason": None}))
    canvas.live.end()
    assert spoken[-1][0] and spoken[-1][1].startswith("Failed after")


def test_a_run_of_a_thousand_agents_is_told_in_a_few_sentences(make_canvas, listening: None, spoken, told) -> None:
    canvas = make_canvas(graph_of({f"a{n}": "template" for n in range(1000)}))
    for child in children(canvas):
        child.text(NAME)
    canvas.live.begin(canvas.document.graph)
    told.clear()
    run(canvas, ("run.started", "", {}))
    for n in range(0, 1000, 100):
        run(canvas, *(step for id in range(n, n + 100) for step in (*starts(f"a{id}"), fails(f"a{id}"))))
    canvas.findChild(reader.Reader).news.speak()
    assert len(spoken) <= 3
    assert spoken[0] == (True, "A0, A1, A2 and 997 more failed")
    assert len(told) == 0  # one by one they are told later, a few at a time
    canvas.findChild(reader.Reader).catch_up()
    assert len({name for _, name in told}) == reader.MANY


def test_a_person_who_is_asked_hears_it_at_once(canvas: Canvas, listening: None, spoken) -> None:
    interface(canvas)
    canvas.live.begin(canvas.document.graph)
    run(canvas, ("run.started", "", {}), *starts("ann"), ("wait.started", "ann", {"prompt": "Publish it?"}))
    canvas.findChild(reader.Reader).news.speak()
    assert (True, "Ann asks: Publish it?") in spoken


# drawing


def test_what_an_edit_did_is_spoken(canvas: Canvas, listening: None, spoken) -> None:
    interface(canvas)
    teller = canvas.findChild(reader.Reader).news
    canvas.document.do("Remove Cat", [Remove(section="agents", id="cat")])
    teller.speak()
    assert len(spoken) == 1 and spoken[0][1].startswith("Remove Cat")
    canvas.document.undo_stack.undo()
    teller.speak()
    assert spoken[-1][1].startswith("Undone: Remove Cat")


def test_a_new_verdict_is_spoken_once(canvas: Canvas, listening: None, spoken) -> None:
    interface(canvas)
    teller = canvas.findChild(reader.Reader).news
    canvas.document.judge_now()
    teller.speak()
    assert canvas.document.verdict is not None
    assert spoken[-1][1].startswith(canvas.document.verdict.headline)
    spoken.clear()
    canvas.document.judge_now()
    teller.speak()
    assert spoken == []


def test_a_remark_is_spoken_and_only_to_those_who_listen(canvas: Canvas, monkeypatch, qapp: QApplication) -> None:
    found: list[tuple[str, Any]] = []

    class Told:
        AnnouncementPoliteness = QAccessible.AnnouncementPoliteness
        active = False

        @classmethod
        def isActive(cls) -> bool:
            return cls.active

        @staticmethod
        def updateAccessibility(event: Any) -> None:
            found.append((event.message(), event.politeness()))

    monkeypatch.setattr(speech, "QAccessible", Told)
    canvas.say("It cannot lead to itself.")
    assert found == []
    Told.active = True
    canvas.say("It cannot lead to itself.")
    assert found == [("It cannot lead to itself.", QAccessible.AnnouncementPoliteness.Assertive)]
