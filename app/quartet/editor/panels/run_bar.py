"""The run bar: what a run does, for how long, how many are done; what to watch; what a person is asked.

It takes no room until there is a run.
"""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from quartet.editor import icons, theme
from quartet.editor.document import Changed, Document
from quartet.editor.live import Live
from quartet.editor.panels.limit_words import spent, spent_by
from quartet.editor.panels.problems_words import lines
from quartet.editor.panels.run_bar_fit import Yielding, fit, fit_offers
from quartet.editor.panels.run_bar_keep import TroubleCard
from quartet.editor.panels.run_bar_limit import LimitCard
from quartet.editor.panels.run_bar_question import QuestionCard
from quartet.editor.plain_text import Elided, caption, tip
from quartet.editor.question import Question
from quartet.editor.runner import Runner
from quartet.editor.runner_summary import failure
from quartet.editor.value_words import seconds
from quartet.engine.state import RunState
from quartet.graph.edits import Set
from quartet.graph.nesting import title
from quartet.rules.demonstrations import Demonstration

TICK = 50
"""Milliseconds between two readings of the clock while a run is under way."""
STAGED = 3
"""Changes of a demonstration that are told; more are in the tip."""
MANY = 1_000
"""Agents from which on counting them takes long enough to be done less often."""
ACTIVE = frozenset({"ready", "queued", "running", "backoff", "waiting", "held"})
STATES = {"created": "starting", "paused": "paused", "draining": "finishing what runs", "cancelling": "stopping"}


class RunBar(Yielding):
    """One line about the run, and above it what to watch or what is asked."""

    resume_requested = Signal()
    """A person wants the kept run that is shown to go on."""
    drawing_requested = Signal()
    """A person wants to see the drawing that ran."""

    def __init__(self, document: Document, live: Live, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document, self.live, self.runner = document, live, runner
        self.setObjectName("run-bar")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setStyleSheet("QFrame#run-bar { border: none; }")
        self.cards: list[QuestionCard] = []
        self.limits: LimitCard | None = None
        self.trouble: TroubleCard | None = None
        self._pictured: tuple[str, str] | None = None

        self.demonstration = QWidget()
        shown = QHBoxLayout(self.demonstration)
        shown.setContentsMargins(0, 0, 0, 0)
        shown.setSpacing(8)
        self._eye = QLabel()
        self.demonstration_text = QLabel()
        self.demonstration_text.setWordWrap(True)
        self.demonstration_text.setTextFormat(Qt.TextFormat.RichText)
        self.offers: list[QPushButton] = []
        self._offered: list[Demonstration] = []
        self._offer_row = QHBoxLayout()
        self._offer_row.setSpacing(8)
        self.close_demonstration = QPushButton("Back")
        self.close_demonstration.setToolTip("Back to the drawing as it is")
        self.close_demonstration.clicked.connect(runner.leave_demonstration)
        shown.addWidget(self._eye, 0, Qt.AlignmentFlag.AlignVCenter)
        shown.addWidget(self.demonstration_text, 1)
        shown.addLayout(self._offer_row)
        shown.addWidget(self.close_demonstration)

        self.questions = QVBoxLayout()
        self.questions.setSpacing(8)

        self.line = QWidget()
        line = QHBoxLayout(self.line)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        self.picture = QLabel()
        self.word = QLabel()
        self.word.setProperty("look", "title")
        self.time = QLabel()
        self.time.setMinimumWidth(48)
        self.simulated = QLabel("simulated time")
        self.simulated.setProperty("look", "soft")
        self.counts = QLabel()
        self.counts.setTextFormat(Qt.TextFormat.RichText)
        self.spent = QLabel()
        self.spent.setProperty("look", "soft")
        self.reason = Elided(look="soft")
        self.reason.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.edited = QLabel("edited since")
        self.edited.setProperty("look", "soft")
        self.edited.setToolTip("The drawing was changed after this run began; the run shows what was drawn then.")
        self.drawing = QPushButton("Show the drawing that ran")
        self.drawing.setProperty("look", "link")
        self.drawing.setToolTip("In a tab of its own, with this run; the drawing here stays as it is")
        self.drawing.clicked.connect(lambda: self.drawing_requested.emit())
        self.present = QPushButton("Back to the present")
        self.present.clicked.connect(lambda: live.show_at(None))
        self.pause = QPushButton("Pause")
        self.pause.setToolTip("Start nothing new; what is under way goes on to its end")
        self.pause.clicked.connect(lambda: runner.resume() if runner.paused else runner.pause())
        self.go_on = QPushButton("Resume")
        self.go_on.setProperty("look", "primary")
        self.go_on.setToolTip("Go on with the run: nothing that succeeded is done again")
        self.go_on.clicked.connect(lambda: self.resume_requested.emit())
        self.leave = QPushButton("Leave it")
        self.leave.setToolTip("The run stays as it is, and you can resume it later: today, or after a restart")
        self.leave.clicked.connect(runner.leave)
        self.stop = QPushButton("Stop")
        self.stop.setProperty("look", "danger")
        self.stop.clicked.connect(runner.stop)
        self.dismiss = QToolButton()
        self.dismiss.setToolTip("Show the drawing without the run")
        self.dismiss.setAccessibleName("Put the run away")
        self.dismiss.clicked.connect(runner.leave_demonstration)
        line.addWidget(self.picture)
        line.addWidget(self.word)
        line.addWidget(self.time)
        line.addWidget(self.simulated)
        line.addWidget(self.counts)
        line.addWidget(self.spent)
        line.addWidget(self.reason, 1)
        self._icons = {self.drawing: "eye", self.present: "skip-forward", self.pause: "circle-pause"}
        self._icons |= {self.go_on: "play", self.leave: "corner-left-up", self.stop: "square"}
        for widget in (self.edited, *self._icons, self.dismiss):
            line.addWidget(widget)
            widget.hide()  # all at once they would be so wide, for a moment, that the docks beside them shrink

        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 12, 8)
        layout.setSpacing(8)
        layout.addWidget(self.demonstration)
        layout.addLayout(self.questions)
        layout.addWidget(self.line)

        self._clock = QTimer(self, interval=TICK)
        self._clock.timeout.connect(self._tick)
        self._stale = False
        self._ticks = 0
        for signal in (
            live.started,
            live.finished,
            live.moment_changed,
            live.edited,
            runner.changed,
            runner.witness.saw,
        ):
            signal.connect(self.reread)
        live.changed.connect(self._follow)
        document.changed.connect(self._edited)
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self._pictured = None
        self._eye.setPixmap(icons.pixmap("eye", theme.current().text("accent"), 16))
        self.dismiss.setIcon(icons.icon("x"))
        self.reread()

    def reread(self, *_: object) -> None:
        """Show how things stand."""
        self._stale = False
        live, runner = self.live, self.runner
        state = live.state
        self._show_demonstration()
        fitted = [*self.offers, self.close_demonstration]
        told = runner.demonstration is not None
        fit_offers(self.demonstration, self.room, self.demonstration_text, fitted, needed=told)
        self._show_trouble()
        self.setVisible(state is not None or runner.running or bool(self._offered) or self.trouble is not None)
        self.line.setVisible(state is not None)
        if state is None:
            self._clock.stop()
            return
        if live.running and not self._clock.isActive():
            self._clock.start()
        elif not live.running:
            self._clock.stop()
        self._show_word(state)
        self._show_counts(state)
        self._show_questions()
        self._show_limits()
        self.simulated.setVisible(live.rehearsal)
        self.edited.setVisible(live.edited_since)
        self.drawing.setVisible(live.edited_since and runner.record is not None and not runner.running)
        self.go_on.setVisible(not runner.running and runner.record is not None and not state.finished)
        self.leave.setVisible(runner.paused and runner.record is not None and not runner.stopping)
        self.present.setVisible(live.shown_seq is not None)
        self.pause.setText("Go on" if runner.paused else "Pause")
        self.stop.setVisible(runner.running)
        self.stop.setEnabled(not runner.stopping)
        self.dismiss.setVisible(not runner.running and runner.demonstration is None)
        self.time.setText(seconds(self.live.now()))
        fit(self.line, self.room, self._icons, [self.simulated, self.spent, self.counts, self.edited], self.word)

    def _edited(self, changed: Changed) -> None:
        if changed.graph:
            self.reread()

    def _follow(self, agents: object, edges: object) -> None:
        """While the clock ticks it is soon enough to count ten thousand agents at its next tick."""
        if self._clock.isActive():
            self._stale = True
        else:
            self.reread()

    def _tick(self) -> None:
        self._ticks += 1
        state = self.live.state
        slow = state is not None and len(state.agents) > MANY
        if self._stale and (not slow or self._ticks % 5 == 0):
            self.reread()
            return
        self.time.setText(seconds(self.live.now()))

    def _show_word(self, state: RunState) -> None:
        if self.runner.leaving is not None:
            status, word = "held", "leaving it…"
        elif self.runner.stopping:
            number = sum(agent.status in ACTIVE for agent in state.agents.values())
            word = f"stopping {number} agent{'' if number == 1 else 's'}…"
            status = "cancelled"
        elif state.finished:
            status = state.status
            word = {"succeeded": "Succeeded", "failed": "Failed", "cancelled": "Stopped"}[state.status]
        elif self.live.shown_seq is not None:  # the run is not broken off: one looks at an earlier moment of it
            status, word = "ready", "Looking back to"
        elif not self.live.running:
            status, word = "held", "Paused" if state.status == "paused" else "Interrupted"
        else:
            status = "held" if state.status == "paused" else "running"
            word = STATES.get(state.status, "Rehearsing" if self.live.rehearsal else "Running")
        now = theme.current()
        look = theme.STATES[status]
        self.word.setText(word[:1].upper() + word[1:])
        if self._pictured != (status, now.name):
            self._pictured = status, now.name
            icon = "history" if status == "ready" else look.icon
            self.picture.setPixmap(icons.pixmap(icon, now.state_text(status), 16))
            self.word.setStyleSheet(f"color: {now.state_text(status).name()}")
        reason, whole = failure(state, self._name)
        reason = ". ".join(filter(None, [reason.rstrip("."), self.runner.note])) if self.runner.note else reason
        self.reason.setText(reason)
        self.reason.setToolTip(tip(whole or reason))

    def _name(self, id: str) -> str:
        graph = self.live.snapshot
        return title(graph, id) if graph is not None else id

    def _show_counts(self, state: RunState) -> None:
        now = theme.current()
        number: dict[str, int] = {}
        for agent in state.agents.values():
            number[agent.status] = number.get(agent.status, 0) + 1
        parts, present = [], self.live.present
        broken_off = not self.live.running and present is not None and not present.finished
        for status, look in theme.STATES.items():
            if number.get(status) and status not in ("idle", "ready"):
                color = now.state_text(status).name()
                word = f"was {look.word}" if broken_off and status in ACTIVE else look.word
                parts.append(f"<span style='color:{color}'>{number[status]:,} {word}</span>")
        self.counts.setText(" &nbsp;·&nbsp; ".join(parts))
        self.counts.show()
        used = spent(state)
        self.spent.setText(used)
        self.spent.setToolTip(tip(spent_by(state, self._name)))
        self.spent.setVisible(bool(used))

    def _show_demonstration(self) -> None:
        """What runs is explained; what else can be watched is one click away."""
        shown = self.runner.demonstration
        offered = self.runner.offers
        if shown is not None:  # the same once more, and what it is to be compared with
            offered = [shown, *[each for each in offered if each.shows != shown.shows][:1]]
        if offered != self._offered:
            self._offered = offered
            for old in self.offers:
                old.hide()
                old.deleteLater()
            self.offers = [self._offer(each) for each in offered]
        for button, each in zip(self.offers, offered, strict=True):
            button.setVisible(not self.runner.running)
            button.setText("Once more" if each == shown else caption(each.title))
        self.demonstration.setVisible(shown is not None or (bool(offered) and not self.runner.running))
        self.close_demonstration.setVisible(shown is not None)
        now = theme.current()
        if shown is not None:
            staged, met = self._staged(shown), self.runner.witness.met
            said = (
                "" if met is None else f"<br><span style='color:{now.text('failed').name()}'>{escape(met.says)}</span>"
            )
            self.demonstration_text.setText(
                f"<span style='font-weight:600'>{escape(shown.title)}</span> &nbsp;"
                f"<span style='color:{now.soft.name()}'>{escape(shown.what)}{said}"
                + (f"<br>In this rehearsal only: {escape('; '.join(staged[:STAGED]))}" if staged else "")
                + "</span>"
            )
            self.demonstration_text.setToolTip(tip("\n".join(staged)) if len(staged) > STAGED else "")
        else:
            text = "See how it fails, and what helps; the drawing stays as it is."
            self.demonstration_text.setText(f"<span style='color:{now.soft.name()}'>{text}</span>")

    def _staged(self, shown: Demonstration) -> list[str]:
        """What the demonstration changes in its copy of the drawing, beside the scripts of the agents."""
        scripted = [edit for edit in shown.edits if isinstance(edit, Set) and set(edit.values) == {"rehearsal"}]
        told = lines(self.document.graph, [edit for edit in shown.edits if edit not in scripted])
        return [f"without {line.text}" if line.sign == "remove" else line.text for line in told]

    def _offer(self, each: Demonstration) -> QPushButton:
        button = QPushButton(each.title)
        button.setToolTip(tip(each.what))
        button.clicked.connect(lambda: self.runner.watch(each))
        self._offer_row.addWidget(button)
        return button

    def _show_questions(self) -> None:
        asked = self.runner.questions
        if [card.question for card in self.cards] == list(asked):
            return
        kept = {card.question: card for card in self.cards}
        for question, card in kept.items():
            if question not in asked:
                card.hide()
                card.deleteLater()
        self.cards = []
        for place, question in enumerate(asked):
            card = kept.get(question) or self._card(question)
            self.cards.append(card)
            self.questions.insertWidget(place + (self.limits is not None) + (self.trouble is not None), card)

    def _show_trouble(self) -> None:
        """Why the run cannot be kept, while it waits for a decision."""
        runner, found = self.runner, self.runner.trouble
        if found == (None if self.trouble is None else self.trouble.trouble):
            return
        if self.trouble is not None:
            self.trouble.hide()
            self.trouble.deleteLater()
            self.trouble = None
        if found is not None:
            card = self.trouble = TroubleCard(found)
            fresh = found.start is not None
            card.unkept.connect(runner.go_on_unkept)
            card.again.connect(runner.try_again)
            card.dropped.connect((lambda: runner.go_on_unkept(False)) if fresh else runner.stop)
            self.questions.insertWidget(0, card)

    def _show_limits(self) -> None:
        """The limits at which the run waits for a decision."""
        state, runner = self.live.present, self.runner
        reached = tuple(state.reached) if state is not None and runner.running and not runner.stopping else ()
        self.pause.setVisible(runner.running and not runner.stopping and not reached and self.trouble is None)
        if reached == (self.limits.reached if self.limits is not None else ()):
            return
        if self.limits is not None:
            self.limits.hide()
            self.limits.deleteLater()
            self.limits = None
        if reached:
            self.limits = LimitCard(reached, self._name)
            self.limits.allowed.connect(runner.allow)
            self.limits.stopped.connect(runner.stop)
            self.limits.shown.connect(self._reveal)
            self.questions.insertWidget(0, self.limits)

    def _card(self, question: Question) -> QuestionCard:
        card = QuestionCard(question)
        card.answered.connect(self.runner.answer)
        card.shown.connect(self._reveal)
        return card

    def _reveal(self, id: str) -> None:
        self.document.select({id})
        self.document.reveal({id})


def build(document: Document, live: Live, runner: Runner, parent: QWidget | None = None) -> RunBar:
    """The run bar of a document."""
    return RunBar(document, live, runner, parent)
