"""Text can be read at every zoom: what has no room is cut between lines and words, and says that there is more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QTextDocument
from PySide6.QtWidgets import QApplication

from quartet.editor.canvas.annotations import READABLE, NoteItem, whole_lines
from quartet.editor.canvas.card import static_name
from quartet.editor.canvas.style import canvas_font
from quartet.editor.canvas.view import Canvas
from quartet.graph.edits import Add
from quartet.graph.model import Note

SCRIPTS = st.sampled_from(["abc dé ", "中文 新闻", "مر كب ", "ab \U0001f600"])
WORDS = SCRIPTS.flatmap(lambda some: st.text(some, max_size=60))


@given(WORDS, st.integers(1, 200), st.floats(5, 120))
def test_no_line_of_a_note_is_cut_in_two(qapp: QApplication, words: str, width: int, height: float) -> None:
    text = QTextDocument()
    text.setDefaultFont(canvas_font(12))
    text.setDocumentMargin(0)
    text.setMarkdown(words)
    text.setTextWidth(width)
    whole = text.documentLayout().documentSize().height()
    shown, end = whole_lines(text, height)
    if end is None:
        assert whole <= shown == height
        return
    line = QFontMetricsF(canvas_font(12)).height()
    assert whole > height
    assert 0 < end.y() < shown
    assert shown <= height or shown <= 3 * line, "only the first line may be higher than there is room"


@given(WORDS.filter(str.strip))
def test_a_long_name_goes_on_in_a_second_line_and_no_further(qapp: QApplication, name: str) -> None:
    font = canvas_font(19)
    metrics = QFontMetricsF(font)
    made = static_name(name, font, metrics, 80)
    lines = made.text().split("\u2028")
    assert len(lines) == (1 if metrics.horizontalAdvance(name) <= 80 else 2)
    assert made.size().width() <= 80 + 6, "a card keeps so much free beside its name"
    if not lines[-1].endswith("…"):
        assert "".join(made.text().split()) == "".join(name.split())


@pytest.mark.parametrize("zoom", [1.0, 0.7, 0.5, 0.43])
def test_the_letters_of_a_note_never_become_too_small(canvas: Canvas, monkeypatch, zoom: float) -> None:
    note = Note(id="n", text="word " * 60, x=0, y=0, width=240, height=80)
    canvas.document.do("Add note", [Add(section="notes", item=note)])
    canvas.zoom_to(zoom)
    item = next(each for each in canvas.canvas_scene.items() if isinstance(each, NoteItem) and each.id == "n")
    rooms: list[float] = []

    def watched(text: QTextDocument, height: float) -> object:
        if text is item._text:
            rooms.append(height)
        return whole_lines(text, height)

    monkeypatch.setattr("quartet.editor.canvas.annotations.whole_lines", watched)
    image = QImage(canvas.viewport().size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    canvas.render(painter)
    painter.end()
    larger = [(80 - 18) / height for height in rooms]
    assert larger and all(12 * each * zoom >= READABLE - 1e-6 for each in larger)
