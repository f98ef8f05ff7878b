"""What must hold before anything of a graph is really carried out here: keys and models, people, trust."""

from __future__ import annotations

import os
import sys

from quartet.agents import trust
from quartet.cli.console import say, wrapped
from quartet.editor.runner_checks import Missing, missing
from quartet.graph.model import Graph
from quartet.graph.nesting import inside


def admitted(name: str, graph: Graph, folder: str, *, trusted: bool, reads_input: bool) -> bool:
    """Whether a graph called `name` may really run on this machine; if not, the reason was said.

    `folder`: where its file lies, or “”; `trusted`: leave was given on the command line; `reads_input`: standard input
    is taken, so nobody can be asked.
    """
    absent = missing(graph, os.environ)
    if absent:
        _unequipped(name, absent)
        return False
    return _answerable(name, graph, reads_input) and _allowed(name, graph, folder, trusted, reads_input)


def _unequipped(name: str, absent: list[Missing]) -> None:
    """Say what this machine has not, each once with the agents that need it."""
    needed: dict[str, list[str]] = {}
    for each in absent:
        needed.setdefault(each.what, []).append(each.name)
    say(f"quartet: {name} cannot run here, so nothing was started:")
    for what, agents in needed.items():
        some = agents if len(agents) < 6 else [*agents[:4], f"{len(agents) - 4:,} more"]
        who = " and ".join(part for part in (", ".join(some[:-1]), some[-1]) if part)
        say(wrapped(f"{what} {who} {'needs' if len(agents) == 1 else 'need'} it.", "    ", "  - "))
    say("Set what is missing and run it again; --rehearse needs none of it.")


def terminal(reads_input: bool) -> bool:
    """Whether there is a person to ask."""
    # a stream that was closed before the program started is None
    return not reads_input and all(stream and stream.isatty() for stream in (sys.stdin, sys.stderr))


def _answerable(name: str, graph: Graph, reads_input: bool) -> bool:
    drawings = [graph, *(place.graph for place in inside(graph))]
    asking = [agent.name for drawing in drawings for agent in drawing.agents.values() if agent.kind == "human"]
    if not asking or terminal(reads_input):
        return True
    say(
        f"quartet: {name} asks a person ({', '.join(f'“{each}”' for each in asking[:5])}), and there is no terminal to "
        "ask on. Run it in a terminal, or add --rehearse."
    )
    return False


def _allowed(name: str, graph: Graph, folder: str, trusted: bool, reads_input: bool) -> bool:
    """Whether the graph may do on this machine what needs leave: told so, known, or asked."""
    surface = trust.surface(graph, folder)
    if not surface or trusted or trust.trusted(graph, folder):
        return True
    say(f"{name} would do this on this machine:")
    for each in surface:
        say(wrapped(each.line, "    ", f"  {each.name}: "))
    if not terminal(reads_input):
        say("quartet: nothing was started. If you trust this graph, add --trust; --rehearse needs no trust.")
        return False
    sys.stderr.write("Allow it, now and whenever it stays the same? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        say("Nothing was started.")
        return False
    trust.remember(graph, folder)
    return True
