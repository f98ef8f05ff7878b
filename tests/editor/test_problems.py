"""Problems: what will fail, where, the fix shown before it is applied, the failure watched, silence with a reason."""

import pytest
from PySide6.QtCore import QObject, QPoint, QRect, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from editor.panel_story import judged
from quartet.editor.document import Document
from quartet.editor.panels.problems import build
from quartet.editor.panels.problems_fix import FixSheet, SilenceSheet
from quartet.editor.panels.problems_words import touched, where
from quartet.editor.tour import FILE
from quartet.graph.edits import Add, Remove, Set, apply, removal
from quartet.graph.files import read
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph
from quartet.patterns.guide import keep
from quartet.rules import Finding, Fix
from quartet.rules.silence import silence


def pipeline() -> Graph:
    graph = Graph()
    for id in ("writer", "editor", "publisher"):
        config = {"model": "m", "instructions": f"You are the {id}."}
        graph.agents[AgentId(id)] = Agent(id=AgentId(id), kind="llm", name=id.title(), config=config)
    for id, source, target in (("e1", "writer", "editor"), ("e2", "editor", "publisher")):
        graph.edges[EdgeId(id)] = Edge(id=EdgeId(id), source=AgentId(source), target=AgentId(target))
    return graph


class Watcher(QObject):
    """Stands where the runner does: the list only hands findings on to it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.watched: list[Finding] = []

    def watch_finding(self, finding: Finding) -> None:
        self.watched.append(finding)


@pytest.fixture
def parts(qtbot):
    document = judged(pipeline())
    runner = Watcher()
    panel = build(document, runner)
    qtbot.addWidget(panel)
    panel.resize(1000, 400)
    panel.show()
    yield document, runner, panel
    document.close()


def row_of(panel, code: str) -> int:
    return next(row for row, finding in enumerate(panel.model.findings) if finding.code == code)


def button(panel, row: int, action: str) -> QPoint:
    panel.list.scrollTo(panel.model.index(row))
    return next(box.center() for each, box in panel.list.buttons(panel.model.index(row)) if each == action)


def press(qtbot, panel, row: int, action: str) -> None:
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=button(panel, row, action))


def test_findings_are_listed_the_gravest_first_and_counted(parts):
    document, _, panel = parts
    assert panel.model.findings == [each for each in document.findings if each.silenced is None]
    ranks = [("error", "warning", "advice").index(each.severity) for each in panel.model.findings]
    assert ranks == sorted(ranks)
    assert panel.count == sum(each.severity != "advice" for each in panel.model.findings) > 0
    assert panel.told.text() == "1 warning · 2 pieces of advice"


def test_a_click_goes_to_the_place(qtbot, parts):
    document, _, panel = parts
    row = row_of(panel, "P001")
    finding = panel.model.findings[row]
    with qtbot.waitSignal(document.revealed) as revealed:
        at = panel.list.visualRect(panel.model.index(row)).topLeft() + QPoint(60, 20)
        qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert revealed.args[0] >= set(finding.agents)
    assert document.highlight_agents == set(finding.agents)
    assert document.selection == {finding.agents[0]}


def test_where_an_edge_is_missing_the_agents_that_it_would_connect_are_the_place(qtbot):
    graph = pipeline()
    apply(graph, [keep({"depend": "yes", "watch": "no"}), Remove(section="edges", id="e1")])
    document = judged(graph)
    panel = build(document, Watcher())
    qtbot.addWidget(panel)
    panel.resize(1000, 400)
    panel.show()
    row = row_of(panel, "I001")
    assert not panel.model.findings[row].agents and not panel.model.findings[row].edges
    at = panel.list.visualRect(panel.model.index(row)).topLeft() + QPoint(60, 20)
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert document.highlight_agents == {"writer", "editor"}
    assert len(document.selection) == 1
    document.do("Draw it", [Add(section="edges", item=Edge(id="e3", source="writer", target="editor"))])
    document.judge_now()
    assert not document.highlight_agents, "it is what was asked for"
    document.close()


def test_a_fix_is_shown_first_then_applied_and_can_be_undone(qtbot, parts):
    document, _, panel = parts
    before = document.graph.model_copy(deep=True)
    row = row_of(panel, "P001")
    finding = panel.model.findings[row]
    press(qtbot, panel, row, "fix")
    sheet = panel.findChild(FixSheet)
    assert sheet.isVisible()
    assert document.graph == before, "nothing has changed yet"
    assert any("per attempt" in line.text for line in sheet.told())
    assert finding.agents[0] in document.highlight_agents
    qtbot.mouseClick(sheet.apply, Qt.MouseButton.LeftButton)
    assert document.graph.agents[finding.agents[0]].limits is not None
    document.judge_now()
    assert finding not in document.findings, "it is mended"
    document.undo_stack.undo()
    assert document.graph == before
    document.judge_now()
    assert finding in document.findings


def test_the_row_that_takes_the_place_of_a_mended_one_is_not_lit_up(qtbot, parts):
    document, _, panel = parts
    panel.show()
    assert len(panel.model.findings) > 1
    for row in (0, len(panel.model.findings) - 1):  # Qt goes to the next row, or to the one before the last
        panel.list.setCurrentIndex(panel.model.index(row))
        finding = panel.model.findings[row]
        assert document.highlight_agents == where(finding)[0]
        document.do("Silence", [silence(document.graph, finding, "Known.")])
        document.judge_now()
        assert (finding.code, finding.agents) not in {(each.code, each.agents) for each in panel.model.findings}
        assert not document.highlight_agents and not document.highlight_edges
        document.undo_stack.undo()
        document.judge_now()


def test_the_place_of_a_problem_is_lit_up_only_as_long_as_it_is_one(qtbot):
    graph = read(FILE).graph
    _, first, second = ids = list(graph.agents)
    graph.edges[EdgeId("on")] = Edge(id=EdgeId("on"), source=first, target=second)
    endless = Edge(id=EdgeId("again"), source=second, target=first, loop=True)
    document = judged(graph)
    panel = build(document, Watcher())
    qtbot.addWidget(panel)
    panel.show()
    for seen in ((), ids[:1]):
        document.do("Connect", [Add(section="edges", item=endless)])
        document.judge_now()
        (finding,) = document.findings
        panel.list.setCurrentIndex(panel.model.index(0))
        assert document.highlight_agents == set(finding.agents)
        document.do("Rename", [Set(section="agents", id=first, values={"name": "Reads"})])
        document.judge_now()
        assert document.highlight_agents == set(finding.agents), "it is one still"
        if seen:
            document.highlight((), seen)
        document.undo_stack.undo()
        document.undo_stack.undo()
        document.judge_now()
        assert not document.findings
        assert document.highlight_agents == set(seen), "what else was lit up since stays so"
    document.close()


def test_escape_closes_the_fix_and_nothing_has_happened(qtbot, parts):
    document, _, panel = parts
    press(qtbot, panel, row_of(panel, "P001"), "fix")
    sheet = panel.findChild(FixSheet)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not panel.findChildren(FixSheet))
    assert document.undo_stack.count() == 0
    assert document.highlight_agents == set(panel.model.findings[panel.list.currentIndex().row()].agents)


def test_several_fixes_are_a_choice_and_each_tells_its_changes(qtbot, parts):
    document, _, panel = parts
    edits = (Set(section="agents", id="writer", values={"description": "one"}),)
    others = tuple(removal(document.graph, [AgentId("publisher")]))
    finding = Finding(
        "X001", "warning", "A thing", "It will fail.", ("writer",), (), (Fix("Say it", edits), Fix("Cut", others))
    )
    sheet = panel.show_fixes(finding, QRect(100, 100, 60, 28))
    first = [line.text for line in sheet.told()]
    qtbot.mouseClick(sheet.choices[1], Qt.MouseButton.LeftButton, pos=QPoint(10, sheet.choices[1].height() // 2))
    second = [(line.sign, line.text) for line in sheet.told()]
    assert first == ["Writer: description: one"]
    assert second == [("remove", "Editor → Publisher"), ("remove", "Publisher")]
    assert "publisher" in document.highlight_agents
    qtbot.mouseClick(sheet.apply, Qt.MouseButton.LeftButton)
    assert "publisher" not in document.graph.agents


def test_a_fix_that_no_longer_fits_says_so_and_changes_nothing(qtbot, parts):
    document, _, panel = parts
    row = row_of(panel, "P001")
    press(qtbot, panel, row, "fix")
    sheet = panel.findChild(FixSheet)
    document.do("Remove all", removal(document.graph, list(document.graph.agents)))
    qtbot.mouseClick(sheet.apply, Qt.MouseButton.LeftButton)
    assert not sheet.problem.isHidden()
    assert "no longer fits" in sheet.problem.text()
    assert not document.graph.agents
    sheet.close()


def test_in_a_read_only_document_a_fix_can_be_read_but_not_applied(qtbot):
    document = Document(pipeline(), read_only="It was written by a newer version.")
    document.judge_now()
    panel = build(document, Watcher())
    qtbot.addWidget(panel)
    sheet = panel.show_fixes(next(each for each in document.findings if each.fixes), QRect(0, 0, 60, 28))
    assert not sheet.apply.isEnabled()
    assert "newer version" in sheet.apply.toolTip()
    sheet.close()
    document.close()


def test_a_failure_can_be_watched_where_it_can_be_shown(qtbot, parts):
    _, runner, panel = parts
    row = row_of(panel, "P001")
    press(qtbot, panel, row, "watch")
    assert runner.watched == [panel.model.findings[row]]


def test_the_keyboard_does_all_of_it(qtbot, parts):
    document, runner, panel = parts
    panel.list.setCurrentIndex(panel.model.index(row_of(panel, "P001")))
    qtbot.keyClick(panel.list, Qt.Key.Key_W)
    assert len(runner.watched) == 1
    qtbot.keyClick(panel.list, Qt.Key.Key_F)
    assert panel.findChild(FixSheet) is not None
    panel.findChild(FixSheet).close()
    with qtbot.waitSignal(document.revealed):
        qtbot.keyClick(panel.list, Qt.Key.Key_Return)


def test_silence_needs_a_reason_and_can_be_taken_back(qtbot, parts):
    document, _, panel = parts
    row = row_of(panel, "P001")
    finding = panel.model.findings[row]
    sheet = panel.show_silence(finding, QRect(0, 0, 10, 10))
    assert isinstance(sheet, SilenceSheet)
    assert not sheet.apply.isEnabled()
    QTest.keyClicks(sheet.reason, "it never hangs")
    qtbot.mouseClick(sheet.apply, Qt.MouseButton.LeftButton)
    document.judge_now()
    assert all((each.code, each.agent) != (finding.code, finding.agent) for each in panel.model.findings)
    assert panel.silenced.text() == "Show 1 silenced"
    panel.silenced.setChecked(True)
    last = panel.model.findings[-1]
    assert last.silenced == "it never hangs"
    press(qtbot, panel, len(panel.model.findings) - 1, "again")
    document.judge_now()
    assert finding in document.findings


def test_what_is_said_of_several_can_be_silenced_for_one_of_them(qtbot, parts):
    document, _, panel = parts
    finding = panel.model.findings[row_of(panel, "P001")]
    sheet = panel.show_silence(finding, QRect(0, 0, 10, 10))
    told = [sheet.whom.itemText(index) for index in range(sheet.whom.count())]
    assert told == ["For all 2 agents", "For Writer", "For Editor"]
    sheet.whom.setCurrentIndex(2)
    QTest.keyClicks(sheet.reason, "it never hangs")
    qtbot.mouseClick(sheet.apply, Qt.MouseButton.LeftButton)
    document.judge_now()
    assert [each.agents for each in panel.model.findings if each.code == "P001"] == [("writer",)]
    assert document.graph.extra["silenced"] == [{"code": "P001", "agent": "editor", "reason": "it never hangs"}]
    sheet = panel.show_silence(panel.model.findings[row_of(panel, "P002")], QRect(0, 0, 10, 10))
    assert sheet.whom is None, "it is about one agent"


def test_every_row_has_a_menu_with_what_can_be_done(qtbot, parts):
    _, _, panel = parts
    row = row_of(panel, "P001")
    panel.list.scrollTo(panel.model.index(row))
    at = panel.list.visualRect(panel.model.index(row)).center()
    panel.list.customContextMenuRequested.emit(at)
    menu = panel.findChild(QMenu)
    said = [action.text() for action in menu.actions() if action.text()]
    assert said == ["Show the place", "Fix…", "Watch it fail", "Silence…"]
    menu.close()


def test_a_sound_drawing_says_that_nothing_will_fail(qtbot):
    graph = Graph()
    graph.agents[AgentId("a")] = Agent(id=AgentId("a"), kind="template", name="A")
    document = judged(graph)
    document.findings = []
    panel = build(document, Watcher())
    qtbot.addWidget(panel)
    assert not panel.pages.has_content
    assert panel.empty._title.text() == "Nothing will fail that we know of"
    document.close()


def test_an_empty_drawing_is_no_sound_drawing(qtbot):
    document = judged(Graph())
    panel = build(document, Watcher())
    qtbot.addWidget(panel)
    assert panel.empty._title.text() == "Nothing is drawn yet"
    document.close()


def test_a_row_is_read_aloud_as_a_sentence(parts):
    _, _, panel = parts
    finding = panel.model.findings[0]
    said = panel.model.data(panel.model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith(("Error: ", "Warning: ", "Advice: ")) and finding.detail in said


def test_what_a_fix_touches_is_lit_up():
    rescue = Edge(id=EdgeId("f"), source=AgentId("editor"), target=AgentId("publisher"), on="failure")
    edits = [Add(section="edges", item=rescue), Set(section="edges", id="e1", values={"loop": True})]
    assert touched(edits) == ({"editor", "publisher"}, {"e1"})
