"""Laying out by the pattern, and going from one problem to the next.

A small drawing is laid out at once. A big one is laid out in a thread, with its progress and a way to cancel in the
status bar; whoever goes on drawing meanwhile gets a layout of what is drawn by then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING

from quartet.editor.background import Background
from quartet.editor.canvas import bends
from quartet.editor.canvas.gliding import Glide
from quartet.editor.canvas.placing import given_way
from quartet.editor.inside import InnerDocument
from quartet.editor.judge import snapshot
from quartet.editor.manners import Tidier, considerate
from quartet.editor.value_words import plural
from quartet.graph.edits import Edit, EditError, Move, Set
from quartet.graph.model import AgentId, Frame, Graph, Note, Point

if TYPE_CHECKING:
    from quartet.editor.session import Session
    from quartet.editor.window import Window
    from quartet.patterns.verdict import Verdict

BIG = 300
"""From so many agents on, a layout may take longer than a frame and is made in a thread."""
TRIES = 3
"""So often a drawing is laid out that changes again and again meanwhile."""
CARD = 184.0, 62.0
CLEAR = 48.0
"""Between a note that would lie under agents, and what is laid out: room for the regions."""


def arrange(window: Window) -> None:
    """Lay the selected agents out by the pattern they form, or all if fewer than two are selected, as one step."""
    session = window.session
    if session is None:
        return
    document = session.document
    chosen = [agent.id for agent in document.selected_agents]
    chosen = chosen if len(chosen) > 1 else []
    say = partial(window.status.say, session=session)
    if len(chosen or document.graph.agents) < BIG:
        graph = _drawn(document.graph, chosen)
        verdict = document.verdict if not chosen and document.judged else None
        _apply(session, _laid_out(graph, verdict), say)
    elif window.status.working(session):
        say("The layout is being made.")
    else:
        _Arrangement(window, session, chosen).begin()


def _laid_out(
    graph: Graph, verdict: Verdict | None = None, told: Callable[[float], None] = lambda share: None
) -> dict[AgentId, Point]:
    from quartet.patterns.layout import layout  # not needed at start-up

    return layout(graph, verdict, graph.positions, told)


def _drawn(graph: Graph, chosen: Collection[AgentId]) -> Graph:
    """The graph as it is now, or what is drawn of it between the chosen agents."""
    if not chosen:
        return snapshot(graph)
    agents = {id: graph.agents[id] for id in chosen if id in graph.agents}
    edges = {id: edge for id, edge in graph.edges.items() if edge.source in agents and edge.target in agents}
    positions = {id: graph.positions[id] for id in agents if id in graph.positions}
    return graph.model_copy(update={"agents": agents, "edges": edges, "positions": positions})


class _Arrangement:
    """One layout in the background: begun, told of, cancelled, begun anew if the drawing has changed meanwhile."""

    def __init__(self, window: Window, session: Session, chosen: list[AgentId]) -> None:
        self.session, self.chosen = session, chosen
        self.status = window.status
        self.say = partial(window.status.say, session=session)
        self.work = Background(session)
        self.tidier = Tidier(session)
        self.tries = 0

    def begin(self) -> None:
        self.tries += 1
        drawn = _drawn(self.session.document.graph, self.chosen)
        self.status.work(self.session, f"Laying out {plural(len(drawn.agents), 'agent')}…", self.cancel)

        def lay_out(told: Callable[[float], None]) -> dict[AgentId, Point]:
            with considerate():
                return _laid_out(drawn, None, told)

        self.work.do(lay_out, partial(self.take, drawn), self.fail, partial(self.status.progress, self.session))

    def cancel(self) -> None:
        self.work.give_up()
        self.end()
        self.say("Nothing was moved.")

    def end(self) -> None:
        self.status.done(self.session)
        self.tidier.later()

    def fail(self, error: Exception) -> None:
        self.end()
        self.say(f"It could not be laid out: {error}")

    def take(self, drawn: Graph, found: dict[AgentId, Point]) -> None:
        now = _drawn(self.session.document.graph, self.chosen)
        changed = not _same(drawn, now)
        if changed and now.agents and self.tries < TRIES:
            self.say("The drawing has changed meanwhile; it is laid out anew.")
            self.begin()
            return
        self.end()
        _apply(self.session, found, self.say)
        if changed:
            self.say(
                "The drawing kept changing: what was there at first is laid out, what came later stands as it was."
            )


def _same(one: Graph, other: Graph) -> bool:
    """Whether two states of one drawing have the same agents and edges in the same places. Items are shared."""
    if one.positions != other.positions or one.agents.keys() != other.agents.keys():
        return False
    return one.edges.keys() == other.edges.keys() and all(other.edges[id] is edge for id, edge in one.edges.items())


def _apply(session: Session, found: dict[AgentId, Point], say: Callable[[str], None]) -> None:
    """Move what still exists to the places found, as one step."""
    document = session.document
    graph = document.graph
    loose = {id: at for id, at in found.items() if id in graph.agents and not graph.agents[id].locked}
    loose = given_way(loose, {id: at for id, at in graph.positions.items() if id not in loose})
    moved = {id: at for id, at in loose.items() if graph.positions.get(id) != at}
    if not moved:
        say("Everything stands where the layout would put it.")
        return
    document.about_to.emit("Arrange")
    before = {id: graph.positions[id] for id in moved if id in graph.positions}
    try:
        straight = bends.straightened(graph.edges.values(), moved.keys())
        document.do("Arrange", [Move(to=dict(moved)), *_with_them(graph, moved), *straight])
    except EditError as error:
        say(str(error))
        return
    if 2 * len(moved) > len(graph.agents):  # else whoever looked at something goes on looking at it
        session.canvas.fit()
    Glide.begin(session.canvas, before)


def _with_them(graph: Graph, moved: dict[AgentId, Point]) -> list[Edit]:
    """What becomes of frames and notes: frames stay around their agents, no agent comes to stand on a note."""
    edits: list[Edit] = []
    places = {**graph.positions, **moved}
    for frame in graph.frames.values():
        held = [id for id, at in graph.positions.items() if _inside(frame, at)]
        if any(id in moved for id in held):
            left, top, right, bottom = _bounds([graph.positions[id] for id in held])
            x, y, far, low = _bounds([places[id] for id in held])
            values = {
                "x": x - (left - frame.x),
                "y": y - (top - frame.y),
                "width": far - x + frame.width - (right - left),
                "height": low - y + frame.height - (bottom - top),
            }
            edits.append(Set(section="frames", id=frame.id, values=values))
    high = _bounds(list(moved.values()))[1] - CLEAR
    for note in graph.notes.values():
        if not any(_under(note, at) for at in graph.positions.values()) and any(
            _under(note, at) for at in moved.values()
        ):
            high -= note.height
            edits.append(Set(section="notes", id=note.id, values={"y": high}))
            high -= CLEAR / 2
    return edits


def _inside(frame: Frame, at: Point) -> bool:
    """Whether the middle of a card is in the frame."""
    return 0 <= at[0] + CARD[0] / 2 - frame.x <= frame.width and 0 <= at[1] + CARD[1] / 2 - frame.y <= frame.height


def _under(note: Note, at: Point) -> bool:
    """Whether a card lies on the note."""
    across = at[0] < note.x + note.width and note.x < at[0] + CARD[0]
    return across and at[1] < note.y + note.height and note.y < at[1] + CARD[1]


def _bounds(places: list[Point]) -> tuple[float, float, float, float]:
    """The rectangle around cards: left, top, right, bottom."""
    xs, ys = [x for x, _ in places], [y for _, y in places]
    return min(xs), min(ys), max(xs) + CARD[0], max(ys) + CARD[1]


def next_problem(window: Window) -> None:
    """Select and show what the next finding is about, on whatever level of the file that is."""
    session = window.session
    if session is None:
        return
    root, here = session.root, session.document
    heard = [finding for finding in root.document.findings if finding.silenced is None]
    if not heard:
        window.say("Nothing was found that would fail.")
        return
    places = [(one.inside, frozenset(one.places if one.inside else (*one.agents, *one.edges))) for one in heard]
    now = here.id if isinstance(here, InnerDocument) else "", here.selection
    shown = root.problem  # several may be about the same place
    if shown in heard and places[heard.index(shown)] == now:
        at = heard.index(shown) + 1
    else:
        at = places.index(now) + 1 if now in places else 0
    at %= len(heard)
    root.problem = heard[at]
    root.document.inside_wanted.emit(*places[at])
    window.say(f"{heard[at].title}. {heard[at].detail}")
