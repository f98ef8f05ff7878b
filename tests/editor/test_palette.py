"""The palette: found by typing, added by key, dragged with what the canvas understands."""

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import quartet.agents.built_in  # noqa: F401
from quartet.agents.kinds import all_kinds
from quartet.editor import theme
from quartet.editor.panels.palette import Palette
from quartet.editor.pieces import FRAGMENT_MIME, KIND_MIME, fragments
from quartet.graph import files


@pytest.fixture
def palette(qtbot: QtBot) -> Palette:
    found = Palette()
    qtbot.addWidget(found)
    found.resize(240, 800)
    found.show()
    return found


def titles(palette: Palette) -> list[str]:
    model = palette.list.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount(QModelIndex()))]


def test_it_offers_every_kind_and_the_four_patterns(palette: Palette) -> None:
    shown = titles(palette)
    assert [kind.title for kind in all_kinds() if kind.palette] == shown[1 : shown.index("Patterns")]
    patterns = shown[shown.index("Patterns") + 1 :]
    assert patterns[:4] == [theme.PATTERN_NAMES[name] for name in theme.PATTERNS]
    assert patterns[4:] == [
        "Pipeline of a fan-out",
        "Supervised pipeline",
        "Supervised fan-out",
        "Supervised pipeline of a fan-out",
    ]
    assert all(entry.summary for entry in fragments())
    model = palette.list.model()
    last = model.index(model.rowCount(QModelIndex()) - 1, 0)
    assert "Supervised pipeline of a fan-out: " in str(last.data(Qt.ItemDataRole.ToolTipRole))


def test_typing_finds_by_the_beginnings_of_words(palette: Palette) -> None:
    QTest.keyClicks(palette.search, "web")
    assert titles(palette) == ["Agents", "Web request"]
    palette.search.setText("http")
    assert "Web request" in titles(palette)
    palette.search.setText("nothing like this")
    assert titles(palette) == []


def test_enter_adds_the_first_match_and_clears_the_search(palette: Palette, qtbot: QtBot) -> None:
    QTest.keyClicks(palette.search, "coll")
    with qtbot.waitSignal(palette.kind_chosen, check_params_cb=lambda kind: kind == "collector"):
        QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert palette.search.text() == ""


def test_arrows_choose_without_leaving_the_search(palette: Palette, qtbot: QtBot) -> None:
    palette.search.setFocus()
    QTest.keyClick(palette.search, Qt.Key.Key_Down)
    QTest.keyClick(palette.search, Qt.Key.Key_Down)
    second = [kind.name for kind in all_kinds() if kind.palette][1]
    with qtbot.waitSignal(palette.kind_chosen, check_params_cb=lambda kind: kind == second):
        QTest.keyClick(palette.search, Qt.Key.Key_Return)


def test_a_double_click_adds(palette: Palette, qtbot: QtBot) -> None:
    index = palette.list.model().index(titles(palette).index("Swarm"), 0)
    at = palette.list.visualRect(index).center()
    with qtbot.waitSignal(palette.fragment_chosen):
        QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
        QTest.mouseDClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_a_drag_carries_the_kind_or_the_fragment(palette: Palette) -> None:
    model = palette.list.model()
    kind = model.mimeData([model.index(1, 0)])
    assert bytes(kind.data(KIND_MIME).data()).decode() == all_kinds()[0].name
    pattern = model.mimeData([model.index(titles(palette).index("Pipeline"), 0)])
    opened = files.loads(bytes(pattern.data(FRAGMENT_MIME).data()).decode())
    assert len(opened.graph.agents) >= 2


def test_headings_cannot_be_chosen(palette: Palette) -> None:
    assert palette.list.model().index(0, 0).flags() == Qt.ItemFlag.NoItemFlags


def test_the_shipped_fragments_are_graphs() -> None:
    for entry in fragments():
        assert entry.fragment is not None
        assert files.read(entry.fragment).graph.agents
