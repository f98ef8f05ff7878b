"""Fragments of one's own: saved from a selection, listed, inserted, renamed, deleted, shared as files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from editor.test_going_inside import Inside, nested, row
from quartet.editor import own_fragments
from quartet.editor.fragment_dialog import FragmentDialog
from quartet.editor.panels.palette import Palette
from quartet.editor.pieces import FRAGMENT_MIME
from quartet.graph import files
from quartet.graph.files import FileProblem
from quartet.graph.model import Graph


@pytest.fixture
def inside(qtbot: QtBot, tmp_path: Path) -> Iterator[Inside]:
    desk = Inside(qtbot, tmp_path)
    yield desk
    desk.clear()


def yours(palette: Palette) -> list[str]:
    model = palette.list.model()
    titles = [str(model.index(row, 0).data()) for row in range(model.rowCount(QModelIndex()))]
    return titles[titles.index("Yours") + 1 :] if "Yours" in titles else []


def pick(palette: Palette, title: str) -> QModelIndex:
    model = palette.list.model()
    index = next(i for n in range(model.rowCount(QModelIndex())) if (i := model.index(n, 0)).data() == title)
    palette.list.setCurrentIndex(index)
    return index


def piece() -> Graph:
    graph = row()
    graph.name = ""
    return graph


def test_a_selection_is_saved_by_name_and_inserted_again(inside: Inside) -> None:
    inside.open(graph=row())
    document = inside.session.document
    document.select(["b", "c"])
    inside.do("insert.save_fragment")
    dialog = inside.window.findChild(FragmentDialog)
    assert dialog is not None
    assert not dialog.ok.isEnabled()
    QTest.keyClicks(dialog.name, "Write twice")
    QTest.keyClicks(dialog.description, "Two in a row")
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    palette = inside.window.palette_
    assert yours(palette) == ["Write twice"]
    assert [file.name for file in own_fragments.folder().iterdir()] == ["write-twice.quartet.json"]
    palette.search.setText("twice")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert list(document.graph.agents) == ["a", "b", "c", "d", "b_2", "c_2"]
    assert document.undo_stack.count() == 1


def test_it_is_found_in_the_search_on_the_canvas(inside: Inside) -> None:
    own_fragments.save(piece(), "Quadruple")
    inside.open(graph=Graph(name="Empty"))
    inside.session.canvas.setFocus()
    inside.session.canvas.adding.by_key()
    search = inside.session.canvas.adding.search
    QTest.keyClicks(search.line, "quadr")
    QTest.keyClick(search.line, Qt.Key.Key_Return)
    assert list(inside.session.document.graph.agents) == ["a", "b", "c", "d"]


def test_a_sub_graph_comes_along_and_is_not_held_twice(inside: Inside) -> None:
    inside.open(graph=nested())
    document = inside.session.document
    document.select(["r"])
    inside.key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    inside.key(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert sorted(document.graph.graphs) == ["g", "h"]
    inside.open("other.quartet.json", Graph(name="Other"))
    other = inside.session.document
    inside.session.canvas.paste()
    assert sorted(other.graph.graphs) == ["g", "h"]
    other.undo_stack.undo()
    assert other.graph.graphs == {}
    QApplication.clipboard().clear()


def test_names_are_unlike_each_other_and_files_keep_theirs() -> None:
    first = own_fragments.save(piece(), "One")
    with pytest.raises(FileProblem, match="There is a fragment called “one” already"):
        own_fragments.save(piece(), " one ")
    with pytest.raises(FileProblem, match="needs a name"):
        own_fragments.save(piece(), "  ")
    own_fragments.describe(first, "Two", "for two")
    (entry,) = own_fragments.entries()
    assert (entry.title, entry.summary, entry.fragment) == ("Two", "for two", first)
    assert own_fragments.save(piece(), "One").name == "one-2.quartet.json"


def test_a_file_that_is_put_there_is_listed_and_a_corrupt_one_says_so(qtbot: QtBot) -> None:
    palette = Palette()
    qtbot.addWidget(palette)
    palette.show()
    own_fragments.folder().mkdir(parents=True)
    files.write(nested(), own_fragments.folder() / "given.quartet.json")
    (own_fragments.folder() / "bad.quartet.json").write_text("{")
    palette.hide()
    palette.show()
    assert yours(palette) == ["bad", "Nested"]
    index = pick(palette, "bad")
    assert "not JSON" in str(index.data(Qt.ItemDataRole.ToolTipRole)) or "JSON" in str(
        index.data(Qt.ItemDataRole.ToolTipRole)
    )
    assert not index.flags() & Qt.ItemFlag.ItemIsDragEnabled
    with qtbot.waitSignal(palette.failed, check_params_cb=lambda text: "“bad” cannot be inserted" in text):
        QTest.keyClick(palette.list, Qt.Key.Key_Return)
    mime = palette.list.model().mimeData([pick(palette, "Nested")])
    assert files.from_bytes(mime.data(FRAGMENT_MIME).data()).graph == nested()


def test_it_is_renamed_by_f2_and_deleted_by_del_after_a_question(inside: Inside) -> None:
    own_fragments.save(piece(), "Old", "about")
    palette = inside.window.palette_
    inside.open(graph=row())
    assert yours(palette) == ["Old"]
    pick(palette, "Old")
    QTest.keyClick(palette.list, Qt.Key.Key_F2)
    dialog = inside.window.findChild(FragmentDialog)
    assert dialog is not None
    assert (dialog.name.text(), dialog.description.text()) == ("Old", "about")
    dialog.name.setText("New")
    QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    assert yours(palette) == ["New"]
    pick(palette, "New")
    for button, left in (("Cancel", ["New"]), ("Delete", [])):
        QTest.keyClick(palette.list, Qt.Key.Key_Delete)
        box = inside.window.findChild(QMessageBox)
        assert box is not None
        answer = next(each for each in box.findChildren(QPushButton) if each.text() == button)
        QTest.mouseClick(answer, Qt.MouseButton.LeftButton)
        inside.qtbot.waitUntil(lambda left=left: yours(palette) == left)
        inside.qtbot.waitUntil(lambda: inside.window.findChild(QMessageBox) is None)


def test_the_menu_of_ones_own_offers_what_can_be_done(qtbot: QtBot) -> None:
    own_fragments.save(piece(), "Mine")
    palette = Palette()
    qtbot.addWidget(palette)
    menu = palette.own_menu(pick(palette, "Mine"))
    assert menu is not None
    assert [a.text().partition("\t")[0] for a in menu.actions() if a.text()] == [
        "Insert",
        "Rename…",
        "Show the file",
        "Delete…",
    ]
    assert palette.own_menu(pick(palette, "Template")) is None
    menu.deleteLater()


def test_a_folder_that_cannot_be_written_is_said_in_the_dialog(inside: Inside) -> None:
    own_fragments.folder().parent.mkdir(parents=True, exist_ok=True)
    own_fragments.folder().write_text("a file is in the way")
    inside.open(graph=row())
    inside.session.document.select(["b"])
    inside.do("insert.save_fragment")
    dialog = inside.window.findChild(FragmentDialog)
    assert dialog is not None
    assert dialog.name.text() == "b"
    QTest.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)
    assert "cannot be made" in dialog.problem.text()
    assert dialog.isVisible()
    dialog.reject()
