"""Asks how a run is to be run again from a moment: with another answer, another input, the drawing as it is now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from quartet.editor import icons, theme
from quartet.editor.background import Background
from quartet.editor.fork_words import Line, danger, plan
from quartet.editor.kept_run import drawn_differently, moment
from quartet.editor.plain_text import plain_label
from quartet.editor.run_dialogs import RunDialog, parse_input, show_input
from quartet.editor.value_words import seconds
from quartet.engine.fork import Fork
from quartet.engine.fork_parts import executes, nodes_of
from quartet.engine.policies import run_limits
from quartet.graph.model import Graph
from quartet.graph.nesting import title

JSON = Any
TYPING = 250
"""Milliseconds after a key before it is looked what becomes of the agents."""
FIELD = 96
"""The least height of the field for another answer, in pixels."""
NOTHING, ANSWER, INPUT = "nothing", "answer", "input"


class ForkDialog(RunDialog):
    """What is reused at most and what is done anew, before anything starts."""

    def __init__(
        self,
        parent: QWidget | None,
        fork: Fork,
        drawing: Graph,
        then: Callable[[Fork], object],
        *,
        agent: str | None = None,
    ) -> None:
        """`fork`: without a change; `drawing`: as it is now; `agent`: whose answer a person probably wants to change;
        `then` is given the fork as the person wants it."""
        source = fork.source
        t = source.events[fork.at - 1].t
        when = "its end" if fork.at == source.last else f"event {fork.at:,} of {source.last:,}, after {seconds(t)},"
        super().__init__(
            parent,
            "git-fork",
            "accent",
            "Run again from here",
            f"A new run begins with what was answered by {when} of the run of {moment(source.header.started)}, and "
            "does the rest anew. The earlier run stays as it is.",
        )
        self.setObjectName("fork")
        self.fork, self._first, self._then = fork, fork, then
        self._background = Background(self)
        self._typing = QTimer(self, singleShot=True, interval=TYPING)
        self._typing.timeout.connect(self._look)
        self._now = drawing.model_copy(update={"limits": run_limits(drawing.limits, None, "ask")})
        self._texts: dict[str, str] = {INPUT: show_input(source.header.input)}
        self._visit = self._visit_of(agent)
        self._ready = True
        self._rows: list[QWidget] = []

        self.drawing = QComboBox()
        self.drawing.addItem("The drawing that ran", source.graph)
        if drawn_differently(source.graph, drawing):
            self.drawing.addItem("The drawing as it is now", self._now)
        self.drawing.setAccessibleName("Which drawing runs")
        self.change = QComboBox()
        self.change.setAccessibleName("What is different")
        self.change.addItem("Nothing", NOTHING)
        if self._visit is not None:
            self.change.addItem(f"What {title(source.graph, self._visit[0])} answers", ANSWER)
        self.change.addItem("The input", INPUT)
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        if self.drawing.count() > 1:
            form.addRow("Drawing", self.drawing)
        form.addRow("Change", self.change)
        self.box.addLayout(form)
        self.field = QPlainTextEdit()
        self.field.setTabChangesFocus(True)
        # through the style sheet, whose own least height would win over setMinimumHeight
        self.field.setStyleSheet(f"QPlainTextEdit {{ min-height: {FIELD}px; }}")
        self.kind = QLabel()
        self.kind.setProperty("look", "tiny")
        self.box.addWidget(self.field, 1)
        self.box.addWidget(self.kind)

        self.plan = QFrame()
        self.plan.setProperty("look", "card")
        self.plan.setAccessibleName("What becomes of the agents")
        self._lines = QVBoxLayout(self.plan)
        self._lines.setContentsMargins(12, 10, 12, 10)
        self._lines.setSpacing(6)
        self.box.addWidget(self.plan)
        self.twice = plain_label(look="soft", wrap=True)
        self.box.addWidget(self.twice)
        self.sure = QCheckBox("That is all right")
        self.box.addWidget(self.sure)
        self.button("Cancel", self.reject)
        self.start = self.button("Run again", self._start, "primary", default=True)
        self.start.setToolTip("Ctrl+Enter")
        self.finish_layout()

        self.change.setCurrentIndex(1 if self._visit is not None else 0)
        self._chosen = NOTHING
        self._change()
        self.change.currentIndexChanged.connect(self._change)
        self.drawing.currentIndexChanged.connect(self._look)
        self.field.textChanged.connect(self._typed)
        self.sure.toggled.connect(self._enable)
        self._say_kind()
        self._show(fork)
        (self.change if self.change.currentData() == NOTHING else self.field).setFocus()

    def _visit_of(self, agent: str | None) -> tuple[str, int] | None:
        """The visit whose answer may be changed: the latest one of the agent by that event; of a copy none."""
        source, at = self._first.source, self._first.at
        node = nodes_of(source.graph).get(agent) if agent is not None else None
        if agent is None or node is None or not executes(node) or node.agent.dynamic:
            return None
        visits = [e.act or 1 for e in source.events[:at] if e.agent == agent and e.type == "attempt.started"]
        visit = max(visits, default=1)
        answered = [
            e.data.get("value")
            for e in source.events
            if e.agent == agent and (e.act or 1) == visit and e.type == "activation.finished" and e.data
        ]
        self._texts[ANSWER] = show_input(answered[-1] if answered else None)
        return agent, visit

    # ------------------------------------------------------------------ what is wanted

    @property
    def _graph(self) -> Graph:
        graph = self.drawing.currentData()
        return self._first.source.graph if graph is None else graph

    def _wanted(self) -> tuple[Graph, JSON, dict[tuple[str, int], JSON]]:
        """The drawing, the input, and what visits answer instead. What was not changed is not stated."""
        graph, header = self._graph, self._first.source.header
        what, text = self.change.currentData(), self.field.toPlainText()
        same = text == self._texts.get(what)
        if what == INPUT and not same:
            return graph, parse_input(text), {}
        if what == ANSWER and not same and self._visit is not None and self._visit[0] in nodes_of(graph):
            return graph, header.input, {self._visit: parse_input(text)}
        return graph, header.input, {}

    def _change(self, *_: object) -> None:
        what = self.change.currentData()
        self.field.setVisible(what != NOTHING)
        self.kind.setVisible(what != NOTHING)
        if what != NOTHING:
            self.field.setPlainText(self._texts[what])
            self.field.setAccessibleName(self.change.currentText())
        self._say_kind()
        if what != self._chosen:
            self._chosen = what
            self._look()

    def _typed(self) -> None:
        self._say_kind()
        self._typing.start()

    def _say_kind(self) -> None:
        value = parse_input(self.field.toPlainText())
        same = self.field.toPlainText() == self._texts.get(self.change.currentData())
        kind = "Empty" if value is None else "Text" if isinstance(value, str) else "JSON"
        self.kind.setText(f"{kind}, as it was" if same else kind)

    def _look(self, *_: object) -> None:
        """Work out in a thread what would become of the agents."""
        self._typing.stop()
        self._ready = False
        self._enable()
        wanted, first = self._wanted(), self._first
        self._background.do(lambda told: Fork(first.source, first.at, *wanted), self._show, self._fail)

    def _fail(self, error: Exception) -> None:
        self._say([Line("failed", "circle-alert", f"This cannot be run: {error}")])

    def _show(self, fork: Fork) -> None:
        self.fork, self._ready = fork, True
        self._say(plan(fork))
        warning = danger(fork)
        self.twice.setText(warning)
        self.twice.setVisible(bool(warning))
        self.sure.setVisible(bool(warning))
        self._enable()

    def _say(self, lines: list[Line]) -> None:
        while self._lines.count():
            self._lines.takeAt(0)
        for row in self._rows:
            row.hide()
            row.deleteLater()
        self._rows = []
        now = theme.current()
        for line in lines:
            row = QWidget()
            box = QHBoxLayout(row)
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(8)
            picture = QLabel()
            picture.setPixmap(icons.pixmap(line.icon, now.text(line.tone), 14))
            box.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
            box.addWidget(plain_label(line.text, wrap=True), 1)
            self._lines.addWidget(row)
            self._rows.append(row)
        QTimer.singleShot(0, self, self._grow)

    def _grow(self) -> None:
        """Become as high as what is said needs: a layout alone does not ask for the height of broken lines."""
        self.setMinimumHeight(0)
        needed = self.box.totalHeightForWidth(self.width())
        self.setMinimumHeight(needed)
        if self.height() < needed:
            self.resize(self.width(), needed)

    def lines(self) -> list[str]:
        """What is said of the agents."""
        return [label.text() for row in self._rows for label in row.findChildren(QLabel) if label.text()]

    # ------------------------------------------------------------------ the end

    def _enable(self, *_: object) -> None:
        self.start.setEnabled(self._ready and (not self.fork.repeats or self.sure.isChecked()))

    def _start(self) -> None:
        if self._typing.isActive():
            # what was typed last counts; whether it may be done is known when it was looked at
            self._look()
        if not self._ready:
            wanted, first = self._wanted(), self._first
            self._background.do(lambda told: Fork(first.source, first.at, *wanted), self._start_with, self._fail)
        elif self.start.isEnabled():
            self._go(self.fork)

    def _start_with(self, fork: Fork) -> None:
        self._show(fork)
        if self.start.isEnabled():
            self._go(fork)

    def _go(self, fork: Fork) -> None:
        self.accept()
        self._then(fork)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._start()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(600, 320))
