"""What is said of the things on the canvas: their names, and what one would see at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quartet.agents.kinds import find
from quartet.editor.canvas import captions
from quartet.editor.canvas.tips import name
from quartet.editor.canvas.wires import BROKEN
from quartet.editor.theme import STATES
from quartet.graph.model import OTHERWISE, UNKNOWN, AgentId, Edge, EdgeId, Graph

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene

KINDS = {"flow": "Flow edge", "supervise": "Supervision", "handoff": "Hand-off", "share": "Shared board"}
TOLD = 3
"""Findings and names that are told; of more only the number is."""


def sentences(parts: list[str]) -> str:
    """Parts as sentences, without those that are empty."""
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:TOLD])
    return shown if len(names) <= TOLD else f"{shown} and {len(names) - TOLD:,} more"


def agent(scene: CanvasScene, id: AgentId, part: int = -1) -> str:
    """What is to be seen of an agent: kind, switches, state, problems, edges, policy, and the `part` it belongs to."""
    graph = scene.document.graph
    model = graph.agents.get(id)
    if model is None:
        return ""
    kind = find(model.kind)
    title = kind.title if kind is not None else f"Unknown kind {model.kind}"
    essence = captions.essence(model).partition(captions.MIDDLE)[2]
    switched = [model.disabled or "", "locked" if model.locked else "", "collapsed" if model.collapsed else ""]
    findings = [f.title for f in scene.document.findings if id in f.agents and not f.silenced]
    more = [f"{len(findings) - TOLD:,} more problems"] if len(findings) > TOLD else []
    return sentences(
        [
            f"{title}, {essence}" if essence else title,
            _capital(", ".join(each for each in switched if each)),
            run_state(scene, id),
            *(f"Problem: {each}" for each in findings[:TOLD]),
            *more,
            edges_of(scene, id),
            _capital(captions.policy(model, scene.wires.watches(id)).replace(captions.MIDDLE, ", ")),
            part_of(scene, part),
        ]
    )


def run_state(scene: CanvasScene, id: AgentId) -> str:
    """How an agent fares in the run: “Retrying, try 2 in 3 s”; empty without a run."""
    status = scene.status_of(id)
    if status is None:
        return ""
    look = _capital(STATES[status].word)
    state = scene.state_of(id)
    if state is None:
        return look
    text = captions.state_line(state, scene.live.now()).text.replace(captions.MIDDLE, ", ")
    said = _capital(text if text.startswith(STATES[status].word) else f"{look}, {text}")
    note = captions.badge(state, scene.live.note(state))
    prompt = f". Asks: {state.prompt}" if state.status == "waiting" and state.prompt else ""
    return (f"{said}, {note}" if note else said) + prompt


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def edges_of(scene: CanvasScene, id: AgentId) -> str:
    """How many edges an agent has and who watches it: “2 edges in, 1 out, watched by Boss”."""
    graph = scene.document.graph
    into = out = 0
    watched: list[str] = []
    watching: list[str] = []
    for edge_id in sorted(scene.wires.incident.get(id, ())):
        edge = graph.edges.get(EdgeId(edge_id))
        if edge is None:
            continue
        if edge.kind == "supervise":
            if edge.target == id:
                watched.append(name(graph, edge.source))
            else:
                watching.append(name(graph, edge.target))
            continue
        into += edge.target == id
        out += edge.source == id
    if not (into or out or watched or watching):
        return "No edges"
    parts = [f"{into} {'edge' if into == 1 else 'edges'} in, {out} out" if into or out else ""]
    parts.append(f"watched by {_some(watched)}" if watched else "")
    parts.append(f"watches {_some(watching)}" if watching else "")
    return _capital(", ".join(part for part in parts if part))


def part_of(scene: CanvasScene, number: int) -> str:
    """A part of the pattern tree and those round it, the innermost first: “In Fan-out, in Pipeline”."""
    parts, names = scene.regions.parts, []
    while 0 <= number < len(parts):
        names.append(f"in {parts[number].title.replace(captions.MIDDLE, ', ')}")
        number = parts[number].parent
    return _capital(", ".join(names))


def edge_name(graph: Graph, edge: Edge) -> str:
    """An edge in a few words: “Planner → Writer, if score > 0.8”."""
    source, target = name(graph, edge.source), name(graph, edge.target)
    match edge.kind:
        case "supervise":
            return f"{source} watches {target}"
        case "handoff":
            said = f"{source} may hand off to {target}"
        case "share":
            return f"{source} and {target} share"
        case _:
            said = f"{source} → {target}"
    if edge.on is not None:
        said += ", on failure" if edge.on == "failure" else ", on time-out"
    if edge.loop:
        said += f", again, at most {edge.max_iterations} times" if edge.max_iterations else ", again"
    if edge.when == OTHERWISE:
        said += ", otherwise"
    elif edge.when == UNKNOWN:
        said += ", if something that is not known"
    elif edge.when is not None:
        said += f", if {' '.join(edge.when.split())}"
    return f"{said}, {edge.name}" if edge.name else said


def edge(scene: CanvasScene, id: str) -> str:
    """What is to be seen of an edge beside its name: its kind, what the run carried over it, what is wrong with it."""
    model = scene.document.graph.edges.get(EdgeId(id))
    if model is None:
        wire = scene.wires.wires.get(id)
        return "" if wire is None else f"This edge could not be understood and is kept as it is: {wire.reason}"
    state = scene.live.state
    carried = None if state is None else state.edges.get(id)
    times = ""
    if carried is not None and carried.count:
        last = {"error": ", an error last", "skipped": ", skipped", "cancelled": ", cancelled"}.get(carried.kind, "")
        times = f"Used {'once' if carried.count == 1 else f'{carried.count:,} times'}{last}"
    findings = [f.title for f in scene.document.findings if id in f.edges and not f.silenced]
    return sentences(
        [
            KINDS[model.kind],
            times,
            f"Inferred: {model.inferred}" if model.inferred else "",
            *(f"Problem: {each}" for each in findings[:TOLD]),
            *(f"“{field}” was refused: {why.reason}" for field, why in (model.invalid or {}).items()),
        ]
    )


def broken_name(id: str) -> str:
    """What stands for an edge that could not be understood."""
    return f"Edge {id.removeprefix(BROKEN)} of the file, not understood"


def frame(scene: CanvasScene, id: str) -> str:
    """What lies in a frame."""
    box = scene.annotations[id].scene_rect()
    inside = [name(scene.document.graph, a) for a, (x, y) in scene.positions.items() if box.contains(x + 92, y + 31)]
    return sentences([f"Frame round {_some(inside)}" if inside else "Empty frame"])


def region(scene: CanvasScene, number: int) -> str:
    """Whom a part of the pattern tree holds."""
    part = scene.regions.parts[number]
    graph = scene.document.graph
    inner = [each.title.replace(captions.MIDDLE, ", ") for each in scene.regions.parts if each.parent == number]
    held = [name(graph, id) for id in part.agents if id in graph.agents]
    return sentences(
        [f"Part of the pattern, holds {_some([*held, *inner])}" if held or inner else "Part of the pattern"]
    )
