"""What all commands share: reading a graph, saying what is wrong, plain text for a person."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
from pathlib import Path

from quartet.graph.files import FileProblem, Opened, from_bytes, read
from quartet.graph.model import Graph
from quartet.graph.strict_json import MAX_BYTES

UNREADABLE = 2
"""The exit code when a file cannot be read or a run is refused."""


def say(text: str = "") -> None:
    """Write a line for a person: to standard error, so that standard output is only what was asked for."""
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except OSError:
        hush(2)  # what is to be done must be done all the same


def detach() -> None:
    """The terminal was closed: what is still written to it goes nowhere."""
    for number in (1, 2):
        if os.isatty(number):
            hush(number)


def hush(number: int) -> None:
    """Let what is written to a file descriptor go nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, number)
    os.close(nowhere)


def put(text: str) -> None:
    """Write a line of what was asked for, to standard output."""
    sys.stdout.write(f"{text}\n")


def open_graph(name: str) -> Opened:
    """Read the graph file `name`; - is standard input, and a pipe of the shell (`<(…)`) is read too.

    Raises:
        FileProblem: it cannot be read.
    """
    if name == "-":
        return from_bytes(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input")
    path = Path(name)
    if path.is_fifo():
        with path.open("rb") as pipe:
            return from_bytes(pipe.read(MAX_BYTES + 1), name)
    return read(path)


def ready(opened: Opened) -> Graph:
    """The graph as the editor would open it: of another program's file, what the verdict takes it for, laid out."""
    if opened.format != "node-link":
        return opened.graph
    from quartet.patterns.importing import imported

    return imported(opened.graph)


def followed(graph: Graph, name: str) -> Graph:
    """The graph with what its links to other files lead to; those are relative to the file `name`."""
    from quartet.graph.links import follow

    path = Path(name)
    own = path if name != "-" and path.is_file() else None
    return follow(graph, Path.cwd() if own is None else own.absolute().parent, own=own).graph


def drawn(opened: Opened) -> Graph:
    """The graph ready for a picture: laid out if its file places none of its agents."""
    from quartet.patterns.importing import placed

    return placed(ready(opened))


def complain(problem: FileProblem) -> None:
    """Say why a file cannot be read."""
    say(f"quartet: {problem}")


def refuse(run: str, problem: object, *, as_json: bool) -> int:
    """Say why nothing can be done with a run, also to a program that asked for JSON; the exit code."""
    say(f"quartet: {problem}")
    if as_json:
        put(json.dumps({"run": run, "error": str(problem)}, ensure_ascii=False))
    return UNREADABLE


def wrapped(text: str, indent: str, first: str | None = None) -> str:
    """`text` in lines that fit the terminal, each after `indent`, the first one after `first`."""
    width = max(40, min(shutil.get_terminal_size().columns, 110))
    return textwrap.fill(
        " ".join(text.split()), width, initial_indent=indent if first is None else first, subsequent_indent=indent
    )
