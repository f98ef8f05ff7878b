"""Limits in the editor: what a run used, the question at a limit with its amounts, and the table of prices."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from editor.panel_story import Story, judged, newsroom
from editor.test_run_bar import FakeWitness
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.loop import EventLoop
from quartet.editor.panels.run_bar import RunBar, build
from quartet.editor.panels.run_bar_limit import LimitCard
from quartet.editor.prices_dialog import PricesDialog, open_prices
from quartet.editor.runner import Runner
from quartet.engine.prices import Price, PriceTable, read_own
from quartet.engine.seen import Reached
from quartet.graph.model import Agent, Edge, Graph, RunLimits

MONEY = Reached("max_cost", None, 0.62, 0.5, 0.5, ("web", "archive"), (("web", 0.4), ("archive", 0.22)))
VISITS = Reached("max_visits", "web", 4, 3, 3, ("web",))
SAID = Reached("max_repeats", None, 3, 3, 3, ("web", "archive"), message="once more")


class Waiting(QObject):
    """A runner whose run waits."""

    changed = Signal()
    running, stopping, paused = True, False, True
    questions: tuple = ()
    demonstration = record = trouble = leaving = None
    offers: tuple = ()
    note = ""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[Any] = []
        self.witness = FakeWitness(self)

    def __getattr__(self, name: str) -> Any:
        return lambda *given: self.done.append((name, *given))


@pytest.fixture
def bar(qtbot):
    document, live, runner = judged(), Live(), Waiting()
    bar = build(document, live, runner)
    qtbot.addWidget(bar)
    bar.resize(1000, 200)
    story = Story(live, newsroom())
    story.begin()
    bar.story = story
    yield bar
    document.close()


def reach(bar: RunBar) -> None:
    bar.story.tell(
        13, "limit.exceeded", None, which="max_cost", value=0.62, limit=0.5, grant=0.5, agents=["web", "archive"],
        shares={"web": 0.4, "archive": 0.22},
    )  # fmt: skip
    bar.story.tell(13, "run.paused", None, reason="limit reached")
    bar.live.flush()
    bar.reread()


def test_at_a_limit_the_bar_says_which_and_who_and_offers_to_allow_more(bar) -> None:
    assert bar.limits is None and not bar.pause.isHidden()
    reach(bar)
    assert bar.pause.isHidden(), "to go on means to allow more"
    card = bar.limits
    assert "The run has used US$ 0.62; the limit is US$ 0.50. Most by" in card.accessibleName()
    assert [field.text() for field in card.fields] == ["0.50"]
    QTest.mouseClick(card.allow, Qt.MouseButton.LeftButton)
    assert bar.runner.done == [("allow", [0.5])]
    QTest.mouseClick(card.stop, Qt.MouseButton.LeftButton)
    assert bar.runner.done[1][0] == "stop"


def test_an_agent_at_fault_is_shown_on_the_canvas(bar) -> None:
    reach(bar)
    QTest.mouseClick(bar.limits.links[1], Qt.MouseButton.LeftButton)
    assert bar.document.selection == {"archive"}


def test_the_question_goes_when_the_run_goes_on(bar) -> None:
    reach(bar)
    bar.story.tell(14, "limit.granted", None, which="max_cost", limit=1.12)
    bar.story.tell(14, "run.resumed", None)
    bar.live.flush()
    bar.reread()
    assert bar.limits is None


def test_what_was_used_is_told_and_by_whom(bar) -> None:
    bar.story.tell(13, "attempt.usage", "web", 1, input_tokens=900, output_tokens=100, model="m", cost=0.0021)
    bar.story.tell(13, "attempt.usage", "archive", 1, input_tokens=50, output_tokens=0, model="x")
    bar.story.tell(13, "usage.unpriced", "archive", 1, model="x")
    bar.live.flush()
    bar.reread()
    assert bar.spent.text() == "1,050 tokens · at least $0.0021"
    assert "1,000 tokens, $0.0021" in bar.spent.toolTip() and "“x”" in bar.spent.toolTip()


@pytest.mark.parametrize(
    ("reached", "typed", "amounts"),
    [
        (MONEY, "0.25", [0.25]), (MONEY, "$1", [1.0]), (MONEY, "lots", None), (MONEY, "0", None), (MONEY, "-1", None),
        (MONEY, "inf", None), (VISITS, "1,000", [1000]), (VISITS, "1.5", None), (SAID, "2", [2]), (SAID, "", None),
    ],
)  # fmt: skip
def test_only_amounts_that_can_be_allowed_are_taken(qtbot, reached: Reached, typed: str, amounts: list | None) -> None:
    card = LimitCard([reached], str)
    qtbot.addWidget(card)
    given: list[Any] = []
    card.allowed.connect(given.append)
    card.fields[0].setText(typed)
    QTest.keyClick(card.fields[0], Qt.Key.Key_Return)
    assert given == ([] if amounts is None else [amounts])
    assert card.problem.isHidden() is (amounts is not None)


def test_several_limits_have_a_field_each(qtbot) -> None:
    card = LimitCard([MONEY, VISITS, SAID], lambda id: id.title())
    qtbot.addWidget(card)
    assert [field.text() for field in card.fields] == ["0.50", "3", "3"]
    assert "Web and Archive said the same 3 times more: “once more”" in card.accessibleName()
    assert [link.text() for link in card.links] == ["Web", "Archive"]


def test_a_run_in_the_editor_waits_at_its_limit_and_goes_on_with_what_is_allowed(qtbot, qapp) -> None:
    loop = EventLoop(qapp)
    usage = {"usage": {"input_tokens": 10, "cost": 0.2}, "after": 0, "returns": "x"}
    graph = Graph(limits=RunLimits(max_cost=0.1))
    graph.agents = {name: Agent(id=name, kind="template", name=name, rehearsal=(usage,)) for name in ("a", "b")}
    graph.edges = {"e": Edge(id="e", source="a", target="b")}
    document, live = Document(graph), Live()
    runner = Runner(document, live)

    async def moment() -> None:
        tick = loop.create_future()
        QTimer.singleShot(5, lambda: tick.done() or tick.set_result(None))
        await tick

    async def until(true) -> None:
        while not true():
            await moment()

    async def scene() -> None:
        runner.rehearse()
        await until(lambda: runner.paused and live.present.reached)
        await until(lambda: "b" in live.present.agents and live.present.agents["b"].status == "queued")
        runner.allow([5])
        await until(lambda: not runner.running)

    task = loop.create_task(scene())
    QTimer.singleShot(20_000, document, task.cancel)
    loop.run_until_complete(task)
    assert (live.present.status, live.present.cost) == ("succeeded", 0.4)
    document.close()
    loop.close()


# ---------------------------------------------------------------------- prices


@pytest.fixture
def prices(qtbot, tmp_path: Path):
    table = PriceTable(own={"mine": Price(1, 2)}, shipped={"gpt": Price(3, 4, 0.5), "mine": Price(9, 9)}, as_of="today")
    dialog = PricesDialog(None, table, tmp_path / "new" / "prices.json")
    qtbot.addWidget(dialog)
    dialog.path = tmp_path / "new" / "prices.json"
    return dialog


def rows(dialog: PricesDialog) -> list[list[str]]:
    table = dialog.table
    return [
        [table.item(row, column).text() for column in range(5)]
        for row in range(table.rowCount())
        if not table.isRowHidden(row)
    ]


def test_own_prices_stand_first_and_say_so(prices) -> None:
    assert rows(prices) == [["mine", "1", "2", "", "your own"], ["gpt", "3", "4", "0.5", ""]]


def test_a_number_that_is_changed_becomes_an_own_price_and_is_kept(prices) -> None:
    prices.table.item(1, 1).setText("3.5")
    assert prices.own["gpt"] == Price(3.5, 4, 0.5)
    prices.table.item(0, 3).setText("")
    prices.keep.click()
    assert read_own(prices.path) == {"mine": Price(1, 2), "gpt": Price(3.5, 4)}


def test_a_number_that_is_none_is_refused_and_what_stood_there_stays(prices) -> None:
    prices.table.item(1, 1).setText("cheap")
    assert "input" in prices.problem.text() and prices.own == {"mine": Price(1, 2)}
    assert prices.table.item(1, 1).text() == "3"


def test_a_model_can_be_added_found_and_taken_back(prices) -> None:
    prices.search.setText("Llama3.2")
    assert rows(prices) == [] and prices.add.isEnabled()
    prices.add.click()
    assert rows(prices) == [["llama3.2", "0", "0", "", "your own"]]
    prices.search.setText("mine")
    assert not prices.add.isEnabled()
    prices.table.selectRow(1)
    assert prices.remove.isEnabled()
    prices.remove.click()
    assert rows(prices) == [["mine", "9", "9", "", ""]]
    prices.reject()
    assert not prices.path.exists()


def test_a_file_that_cannot_be_read_is_said_and_left_alone(qtbot, tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "prices.json"
    path.write_text("{broken")
    monkeypatch.setenv("QUARTET_PRICES", str(path))
    said: list[str] = []
    assert open_prices(None, said.append) is None
    assert str(path) in said[0] and "line 1" in said[0]
    graph = Graph(agents={"a": Agent(id="a", kind="template", name="a")})
    document, live = Document(graph), Live()
    runner = Runner(document, live)
    runner.told.connect(said.append)
    runner.rehearse()
    QApplication.processEvents()
    assert not runner.running and "line 1" in said[1] and path.read_text() == "{broken"
    document.close()
