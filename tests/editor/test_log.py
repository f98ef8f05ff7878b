"""The log: every event in words, searchable, by kind, bounded, to be copied."""

import json

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from counting import lines_of
from editor.panel_story import Story, judged, newsroom
from quartet.editor.live import Live
from quartet.editor.panels.log import KINDS, build
from quartet.editor.panels.log_words import words
from quartet.editor.value_words import line_of, seconds
from quartet.engine.events import Event


@pytest.fixture
def parts(qtbot):
    document, live = judged(), Live()
    panel = build(document, live)
    qtbot.addWidget(panel)
    panel.resize(900, 300)
    panel.show()
    yield document, live, panel
    document.close()


def lines(panel) -> list[str]:
    return [panel.model.cell(panel.model.event_at(row), 2) for row in range(panel.model.rowCount())]


def test_before_a_run_it_says_what_to_do(parts):
    _, _, panel = parts
    assert not panel.pages.has_content
    assert panel.count == 0


def test_it_follows_the_run_and_counts(parts):
    _, live, panel = parts
    story = Story(live, newsroom())
    story.begin()
    assert panel.pages.has_content
    assert panel.count == len(live.events)
    told = lines(panel)
    assert "The run starts with “Storm closes the harbour”" in told
    assert "attempt 1 failed: 503 Service unavailable" in told
    story.end()
    assert lines(panel)[-1] == "The run succeeded"


def test_streamed_text_is_left_out_until_it_is_wanted(parts):
    _, live, panel = parts
    Story(live, newsroom()).begin()
    assert not any(line.startswith("writes") for line in lines(panel))
    panel.kinds.setCurrentIndex(0)
    assert "writes: closed all berths." in lines(panel)


def test_typing_finds_events_by_words_and_agents(qtbot, parts):
    _, live, panel = parts
    story = Story(live, newsroom())
    story.begin()
    QTest.keyClicks(panel.search, "archive")
    qtbot.waitUntil(lambda: panel.model.rowCount() < len(live.events) // 2)
    assert all(
        "Archive" in panel.model.cell(panel.model.event_at(row), 1) + line for row, line in enumerate(lines(panel))
    )
    before = panel.model.rowCount()
    story.end()
    assert panel.model.rowCount() > before, "new events are searched, too"


def test_trouble_is_one_choice_away(parts):
    _, live, panel = parts
    story = Story(live, newsroom())
    story.begin()
    story.end()
    panel.kinds.setCurrentIndex([label for label, _ in KINDS].index("Trouble and what is done"))
    assert lines(panel) == [
        "attempt 1 failed: 503 Service unavailable",
        "tries again in 2.0 s (attempt 2)",
        "attempt 2 reached its time limit of 13.0 s",
        "failed: no result within 13 s",
        "failed: Archive failed",
        "falls back on Wire copy",
    ]


def test_it_can_keep_to_what_is_selected(parts):
    document, live, panel = parts
    Story(live, newsroom()).begin()
    document.select({"web"})
    panel.only_selected.setChecked(True)
    shown = {panel.model.cell(panel.model.event_at(row), 1) for row in range(panel.model.rowCount())}
    assert shown == {"Web research"}
    document.select({"archive"})
    shown = {panel.model.cell(panel.model.event_at(row), 1) for row in range(panel.model.rowCount())}
    assert shown == {"Archive"}


def test_a_double_click_shows_that_moment(qtbot, parts):
    _, live, panel = parts
    story = Story(live, newsroom())
    story.begin()
    story.end()
    panel.table.scrollToTop()
    row = 3
    at = panel.table.visualRect(panel.model.index(row, 2)).center()
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert live.shown_seq == panel.model.event_at(row).seq


def test_a_click_lights_up_where_it_happened(qtbot, parts):
    document, live, panel = parts
    Story(live, newsroom()).begin()
    panel.table.scrollToTop()
    row = next(r for r in range(panel.model.rowCount()) if panel.model.event_at(r).type == "edge.token")
    at = panel.table.visualRect(panel.model.index(row, 2)).center()
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert document.highlight_edges == {"e1"}


def test_selected_rows_are_copied_as_text_and_as_json(qtbot, parts):
    _, live, panel = parts
    Story(live, newsroom()).begin()
    panel.table.selectRow(0)
    qtbot.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "0.00 s\t\tThe run starts with “Storm closes the harbour”"
    panel.table.copy_json()
    assert json.loads(QGuiApplication.clipboard().text())["type"] == "run.started"


def test_the_end_stays_in_view_unless_a_person_scrolls_away(qtbot, parts):
    _, live, panel = parts
    story = Story(live, newsroom())
    for number in range(200):
        story.tell(number, "attempt.note", "web", 1, text=f"note {number}")
    live.flush()
    bar = panel.table.verticalScrollBar()
    assert bar.value() == bar.maximum()
    bar.setValue(0)
    story.tell(201, "attempt.note", "web", 1, text="later")
    live.flush()
    assert bar.value() == 0


def test_rows_whose_events_are_no_longer_kept_go_and_it_is_said(qtbot):
    document, live = judged(), Live(keep=50)
    panel = build(document, live)
    qtbot.addWidget(panel)
    story = Story(live, newsroom())
    for number in range(180):
        story.tell(number, "attempt.note", "web", 1, text=f"note {number}")
        if number % 7 == 0:
            live.flush()
    live.flush()
    assert panel.model.rowCount() == len(live.events)
    assert panel.model.event_at(0) is live.events[0]
    assert not panel.dropped.isHidden()
    assert f"{live.dropped:,}" in panel.dropped.text()
    document.close()


def test_ten_thousands_of_events_stay_smooth(qtbot):
    document, live = judged(), Live()
    panel = build(document, live)
    qtbot.addWidget(panel)
    panel.resize(900, 300)
    panel.show()
    story = Story(live, newsroom())
    for number in range(30_000):
        story.tell(number / 100, "attempt.note", "web", 1, text=f"note {number}")
    live.flush()

    def one_more() -> None:
        story.tell(400, "attempt.note", "web", 1, text="more")
        live.flush()
        panel.table.viewport().grab()

    one_more()  # what is cached the first time is no part of it
    assert 100 < lines_of(one_more) < 20_000
    document.close()


@pytest.mark.parametrize(
    ("t", "said"),
    [(0, "0.00 s"), (0.9996, "1.0 s"), (12.34, "12.3 s"), (59.96, "1:00"), (245, "4:05"), (3723, "1:02:03")],
)
def test_time_is_said_as_short_as_it_can_be(t, said):
    assert seconds(t) == said


def test_a_value_is_told_on_one_line():
    assert line_of("a\n\n b") == "a b"
    assert line_of({"a": [1, None]}) == '{"a": [1, null]}'
    assert line_of("x" * 500, 20) == "x" * 19 + "…"


def test_an_event_of_a_later_version_is_told_by_its_own_name():
    assert words(Event(1, 0.0, "orbit.left", data={"speed": 3}), str) == ('orbit left {"speed": 3}', "soft")


def test_a_turn_of_a_peer_is_no_further_attempt():
    assert words(Event(1, 0.0, "attempt.started", "a", 1, 5, {"turn": 5}), str)[0] == "turn 5"
    assert words(Event(1, 0.0, "attempt.started", "a", 1, 2, {"fence": 2}), str)[0] == "attempt 2"


def test_every_saying_survives_an_event_without_data():
    from quartet.editor.panels.log_words import _SAYINGS

    for kind in (*_SAYINGS, "run.started", "run.finished", "activation.finished"):
        text, _ = words(Event(1, 0.0, kind, "a"), str)
        assert text


def test_the_menu_offers_the_moment_the_agent_and_copies(qtbot, parts):
    _, live, panel = parts
    Story(live, newsroom()).begin()
    panel.table.scrollToTop()
    at = panel.table.visualRect(panel.model.index(2, 2)).center()
    panel.table.customContextMenuRequested.emit(QPoint(at))
    menu = panel.findChild(QMenu)
    assert [action.text() for action in menu.actions() if action.text()] == [
        "Show this moment", "Show the agent", "Run again from here…", "Copy as text", "Copy as JSON lines",
    ]  # fmt: skip
    menu.close()
