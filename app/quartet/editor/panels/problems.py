"""The problems panel: what will go wrong in a run, where, what to do about it, and a way to watch it happen."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from quartet.editor.document import Document
from quartet.editor.panels.panel import EmptyPage, Pages, Panel
from quartet.editor.panels.problems_fix import FixSheet, SilenceSheet
from quartet.editor.panels.problems_list import FINDING_ROLE, Action, ProblemList, ProblemModel
from quartet.editor.panels.problems_words import where
from quartet.editor.runner import Runner
from quartet.rules import Finding
from quartet.rules.finding import Severity
from quartet.rules.silence import hear_again

LISTED = 5_000
"""Findings that are listed at most: a person who has more than that reads the first ones."""

NOTHING_FAILS = "No run fails of this, so there is nothing to watch. Its help says how one sees it instead."
HEARD_NO_MORE = "It is silenced. Hear of it again to watch it."


class Problems(Panel):
    """Findings, the gravest first. A click goes to the place; a fix is shown before it is applied."""

    def __init__(self, document: Document, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__("Problems", "triangle-alert", parent)
        self.document, self.runner = document, runner
        self._lit: Finding | None = None
        """Of which finding the place is lit up."""
        self._taking = False
        """Whether other findings are just being listed: then it is no person who goes to another row."""
        self.model = ProblemModel(self)
        self.list = ProblemList(self.model)
        self.told = QLabel()
        self.told.setProperty("look", "soft")
        self.silenced = QCheckBox()
        self.silenced.toggled.connect(self.reread)
        self.empty = EmptyPage("circle-check", "", "")
        self._bar = QWidget()
        bar = QHBoxLayout(self._bar)
        bar.setContentsMargins(16, 8, 16, 4)
        bar.addWidget(self.told, 1)
        bar.addWidget(self.silenced)
        self.pages = Pages(self.list, self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar)
        layout.addWidget(self.pages, 1)
        self.list.chosen.connect(self._choose)
        self.list.clicked.connect(self._go)
        self.list.activated.connect(self._go)
        self.list.asked.connect(self._asked)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._menu)
        document.verdict_changed.connect(self._judged)
        self.reread()

    def _judged(self) -> None:
        self.set_count(self.document.gist.urgent)
        self._put_out()
        self.reread_when_seen()

    def reread(self) -> None:
        """Take the document's findings anew."""
        findings, found = self.document.findings, self.document.gist
        heard, counts = found.heard, found.counts
        quiet = len(findings) - len(heard)
        shown = findings if self.silenced.isChecked() else heard
        self._taking = True
        self.model.show(shown[:LISTED], (found.looks if shown is findings else found.heard_looks)[:LISTED])
        self._taking = False
        self.list.executeDelayedItemsLayout()  # before anything is painted, or all rows are painted twice
        self.set_count(found.urgent)
        self._tell(counts, quiet, len(shown))
        self.pages.show_content(bool(shown))

    def _tell(self, counts: Mapping[Severity, int], quiet: int, shown: int) -> None:
        parts = []
        for number, one, many in ((counts["error"], "error", "errors"), (counts["warning"], "warning", "warnings")):
            if number:
                parts.append(f"{number:,} {one if number == 1 else many}")
        advice = counts["advice"]
        if advice:
            parts.append(f"{advice:,} {'piece' if advice == 1 else 'pieces'} of advice")
        text = " · ".join(parts)
        if shown > LISTED:
            text += f" · the first {LISTED:,} are listed"
        self.told.setText(text)
        self.silenced.setText(f"Show {quiet:,} silenced")
        self.silenced.setVisible(quiet > 0)
        self._bar.setVisible(bool(parts) or quiet > 0)
        if self.document.verdict is None:
            self.empty.say("hourglass", "Looking at the drawing…", "")
        elif not self.document.graph.agents:
            self.empty.say("shapes", "Nothing is drawn yet", "Problems appear here while you draw.")
        else:
            self.empty.say(
                "circle-check",
                "Nothing will fail that we know of",
                "Rehearse to watch a run, or script a failure and see how the drawing takes it.",
                "succeeded",
            )

    def _choose(self, finding: Finding | None) -> None:
        if finding is not None and not self._taking:  # the row below one that was mended is nobody's choice
            self._light(finding)

    def _light(self, finding: Finding) -> None:
        self._lit = finding
        agents, edges = where(finding)
        self.document.highlight(edges, agents)

    def _put_out(self) -> None:
        """What is a problem no longer, after a fix or an undo, or is silenced, has no place to light up."""
        lit, document = self._lit, self.document
        listed = document.findings if self.silenced.isChecked() else document.gist.heard
        if lit is None or any(each.code == lit.code and each.agents == lit.agents for each in listed):
            return
        self._lit = None
        agents, edges = where(lit)
        if document.highlight_agents <= agents and document.highlight_edges <= edges:
            document.highlight()  # else something else has been lit up since

    def _go(self, index: QModelIndex) -> None:
        finding: Finding = index.data(FINDING_ROLE)
        self._light(finding)
        if finding.inside:
            self.document.inside_wanted.emit(finding.inside, set(finding.places))
            return
        agents, edges = where(finding)
        if agents or edges:
            self.document.select((*finding.agents, *finding.edges, *sorted(agents | edges))[:1])
            self.document.reveal(agents | edges)

    def to_first(self) -> None:
        """Give the keyboard to the gravest problem, with its place lit up."""
        self.catch_up()
        self.list.setCurrentIndex(self.model.index(0))
        self.list.setFocus()

    def _asked(self, finding: Finding, action: Action, place: QRect) -> None:
        if action == "fix":
            self.show_fixes(finding, place)
        elif action == "watch":
            self.runner.watch_finding(finding)
        else:
            self.document.do(f"Hear again of “{finding.title}”", [hear_again(self.document.graph, finding)])

    def show_fixes(self, finding: Finding, place: QRect) -> FixSheet:
        """Show what the fixes of a finding would change, beside a (global) rectangle."""
        sheet = FixSheet(self.document, finding, self)
        sheet.show_beside(place)
        return sheet

    def _menu(self, at: QPoint) -> None:
        menu = self._menu_for(self.list.indexAt(at))
        if menu is not None:
            menu.popup(self.list.viewport().mapToGlobal(at))

    def row_menu(self) -> QMenu | None:
        return self._menu_for(self.list.currentIndex())

    def _menu_for(self, index: QModelIndex) -> QMenu | None:
        if not index.isValid() or index.data(FINDING_ROLE) is None:
            return None
        finding: Finding = index.data(FINDING_ROLE)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Show the place", lambda: self._go(index))
        actions = self.model.actions(finding)
        if "fix" in actions:
            menu.addAction("Fix…", lambda: self.list.ask(index, "fix"))
        watching = menu.addAction("Watch it fail", lambda: self.list.ask(index, "watch"))
        if "watch" not in actions:
            watching.setEnabled(False)
            watching.setToolTip(NOTHING_FAILS if finding.silenced is None else HEARD_NO_MORE)
            menu.setToolTipsVisible(True)
        menu.addSeparator()
        if "again" in actions:
            menu.addAction("Hear again", lambda: self.list.ask(index, "again"))
        else:
            menu.addAction("Silence…", lambda: self.show_silence(finding, self._place(index)))
        return menu

    def _place(self, index: QModelIndex) -> QRect:
        box = self.list.visualRect(index)
        return QRect(self.list.viewport().mapToGlobal(box.topLeft()), box.size())

    def show_silence(self, finding: Finding, place: QRect) -> SilenceSheet:
        """Ask why a finding should be silent, beside a (global) rectangle."""
        sheet = SilenceSheet(self.document, finding, self)
        sheet.show_beside(place)
        return sheet


def build(document: Document, runner: Runner, parent: QWidget | None = None) -> Problems:
    """The problems panel of a document."""
    return Problems(document, runner, parent)
