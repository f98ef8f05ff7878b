"""What files and agents say is shown as it is: no text of theirs becomes markup or a shortcut."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel

from editor.panel_story import Story, newsroom
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.panels import messages, output, verdict
from quartet.editor.panels.problems_fix import FixSheet
from quartet.editor.panels.run_bar_question import QuestionCard
from quartet.editor.plain_text import caption, plain_label, tip
from quartet.editor.question import Question
from quartet.editor.run_dialogs_gate import refused
from quartet.graph.check import Problem
from quartet.graph.edits import Set
from quartet.rules import Finding, Fix

EVIL = "<img src='file:///etc/hostname'> R&D <b>bold</b>"


@pytest.fixture
def document(qtbot):
    graph = newsroom()
    found = Document(graph)
    found.do("Rename", [Set(section="agents", id="web", values={"name": EVIL})])
    found.judge_now()
    yield found
    found.close()


def markup(widget) -> list[str]:
    """The texts of labels that Qt would read as markup although they hold a file's words."""
    return [
        label.text()
        for label in widget.findChildren(QLabel)
        if "img src" in label.text() and label.textFormat() != Qt.TextFormat.PlainText
    ]


def shortcuts(widget) -> list[str]:
    return [button.text() for button in widget.findChildren(QAbstractButton) if "R&D" in button.text()]


def test_verdict_messages_and_output_show_names_as_they_are(qtbot, document):
    live = Live()
    panels = [verdict.build(document), messages.build(document, live), output.build(document, live)]
    for panel in panels:
        qtbot.addWidget(panel)
    Story(live, document.graph).begin()
    document.select({"web"})
    assert panels[2].view.title.text() == EVIL
    for panel in panels:
        assert markup(panel) == []
        assert shortcuts(panel) == []


def test_fixes_questions_and_refusals_show_names_as_they_are(qtbot, document):
    fix = Fix(f"Mend {EVIL}", (Set(section="agents", id="web", values={"description": EVIL}),))
    finding = Finding("X001", "warning", EVIL, EVIL, ("web",), (), (fix, fix))
    owner = plain_label()
    sheet = FixSheet(document, finding, owner)
    card = QuestionCard(Question("web", EVIL, EVIL, ("R&D", "no")))
    dialog = refused(None, document.graph, [Problem("x", EVIL, agents=("web",))], print)
    for widget in (sheet, card, dialog):
        assert markup(widget) == []
        assert shortcuts(widget) == []
        widget.close()


def test_a_tip_and_a_caption_keep_every_character():
    assert "&lt;img" in tip(EVIL) and "<img" not in tip(EVIL)
    assert tip("") == ""
    assert caption("R&D") == "R&&D"
