"""What goes wrong in a method that Qt calls is told, and neither ends the program nor breaks off what called it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QSize, QStringListModel, Qt, Signal
from PySide6.QtWidgets import QDialog, QListView, QPushButton
from pytestqt.qtbot import QtBot

from enduring import Trials
from quartet.editor import overrides


class Rows(QStringListModel):
    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        raise ZeroDivisionError("no row")

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        return [][index.row()]


class Rower:
    """What is mixed into a class of Qt."""

    def sizeHint(self) -> QSize:
        raise ValueError("no size")


class View(Rower, QListView):
    pass


class Asking(QDialog):
    answered = Signal()

    def accept(self) -> None:
        self.answered.emit()
        super().accept()


def test_a_failing_override_is_told_and_answers_with_nothing(qtbot: QtBot) -> None:
    told: list[type] = []
    sys.excepthook, before = lambda kind, *_: told.append(kind), sys.excepthook
    try:
        view = View()
        qtbot.addWidget(view)
        model = Rows(["a"])
        view.setModel(model)
        view.grab()
        assert model.data(model.index(0)) is None
        assert model.flags(model.index(0)) == Qt.ItemFlag.NoItemFlags
        assert view.sizeHint() == QSize()
    finally:
        sys.excepthook = before
    assert set(told) == {ZeroDivisionError, IndexError, ValueError}


def test_an_override_that_is_a_slot_too_takes_what_it_takes(qtbot: QtBot) -> None:
    dialog = Asking()
    qtbot.addWidget(dialog)
    button = QPushButton("OK", dialog)
    button.clicked.connect(dialog.accept)  # which brings along whether it is checked
    with qtbot.waitSignal(dialog.answered):
        button.click()


def test_every_override_of_ours_is_guarded() -> None:
    told = _run(Path(__file__).with_name("failing_editor.py"), "list")
    assert int(told.rpartition(" ")[2]) > 250, told


def test_the_program_lives_whatever_fails_in_it(tmp_path: Path) -> None:
    """Each kind of override fails once in every class, with a window in use: the dialog, the work, the drawing."""
    told = _run(Path(__file__).with_name("failing_editor.py"), "each", str(tmp_path))
    assert told.splitlines()[-1] == "alive, told of all, unsaved work kept, the drawing as it was", told


@pytest.mark.endure
def test_a_window_whose_overrides_fail_at_random_lives_on(tmp_path: Path, trials: Trials) -> None:
    for seed in trials:
        told = _run(Path(__file__).with_name("failing_editor.py"), "random", str(tmp_path / str(seed)), str(seed))
        trials.count("failures", int(told.split()[-1]))


def _run(*arguments: object) -> str:
    path = os.pathsep.join(filter(None, [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": path}
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"{done.returncode}\n{done.stdout}\n{done.stderr[-6000:]}"
    return done.stdout.strip()


def test_overrides_are_those_that_qt_has_too() -> None:
    assert set(overrides.overrides(View)) == {"sizeHint"}
    assert set(overrides.overrides(Asking)) == {"accept"}
