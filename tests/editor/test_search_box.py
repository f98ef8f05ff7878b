"""The search box: its icons are those of the theme."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from quartet.editor import theme
from quartet.editor.panels.panel import SearchBox
from quartet.editor.theme import Scheme


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_clears_it_has_the_colour_of_the_theme(qtbot: QtBot, qapp: QApplication, scheme: Scheme) -> None:
    theme.apply(qapp, scheme)
    box = SearchBox("Find…")
    qtbot.addWidget(box)
    box.setText("abc")
    clear = box.findChildren(QToolButton)[0]  # the other one is the picture of a lens
    picture = clear.icon().pixmap(16, 16).toImage()
    middle = QColor(picture.pixelColor(QPoint(8, 8)))
    soft = theme.current().soft
    assert middle.alpha() > 60
    assert abs(middle.lightness() - soft.lightness()) < 24
