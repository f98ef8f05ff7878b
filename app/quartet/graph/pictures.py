"""Pictures that carry the graph they show: a PNG in a text chunk, an SVG in its metadata.

Other programs show the picture and leave the graph alone; opened here it is the graph again.
"""

from __future__ import annotations

import html
import re
import struct
import zlib

from quartet.graph.strict_json import MAX_BYTES, FileProblem

WHICH_DO = "PNG and SVG pictures exported from Quartet do, as long as no other program has written them anew."
"""Which pictures carry a graph: advice for who opened another one."""
PNG = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"quartet"
_ID = "quartet-graph"
_MARK = f'id="{_ID}"'.encode()
_SVG = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE[^>]*>\s*)?<svg\b", re.DOTALL
)
_HEAD = 4_000
"""Bytes in which an SVG says that it is one."""
_OTHERS = {
    b"\xff\xd8\xff": "a JPEG picture", b"GIF8": "a GIF picture", b"RIFF": "a WebP picture or a recording",
    b"%PDF": "a PDF", b"PK\x03\x04": "an archive or an office document", b"\x1f\x8b": "a packed file",
}  # fmt: skip
"""How files begin that people take for what they exported."""
_NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


def is_picture(data: bytes) -> bool:
    """Whether a file's content is a PNG or an SVG."""
    return data.startswith(PNG) or (
        data[:100].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and bool(_SVG.match(data))
    )


def other(data: bytes) -> str | None:
    """What a file is, in words, that certainly holds no graph; None for all else."""
    return next((what for start, what in _OTHERS.items() if data.startswith(start)), None)


def png_with(data: bytes, text: str) -> bytes:
    """A PNG that carries the text of a graph file."""
    content = _KEYWORD + b"\0\1\0\0\0" + zlib.compress(text.encode(), 9)
    head = len(PNG) + 25  # behind the header chunk, which comes first
    return data[:head] + _chunk(b"iTXt", content) + data[head:]


def svg_with(data: bytes, text: str) -> bytes:
    """An SVG that carries the text of a graph file."""
    # what XML cannot hold stands in a text of the JSON, which can name it
    text = _NO_XML.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
    start = data.index(b">", data.index(b"<svg")) + 1
    inside = f'\n<metadata id="{_ID}">{html.escape(text, quote=False)}</metadata>'
    return data[:start] + inside.encode() + data[start:]


def text_in(data: bytes, source: str = "") -> str:
    """The text of the graph file that a picture carries.

    Raises:
        FileProblem: it carries none, or one that is damaged or too large.
    """
    try:
        found = _in_png(data) if data.startswith(PNG) else _in_svg(data)
    except (zlib.error, struct.error, UnicodeDecodeError, ValueError) as error:
        raise FileProblem(f"The graph in this picture is damaged: {error}.", source=source) from None
    if found is None:
        raise FileProblem(
            "This picture carries no graph.",
            source=source,
            advice=WHICH_DO,
        )
    return found


def _in_svg(data: bytes) -> str | None:
    at = data.find(_MARK)
    if at < 0:
        return None
    start = data.index(b">", at) + 1
    return html.unescape(data[start : data.index(b"<", start)].decode())


def _in_png(data: bytes) -> str | None:
    place = len(PNG)
    while place + 12 <= len(data):
        size, kind = struct.unpack(">I4s", data[place : place + 8])
        content = data[place + 8 : place + 8 + size]
        if kind == b"iTXt" and content.startswith(_KEYWORD + b"\0"):
            return _text(content)
        place += 12 + size
    return None


def _text(content: bytes) -> str:
    packed, method = content[len(_KEYWORD) + 1], content[len(_KEYWORD) + 2]
    _, _, text = content[len(_KEYWORD) + 3 :].split(b"\0", 2)
    if packed and method == 0:
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(text, MAX_BYTES)
        if unpacking.unconsumed_tail:
            raise ValueError(f"it is larger than {MAX_BYTES // 1_000_000} MB")
        if not unpacking.eof:
            raise ValueError("its end is missing")
    return text.decode()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
