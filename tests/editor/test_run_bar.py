"""The run bar: how a run stands, what is asked, what to watch; nothing where there is nothing to say."""

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest

from editor.panel_story import Story, judged, newsroom
from quartet.editor.live import Live
from quartet.editor.panels.run_bar import build
from quartet.editor.question import Question
from quartet.graph.edits import Remove, Set, SetGraph
from quartet.rules.demonstrations import Demonstration
from quartet.rules.moments import FAILS, Moment


class FakeWitness(QObject):
    """What the bar reads of a witness."""

    saw = Signal()
    met: Moment | None = None


class FakeRunner(QObject):
    """What the bar reads of a runner, set by hand."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.running = self.stopping = self.paused = False
        self.questions: tuple[Question, ...] = ()
        self.demonstration: Demonstration | None = None
        self.witness = FakeWitness(self)
        self.offers: list[Demonstration] = []
        self.record = self.trouble = self.leaving = None
        self.note = ""
        self.done: list[object] = []

    def stop(self) -> None:
        self.done.append("stop")

    def leave(self) -> None:
        self.done.append("leave it")

    def pause(self) -> None:
        self.done.append("pause")

    def resume(self) -> None:
        self.done.append("resume")

    def leave_demonstration(self) -> None:
        self.done.append("leave")

    def watch(self, shown: Demonstration) -> None:
        self.done.append(shown)

    def answer(self, agent: str, value: object) -> None:
        self.done.append((agent, value))


@pytest.fixture
def parts(qtbot):
    document, live, runner = judged(), Live(), FakeRunner()
    bar = build(document, live, runner)
    qtbot.addWidget(bar)
    bar.resize(1000, 200)
    yield document, live, runner, bar
    document.close()


def begin(live, runner) -> Story:
    runner.running = True
    story = Story(live, newsroom())
    story.begin()
    runner.changed.emit()
    return story


def plain(text: str) -> str:
    import re

    return re.sub(r"<[^>]+>", "", text).replace("&nbsp;", "").strip()


def test_without_a_run_it_takes_no_room(parts):
    *_, bar = parts
    assert bar.isHidden()


def test_it_says_how_the_run_stands_and_counts_in_words(parts):
    _, live, runner, bar = parts
    begin(live, runner)
    assert not bar.isHidden()
    assert bar.word.text() == "Rehearsing"
    assert bar.time.text() == "12.0 s"
    assert not bar.simulated.isHidden()
    assert plain(bar.counts.text()).replace(" ", "") == "1running·2done"
    assert bar.dismiss.isHidden()


def test_stop_is_one_click_and_says_how_many_it_stops(qtbot, parts):
    _, live, runner, bar = parts
    begin(live, runner)
    bar.show()
    qtbot.mouseClick(bar.stop, Qt.MouseButton.LeftButton)
    assert runner.done == ["stop"]
    runner.stopping = True
    runner.changed.emit()
    assert bar.word.text() == "Stopping 1 agent…"
    assert not bar.stop.isEnabled()


def test_pause_becomes_go_on(qtbot, parts):
    _, live, runner, bar = parts
    begin(live, runner)
    bar.show()
    qtbot.mouseClick(bar.pause, Qt.MouseButton.LeftButton)
    runner.paused = True
    runner.changed.emit()
    assert bar.pause.text() == "Go on"
    qtbot.mouseClick(bar.pause, Qt.MouseButton.LeftButton)
    assert runner.done == ["pause", "resume"]


def test_a_finished_run_can_be_put_away(qtbot, parts):
    _, live, runner, bar = parts
    story = begin(live, runner)
    runner.running = False
    story.end()
    bar.show()
    assert bar.word.text() == "Succeeded"
    assert bar.stop.isHidden()
    qtbot.mouseClick(bar.dismiss, Qt.MouseButton.LeftButton)
    assert runner.done == ["leave"]


def test_a_failed_run_names_who_failed(parts):
    _, live, runner, bar = parts
    story = begin(live, runner)
    runner.running = False
    story.tell(30, "run.finished", state="failed", unhandled=["archive", "facts"])
    live.end()
    assert bar.word.text() == "Failed"
    assert bar.reason.text() == "Archive, Collect facts failed"


def test_what_one_of_several_failed_agents_said_is_said_of_that_one_alone(parts):
    _, live, runner, bar = parts
    story = begin(live, runner)
    runner.running = False
    story.tell(28, "activation.finished", "archive", state="failed", error="out of memory")
    story.tell(29, "activation.finished", "facts", state="failed", error="the page has no title")
    story.tell(30, "run.finished", state="failed", unhandled=["archive", "facts"])
    live.end()
    assert bar.reason.text() == "Archive, Collect facts failed. Archive: out of memory"


def test_a_failed_run_says_why_in_the_bar_and_all_of_it_in_the_tip(parts):
    _, live, runner, bar = parts
    story = begin(live, runner)
    runner.running = False
    why = "ValueError: the page has no title\n  in check(), line 12"
    story.tell(29, "activation.finished", "facts", state="failed", error=why)
    story.tell(30, "run.finished", state="failed", unhandled=["facts"])
    live.end()
    assert bar.reason.text() == "Collect facts failed: ValueError: the page has no title"
    assert "in check(), line 12" in bar.reason.toolTip()


def test_an_earlier_moment_is_left_with_one_click(qtbot, parts):
    _, live, runner, bar = parts
    begin(live, runner)
    bar.show()
    assert bar.present.isHidden()
    live.show_at(3)
    assert not bar.present.isHidden()
    assert bar.time.text() == "0.00 s"
    assert bar.word.text() == "Looking back to"
    qtbot.mouseClick(bar.present, Qt.MouseButton.LeftButton)
    assert live.shown_seq is None


def test_editing_while_it_runs_is_said(parts):
    document, live, runner, bar = parts
    begin(live, runner)
    assert bar.edited.isHidden()
    document.changed.connect(lambda _: live.mark_edited())
    document.do("Rename", [Set(section="agents", id="web", values={"name": "Net"})])
    assert not bar.edited.isHidden()


def test_choices_are_buttons_and_the_answer_goes_to_who_asked(qtbot, parts):
    _, live, runner, bar = parts
    begin(live, runner)
    bar.show()
    runner.questions = (Question("web", "Web research", "May we?\n\nChoose: Yes, No", ("Yes", "No")),)
    runner.changed.emit()
    card = bar.cards[0]
    assert card.name.text() == "Web research asks"
    assert card.prompt.text() == "May we?"
    assert [button.text() for button in card.buttons] == ["Yes", "No"]
    qtbot.mouseClick(card.buttons[1], Qt.MouseButton.LeftButton)
    assert runner.done == [("web", "No")]


def test_an_open_question_takes_a_text_and_enter_sends_it(qtbot, parts):
    _, live, runner, bar = parts
    begin(live, runner)
    bar.show()
    runner.questions = (Question("web", "Web research", "What is the headline?"),)
    runner.changed.emit()
    card = bar.cards[0]
    QTest.keyClicks(card.field, "Harbour")
    qtbot.keyClick(card.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(card.field, "closed")
    qtbot.keyClick(card.field, Qt.Key.Key_Return)
    assert runner.done == [("web", "Harbour\nclosed")]


def test_half_an_answer_survives_another_question(qtbot, parts):
    _, live, runner, bar = parts
    begin(live, runner)
    first = Question("web", "Web research", "One?")
    runner.questions = (first,)
    runner.changed.emit()
    QTest.keyClicks(bar.cards[0].field, "half")
    runner.questions = (first, Question("archive", "Archive", "Two?"))
    runner.changed.emit()
    assert bar.cards[0].field.toPlainText() == "half"
    assert len(bar.cards) == 2
    runner.questions = ()
    runner.changed.emit()
    assert bar.cards == []


def test_who_asks_can_be_shown(qtbot, parts):
    document, live, runner, bar = parts
    begin(live, runner)
    bar.show()
    runner.questions = (Question("web", "Web research", "One?"),)
    runner.changed.emit()
    with qtbot.waitSignal(document.revealed) as revealed:
        qtbot.mouseClick(bar.cards[0].name, Qt.MouseButton.LeftButton)
    assert revealed.args == [{"web"}]


def test_an_example_offers_its_failure_and_its_remedy(qtbot, parts):
    _, live, runner, bar = parts
    edits = (
        Set(section="agents", id="web", values={"rehearsal": [{"hangs": True}]}),
        Set(section="agents", id="web", values={"limits": None}),
        Remove(section="edges", id="f1"),
    )
    failure = Demonstration("failure", "Watch it fail", "It <hangs>.", edits)
    remedy = Demonstration("remedy", "Watch the remedy", "It goes on.", ())
    runner.offers = [failure, remedy]
    bar.reread()
    assert not bar.isHidden(), "also before any run"
    assert bar.line.isHidden()
    bar.show()
    assert [button.text() for button in bar.offers] == ["Watch it fail", "Watch the remedy"]
    qtbot.mouseClick(bar.offers[0], Qt.MouseButton.LeftButton)
    assert runner.done == [failure]
    runner.demonstration = failure
    story = begin(live, runner)
    assert plain(bar.demonstration_text.text()).startswith("Watch it fail")
    assert "It &lt;hangs&gt;." in bar.demonstration_text.text(), "a file's text is never markup"
    told = plain(bar.demonstration_text.text())
    assert told.endswith(
        "In this rehearsal only: Web research: time limit is taken away; without Collect facts → Wire copy on failure"
    )
    runner.witness.met = Moment("Web <research> has kept everybody waiting.", FAILS)
    runner.witness.saw.emit()
    assert "Web &lt;research&gt; has kept everybody waiting." in bar.demonstration_text.text()
    assert all(button.isHidden() for button in bar.offers), "one run at a time"
    story.end()
    runner.running = False
    runner.changed.emit()
    assert [button.text() for button in bar.offers] == ["Once more", "Watch the remedy"]
    qtbot.mouseClick(bar.close_demonstration, Qt.MouseButton.LeftButton)
    assert runner.done[-1] == "leave"


def test_changing_the_graphs_own_fields_rereads_the_offers(parts):
    document, _, runner, bar = parts
    runner.offers = [Demonstration("failure", "Watch it fail", "", ())]
    document.do("Describe", [SetGraph(values={"description": "x"})])
    assert len(bar.offers) == 1


def test_in_little_room_buttons_become_icons_and_the_rest_gives_way(qtbot) -> None:
    from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

    from quartet.editor.panels.run_bar_fit import fit

    line = QWidget()
    qtbot.addWidget(line)
    row = QHBoxLayout(line)
    word, soft, stop = QLabel("running"), QLabel("simulated time"), QPushButton("Stop")
    stop.setToolTip("At once")
    for widget in (word, soft, stop):
        row.addWidget(widget)
    line.show()
    fit(line, 1_000, {stop: "square"}, [soft], word)
    assert (stop.text(), soft.isHidden()) == ("Stop", False)
    fit(line, 60, {stop: "square"}, [soft], word)
    assert (stop.text(), stop.accessibleName(), soft.isHidden()) == ("", "Stop", True)
    assert stop.toolTip() == "Stop: At once" and word.toolTip() == "simulated time" and not stop.icon().isNull()
    soft.show()
    fit(line, 1_000, {stop: "square"}, [soft], word)
    assert (stop.text(), stop.toolTip(), word.toolTip()) == ("Stop", "At once", "") and stop.icon().isNull()
