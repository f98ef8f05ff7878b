"""The verdict panel: the pattern, its tree, the questions and their evidence, what was inferred, what will fail."""

import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QMenu

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from editor.panel_story import judged, newsroom
from quartet.editor.document import Document
from quartet.editor.panels import verdict_changes
from quartet.editor.panels.problems_fix import FixSheet
from quartet.editor.panels.verdict import build
from quartet.editor.panels.verdict_rows import IN_ONE, MOST, agents_of, rows
from quartet.graph.edits import Set
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph
from quartet.patterns.changes import changes
from quartet.patterns.guide import intent, keep
from quartet.patterns.tree import FanOut, Leaf, Pipeline, Question, Supervisor, Swarm, Why
from quartet.patterns.verdict import Alternative, Inference, Verdict

QUESTIONS = (
    Question("Do the tasks depend strictly on each other?", "Not all of them", "two run at once", (EdgeId("e1"),)),
    Question("Are they triggered by the same event?", "Only in one part", "", (EdgeId("e1"), EdgeId("e2"))),
    Question("Do the agents need a central manager?", "Yes: Supervisor", "2 are watched", (EdgeId("s1"), EdgeId("s2"))),
    Question("Otherwise", "Swarm", ""),
)
INNER = (
    Question("Do the tasks depend strictly on each other?", "Yes: Pipeline", "each on the one before", (EdgeId("e5"),)),
)


def leaf(id: str) -> Leaf:
    return Leaf(AgentId(id))


def tree() -> Supervisor:
    fan = FanOut(
        branches=(leaf("web"), leaf("archive")), trigger=AgentId("desk"), collector=AgentId("facts"),
        fallback=((AgentId("facts"), (AgentId("wire"),)),),
    )  # fmt: skip
    line = Pipeline(stages=(fan, leaf("writer")), why=Why(lambda: (INNER, 0)))
    return Supervisor(supervisor=AgentId("managing"), workers=(line,), why=Why(lambda: (QUESTIONS, 2)))


def verdict(**more) -> Verdict:
    return Verdict(tree(), "supervisor", "medium", **more)


@pytest.fixture
def parts(qtbot):
    document = Document(newsroom())
    document.close()  # the verdict is this test's own
    document.verdict = verdict(alternatives=(Alternative("pipeline", "The supervisor may be a stage."),))
    panel = build(document)
    qtbot.addWidget(panel)
    panel.resize(340, 1100)
    panel.show()
    return document, panel


def row_at(panel, name: str) -> QPoint:
    index = next(i for i, row in enumerate(panel.tree.rows) if row.name == name)
    return panel.tree.row_box(index).center()


def test_headline_confidence_and_alternatives_are_told(parts):
    _, panel = parts
    assert panel.headline.text() == "Supervisor"
    assert panel.confidence.text() == "medium confidence"
    assert panel.others.text() == "It may also be a pipeline: the supervisor may be a stage."


def test_the_tree_reads_from_the_outermost_pattern_inwards(parts):
    _, panel = parts
    assert [(row.depth, row.name, row.rest) for row in panel.tree.rows] == [
        (0, "Managing editor", "watches"),
        (1, "Pipeline", "of 2 stages"),
        (2, "Fan-out", "of 2, collected"),
        (3, "News desk", "starts it"),
        (3, "Web research", ""),
        (3, "Archive", ""),
        (3, "Collect facts", "collects"),
        (3, "Wire copy", "steps in for Collect facts"),
        (2, "Writer", ""),
    ]


def test_pointing_at_a_part_lights_up_its_agents(qtbot, parts):
    document, panel = parts
    qtbot.mouseMove(panel.tree, row_at(panel, "Fan-out"))
    assert document.highlight_agents == {"desk", "web", "archive", "facts", "wire"}
    qtbot.mouseMove(panel.tree, row_at(panel, "Writer"))
    assert document.highlight_agents == {"writer"}


def test_choosing_a_part_selects_it_and_asks_its_own_questions(qtbot, parts):
    document, panel = parts
    assert [row.question for row in panel.questions.rows] == list(QUESTIONS)
    qtbot.mouseClick(panel.tree, Qt.MouseButton.LeftButton, pos=row_at(panel, "Pipeline"))
    assert document.selection >= {"writer", "web"}
    assert [row.question for row in panel.questions.rows] == list(INNER)
    assert panel.why.text() == "Why this part is a pipeline"
    qtbot.mouseClick(panel.tree, Qt.MouseButton.LeftButton, pos=row_at(panel, "Managing editor"))
    assert [row.question for row in panel.questions.rows] == list(QUESTIONS)


def test_the_question_that_settled_it_stands_out_and_the_rest_was_never_asked(parts):
    _, panel = parts
    assert [row.state for row in panel.questions.rows] == ["passed", "passed", "settled", "beyond"]


def test_a_click_on_a_question_lights_its_evidence_until_the_next(qtbot, parts):
    document, panel = parts
    second, third = panel.questions.rows[1], panel.questions.rows[2]
    qtbot.mouseClick(third, Qt.MouseButton.LeftButton)
    assert document.highlight_edges == {"s1", "s2"}
    assert document.highlight_agents == {"managing", "web", "archive"}
    qtbot.mouseClick(second, Qt.MouseButton.LeftButton)
    assert document.highlight_edges == {"e1", "e2"}
    qtbot.mouseClick(second, Qt.MouseButton.LeftButton)
    assert document.highlight_edges == frozenset()


def test_the_keyboard_reaches_tree_and_questions(qtbot, parts):
    document, panel = parts
    panel.tree.setFocus()
    qtbot.keyClick(panel.tree, Qt.Key.Key_Down)
    qtbot.keyClick(panel.tree, Qt.Key.Key_Down)
    qtbot.keyClick(panel.tree, Qt.Key.Key_Return)
    assert panel.why.text() == "Why this part is a pipeline"
    qtbot.keyClick(panel.questions.rows[0], Qt.Key.Key_Space)
    assert document.highlight_edges == {"e5"}


def test_an_inference_is_accepted_with_one_click_and_undone(qtbot, parts):
    document, panel = parts
    before = document.graph.edges["e5"]
    document.graph.edges["e5"] = before.model_copy(update={"inferred": "no kind was stated"})
    document.verdict = verdict(inferred=(Inference(EdgeId("e5"), "handoff", False, "Peers lead back and forth."),))
    document.verdict_changed.emit()
    assert not panel.inferred.isHidden()
    row = panel.inferred.rows[0]
    assert "Peers lead back and forth. Medium confidence." in [label.text() for label in row.findChildren(QLabel)]
    qtbot.mouseClick(row.accept, Qt.MouseButton.LeftButton)
    assert document.graph.edges["e5"].kind == "handoff"
    assert document.graph.edges["e5"].inferred is None
    document.undo_stack.undo()
    assert document.graph.edges["e5"].kind == "flow"


def test_an_inference_can_be_changed_to_another_meaning(qtbot, parts):
    document, panel = parts
    document.verdict = verdict(inferred=(Inference(EdgeId("e5"), "flow", False, "Nothing leads back."),))
    document.verdict_changed.emit()
    row = panel.inferred.rows[0]
    qtbot.mouseClick(row.change, Qt.MouseButton.LeftButton)
    menu = row.findChild(QMenu)
    next(action for action in menu.actions() if action.text() == "leads back: a loop").trigger()
    menu.close()
    assert document.graph.edges["e5"].loop


def test_all_inferences_are_accepted_as_one_step(qtbot, parts):
    document, panel = parts
    ids = ("e1", "e2", "e3", "e4", "e5", "s1", "s2")
    document.verdict = verdict(inferred=tuple(Inference(EdgeId(id), "flow", False, "So it looks.") for id in ids))
    document.verdict_changed.emit()
    assert len(panel.inferred.rows) < len(ids)
    qtbot.mouseClick(panel.inferred.all, Qt.MouseButton.LeftButton)
    assert {document.graph.edges[id].kind for id in ids} == {"flow"}
    assert document.undo_stack.count() == 1


def test_what_will_fail_is_listed_shortly_with_its_fix(qtbot):
    document = judged(newsroom())
    panel = build(document)
    qtbot.addWidget(panel)
    panel.resize(340, 1400)
    panel.show()
    listed = [row.finding for row in panel._failing_rows]
    assert 0 < len(listed) <= 4
    assert not panel.all_problems.isHidden()
    with qtbot.waitSignal(panel.problems_requested):
        qtbot.mouseClick(panel.all_problems, Qt.MouseButton.LeftButton)
    row = next(row for row in panel._failing_rows if row.finding.fixes)
    qtbot.mouseClick(row.button, Qt.MouseButton.LeftButton)
    assert row.findChild(FixSheet) is not None
    row.findChild(FixSheet).close()
    document.close()


def test_the_panel_follows_the_drawing(qtbot):
    graph = Graph()
    for id in ("a", "b"):
        graph.agents[AgentId(id)] = Agent(id=AgentId(id), kind="template", name=id.upper())
    graph.edges[EdgeId("e")] = Edge(id=EdgeId("e"), source=AgentId("a"), target=AgentId("b"))
    document = judged(graph)
    panel = build(document)
    qtbot.addWidget(panel)
    assert panel.headline.text() == "Pipeline"
    document.do("Hand off", [Set(section="edges", id="e", values={"name": "x"})])
    document.do("Rename", [Set(section="agents", id="a", values={"name": "Alpha"})])
    document.judge_now()
    assert any(row.name == "Alpha" for row in panel.tree.rows)
    document.close()


def test_nothing_drawn_says_how_to_begin(qtbot):
    document = judged(Graph())
    panel = build(document)
    qtbot.addWidget(panel)
    assert not panel.pages.has_content
    document.close()


def test_what_would_make_it_another_pattern_is_asked_for_tried_and_undone(qtbot):
    document = judged()
    panel = build(document)
    qtbot.addWidget(panel)
    panel.show()
    assert panel.changes.rows == []
    qtbot.mouseClick(panel.changes.ask, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not panel.changes.looking)
    row = panel.changes.rows[0]
    before = document.verdict.top
    qtbot.mouseClick(row.button, Qt.MouseButton.LeftButton)
    sheet = row.findChild(FixSheet)
    assert sheet.told()
    qtbot.mouseClick(sheet.apply, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: document.verdict.top == row.change.to)
    document.undo_stack.undo()
    qtbot.waitUntil(lambda: document.verdict.top == before)
    document.close()


def test_pointing_at_a_change_lights_up_the_edges_it_concerns(qtbot):
    document = judged()
    panel = build(document)
    qtbot.addWidget(panel)
    panel.show()
    panel.changes.ask.setChecked(True)
    qtbot.waitUntil(lambda: not panel.changes.looking)
    row = next(row for row in panel.changes.rows if row.change.edges)
    row.enterEvent(None)
    assert set(row.change.edges) <= set(document.highlight_edges)
    row.leaveEvent(None)
    assert not document.highlight_edges
    document.close()


def test_what_would_change_it_is_looked_for_beside_the_window_and_only_for_the_drawing_as_it_is(qtbot, monkeypatch):
    document = judged()
    panel = build(document)
    qtbot.addWidget(panel)
    panel.show()
    threads = []

    def seen(graph, part, effort):
        threads.append(threading.current_thread())
        return changes(graph, part, effort)

    monkeypatch.setattr(verdict_changes, "changes", seen)
    panel.changes.ask.setChecked(True)
    assert panel.changes.none.text() == "Looking for it…"
    inner = next(node for node in document.verdict.tree.children if not isinstance(node, Leaf))
    panel.changes.show_part(inner)  # meanwhile somebody asks about another part
    qtbot.waitUntil(lambda: not panel.changes.looking)
    assert threads and threading.main_thread() not in threads
    told = [row.change for row in panel.changes.rows]
    assert told == list(changes(document.graph, inner))
    assert told and not panel.changes.none.isVisible()
    panel.changes.ask.setChecked(False)
    assert not panel.changes.rows
    document.close()


def test_marks_are_said_in_words():
    graph = newsroom()
    router = FanOut(branches=(leaf("web"), leaf("archive")), exclusive=True)
    assert (rows(graph, router)[0].name, rows(graph, router)[0].rest) == ("Router", "to one of 2")
    loop = Pipeline(stages=(leaf("web"), leaf("archive")), loop=True, inferred=True)
    assert rows(graph, loop)[0].rest == "of 2 stages, in a loop, inferred"
    copies = FanOut(branches=(leaf("web"),), dynamic=True)
    assert rows(graph, copies)[0].rest == "of as many copies as there are items"
    swarm = Swarm(members=(leaf("web"), leaf("archive")), board=AgentId("facts"))
    assert [row.rest for row in rows(graph, swarm)] == ["of 2 peers", "", "", "is shared"]


def test_a_huge_tree_stays_short_and_counts_the_rest():
    graph = Graph()
    ids = [AgentId(f"a{number}") for number in range(2_000)]
    for id in ids:
        graph.agents[id] = Agent(id=id, kind="llm", name=id)
    found = rows(graph, FanOut(branches=tuple(Leaf(id) for id in ids)))
    assert len(found) == IN_ONE + 2
    assert found[-1].rest == f"and {2_000 - IN_ONE:,} more"
    assert len(agents_of(found[-1])) == 2_000 - IN_ONE
    nest = leaf("a0")
    for id in ids[1:]:
        nest = Pipeline(stages=(nest, Leaf(id)), loop=True)
    assert len(rows(graph, nest)) <= MOST + 1


# --- what was asked for ---


def test_what_was_asked_for_is_named_and_can_be_forgotten_in_one_step(qtbot):
    document = judged(newsroom())
    panel = build(document)
    qtbot.addWidget(panel)
    panel.show()
    assert not panel.asked.isVisible()
    document.do("Keep what was asked for", [keep({"depend": "some", "watch": "yes"})])
    document.judge_now()
    assert panel.asked.isVisible()
    assert panel.asked.text.text() == "You asked for: Supervisor › Pipeline › Fan-out"
    assert "Yes: start it over" in panel.asked.text.toolTip()
    panel.asked.drop.setFocus()
    qtbot.keyClick(panel.asked.drop, Qt.Key.Key_Space)
    assert intent(document.graph) == {}
    document.judge_now()
    assert not panel.asked.isVisible()
    document.undo_stack.undo()
    document.judge_now()
    assert panel.asked.isVisible()
    document.close()


def test_the_questions_can_be_answered_again_from_the_verdict(qtbot, parts):
    document, panel = parts
    document.do("Keep what was asked for", [keep({"depend": "yes", "watch": "no"})])
    panel.reread()
    with qtbot.waitSignal(panel.guide_requested):
        qtbot.mouseClick(panel.asked.change, Qt.MouseButton.LeftButton)
