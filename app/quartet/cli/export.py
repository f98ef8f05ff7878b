"""`quartet export` and `quartet schema`: a graph in other forms, and what a graph file may hold."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from quartet.cli.console import UNREADABLE, complain, drawn, followed, open_graph, put, ready, say
from quartet.editor.value_words import plural
from quartet.graph import files, node_link
from quartet.graph.files import FileProblem
from quartet.graph.model import Graph

PICTURES = ("png", "svg", "pdf")
LARGE = 1_000
"""From so many agents on, drawing takes long enough to be announced."""


def export_file(name: str, form: str, output: str | None, *, scale: float = 2.0, dark: bool = False) -> int:
    """Write the graph file `name` as `form` to the file `output`, by default to standard output (a picture: beside it).

    Returns 2 if it cannot be read or written.
    """
    try:
        opened = open_graph(name)
    except FileProblem as problem:
        complain(problem)
        return UNREADABLE
    if form in PICTURES:
        return _picture(drawn(opened), form, output or _beside(name, form), scale=scale, dark=dark)
    if form == "mermaid" and opened.graph.broken:
        say(f"quartet: {len(opened.graph.broken)} of its items are not understood and left out; `validate` names them.")
    try:
        text = _text(followed(ready(opened) if form == "json" else opened.graph, name), form)
    except FileProblem as problem:
        complain(problem)
        return UNREADABLE
    if output is None or output == "-":
        sys.stdout.write(text)
        return 0
    return _written(output, text)


def _text(graph: Graph, form: str) -> str:
    if form == "json":
        return files.dumps(graph)
    if form == "node-link":
        return json.dumps(node_link.write(graph), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    from quartet.formats.mermaid import mermaid

    return mermaid(graph)


def _written(output: str, text: str) -> int:
    try:
        files.write_atomically(text.encode(), output)
    except FileProblem as problem:
        complain(problem)
        return UNREADABLE
    return 0


def _beside(name: str, form: str) -> str:
    if name == "-":
        return f"graph.{form}"
    path = Path(name)
    stem = path.name.removesuffix(".json").removesuffix(".quartet")
    for ending in PICTURES:
        stem = stem.removesuffix(f".{ending}")
    found = path.with_name(f"{stem}.{form}")
    return str(found if found != path else path.with_name(f"{stem}-2.{form}"))  # never over what is read


def _picture(graph: Graph, form: str, output: str, *, scale: float, dark: bool) -> int:
    # a picture needs no display, and no waiting for a slow one
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from quartet.editor import export

    if len(graph.agents) >= LARGE:
        say(f"Drawing {plural(len(graph.agents), 'agent')} …")
    try:
        picture = export.drawn(graph, form, scale, dark)  # type: ignore[arg-type]  # one of PICTURES
    except (OSError, FileProblem) as error:
        say(f"quartet: the picture cannot be drawn: {error}.")
        return UNREADABLE
    if output == "-":
        sys.stdout.buffer.write(picture.data)
        return 0
    try:
        files.write_atomically(picture.data, output)
    except FileProblem as problem:
        complain(problem)
        return UNREADABLE
    shrunk = form == "png" and picture.scale < scale
    smaller = f"; at the scale {picture.scale:.2g}, as {scale:g} would be too large" if shrunk else ""
    size = {"png": f"{picture.width:,} × {picture.height:,} pixels", "svg": "sharp at any size", "pdf": "one page"}
    say(f"Drew {output}, {size[form]}{smaller}.")
    return 0


def print_schema(what: str = "graph") -> int:
    """Print the JSON Schema of a graph file, with the configurations of every installed agent kind; or that of what
    the command `what` prints for programs."""
    if what != "graph":
        from quartet.cli.contracts import report_schema

        put(json.dumps(report_schema(what), ensure_ascii=False, indent=2))
        return 0
    import quartet.agents.built_in  # noqa: F401  # registers the kinds
    from quartet.agents.kinds import all_kinds

    configs = {kind.name: kind.config.model_json_schema() for kind in all_kinds()}
    put(json.dumps(files.schema(configs), ensure_ascii=False, indent=2))
    return 0
