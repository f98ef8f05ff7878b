"""The what-if panel: simulated on demand in the background, with what a suggested change would do."""

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from editor.panel_story import judged
from quartet.editor import theme
from quartet.editor.panels.problems_fix import Popover
from quartet.editor.panels.whatif import PLOTTED, WAITING, build
from quartet.editor.panels.whatif_plot import APART, BINS, Plot, side_by_side, ticks, words
from quartet.editor.panels.whatif_rows import Figure
from quartet.graph.edits import Add, Remove, Set, apply
from quartet.graph.model import Agent, Edge, Graph
from quartet.patterns.guide import keep
from quartet.whatif.ranges import quantile


def steps(**estimate) -> Graph:
    """Three steps that take two seconds and fifty cents each."""
    fields = {"kind": "http", "estimate": {"seconds": 2, "slow": 2, "fails": 0, "cost": 0.5, **estimate}}
    agents = [
        Agent.model_validate({"id": id, "name": id.upper(), "retry": {"max_attempts": 1}, **fields}) for id in "abc"
    ]
    edges = [Edge(id=f"{a}{b}", source=a, target=b) for a, b in ("ab", "bc")]
    return Graph(agents={agent.id: agent for agent in agents}, edges={edge.id: edge for edge in edges})


@pytest.fixture
def shown(qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr("quartet.editor.simulator.RUNS", 40)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    panels = []

    def show(graph: Graph):
        document = judged(graph)
        panel = build(document)
        qtbot.addWidget(panel)
        panel.resize(1000, 170)
        panel.show()
        panels.append(panel)
        return panel

    yield show
    for panel in panels:
        panel.simulator.close()
        panel.document.close()


def simulate(qtbot, panel) -> None:
    with qtbot.waitSignal(panel.simulator.done, timeout=20_000):
        qtbot.mouseClick(panel.first, Qt.MouseButton.LeftButton)


def test_the_thread_that_simulates_searches_no_memory(qtbot, shown):
    panel = shown(steps())
    with qtbot.waitSignal(panel.simulator.done, timeout=20_000):
        qtbot.mouseClick(panel.first, Qt.MouseButton.LeftButton)
        assert not gc.isenabled(), "it would delete what is Qt's"
    qtbot.waitUntil(gc.isenabled)


def test_a_click_simulates_and_shows_chance_time_cost_and_whom_runs_wait_for(qtbot, shown):
    panel = shown(steps())
    simulate(qtbot, panel)
    assert panel.success.value.text() == "100.0%"
    assert panel.time.value.text() == "6 s"
    assert panel.cost.value.text() == "US$ 1.50"
    assert [(row.name, row.share) for row in panel.rows] == [("A", 1.0), ("B", 1.0), ("C", 1.0)]
    assert sum(panel.plot.counts(panel.plot.values)) == 40
    assert panel.first.text() == "Simulate"
    assert panel.rows[0].text == "100% · 2 s"
    late = words(quantile(panel.outcome.seconds, 0.9))
    assert panel.time.note.text() == f"9 of 10 within {late}"
    assert late in panel.plot.accessibleDescription()


def test_a_suggested_change_is_tried_and_its_effect_stands_beside_the_numbers(qtbot, shown):
    panel = shown(steps(fails=0.5))
    simulate(qtbot, panel)
    before = panel.outcome.success
    index = next(n for n in range(1, panel.choice.count()) if "fall back" in panel.choice.itemText(n).lower())
    panel.choice.setCurrentIndex(index)
    with qtbot.waitSignal(panel.simulator.done, timeout=20_000):
        panel.choice.activated.emit(index)
    assert panel.tried.success > before
    assert panel.success.delta.text() == f"{panel.tried.success - before:+.1%}"
    assert panel.plot.changed
    panel.choice.activated.emit(0)
    assert panel.tried is None
    assert panel.success.delta.text() == ""
    assert not panel.plot.changed


def test_a_drawing_that_changed_since_is_said_to_have(qtbot, shown):
    panel = shown(steps())
    simulate(qtbot, panel)
    assert not panel.stale.isVisible()
    panel.document.do("Rename", [Set(section="agents", id="a", values={"name": "Other"})])
    assert panel.stale.isVisible()


def test_what_cannot_run_says_why(qtbot, shown):
    graph = steps()
    graph.edges["back"] = Edge(id="back", source="c", target="a")
    panel = shown(graph)
    with qtbot.waitSignal(panel.simulator.failed, timeout=20_000):
        qtbot.mouseClick(panel.first, Qt.MouseButton.LeftButton)
    assert not panel.pages.has_content
    assert "loop" in panel.none._text.text()


def test_pressed_again_it_stops_and_nothing_is_shown(qtbot, shown, monkeypatch):
    monkeypatch.setattr("quartet.editor.simulator.RUNS", 100_000)
    panel = shown(steps())
    qtbot.mouseClick(panel.first, Qt.MouseButton.LeftButton)
    assert panel.first.text() == "Stop"
    qtbot.mouseClick(panel.first, Qt.MouseButton.LeftButton)
    assert not panel.simulator.running
    assert panel.outcome is None
    assert not panel.bar.isVisible()


def test_pointing_at_an_agent_lights_it_up_and_a_click_selects_it(qtbot, shown):
    panel = shown(steps())
    simulate(qtbot, panel)
    row = panel.rows[1]
    row.enterEvent(None)
    assert set(panel.document.highlight_agents) == {"b"}
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert panel.document.selection == {"b"}


def test_every_value_is_in_a_bar_and_a_single_slow_run_does_not_squeeze_the_others(qtbot):
    plot = Plot()
    qtbot.addWidget(plot)
    values = [1.0] * 200 + [1000.0]
    plot.show_values(values)
    counts = plot.counts(values)
    assert sum(counts) == 201
    assert plot.span < 2
    assert len(counts) == BINS


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.83, "0.83 s"), (12.4, "12 s"), (200, "3:20 min"), (3900, "1:05 h"), (0, "0 s")]
)
def test_times_are_said_as_people_say_them(seconds, said):
    assert words(seconds) == said


def test_the_end_of_the_axis_says_that_the_last_bar_counts_what_lies_beyond(qtbot):
    plot = Plot()
    qtbot.addWidget(plot)
    plot.show_values([1.0] * 99 + [500.0])
    assert plot.end == f"{words(plot.span)} and more"
    plot.show_values([1.0, 2.0, 2.0])
    assert plot.end == words(plot.span)


def test_in_a_narrow_panel_the_plot_goes_first_then_the_list_and_no_number_is_cut(qtbot, shown):
    panel = shown(steps())
    simulate(qtbot, panel)
    window = QWidget()  # which may be too small for what is in it, as a window of docks on a small screen
    qtbot.addWidget(window)
    panel.setParent(window)
    panel.setMinimumSize(0, 0)
    panel.show()
    window.show()
    QApplication.processEvents()  # dressed and laid out
    there = []
    numbers = panel._left.minimumSize().width() + 24
    for more in (WAITING + PLOTTED + 56, WAITING + PLOTTED, WAITING):
        panel.resize(numbers + more, 170)
        QApplication.processEvents()
        there.append((panel.plot.isVisible(), panel.rows[0].isVisible()))
        for figure in (panel.success, panel.time, panel.cost):
            assert figure.value.width() >= figure.value.sizeHint().width()
    panel.setParent(None)
    assert there == [(True, True), (False, True), (False, False)]


@pytest.mark.parametrize("span", [0.004, 0.7, 7.0, 49.0, 100.0, 3000.0, 40_000.0, 9e6])
def test_the_axis_has_some_round_numbers_from_nought_to_nearly_the_end(span):
    found = ticks(span)
    assert found[0] == 0
    assert 3 <= len(found) <= 7
    assert span * 0.6 < found[-1] <= span


@given(
    st.lists(st.tuples(st.floats(0, 400), st.floats(1, 120)), min_size=1, max_size=3).map(sorted),
)
def test_words_over_marks_never_overlap_and_stay_inside_where_there_is_room(marks):
    places, widths = zip(*marks, strict=True)
    lefts = side_by_side(places, widths, 0.0, 400.0)
    ends = [left + wide for left, wide in zip(lefts, widths, strict=True)]
    assert lefts[0] >= 0
    assert all(end + APART <= left + 1e-6 for end, left in zip(ends, lefts[1:], strict=False))
    if sum(widths) + APART * (len(widths) - 1) <= 400:
        assert ends[-1] <= 400 + 1e-6


@pytest.mark.parametrize(("values", "left"), [([1.0] * 10 + [9.0] * 90, True), ([1.0] * 90 + [9.0] * 10, False)])
def test_bars_and_line_are_named_where_the_bars_are_low(qtbot, values, left):
    plot = Plot()
    qtbot.addWidget(plot)
    plot.show_values(values, values)
    area = QRectF(0, 0, 400, 100)
    place = plot.legend_place(area, 120, 30)
    assert (place.left() == area.left()) == left
    assert area.contains(place)


def test_what_the_plot_shows_is_told_in_words_with_and_without_a_change(qtbot):
    plot = Plot()
    qtbot.addWidget(plot)
    plot.show_values([1.0] * 10 + [9.0] * 10, [2.0] * 20)
    told = plot.accessibleDescription()
    assert "the longest of them takes 9 s. With the change: one run in ten takes less than 2 s" in told


def test_all_numbers_are_copied_as_a_table_and_what_they_rest_on_is_told(qtbot, shown):
    panel = shown(steps())
    simulate(qtbot, panel)
    assert panel.assumed.text() == "Rests on 2 assumptions"
    assert "each by itself" in panel.assumed.accessibleDescription()
    qtbot.mouseClick(panel.copy, Qt.MouseButton.LeftButton)
    rows = [line.split("\t") for line in QApplication.clipboard().text().split("\n")]
    assert ["share that succeeds", "1", *rows[2][2:]] == rows[2]
    assert ["seconds, 50 % of the runs within", "6", "6", "6"] in rows
    assert ["b", "1", "2", "0"] in rows


def test_a_change_that_changes_nothing_is_praised_no_more_than_blamed(qtbot):
    figure = Figure("Succeeds")
    qtbot.addWidget(figure)
    soft = theme.current().soft.name()
    for delta, good, plain in (
        ("±0", True, True),
        ("±0", False, True),
        ("+2.0%", True, False),
        ("−2.0%", False, False),
    ):
        figure.say("99%", "", delta, good)
        assert (soft in figure.delta.styleSheet()) == plain


def test_what_the_numbers_rest_on_can_be_read_by_the_keyboard(qtbot, shown):
    panel = shown(steps())
    simulate(qtbot, panel)
    panel.assumed.setFocus()
    qtbot.keyClick(panel.assumed, Qt.Key.Key_Space)
    (sheet,) = panel.assumed.findChildren(Popover)
    told = [label.text() for label in sheet.findChildren(QLabel)]
    assert sheet.isVisible()
    assert told == ["What this takes for granted", *panel.outcome.assumed]
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_an_empty_drawing_cannot_be_simulated_and_says_why_until_something_is_drawn(qtbot, shown):
    panel = shown(Graph())
    assert not panel.first.isEnabled() and "Nothing is drawn yet" in panel.first.toolTip()
    panel.document.do("Add", [Add(section="agents", item=Agent(id="a", kind="template", name="A"), at=(0, 0))])
    assert panel.first.isEnabled() and not panel.first.toolTip()
    panel.document.undo_stack.undo()
    assert not panel.first.isEnabled()


def test_a_refusal_is_told_no_longer_when_the_drawing_has_changed(qtbot, shown):
    graph = steps()
    graph.edges["ca"] = Edge(id="ca", source="c", target="a")
    panel = shown(graph)
    with qtbot.waitSignal(panel.simulator.failed, timeout=20_000):
        qtbot.mouseClick(panel.first, Qt.MouseButton.LeftButton)
    assert panel.none._title.text() == "It cannot be simulated"
    panel.document.do("Mend", [Remove(section="edges", id="ca")])
    assert panel.none._title.text() == "What will a run take?"


def test_only_what_may_change_a_run_is_offered_to_be_tried(qtbot, shown):
    graph = steps()
    apply(graph, [keep({"depend": "no", "event": "yes", "watch": "no"})])
    panel = shown(graph)
    panel.reread()
    offered = [panel.choice.itemText(row) for row in range(panel.choice.count())]
    assert "Make it a fan-out" in offered
    assert not [text for text in offered if text.startswith("Hold the drawing")]


def test_an_agent_that_runs_wait_for_is_lit_only_as_long_as_it_is_listed(qtbot, shown):
    panel = shown(steps())
    simulate(qtbot, panel)
    panel.rows[0].enterEvent(None)
    assert panel.document.highlight_agents == {panel.rows[0].id}
    panel._fill()
    assert not panel.document.highlight_agents
