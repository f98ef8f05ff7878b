"""The verdict: which pattern is drawn, how sure that is, why, what was inferred, and what will fail first."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from quartet.editor import icons, tabbing, theme
from quartet.editor.document import Document
from quartet.editor.gist import look
from quartet.editor.panels.panel import Clamped, EmptyPage, Pages, Panel
from quartet.editor.panels.problems_fix import FixSheet
from quartet.editor.panels.problems_list import SEVERITIES
from quartet.editor.panels.problems_words import where
from quartet.editor.panels.verdict_asked import Asked
from quartet.editor.panels.verdict_changes import Changes
from quartet.editor.panels.verdict_inferred import Inferred
from quartet.editor.panels.verdict_questions import Questions
from quartet.editor.panels.verdict_rows import Row, agents_of, rows
from quartet.editor.panels.verdict_tree import TreeCard
from quartet.editor.plain_text import Elided, Link, plain_label
from quartet.patterns.tree import TITLES, Inner, Leaf, Question
from quartet.patterns.verdict import Verdict as Judged
from quartet.rules import Finding

FAILING = 4
"""Findings in the short list; the problems panel has all."""


class FindingRow(QWidget):
    """One finding in two lines with the button that mends it."""

    def __init__(self, document: Document, finding: Finding) -> None:
        super().__init__()
        self.document, self.finding = document, finding
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        icon, self._tone, word = SEVERITIES[finding.severity]
        picture = QLabel()
        picture.setPixmap(icons.pixmap(icon, theme.current().text(self._tone), 16))
        picture.setFixedWidth(24)
        title = plain_label(finding.title, "title", wrap=True)
        detail = Clamped(finding.detail)
        self.setAccessibleName(f"{word}: {finding.title}. {finding.detail}")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(title)
        words.addWidget(detail)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 10, 0, 10)
        layout.setSpacing(4)
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        self.button = QPushButton("Fix…" if finding.fixes else "Show")
        self.button.clicked.connect(self._press)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)

    def _press(self) -> None:
        if not self.finding.fixes:
            self.show_place()
            return
        sheet = FixSheet(self.document, self.finding, self)
        sheet.show_beside(QRect(self.button.mapToGlobal(self.button.rect().topLeft()), self.button.size()))

    def show_place(self) -> None:
        """Light up and scroll to what it is about."""
        agents, edges = where(self.finding)
        self.document.highlight(edges, agents)
        self.document.reveal(agents | edges)

    def mousePressEvent(self, event: object) -> None:
        self.show_place()


def _rule() -> QFrame:
    line = QFrame()
    line.setProperty("look", "rule")
    return line


class VerdictPanel(Panel):
    """Follows the document's verdict; a part of the tree that is chosen shows its own questions."""

    problems_requested = Signal()
    """A person wants to see all problems."""
    guide_requested = Signal()
    """A person wants to answer the guided questions again."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("Verdict", "scale", parent)
        self.document = document
        self._part: Inner | None = None
        self._pattern = "agent"
        self.icon_label = QLabel()
        self.headline = QLabel()
        self.headline.setProperty("look", "headline")
        self.confidence = Elided(look="soft")
        self.confidence.setMinimumWidth(40)
        self.others = plain_label(look="soft", wrap=True)
        self.asked = Asked(document)
        self.asked.change_requested.connect(self.guide_requested)
        self.tree = TreeCard()
        self.why = QLabel("Why")
        self.why.setProperty("look", "section")
        self.questions = Questions()
        self.changes = Changes(document)
        self.inferred = Inferred(document)
        self.failing_title = QLabel()
        self.failing_title.setWordWrap(True)
        self.failing_title.setProperty("look", "section")
        self.failing = QVBoxLayout()
        self.failing.setSpacing(0)
        self.all_problems = Link()
        self.all_problems.clicked.connect(self.problems_requested)
        self._failing_rows: list[FindingRow] = []
        self._rules: list[QFrame] = []

        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.icon_label)
        head.addWidget(self.headline, 1)
        head.addWidget(self.confidence, 0, Qt.AlignmentFlag.AlignBaseline)
        self.column = QWidget()
        column = QVBoxLayout(self.column)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.others)
        column.addWidget(self.asked)
        column.addWidget(self.tree)
        column.addSpacing(8)
        column.addWidget(self.why)
        column.addWidget(self.questions)
        column.addWidget(self.changes)
        column.addSpacing(4)
        column.addWidget(self.inferred)
        column.addSpacing(4)
        column.addWidget(self.failing_title)
        column.addLayout(self.failing)
        column.addWidget(self.all_problems, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self.column)
        self.pages = Pages(
            self.area,
            EmptyPage("shapes", "Nothing is drawn yet", "Drag an agent from the palette, or begin with a pattern."),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.pages)

        self.tree.pointed.connect(self._point)
        self.tree.chosen.connect(self._choose)
        self.tree.reached.connect(self._scroll_to)
        self.questions.lit.connect(self._light)
        document.verdict_changed.connect(self.reread_when_seen)
        theme.changed.connect(self.reread_when_seen)
        self.reread()

    def sizeHint(self) -> QSize:
        return QSize(320, 640)

    # what it shows

    def reread(self) -> None:
        """Take the document's verdict and findings anew."""
        verdict = self.document.verdict
        self.pages.show_content(verdict is not None and verdict.tree is not None)
        if verdict is None or verdict.tree is None:
            return
        self.asked.reread()
        graph = self.document.graph
        fresh = rows(graph, verdict.tree)
        if list(map(_told, fresh)) != list(map(_told, self.tree.rows)):
            self.tree.show_rows(fresh)
        self.tree.rows = fresh
        self._part = None if self.tree.current is None else fresh[self.tree.current].part
        self._show_head(verdict)
        self._show_questions(verdict)
        self.inferred.show_inferences(verdict.inferred)
        self._show_failing()
        tabbing.by_layout(self.column)

    def _show_head(self, verdict: Judged) -> None:
        now = theme.current()
        self._pattern = verdict.top
        color = now.pattern_text(verdict.top)
        icon = theme.PATTERN_ICONS.get(verdict.top, "circle")
        self.icon_label.setPixmap(icons.pixmap(icon, color, 20, self.devicePixelRatioF()))
        self.headline.setText(TITLES[verdict.top])
        self.headline.setStyleSheet(f"color: {color.name()}")
        self.confidence.setText(f"{verdict.confidence} confidence")
        self.confidence.setToolTip(self.confidence.text())
        self.confidence.setVisible(verdict.top != "agent")
        told = [f"a {TITLES[each.top].lower()}: {_begun(each.reason)}" for each in verdict.alternatives]
        if verdict.top == "agent":
            told = ["Connect it to another agent, and the pattern they form is named here."]
            self.others.setText(told[0])
        else:
            self.others.setText("It may also be " + " Or ".join(told))
        self.others.setVisible(bool(told))

    def _show_questions(self, verdict: Judged) -> None:
        part = self._part
        if part is None:
            questions, chosen, pattern = verdict.decision, verdict.chosen, verdict.top
            self.why.setText("Why")
        else:
            questions, chosen, pattern = part.questions, part.chosen, part.pattern
            self.why.setText(f"Why this part is a {part.title.lower()}")
        self.questions.show_questions(questions, chosen, pattern)
        self.why.setVisible(bool(questions))
        self.questions.setVisible(bool(questions))
        whole = verdict.tree if verdict.tree is not None and not isinstance(verdict.tree, Leaf) else None
        self.changes.show_part(part if part is not None else whole)

    def _show_failing(self) -> None:
        heard = [finding for finding in self.document.findings if finding.silenced is None]
        urgent = [finding for finding in heard if finding.severity != "advice"]
        listed = (urgent + [finding for finding in heard if finding.severity == "advice"])[:FAILING]
        there = [row.finding for row in self._failing_rows]
        if not listed or list(map(look, there)) != list(map(look, listed)):
            before, lines = self._failing_rows, self._rules
            self._failing_rows, self._rules = [], []
            for finding in listed:
                row, line = FindingRow(self.document, finding), _rule()
                self.failing.addWidget(line)
                self.failing.addWidget(row)
                self._failing_rows.append(row)
                self._rules.append(line)
            tabbing.retire(lines)
            tabbing.retire(before, self._failing_rows)
        for row, finding in zip(self._failing_rows, listed, strict=True):
            row.finding = finding  # what looks the same may be mended in another way
        now = theme.current()
        if urgent:
            color = now.text("failed" if any(finding.severity == "error" for finding in urgent) else "warning")
            self.failing_title.setText(
                f"What will fail &nbsp;<span style='font-weight:600; color:{color.name()}'>{len(urgent):,}</span>"
            )
        else:
            self.failing_title.setText("What could be better" if heard else "Nothing will fail that we know of")
        self.all_problems.setText(f"Show all {len(heard):,}")
        self.all_problems.setVisible(len(heard) > FAILING)

    # what a person does

    def _point(self, row: Row | None) -> None:
        if row is None:
            self._light(self.questions.kept)
        else:
            agents = {*agents_of(row)}
            verdict = self.document.verdict
            beside = verdict.attached if verdict is not None and row.part is not None else {}
            agents |= {other for agent in tuple(agents) for other in beside.get(agent, ())}
            edges = self.document.graph.edges.values()
            self.document.highlight([e.id for e in edges if e.source in agents and e.target in agents], agents)

    def _scroll_to(self, row: int) -> None:
        box = self.tree.row_box(row)
        middle = self.tree.mapTo(self.column, box.center())
        self.area.ensureVisible(middle.x(), middle.y(), 0, box.height())

    def _choose(self, row: Row) -> None:
        agents = agents_of(row)
        self.document.select(agents)
        self.document.reveal(agents)
        verdict = self.document.verdict
        if row.part is not None and verdict is not None:
            whole = verdict.tree is row.part
            self._part = None if whole else row.part
            self.tree.mark(None if whole else self.tree.rows.index(row))
            self._show_questions(verdict)

    def _light(self, question: Question | None) -> None:
        if question is None:
            self.document.highlight()
            return
        edges = self.document.graph.edges
        ends = {end for id in question.edges if id in edges for end in (edges[id].source, edges[id].target)}
        self.document.highlight(question.edges, ends)


def _told(row: Row) -> tuple[object, ...]:
    """What a person sees of a row: comparing whole parts would walk big trees."""
    return row.depth, row.icon, row.tone, row.name, row.rest, row.agents


def _begun(reason: str) -> str:
    return reason[:1].lower() + reason[1:]


def build(document: Document, parent: QWidget | None = None) -> VerdictPanel:
    """The verdict panel of a document."""
    return VerdictPanel(document, parent)
