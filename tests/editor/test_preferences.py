"""The preferences: they count at once, are kept, and nonsense among them counts as absent."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from editor.desk import CTRL, Desk
from quartet.editor import preferences, theme
from quartet.editor.preferences import Preferences
from quartet.editor.preferences_dialog import SCHEMES, PreferencesDialog
from quartet.editor.settings import Settings
from quartet.engine.journal import shelf
from quartet.graph.model import AgentId


@pytest.fixture
def desk(own_desk: Desk) -> Iterator[Desk]:
    before = {name: os.environ.get(name) for name in (preferences.DAYS, preferences.MEGABYTES)}
    yield own_desk
    preferences.reset(own_desk.settings)
    if theme.scheme() != "system":
        own_desk.window.set_scheme("system")
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


@pytest.fixture
def dialog(desk: Desk) -> PreferencesDialog:
    desk.press(Qt.Key.Key_Comma, CTRL)
    found = desk.window.findChild(PreferencesDialog)
    assert found is not None and found.isVisible()
    return found


def drag(desk: Desk, id: str, dx: float, dy: float) -> tuple[float, float]:
    """Drag an agent's card by so many scene units; where it stands then."""
    canvas = desk.session.canvas
    canvas.set_zoom(1.0)
    canvas.centerOn(canvas.canvas_scene.cards[AgentId(id)])
    start = canvas.canvas_scene.cards[AgentId(id)].sceneBoundingRect().center()
    viewport = canvas.viewport()
    here, there = canvas.mapFromScene(start), canvas.mapFromScene(start + QPointF(dx, dy))
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=here)
    QTest.mouseMove(viewport, (here + there) / 2)
    QTest.mouseMove(viewport, there)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=there)
    return desk.session.document.graph.positions[AgentId(id)]


def test_the_shelf_of_runs_reads_what_is_written() -> None:
    assert (preferences.DAYS, preferences.MEGABYTES) == (shelf.DAYS, shelf.MEGABYTES)
    assert (Preferences().run_days, Preferences().run_megabytes) == (shelf.KEEP_DAYS, shelf.KEEP_MEGABYTES)


@pytest.mark.parametrize(
    "stated",
    [
        {"motion": "wild"},
        {"scale": 3},
        {"scale": "100"},
        {"grid": 1},
        {"run_days": -1},
        {"unknown": True},
        {"history_days": 0},
        {"history_days": 3651},
        {"discarded_days": 0},
        {"discarded_days": 366},
    ],
)
def test_nonsense_counts_as_absent(stated: dict[str, object]) -> None:
    assert preferences.read(stated) == Preferences()


def test_what_is_preferred_is_kept_and_what_is_usual_is_not_written(tmp_path: Path, desk: Desk) -> None:
    settings = Settings(tmp_path / "settings.ini")
    preferences.prefer(settings, grid=False, run_days=7)
    assert settings.preferences == {"grid": False, "run_days": 7}
    preferences.prefer(settings, grid=True)
    settings.sync()
    assert preferences.read(Settings(tmp_path / "settings.ini").preferences) == Preferences(run_days=7)


def test_every_colour_scheme_can_be_chosen(desk: Desk, dialog: PreferencesDialog) -> None:
    assert set(SCHEMES) == {"system", *theme.THEMES}
    dialog.scheme.setCurrentIndex(dialog.scheme.findData("dark"))
    dialog.scheme.activated.emit(dialog.scheme.currentIndex())
    assert theme.current().dark and desk.settings.scheme == "dark"


def test_motion_can_be_reduced(dialog: PreferencesDialog) -> None:
    dialog.motion.setCurrentIndex(1)
    dialog.motion.activated.emit(1)
    assert not theme.motion()


def test_the_grid_counts_only_as_long_as_it_is_wanted(desk: Desk, dialog: PreferencesDialog) -> None:
    dialog.guides.click()
    x, y = drag(desk, "web", 30.5, 21.5)
    assert x % 4 == 0 and y % 4 == 0
    desk.session.document.undo_stack.undo()
    dialog.snap.click()
    x, y = drag(desk, "web", 31, 21)
    assert x % 4 or y % 4


def test_the_dots_of_the_grid_can_be_hidden(desk: Desk, dialog: PreferencesDialog) -> None:
    def colors() -> int:
        canvas = desk.session.canvas
        canvas.set_zoom(1.0)
        canvas.centerOn(9_000, 9_000)
        image = canvas.viewport().grab().toImage()
        return len({image.pixel(x, 40 + y) for x in range(200, 260) for y in range(60)})

    assert colors() > 1
    dialog.grid.click()
    assert colors() == 1


def test_how_long_runs_are_kept_is_told_to_whoever_prunes_them(dialog: PreferencesDialog) -> None:
    dialog.days.setValue(7)
    dialog.megabytes.setValue(0)
    assert shelf.Policy.of(os.environ) == shelf.Policy(7, None)


def test_everything_is_reset_at_once(desk: Desk, dialog: PreferencesDialog) -> None:
    dialog.grid.click()
    dialog.days.setValue(7)
    dialog._reset()
    assert preferences.current() == Preferences() and desk.settings.preferences == {}
    assert dialog.grid.isChecked() and dialog.days.value() == 30
