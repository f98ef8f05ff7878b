"""Drop-down lists: what is offered, and where one stands in it."""

import pytest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from quartet.editor import theme
from quartet.editor.theme import Scheme


@pytest.mark.parametrize("scheme", ["light", "dark", "contrast_dark"])
def test_the_choice_that_one_stands_on_can_be_read(qtbot: QtBot, qapp: QApplication, scheme: Scheme) -> None:
    theme.apply(qapp, scheme)
    box = QComboBox()
    qtbot.addWidget(box)
    box.addItems(["GET", "POST", "PUT"])
    box.setCurrentIndex(1)
    box.show()
    box.showPopup()
    view = box.view()
    row = view.visualRect(view.currentIndex()).intersected(view.viewport().rect()).adjusted(4, 4, -4, -4)
    picture = view.viewport().grab(row).toImage()
    box.hidePopup()
    ground = picture.pixelColor(picture.width() - 1, picture.height() // 2)
    colors = [picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())]
    assert ground.name() == theme.current().selected.name()
    assert max(theme.contrast(color, ground) for color in colors) >= 4.5
