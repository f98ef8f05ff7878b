"""How the window looks where nobody has drawn or run anything yet, on a small screen, and to other eyes."""

import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from editor.desk import Desk
from quartet.editor import theme
from quartet.editor.docks import TITLES
from quartet.editor.document import Document
from quartet.editor.key_field import KeyField
from quartet.editor.panels.outline import Outline
from quartet.editor.panels.panel import SearchBox
from quartet.editor.prices_dialog import PricesDialog
from quartet.editor.recovery import Keeper
from quartet.editor.session import Session
from quartet.editor.settings import Settings
from quartet.editor.window import Window
from quartet.engine.prices import PriceTable


def test_the_window_fits_on_a_small_screen_from_the_first_moment(qtbot: QtBot, tmp_path: Path) -> None:
    window = Window(Settings(tmp_path / "settings.ini"), Keeper())
    qtbot.addWidget(window)
    assert window.minimumSizeHint().width() <= 1024
    window.resize(1024, 700)
    window.show()
    QApplication.processEvents()
    assert window.width() == 1024


@pytest.mark.parametrize("look", theme.THEMES.values(), ids=lambda look: look.name)
def test_states_differ_by_icon_and_word_where_their_colours_do_not(look: theme.Theme) -> None:
    alike = [
        (a, b)
        for a in theme.STATES
        for b in theme.STATES
        if a < b and theme.contrast(look.state(a), look.state(b)) < 1.5
    ]
    assert alike, "without such pairs this proves nothing"
    for a, b in alike:
        assert theme.STATES[a].icon != theme.STATES[b].icon
        assert theme.STATES[a].word != theme.STATES[b].word


def shown_texts(panel: QWidget) -> list[str]:
    return [label.text() for label in panel.findChildren(QLabel) if label.isVisibleTo(panel) and label.text()]


@pytest.fixture
def empty(own_desk: Desk) -> Iterator[Session]:
    """An empty graph in a tab of its own."""
    session = own_desk.window.add(Document())
    session.document.judge_now()
    yield session
    own_desk.window.remove(session)


@pytest.mark.parametrize("name", [name for name in TITLES if name not in ("palette", "inspector", "history")])
def test_every_panel_of_an_empty_graph_says_what_to_do(own_desk: Desk, empty: Session, name: str, qtbot: QtBot) -> None:
    own_desk.window.show_panel(name)
    panel = empty.panels[name]
    if name == "problems":  # a row of a list: it stands beside what can be mended
        assert "drag an agent" in empty.document.findings[0].detail
        return
    told = ("Drag", "Press", "Run or rehearse", "Type", "is kept here", "rehearsals")
    qtbot.waitUntil(lambda: any(word in " ".join(shown_texts(panel)) for word in told))


def test_an_empty_canvas_says_what_to_do(empty: Session) -> None:
    assert empty.canvas.empty.isVisibleTo(empty.canvas)
    said = " ".join(shown_texts(empty.canvas.empty))
    assert "palette" in said and "double-click" in said


def test_a_search_without_a_hit_says_so(own_desk: Desk) -> None:
    palette = own_desk.window.palette_
    palette.search.setText("zzzz")
    assert "Nothing is called “zzzz”" in shown_texts(palette)
    palette.search.clear()
    assert palette.pages.has_content
    outline = own_desk.session.panels["outline"]
    assert isinstance(outline, Outline)
    outline.search.setText("zzzz")
    assert "Nothing is called “zzzz”" in shown_texts(outline)
    outline.search.setText("writer")
    assert outline.pages.has_content
    outline.search.clear()


def test_nothing_moves_where_the_system_asks_for_less_motion(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hints:
        def __init__(self, preference: str) -> None:
            self.preference = preference

        def accessibility(self) -> object:
            return types.SimpleNamespace(motionPreference=lambda: f"MotionPreference.{self.preference}")

    for preference, moves in (("NoPreference", True), ("ReducedMotion", False)):
        monkeypatch.setattr(theme.QGuiApplication, "styleHints", lambda preference=preference: Hints(preference))
        assert theme.motion() is moves


def test_the_cross_that_empties_a_field_is_seen_in_every_theme(own_desk: Desk, qapp: QApplication) -> None:
    fields = [
        PricesDialog(own_desk.window, PriceTable(own={}, shipped={}, as_of="today"), Path("prices.json")).search,
        KeyField("Press keys", own_desk.window),
        own_desk.session.canvas.inline.bar.when,
        SearchBox("Find", own_desk.window),
    ]
    try:
        for scheme in ("dark", "light"):
            theme.apply(qapp, scheme)
            for field in fields:
                action = field.findChild(QAction, "_q_qlineeditclearaction")
                assert action is not None
                picture = action.icon().pixmap(16, 16).toImage()
                inked = [picture.pixelColor(x, y) for x in range(16) for y in range(16)]
                strong = max(inked, key=lambda color: color.alpha())
                assert theme.contrast(strong, theme.current().panel) > 3, (scheme, type(field).__name__)
    finally:
        theme.apply(qapp, "light")
