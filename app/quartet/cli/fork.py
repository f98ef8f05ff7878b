"""`quartet fork`: begin anew from any moment of a run, with a change if one likes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from quartet.cli.console import UNREADABLE, complain, followed, open_graph, put, ready, refuse, say, wrapped
from quartet.cli.gate import admitted, terminal
from quartet.cli.keeping import Keeping, NotKept
from quartet.cli.run import read_input, refused, refused_as_json
from quartet.cli.session import conduct
from quartet.editor.fork_words import counted, names, together
from quartet.editor.value_words import plural
from quartet.engine import prices
from quartet.engine.fork import SAME, Fork, ForkError, Part, prepare
from quartet.engine.journal import JournalError
from quartet.engine.journal.shelf import NoSuchRun, Shelf
from quartet.engine.journal.summary import FILE, folder_of, name_of
from quartet.engine.run import Refused
from quartet.graph.files import FileProblem
from quartet.graph.nesting import title

JSON = Any


def fork_run(
    text: str,
    *,
    at: int | None = None,
    values: Sequence[str] = (),
    input: str | None = None,
    graph_file: str | None = None,
    rerun: bool = False,
    look_only: bool = False,
    trusted: bool = False,
    events: str | None = None,
    as_json: bool = False,
    journal: str | None = None,
    unkept: bool = False,
) -> int:
    """Fork the run that `text` names and return the exit code; `look_only`: only say what a fork would do."""
    if graph_file == "-" and input == "-":
        say("quartet: standard input cannot be both the graph and its input.")
        return UNREADABLE
    try:
        graph = None if graph_file is None else followed(ready(open_graph(graph_file)), graph_file)
        forked = prepare(
            Shelf().find(text),
            at=at,
            values=dict(map(_stated, values)),
            input=SAME if input is None else read_input(input),
            graph=graph,
        )
    except FileProblem as problem:
        complain(problem)
        return UNREADABLE
    except (NoSuchRun, JournalError, ForkError) as problem:
        return refuse(text, problem, as_json=as_json)
    rehearse = forked.source.header.rehearse
    own = {} if graph_file is None or graph_file == "-" else {FILE: str(Path(graph_file).absolute())}
    settings = {**forked.source.header.settings, **own}
    known = forked.graph.name or name_of(settings)
    name = known or f"run {forked.source.header.run_id}"
    if look_only and as_json:
        put(json.dumps(_as_json(forked), ensure_ascii=False))
        return 0
    for line in _announced(forked):
        say(line)
    if look_only:
        return 0
    reads_input = "-" in (graph_file, input)
    folder = folder_of(settings)
    if not rehearse and not admitted(name, forked.graph, folder, trusted=trusted, reads_input=reads_input):
        return UNREADABLE
    if not rerun and not _may_repeat(forked, reads_input):
        return UNREADABLE
    try:
        keeping = Keeping.of(journal, unkept=unkept or (rehearse and journal is None), name=known)
        run = forked.run(journal=keeping.path, run_id=keeping.id, prices=prices.load(), settings=own)
    except Refused as problem:
        if as_json:
            put(json.dumps(refused_as_json(name, problem), ensure_ascii=False))
        return refused(name, problem.problems)
    except (NotKept, JournalError, FileProblem) as problem:
        return refuse(text, problem, as_json=as_json)
    return conduct(
        name,
        forked.graph,
        run,
        rehearse=rehearse,
        reads_input=reads_input,
        events=events,
        as_json=as_json,
        keeping=keeping,
        at_end=lambda: say(_reported(forked)),
    )


def _stated(text: str) -> tuple[str, JSON]:
    """AGENT[#ACT]=JSON; what is no JSON is a text."""
    who, equals, value = text.partition("=")
    if not equals or not who:
        raise ForkError(f"“--set {text}” states nothing: write AGENT=VALUE, or AGENT#2=VALUE for its second visit.")
    try:
        return who, json.loads(value)
    except (ValueError, RecursionError):
        return who, value


def _may_repeat(forked: Fork, reads_input: bool) -> bool:
    """Whether what is not safe to run twice and had succeeded may be executed again: nothing of it, or asked."""
    if not forked.repeats:
        return True
    who = names(forked.graph, forked.repeats)
    say(
        wrapped(
            f"{who} {'is' if len(forked.repeats) == 1 else 'are'} not safe to run twice, succeeded in run "
            f"{forked.source.header.run_id}, and may be executed again: what that did would be done once more.",
            "  ",
            "",
        )
    )
    if not terminal(reads_input):
        say("quartet: nothing was started. If that is meant, add --rerun.")
        return False
    sys.stderr.write("Go on? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() in ("y", "yes"):
        return True
    say("Nothing was started.")
    return False


# ---------------------------------------------------------------------- in words


def _announced(forked: Fork) -> Iterator[str]:
    """What will be given again at most, and why the rest is executed."""
    source = forked.source
    header = source.header
    called = source.graph.name or name_of(header.settings) or "no name"
    yield f"A fork of run {header.run_id} ({called}) at event {forked.at:,} of {source.last:,}:"
    if source.damage:
        yield wrapped(f"Of that run not all can be read: {source.damage}", "    ", "  - ")
    if source.differs:
        yield wrapped(f"Answers are known up to a point: {source.differs.partition(' Resume it')[0]}", "    ", "  - ")
    same = [part for part in forked.parts if part.what == "reused"]
    if same:
        count = plural(sum(part.answers for part in same), "answer")
        yield wrapped(f"Reused: {count} of {names(forked.graph, [part.agent for part in same])}.", "    ", "  - ")
    for (_, why, after), parts in together(forked.parts).items():
        who = names(forked.graph, [part.agent for part in parts])
        yield wrapped(_said(who, why, title(forked.graph, after.rstrip("/")) if after else "", parts), "    ", "  - ")
    if forked.parts and not any(part.what in ("reused", "maybe") for part in forked.parts):
        yield "  - Nothing can be reused; this is a new run of all of it."


def _said(names: str, why: str, after: str, parts: Sequence[Part]) -> str:
    one = len(parts) == 1
    match why:
        case "":
            return f"Stated: what {names} {'answers' if one else 'answer'}."
        case "changed":
            return f"Executed: {names}, as {'it is' if one else 'they are'} drawn differently now."
        case "new":
            return f"Executed: {names}, as {'it was' if one else 'they were'} not there then."
        case "input":
            return f"Executed: {names}, as the input is another one."
        case "failed":
            return f"Executed: {names}, as {'it' if one else 'they'} had failed."
        case "later":
            return f"Executed: {names}, as {'it' if one else 'they'} had not answered by then."
        case _:
            answers = plural(sum(part.answers for part in parts), "answer")
            return (
                f"Reused if {'it gets' if one else 'they get'} the same again, else executed: {answers} of {names}, "
                f"which {'comes' if one else 'come'} after {after}."
            )


def _reported(forked: Fork) -> str:
    """What was given again in the end, and what was executed."""
    reuse = forked.reuse
    assert reuse is not None
    parts = [f"Reused {counted(forked.graph, reuse.reused, 'answer')}"]
    if reuse.replaced:
        parts.append(f"stated {counted(forked.graph, reuse.replaced, 'answer')}")
    parts.append(f"executed {counted(forked.graph, reuse.executed, 'call')}")
    return wrapped("; ".join(parts) + ".", "  ", "")


def _as_json(forked: Fork) -> dict[str, JSON]:
    parts = [{key: value for key, value in part._asdict().items() if value != ""} for part in forked.parts]
    header = forked.source.header
    return {"run": header.run_id, "at": forked.at, "agents": parts, "repeats": forked.repeats}
