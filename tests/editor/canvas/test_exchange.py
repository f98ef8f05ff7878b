"""What goes to other programs and comes from them: the clipboard's pictures, graphs and texts dropped on the canvas."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication, QImage

from quartet.editor.canvas.view import Canvas
from quartet.graph import files

NODE_LINK = '{"directed": true, "nodes": [{"id": "x"}, {"id": "y"}], "edges": [{"source": "x", "target": "y"}]}'


def clipboard() -> QMimeData:
    return QGuiApplication.clipboard().mimeData()


def of_text(text: str) -> QMimeData:
    found = QMimeData()
    found.setText(text)
    return found


def test_what_is_copied_is_also_a_picture_that_carries_it(canvas: Canvas, hand) -> None:
    canvas.document.select(["ann", "ben"])
    canvas.copy()
    data = clipboard()
    for type in ("image/png", "image/svg+xml"):
        picture = bytes(data.data(type).data())
        assert set(files.from_bytes(picture).graph.agents) == {"ann", "ben"}
    assert not QImage.fromData(bytes(data.data("image/png").data())).isNull()
    assert files.loads(data.text()).format == "quartet"
    assert bytes(data.data("application/json").data()).decode() == data.text()


def test_a_picture_of_a_graph_can_be_pasted(canvas: Canvas) -> None:
    canvas.document.select(["ann"])
    canvas.copy()
    alone = QMimeData()
    alone.setData("image/png", clipboard().data("image/png"))
    QGuiApplication.clipboard().setMimeData(alone)
    count = len(canvas.document.graph.agents)
    canvas.paste()
    assert len(canvas.document.graph.agents) == count + 1


def test_a_graph_in_a_chats_code_block_can_be_pasted(canvas: Canvas) -> None:
    QGuiApplication.clipboard().setText(f"Here it is:\n\n```json\n{NODE_LINK}\n```\nEnjoy!")
    canvas.paste()
    assert {"x", "y"} <= set(canvas.document.graph.agents)


def of(**content: str) -> QMimeData:
    """What a program puts on the clipboard in one form alone."""
    found = QMimeData()
    for type, text in content.items():
        {"text": found.setText, "html": found.setHtml}.get(
            type, lambda text: found.setData("application/json", text.encode())
        )(text)
    return found


@pytest.mark.parametrize(
    "mime",
    [
        of(text=f"Dear all,\nhere it is: {NODE_LINK}\nRegards"),
        of(text=NODE_LINK.replace(", ", ",\u00a0")),
        of(html=f"<p>See</p><pre>{NODE_LINK}</pre>"),
        of(json=NODE_LINK),
    ],
    ids=["in a letter", "indented by a page", "a page", "json alone"],
)
def test_a_graph_can_be_pasted_however_a_program_gives_it(canvas: Canvas, mime: QMimeData) -> None:
    QGuiApplication.clipboard().setMimeData(mime)
    canvas.paste()
    assert {"x", "y"} <= set(canvas.document.graph.agents)


def test_a_file_that_was_copied_is_inserted_and_of_several_it_is_said_what_to_do(canvas: Canvas, tmp_path) -> None:
    path = tmp_path / "a.json"
    path.write_text(NODE_LINK)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))] * 2)
    QGuiApplication.clipboard().setMimeData(mime)
    canvas.paste()
    assert "2 files" in canvas.remark.text() and "x" not in canvas.document.graph.agents
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    QGuiApplication.clipboard().setMimeData(mime)
    canvas.paste()
    assert {"x", "y"} <= set(canvas.document.graph.agents)


PARTLY = """{"format": "quartet", "version": 1, "agents": [{"id": "x", "kind": "llm"}, {"id": "x", "kind": "llm"}],
"edges": [{"id": "e", "source": "x", "target": "nobody"}]}"""


def test_what_of_a_graph_cannot_be_pasted_or_dropped_is_said(canvas: Canvas, hand) -> None:
    QGuiApplication.clipboard().setText(PARTLY)
    canvas.paste()
    assert "x" in canvas.document.graph.agents
    assert canvas.remark.isVisible() and "2 items could not be read and are left out" in canvas.remark.text()
    canvas.document.undo_stack.undo()
    canvas.remark.hide()
    hand.carry(of_text(PARTLY), (400, 700))
    hand.drop(of_text(PARTLY), (400, 700))
    assert canvas.remark.isVisible() and "2 items" in canvas.remark.text()


@pytest.mark.parametrize(
    ("text", "said"), [("Dear all", "no graph"), (NODE_LINK[:-5], "Copy the whole"), ("", "no text to paste")]
)
def test_what_is_no_graph_is_explained_for_a_clipboard(canvas: Canvas, text: str, said: str) -> None:
    QGuiApplication.clipboard().setText(text)
    canvas.paste()
    assert said in canvas.remark.text() and "backup" not in canvas.remark.text()


@pytest.mark.parametrize("wrapped", [NODE_LINK, f"See:\n```\n{NODE_LINK}\n```\n"])
def test_a_graph_that_is_dropped_as_text_is_inserted_where_it_was_shown(canvas: Canvas, hand, wrapped: str) -> None:
    mime = of_text(wrapped)
    entered = hand.carry(mime, (400, 700))
    assert entered.isAccepted()
    assert len(canvas.drop._ghosts) == 2
    hand.drop(mime, (400, 700))
    graph = canvas.document.graph
    assert {"x", "y"} <= set(graph.agents)
    assert canvas.document.selection == {"x", "y"}
    canvas.document.undo_stack.undo()
    assert "x" not in graph.agents


def test_any_other_text_becomes_a_note(canvas: Canvas, hand) -> None:
    mime = of_text("Remember the milk")
    assert hand.carry(mime, (400, 700)).isAccepted()
    hand.drop(mime, (400, 700))
    (note,) = [note for note in canvas.document.graph.notes.values() if note.id != "memo"]
    assert (note.text, canvas.document.selection) == ("Remember the milk", {note.id})
    assert abs(note.x + note.width / 2 - 400) <= 8
    canvas.document.undo_stack.undo()
    assert set(canvas.document.graph.notes) == {"memo"}


def test_a_text_that_is_carried_away_again_leaves_nothing(canvas: Canvas, hand) -> None:
    hand.carry(of_text("Remember"), (400, 700))
    hand.leave()
    assert not canvas.drop._ghosts
    assert set(canvas.document.graph.notes) == {"memo"}


def test_files_are_left_to_the_window(canvas: Canvas, hand) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile("/tmp/a.quartet.json")])
    mime.setText("file:///tmp/a.quartet.json")
    assert not hand.carry(mime, (400, 700)).isAccepted()


def test_nothing_is_dropped_into_what_is_open_for_reading(canvas: Canvas, hand) -> None:
    canvas.document.read_only = "Only to be looked at."
    assert not hand.carry(of_text("Remember"), (400, 700)).isAccepted()
