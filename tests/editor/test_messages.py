"""Messages and output: what went over every edge, followed by the selection, with its full text."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from editor.panel_story import Story, judged, newsroom
from quartet.editor.live import Live
from quartet.editor.panels import messages, output
from quartet.editor.panels.output_text import LONGEST, ValueView


@pytest.fixture
def parts(qtbot):
    document, live = judged(), Live()
    panel = messages.build(document, live)
    qtbot.addWidget(panel)
    panel.resize(1000, 300)
    panel.show()
    yield document, live, panel
    document.close()


def told(panel) -> list[tuple[str, str, str]]:
    model = panel.model
    events = [model.event_at(row) for row in range(model.rowCount())]
    return [(model.cell(event, 1), model.cell(event, 2), model.cell(event, 3)) for event in events]


def test_every_message_has_a_row_from_the_input_to_the_output(parts):
    _, live, panel = parts
    assert not panel.pages.has_content
    story = Story(live, newsroom())
    story.begin()
    story.end()
    assert told(panel) == [
        ("The run", "", "Storm closes the harbour"),
        ("News desk", "Web research", "Storm"),
        ("News desk", "Archive", "Storm"),
        ("Web research", "Collect facts", '{"facts": ["closed at 05:40"], "sure": 0.9}'),
        ("Archive", "Collect facts", ""),
        ("", "The run", "Wire: storm"),
    ]
    assert panel.count == 6


def test_hand_offs_and_work_are_messages_too(parts):
    _, live, panel = parts
    story = Story(live, newsroom())
    story.tell(0, "handoff.accepted", "web", to="archive", hop=1, message="ask the archive")
    story.tell(1, "work.handed_over", "managing", to="web", value={"page": 3})
    live.flush()
    assert told(panel) == [
        ("Web research", "Archive", "ask the archive"),
        ("Managing editor", "Web research", '{"page": 3}'),
    ]


def test_the_list_follows_the_selection(parts):
    document, live, panel = parts
    Story(live, newsroom()).begin()
    document.select({"archive"})
    assert told(panel) == [("News desk", "Archive", "Storm")]
    assert panel.told.text() == "only Archive"
    document.select({"e1"})
    assert told(panel) == [("News desk", "Web research", "Storm")]
    assert panel.told.text() == "only 1 edge"
    panel.follow.setChecked(False)
    assert len(told(panel)) == 4


def test_search_looks_into_the_whole_message(qtbot, parts):
    _, live, panel = parts
    Story(live, newsroom()).begin()
    QTest.keyClicks(panel.search, "05:40")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    assert told(panel)[0][0] == "Web research"


def test_a_click_shows_the_whole_message_and_lights_up_its_edge(qtbot, parts):
    document, live, panel = parts
    Story(live, newsroom()).begin()
    assert panel.view.title.text() == "Web research → Collect facts", "the newest, before anybody chose"
    at = panel.table.visualRect(panel.model.index(1, 3)).center()
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert panel.view.title.text() == "News desk → Web research"
    assert panel.view.text.toPlainText() == "Storm"
    assert document.highlight_edges == {"e1"}
    assert document.highlight_agents == {"desk", "web"}
    at = panel.table.visualRect(panel.model.index(3, 3)).center()
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert panel.view.text.toPlainText() == '{\n  "facts": [\n    "closed at 05:40"\n  ],\n  "sure": 0.9\n}'
    qtbot.mouseClick(panel.view.copy, Qt.MouseButton.LeftButton)
    assert '"sure": 0.9' in QGuiApplication.clipboard().text()


def test_a_new_run_begins_with_an_empty_list(parts):
    _, live, panel = parts
    story = Story(live, newsroom())
    story.begin()
    story.end()
    Story(live, newsroom())
    assert told(panel) == []
    assert panel.view.text.toPlainText() == ""


def test_a_very_long_value_is_shown_in_part_and_copied_whole(qtbot):
    view = ValueView()
    qtbot.addWidget(view)
    view.show_value("A", "", "x" * (LONGEST + 10))
    assert view.text.toPlainText().endswith("… 10 more characters; copy takes all")
    qtbot.mouseClick(view.copy, Qt.MouseButton.LeftButton)
    assert len(QGuiApplication.clipboard().text()) == LONGEST + 10


@pytest.fixture
def out(qtbot):
    document, live = judged(), Live()
    panel = output.build(document, live)
    qtbot.addWidget(panel)
    panel.resize(800, 200)
    panel.show()
    yield document, live, panel
    document.close()


def test_without_a_selection_the_runs_output_is_shown(out):
    _, live, panel = out
    assert not panel.pages.has_content
    story = Story(live, newsroom())
    story.begin()
    assert panel.view.title.text() == "The run has no output yet"
    story.end()
    assert panel.view.title.text() == "The run’s output"
    assert panel.view.text.toPlainText() == "Wire: storm"


def test_a_selected_agents_text_streams_in(out):
    document, live, panel = out
    document.select({"web"})
    story = Story(live, newsroom())
    story.tell(0, "activation.ready", "web")
    story.tell(0, "attempt.started", "web", 1, fence=1)
    for piece in ("The ", "harbour ", "is closed."):
        story.tell(1, "attempt.output", "web", 1, text=piece)
        live.flush()
    assert panel.view.title.text() == "Web research"
    assert panel.view.note.text() == "running"
    assert panel.view.text.toPlainText() == "The harbour is closed."


def test_result_text_and_inputs_of_an_agent_can_be_chosen(qtbot, out):
    document, live, panel = out
    Story(live, newsroom()).begin()
    document.select({"web"})
    assert '"sure": 0.9' in panel.view.text.toPlainText()
    qtbot.mouseClick(panel.buttons["text"], Qt.MouseButton.LeftButton)
    assert panel.view.text.toPlainText() == "The harbour master closed all berths."
    document.select({"archive"})
    assert panel.view.note.text() == "running"
    document.select({"web"})
    assert '"sure": 0.9' in panel.view.text.toPlainText(), "another agent begins with its newest part"


def test_what_made_an_agent_fail_is_its_output(out):
    document, live, panel = out
    story = Story(live, newsroom())
    story.begin()
    story.end()
    document.select({"archive"})
    assert panel.view.text.toPlainText() == "no result within 13 s"
    assert panel.view.note.text() == "timed out"


def test_an_earlier_moment_shows_the_output_of_that_moment(out):
    document, live, panel = out
    story = Story(live, newsroom())
    story.begin()
    story.end()
    document.select({"web"})
    live.show_at(next(event.seq for event in live.events if event.type == "attempt.output"))
    assert panel.view.text.toPlainText() == "The harbour master "
