"""What if: what a thousand simulated runs take, whom they wait for, and what a suggested change would do to that."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from quartet.editor import theme
from quartet.editor.document import Document
from quartet.editor.panels.panel import EmptyPage, Pages, Panel
from quartet.editor.panels.problems_fix import WIDTH, Popover
from quartet.editor.panels.whatif_plot import Plot, words
from quartet.editor.panels.whatif_rows import AgentRow, Figure
from quartet.editor.plain_text import caption, plain_label
from quartet.editor.simulator import RUNS, Simulator
from quartet.editor.value_words import plural
from quartet.engine import meters
from quartet.graph.edits import SetGraph
from quartet.whatif.ranges import quantile
from quartet.whatif.simulate import Comparison, percent

if TYPE_CHECKING:
    from quartet.rules import Fix
    from quartet.whatif.simulate import Outcome

LISTED = 12
"""Agents that are listed, those most waited for first."""
CHOICES = 12
"""Changes that are offered."""
WAITING, PLOTTED = 200, 220
"""The least width of the list of whom runs wait for, and of the plot."""
WIDEST = 480
"""Pixels that the list of changes may be wide."""


class WhatIf(Panel):
    """Simulates on demand. When the drawing changes, what is shown says that it is of before."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("What if", "flask-conical", parent)
        self.document = document
        self.simulator = Simulator(self)
        self.outcome: Outcome | None = None
        self.tried: Outcome | None = None
        self._offers: list[Fix] = []
        self.success, self.time, self.cost = Figure("Succeeds"), Figure("Takes"), Figure("Costs")
        self.plot = Plot()
        self.again = QPushButton("Simulate again")
        self.again.clicked.connect(self.simulate)
        self.copy = QPushButton("Copy")
        self.copy.setToolTip("Copy all numbers as a table, with what they take for granted")
        self.copy.clicked.connect(self.copy_numbers)
        self.stale = plain_label("The drawing has changed since.", "tiny")
        self.assumed = QPushButton()
        self.assumed.setProperty("look", "link")
        self.assumed.setAccessibleName("What the numbers rest on")
        self.assumed.clicked.connect(self._show_assumed)
        self.choice = QComboBox()
        self.choice.setAccessibleName("A change to try")
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.setMinimumContentsLength(18)
        self.choice.activated.connect(self._try)
        self.bar = QProgressBar()
        self.bar.setRange(0, RUNS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Rehearsals done")
        self.bar.setFixedHeight(4)
        self.rows: list[AgentRow] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.pages = Pages(self._page(), self._empty())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.pages)
        self.bar.hide()
        self.pages.show_content(False)
        self._invite()
        self.simulator.progressed.connect(self.bar.setValue)
        self.simulator.done.connect(self._show)
        self.simulator.failed.connect(self._fail)
        document.changed.connect(self._changed)
        document.verdict_changed.connect(self.reread_when_seen)
        theme.changed.connect(self._dress)
        self.destroyed.connect(self.simulator.cancel)

    def sizeHint(self) -> QSize:
        return QSize(600, 156)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for all, the plot goes first and then the list: half a number tells nothing."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        free = self.width() - self._left.minimumSize().width() - 24
        self._waiting.setVisible(free >= WAITING + 28)
        self.plot.setVisible(free >= WAITING + PLOTTED + 56)

    def _page(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(20)
        self._left = left = QVBoxLayout()
        left.setSpacing(8)
        figures = QHBoxLayout()
        figures.setSpacing(20)
        for figure in (self.success, self.time, self.cost):
            figures.addWidget(figure)
        left.addLayout(figures)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.again)
        tools.addWidget(self.choice, 1)
        tools.addWidget(self.copy)
        left.addLayout(tools)
        left.addWidget(self.assumed, 0, Qt.AlignmentFlag.AlignLeft)
        left.addWidget(self.stale)
        left.addStretch(1)
        row.addLayout(left)
        row.addWidget(self.plot, 3)
        inner = QWidget()
        box = QVBoxLayout(inner)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addWidget(plain_label("Whom runs wait for", "section"))
        box.addLayout(self._list)
        box.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        area.setMinimumWidth(WAITING)
        self._waiting = area
        area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        row.addWidget(area, 2)
        return page

    def _empty(self) -> QWidget:
        self.none = EmptyPage("flask-conical", "", "")
        self.first = QPushButton("Simulate")
        self.first.setProperty("look", "primary")
        self.first.clicked.connect(self.simulate)
        self.none.offer(self.first)
        return self.none

    # what a person does

    def simulate(self) -> None:
        """Simulate the drawing as it is; pressed again meanwhile: stop."""
        if self.simulator.running:
            self.simulator.cancel()
            self._rest()
            return
        self._begin()
        self.simulator.simulate(self.document.graph)

    def _try(self, index: int) -> None:
        """Simulate it with the change that was chosen; the first entry is no change."""
        if index == 0 or self.outcome is None:
            self.tried = None
            self._fill()
            return
        fix = self._offers[index - 1]
        self._begin()
        self.simulator.simulate(self.document.graph, fix.edits, fix.label)

    def _show_assumed(self) -> None:
        """Say what the numbers take for granted, for those who have no pointer to rest on it, too."""
        if self.outcome is None:
            return
        sheet = Popover(self.document, self.assumed)
        sheet.box.addWidget(plain_label("What this takes for granted", "title", wrap=True))
        for each in self.outcome.assumed:
            sheet.box.addWidget(plain_label(each, wrap=True))
        sheet.show_beside(QRect(self.assumed.mapToGlobal(QPoint(0, 0)), QSize(WIDTH, self.assumed.height())))

    def copy_numbers(self) -> None:
        """Put all numbers on the clipboard, as a table."""
        if self.outcome is not None:
            from quartet.whatif.report import table  # not needed before

            QGuiApplication.clipboard().setText(table(self.outcome, self.tried, self.choice.currentText()))

    def _begin(self) -> None:
        self.bar.setValue(0)
        self.bar.show()
        for button in (self.first, self.again):
            button.setText("Stop")

    def _rest(self) -> None:
        self._invite()
        self.bar.hide()
        self.first.setText("Simulate")
        self.again.setText("Simulate again")

    # what is shown

    def _show(self, outcome: Outcome, label: str | None) -> None:
        self._rest()
        if label is None:
            self.outcome, self.tried = outcome, None
            self.stale.setVisible(False)
            self._offer()
        else:
            self.tried = outcome
        self._fill()

    def _fail(self, reason: str) -> None:
        self._rest()
        self.outcome = self.tried = None
        self.none.say("circle-alert", "It cannot be simulated", reason, "failed")
        self.pages.show_content(False)

    def _changed(self, _: object) -> None:
        self.stale.setVisible(self.outcome is not None)
        self._invite()

    def _invite(self) -> None:
        """Say what simulating would tell, or why it cannot be done; what was refused may be mended by now."""
        drawn = bool(self.document.graph.agents)
        self.none.say(
            "flask-conical",
            "What will a run take?",
            "A thousand rehearsals say how long, how dear, and how often it succeeds. Nothing is executed or paid."
            if drawn
            else "Nothing is drawn yet. With an agent on the canvas, a thousand rehearsals say how long it takes.",
        )
        for button in (self.first, self.again):
            button.setEnabled(drawn or self.simulator.running)  # what runs can always be stopped
            button.setToolTip("" if drawn else "Nothing is drawn yet")

    def reread(self) -> None:
        """Offer what the document's findings suggest."""
        self._offer()

    def _offer(self) -> None:
        """Offer the fixes of what was found, to be tried."""
        heard = [finding for finding in self.document.findings if finding.silenced is None and finding.fixes]
        fixes = ([fix for fix in finding.fixes if _matters(fix) and not fix.partly][-1:] for finding in heard)
        self._offers = list(islice(chain.from_iterable(fixes), CHOICES))
        kept = self.choice.currentText()
        self.choice.clear()
        self.choice.addItem("Try a suggested change…" if self._offers else "No change is suggested")
        for fix in self._offers:
            self.choice.addItem(caption(fix.label))
        rows = self.choice.view()
        rows.setMinimumWidth(min(WIDEST, rows.sizeHintForColumn(0) + 32))  # the list may be wider than what it hangs on
        self.choice.setEnabled(bool(self._offers))
        self.choice.setCurrentIndex(max(0, self.choice.findText(kept)) if self.tried is not None else 0)

    def _fill(self) -> None:
        outcome, tried = self.outcome, self.tried
        if outcome is None:
            return
        low, high = outcome.success_range
        seconds = outcome.seconds
        middle, late = quantile(seconds, 0.5), quantile(seconds, 0.9)
        more = less = dear = ""
        better = faster = cheaper = True
        if tried is not None:
            change = Comparison(outcome, tried)
            more, better = _signed(round(change.success, 3), "{:.1%}".format), change.success >= 0
            # a change may help a few runs much, and the one in the middle not at all
            delta = change.seconds or change.mean_seconds
            less, faster = _signed(delta, words), delta <= 0
            if delta and not change.seconds:
                less += " on average"
            dear, cheaper = _signed(change.cost, money), change.cost <= 0
        self.success.say(percent(outcome.success), f"{low:.1%} to {high:.1%}", more, better)
        self.time.say(words(middle), f"9 of 10 within {words(late)}", less, faster)
        self.cost.say(money(outcome.mean_cost), f"the dearest {money(outcome.costs[-1])}", dear, cheaper)
        self.assumed.setText(f"Rests on {plural(len(outcome.assumed), 'assumption')}")
        told = "\n".join(f"• {each}" for each in outcome.assumed)
        self.assumed.setToolTip(told)
        self.assumed.setAccessibleDescription(told)
        self.plot.show_values(seconds, tried.seconds if tried is not None else ())
        self._agents(tried or outcome)
        self.pages.show_content(True)
        self._make_room()

    def _agents(self, outcome: Outcome) -> None:
        for row in self.rows:
            row.hide()
            row.deleteLater()
        critical, busy, blamed = outcome.critical, outcome.busy, outcome.blamed
        drawn = [id for id in self.document.graph.agents if busy.get(id, 0.0) > 0 or id in blamed]
        ids = sorted(drawn, key=lambda id: (-critical.get(id, 0.0), -busy.get(id, 0.0)))
        self.rows = []
        for id in ids[:LISTED]:
            text = words(busy.get(id, 0.0))
            if blamed.get(id, 0.0) >= 0.001:
                text += f", fails {blamed[id]:.1%}"
            self.rows.append(AgentRow(self.document, id, critical.get(id, 0.0), text))
        for row in self.rows:
            self._list.addWidget(row)

    def _dress(self) -> None:
        self._fill()


def _matters(fix: Fix) -> bool:
    """Whether a fix may change how a run goes: not what only speaks of the file."""
    return any(not isinstance(edit, SetGraph) or any("." not in name for name in edit.values) for edit in fix.edits)


def money(dollars: float) -> str:
    """“US$ 0.004”, “US$ 12.50”."""
    return f"US$ {meters.money(dollars)}"


def _signed(value: float, text: object) -> str:
    said = text(abs(value))  # type: ignore[operator]
    return f"{'+' if value > 0 else '−'}{said}" if abs(value) > 1e-9 else "±0"


def build(document: Document, parent: QWidget | None = None) -> WhatIf:
    """The panel of a document."""
    return WhatIf(document, parent)
