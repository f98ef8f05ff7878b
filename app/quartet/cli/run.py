"""`quartet run`: one graph, headless or live in the terminal."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from quartet.cli.console import UNREADABLE, complain, followed, open_graph, put, ready, say, wrapped
from quartet.cli.gate import admitted
from quartet.cli.keeping import Keeping, NotKept
from quartet.cli.session import conduct
from quartet.engine import prices
from quartet.engine.clock import VirtualClock
from quartet.engine.journal.summary import FILE, folder_of, name_of
from quartet.engine.run import Refused
from quartet.engine.run import run as start
from quartet.graph.files import FileProblem
from quartet.graph.model import RunLimits
from quartet.graph.strict_json import MAX_BYTES, decode, parse

JSON = Any


def run_file(
    name: str,
    *,
    input: str | None = None,
    rehearse: bool = False,
    trusted: bool = False,
    events: str | None = None,
    as_json: bool = False,
    pace: float = 0.0,
    journal: str | None = None,
    unkept: bool = False,
    limits: RunLimits | None = None,
) -> int:
    """Run the graph file `name` and return the exit code (0, 1, 2, or 128 + the number of the signal that stopped it).

    `input`, `events`, `journal` as on the command line; `unkept`: keep no journal; `limits`: those of this run beside
    the drawn ones; `pace`: the most seconds a rehearsal spends on a jump of its clock.
    """
    if name == "-" and input == "-":
        say("quartet: standard input cannot be both the graph and its input.")
        return UNREADABLE
    try:
        graph = followed(ready(open_graph(name)), name)
        value = graph.input if input is None else read_input(input)
        table = prices.load()
    except FileProblem as problem:
        complain(problem)
        if as_json:
            put(json.dumps({"file": name, "error": str(problem)}, ensure_ascii=False))
        return UNREADABLE
    settings = {} if name == "-" else {FILE: str(Path(name).absolute())}
    try:
        keeping = Keeping.of(journal, unkept=unkept or (rehearse and journal is None), name=graph.name or called(name))
        run = start(
            graph,
            value,
            rehearse=rehearse,
            clock=VirtualClock(pace) if rehearse else None,
            run_id=keeping.id,
            journal=keeping.path,
            limits=limits,
            prices=table,
            settings=settings,
        )
    except NotKept as problem:
        say(f"quartet: {problem}")
        return UNREADABLE
    except Refused as problem:
        if as_json:
            put(json.dumps(refused_as_json(name, problem), ensure_ascii=False))
        return refused(name, problem.problems)
    reads_input = "-" in (name, input)
    if not rehearse and not admitted(name, graph, folder_of(settings), trusted=trusted, reads_input=reads_input):
        return UNREADABLE
    return conduct(
        name,
        graph,
        run,
        rehearse=rehearse,
        reads_input=reads_input,
        events=events,
        as_json=as_json,
        keeping=keeping,
    )


def read_input(text: str) -> JSON:
    """The value of `--input`: a text, @FILE, or - for standard input; an object or a list in JSON is taken as such.

    Raises:
        FileProblem: the file cannot be read.
    """
    if text == "-":
        text = decode(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input")
    elif text.startswith("@"):
        path = Path(text[1:])
        try:
            text = decode(path.read_bytes(), str(path))
        except OSError as error:
            raise FileProblem(f"The input cannot be read: {error.strerror or error}.", source=str(path)) from error
        if path.suffix == ".json":
            return parse(text, str(path))
    if text.lstrip()[:1] in ("{", "["):
        with suppress(FileProblem):
            return parse(text)
    return text


def refused_as_json(name: str, refused: Refused) -> dict[str, JSON]:
    """Why a graph cannot run, as one JSON object."""
    reasons = [
        {"code": each.code, "text": each.text, "agents": list(each.agents), "edges": list(each.edges)}
        for each in refused.reasons
    ]
    return {"file": name, "state": "refused", "problems": reasons}


def refused(name: str, reasons: list[str]) -> int:
    """Say why a graph cannot run, and return the exit code."""
    say(f"quartet: {name} cannot run:")
    for reason in reasons[:20]:
        say(wrapped(reason, "    ", "  - "))
    if len(reasons) > 20:
        say(f"  … and {len(reasons) - 20} more")
    say("`quartet validate` names every place and what mends it.")
    return UNREADABLE


def called(name: str) -> str:
    """What a graph without a name is called: as its file."""
    return "" if name == "-" else name_of({FILE: name})
