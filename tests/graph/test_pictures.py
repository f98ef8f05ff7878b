"""Pictures that carry the graph they show."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartet.graph import files, pictures
from quartet.graph.files import FileProblem
from quartet.graph.model import Agent, Graph

SVG = b'<?xml version="1.0" encoding="UTF-8"?>\n<svg width="1" xmlns="http://www.w3.org/2000/svg">\n<g/>\n</svg>\n'


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


PNG = (
    pictures.PNG
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\0\0"))
    + chunk(b"IEND", b"")
)


@given(st.text(st.characters(exclude_characters="\r"), max_size=40))
def test_a_name_comes_back_as_it_was(name: str) -> None:
    graph = Graph(name=name, agents={"a": Agent(id="a", kind="llm", name=name)})
    text = files.dumps(graph)
    for data in (pictures.png_with(PNG, text), pictures.svg_with(SVG, text)):
        opened = files.from_bytes(data)
        assert opened.format == "picture"
        assert files.dumps(opened.graph) == text


def test_the_picture_stays_a_picture() -> None:
    data = pictures.png_with(PNG, "x" * 1000)
    place, kinds = len(pictures.PNG), []
    while place < len(data):
        size, kind = struct.unpack(">I4s", data[place : place + 8])
        content = data[place + 8 : place + 8 + size]
        assert data[place + 8 + size : place + 12 + size] == struct.pack(">I", zlib.crc32(kind + content))
        kinds.append(kind)
        place += 12 + size
    assert kinds == [b"IHDR", b"iTXt", b"IDAT", b"IEND"]


@pytest.mark.parametrize("data", [PNG, SVG])
def test_a_picture_without_a_graph_is_refused(data: bytes) -> None:
    with pytest.raises(FileProblem, match="carries no graph"):
        files.from_bytes(data, "p")


@pytest.mark.parametrize(
    ("begins", "what"), [(b"\xff\xd8\xff\xe0", "JPEG"), (b"%PDF-1.7", "PDF"), (b"PK\3\4", "archive")]
)
def test_what_people_take_for_an_exported_picture_is_named(begins: bytes, what: str) -> None:
    with pytest.raises(FileProblem, match=f"{what}.* carries no graph"):
        files.from_bytes(begins + bytes(30), "p")


def test_a_picture_that_was_half_downloaded_says_that_its_graph_is_damaged() -> None:
    whole = pictures.png_with(PNG, files.dumps(Graph(name="x" * 400)))
    with pytest.raises(FileProblem, match="its end is missing"):
        files.from_bytes(whole[: len(pictures.PNG) + 50], "p")


@given(st.binary(max_size=60))
def test_a_damaged_picture_is_refused_or_read_and_never_worse(junk: bytes) -> None:
    marked = b'<svg><metadata id="quartet-graph"' + junk
    for data in (pictures.PNG + junk, pictures.PNG + chunk(b"iTXt", b"quartet\0\1\0\0\0" + junk), SVG + junk, marked):
        with pytest.raises(FileProblem):
            files.from_bytes(data, "p")


def test_a_graph_that_unpacks_to_more_than_a_file_may_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_BYTES", 1_000_000)
    with pytest.raises(FileProblem, match="larger than"):
        files.from_bytes(pictures.png_with(PNG, "x" * 2_000_000))
