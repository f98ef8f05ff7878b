"""Text in any script: composing never commits, renames or draws anything by itself; what is written is shown right."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from quartet.editor.canvas.view import Canvas
from quartet.graph.edits import Set


def compose(field: QWidget, preedit: str = "", commit: str = "") -> None:
    """What an input method sends: text that is not settled yet, or some that is."""
    event = QInputMethodEvent(preedit, [])
    event.setCommitString(commit)
    QApplication.sendEvent(field, event)


def renaming(canvas: Canvas, id: str) -> QLineEdit:
    canvas.document.select({id})
    canvas.rename_selected()
    editor = canvas.inline.editor
    assert isinstance(editor, QLineEdit)
    return editor


@pytest.mark.parametrize(
    ("steps", "name"),
    [
        ((("に", ""), ("にほん", ""), ("日本", ""), ("", "日本")), "日本"),
        ((("e", ""), ("e\u0301", ""), ("", "e\u0301")), "e\u0301"),
        ((("", "مرحبا"),), "مرحبا"),
        ((("", "👩🏽‍🔬"),), "👩🏽‍🔬"),
    ],
    ids=["japanese", "combining mark", "arabic", "emoji"],
)
def test_a_name_can_be_composed(canvas: Canvas, hand, steps, name: str) -> None:
    editor = renaming(canvas, "ann")
    for preedit, commit in steps:
        compose(editor, preedit, commit)
    assert canvas.inline.editor is editor
    hand.key(Qt.Key.Key_Return) if editor.hasFocus() else canvas.inline.commit()
    assert canvas.document.graph.agents["ann"].name == name
    assert canvas.document.undo_stack.count() == 1


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape])
def test_keys_belong_to_the_input_method_while_it_composes(canvas: Canvas, qtbot, key: Qt.Key) -> None:
    editor = renaming(canvas, "ann")
    compose(editor, "にほん")
    qtbot.keyClick(editor, key)
    assert canvas.inline.editor is editor and not canvas.document.undo_stack.count()
    compose(editor, "", "日本")
    qtbot.keyClick(editor, key)
    assert canvas.inline.editor is None
    wanted = "Ann" if key == Qt.Key.Key_Escape else "日本"
    assert canvas.document.graph.agents["ann"].name == wanted


def test_a_composition_that_is_given_up_leaves_the_name(canvas: Canvas, qtbot) -> None:
    editor = renaming(canvas, "ann")
    editor.end(False)
    compose(editor, "に")
    compose(editor, "")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert canvas.document.graph.agents["ann"].name == "Ann"
    assert canvas.document.undo_stack.count() == 0


def test_a_note_can_be_composed(canvas: Canvas, qtbot) -> None:
    canvas.document.select({"memo"})
    canvas.rename_selected()
    editor = canvas.inline.editor
    assert isinstance(editor, QPlainTextEdit)
    compose(editor, "ちゅう")
    qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert canvas.inline.editor is editor
    compose(editor, "", "注意")
    qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert canvas.document.graph.notes["memo"].text == "注意"


def test_the_search_for_what_fits_waits_for_the_composition(canvas: Canvas, qtbot) -> None:
    canvas.adding.here(canvas.center_scene_pos())
    line, before = canvas.adding.search.line, len(canvas.document.graph.agents)
    compose(line, "テン")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert canvas.adding.search.isVisible() and len(canvas.document.graph.agents) == before
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert canvas.adding.search.isVisible()
    compose(line, "", "Template")
    assert canvas.adding.search.choices
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert len(canvas.document.graph.agents) == before + 1


def test_the_canvas_itself_composes_nothing(canvas: Canvas, hand) -> None:
    """Its single-letter keys arrive as keys: no input method stands between, and none is taken from a field."""
    assert not canvas.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    editor = renaming(canvas, "ann")
    for letter in "ckydlu":
        QApplication.sendEvent(editor, _key(letter))
    assert editor.text() == "ckydlu"
    assert canvas.armed is None and not canvas.adding.search.isVisible()


def _key(letter: str) -> object:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent

    return QKeyEvent(QEvent.Type.KeyPress, Qt.Key(ord(letter.upper())), Qt.KeyboardModifier.NoModifier, letter)


@pytest.mark.parametrize(
    "name", ["مرحبا بالعالم", "שלום עולם", "日本語の名前", "Ünïcödé e\u0301", "👩🏽‍🔬 lab", "x" * 4_000]
)
def test_any_name_is_drawn_within_its_card(canvas: Canvas, name: str) -> None:
    def dark(image: QImage) -> int:
        """How many pixels are as dark as letters: neither a tint nor a shadow is."""
        return sum(
            image.pixelColor(x, y).lightness() < 140 for x in range(image.width()) for y in range(image.height())
        )

    scene = canvas.canvas_scene
    canvas.zoom_to(1.0)
    canvas.document.do("Rename", [Set(section="agents", id="cat", values={"name": name})])
    canvas.centerOn(*[at + 40 for at in scene.positions["cat"]])
    card = scene.cards["cat"]
    picture = canvas.grab().toImage()
    assert card.face is not None
    box = canvas.mapFromScene(card.mapRectToScene(0, 0, 184, 62)).boundingRect()
    inside = picture.copy(box.adjusted(50, 6, -6, -34))
    right_of_it = picture.copy(box.right() + 3, box.top() + 2, 60, 20)
    assert dark(inside) > 20  # something is written
    assert dark(right_of_it) == 0  # and nothing runs out of the card
