"""The keyboard on the canvas: walk from agent to agent, nudge, rename, delete, cancel."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent

from quartet.editor import shortcuts
from quartet.editor.canvas import (
    aligning,
    bends,
    carrying,
    locking,
    marking,
    neighbours,
    opening,
    removing,
    replacing,
    spotlight,
    walking,
)
from quartet.editor.canvas.annotations import LEAST
from quartet.editor.canvas.geometry import Point
from quartet.editor.canvas.tools.cut import Cut
from quartet.editor.canvas.tools.lasso import Lasso
from quartet.editor.canvas.tools.tool import arm
from quartet.editor.value_words import plural
from quartet.graph.edits import Edit, Move, Set
from quartet.graph.model import AgentId, Frame, Note, Section

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

NUDGE, LEAP = 4.0, 24.0
"""Scene units that an arrow key with Ctrl moves the selection, without and with Shift."""
SCROLL = 120
"""Pixels that the view moves by a key."""
ARROWS: dict[str, tuple[int, int]] = {"Left": (-1, 0), "Right": (1, 0), "Up": (0, -1), "Down": (0, 1)}
TURNS: dict[str, walking.Turn] = {"Right": "on", "Left": "back", "Down": "next", "Up": "previous"}
Does = Callable[["Canvas"], object]


def _walker(arrow: str, *, extend: bool = False) -> Does:
    return lambda canvas: walk(canvas, ARROWS[arrow], extend=extend)


def _mover(arrow: str, step: float) -> Does:
    return lambda canvas: nudge(canvas, ARROWS[arrow][0] * step, ARROWS[arrow][1] * step)


def _follower(arrow: str) -> Does:
    return lambda canvas: follow(canvas, TURNS[arrow])


def _resizer(arrow: str) -> Does:
    return lambda canvas: resize(canvas, ARROWS[arrow][0] * LEAP, ARROWS[arrow][1] * LEAP)


def _scroller(arrow: str) -> Does:
    return lambda canvas: canvas.scroll_by(QPoint(ARROWS[arrow][0] * SCROLL, ARROWS[arrow][1] * SCROLL))


def _aligner(how: aligning.How) -> Does:
    return lambda canvas: aligning.align(canvas, how)


def _distributor(way: aligning.Way) -> Does:
    return lambda canvas: aligning.distribute(canvas, way)


def _after_the_gesture(does: Does) -> Does:
    """What is dragged is put back first."""

    def run(canvas: Canvas) -> None:
        canvas.cancel_gesture()
        does(canvas)

    return run


BINDINGS: dict[str, tuple[tuple[str, ...], Does]] = {
    "edit.undo": (("Ctrl+Z",), _after_the_gesture(lambda canvas: canvas.document.undo_stack.undo())),
    "edit.redo": (("Ctrl+Shift+Z", "Ctrl+Y"), _after_the_gesture(lambda canvas: canvas.document.undo_stack.redo())),
    "edit.cut": (("Ctrl+X",), _after_the_gesture(lambda canvas: canvas.cut())),
    "edit.copy": (("Ctrl+C",), _after_the_gesture(lambda canvas: canvas.copy())),
    "edit.paste": (("Ctrl+V",), _after_the_gesture(lambda canvas: canvas.paste())),
    "edit.select_all": (("Ctrl+A",), _after_the_gesture(lambda canvas: canvas.select_all())),
    "edit.duplicate": (("Ctrl+D",), _after_the_gesture(lambda canvas: canvas.duplicate())),
    "edit.delete": (("Del", "Backspace"), _after_the_gesture(lambda canvas: canvas.delete())),
    "edit.delete_join": (("Ctrl+Shift+Del",), _after_the_gesture(lambda canvas: removing.delete_and_join(canvas))),
    "edit.rename": (("F2",), lambda canvas: canvas.rename_selected()),
    "edit.open": (("Return", "Enter"), lambda canvas: enter(canvas)),
    "graph.next_kind": (("K", "Ctrl+Shift+K"), lambda canvas: next_kind(canvas)),
    "edit.cut_edges": (("Y",), lambda canvas: cut_edges(canvas)),
    "edit.lasso": (("L",), lambda canvas: lasso(canvas)),
    "edit.select_upstream": (("U",), lambda canvas: walking.select_reached(canvas, onward=False)),
    "edit.select_downstream": (("D",), lambda canvas: walking.select_reached(canvas, onward=True)),
    "agent.mute": (("M",), lambda canvas: marking.toggle(canvas, "muted")),
    "agent.bypass": (("B",), lambda canvas: marking.toggle(canvas, "bypassed")),
    "agent.replace": (("R", "Ctrl+T"), lambda canvas: replacing.ask(canvas)),
    "agent.wires": (("W",), lambda canvas: spotlight.toggle(canvas)),
    "agent.lock": (("Shift+L",), lambda canvas: marking.toggle(canvas, "locked")),
    "agent.collapse": (("S",), lambda canvas: marking.toggle(canvas, "collapsed")),
    "edge.add_point": (("P",), lambda canvas: bends.by_key(canvas)),
    "edge.next_point": (("Shift+P",), lambda canvas: bends.next_point(canvas)),
    "graph.connect_to": (("C", "Ctrl+J"), lambda canvas: canvas.adding.connect(onward=True)),
    "graph.connect_from": (("Shift+C", "Ctrl+Shift+J"), lambda canvas: canvas.adding.connect(onward=False)),
    "graph.align.left": (("Shift+A",), _aligner("left")),
    "graph.align.right": (("Shift+D",), _aligner("right")),
    "graph.align.top": (("Shift+W",), _aligner("top")),
    "graph.align.bottom": (("Shift+S",), _aligner("bottom")),
    "graph.align.centre": (("Shift+X",), _aligner("centre")),
    "graph.align.middle": (("Shift+Y",), _aligner("middle")),
    "graph.distribute.horizontally": (("Shift+H",), _distributor("horizontally")),
    "graph.distribute.vertically": (("Shift+V",), _distributor("vertically")),
    "view.zoom_100": (("1",), lambda canvas: canvas.zoom_to(1.0)),
    "view.zoom_selection": (("2",), lambda canvas: canvas.zoom_selection()),
    "view.fit": (("Ctrl+0", "Home"), lambda canvas: canvas.fit()),
    "go.next_agent": (("PgDown",), lambda canvas: walking.step_agent(canvas, 1)),
    "go.previous_agent": (("PgUp",), lambda canvas: walking.step_agent(canvas, -1)),
    "go.next_edge": (("E",), lambda canvas: walking.step_edge(canvas, 1)),
    "go.previous_edge": (("Shift+E",), lambda canvas: walking.step_edge(canvas, -1)),
    **{f"go.{arrow.lower()}": ((arrow,), _walker(arrow)) for arrow in ARROWS},
    **{f"go.{TURNS[arrow]}": ((f"Alt+{arrow}",), _follower(arrow)) for arrow in ARROWS},
    **{f"select.{arrow.lower()}": ((f"Shift+{arrow}",), _walker(arrow, extend=True)) for arrow in ARROWS},
    **{f"nudge.{arrow.lower()}": ((f"Ctrl+{arrow}",), _mover(arrow, NUDGE)) for arrow in ARROWS},
    **{f"resize.{arrow.lower()}": ((f"Ctrl+Alt+{arrow}",), _resizer(arrow)) for arrow in ARROWS},
    **{f"scroll.{arrow.lower()}": ((f"Ctrl+Alt+Shift+{arrow}",), _scroller(arrow)) for arrow in ARROWS},
    **{f"leap.{arrow.lower()}": ((f"Ctrl+Shift+{arrow}",), _mover(arrow, LEAP)) for arrow in ARROWS},
}
"""The commands that are about the canvas, by name: their first keys, and what they do. The window's commands have the
same keys at first; where a window serves the canvas, theirs count, which a person may have changed."""
_KEYS = {key: does for keys, does in BINDINGS.values() for key in keys}


def shown(name: str) -> str:
    """The first key of a command as a menu shows it where there is no window that knows better; empty: it has none."""
    return shortcuts.shown(BINDINGS[name][0][:1]) if name in BINDINGS else ""


def press(canvas: Canvas, event: QKeyEvent) -> bool:
    """Take a key; False if it means nothing here."""
    if event.key() == Qt.Key.Key_Escape:
        return escape(canvas)
    if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
        canvas.space_held = True
        canvas.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        return True
    if canvas.commands is not None:
        return canvas.commands(event)
    does = next((_KEYS[key] for key in shortcuts.names_of(event) if key in _KEYS), None)
    if does is None:
        return False
    does(canvas)
    return True


def escape(canvas: Canvas) -> bool:
    """Take back the gesture, else put the evidence out, else let go of the selection."""
    if canvas.cancel_gesture():
        return True
    if canvas.armed is not None:
        arm(canvas, None)
        return True
    if canvas.adding.search.isVisible():
        canvas.adding.close()
        return True
    if canvas.pill.isVisible():
        canvas.pill.dismiss()
        return True
    document = canvas.document
    if document.highlight_edges or document.highlight_agents:
        document.highlight()
        return True
    if document.selection:
        document.select(())
        return True
    return False


def cut_edges(canvas: Canvas) -> None:
    """Let the next drag cut the edges it crosses."""
    if canvas.document.read_only is not None:
        canvas.say(canvas.document.read_only)
        return
    arm(canvas, Cut, "Drag across the edges to cut; Escape leaves them")


def lasso(canvas: Canvas) -> None:
    """Let the next drag draw a line round what it selects."""
    arm(canvas, Lasso, "Draw round what to select")


def next_kind(canvas: Canvas) -> None:
    """Make the edge just drawn, or the one that is selected, one of the next kind that makes sense."""
    pill, chosen = canvas.pill, canvas.document.selected_edges
    reason = canvas.document.read_only
    if reason is not None:
        canvas.say(reason)
        return
    if pill.cycle() or len(chosen) != 1:
        return
    wire = canvas.canvas_scene.wires.wires[chosen[0].id]
    pill.offer(chosen[0].id, canvas.mapFromScene(wire.label_at))
    if not pill.cycle():
        canvas.say("No other kind of edge makes sense between these two.", wire.label_at)


def follow(canvas: Canvas, turn: walking.Turn) -> bool:
    """Select the agent that one comes to along an edge."""
    document = canvas.document
    chosen = document.selected_edges
    here = _current(canvas)
    if here is None and len(chosen) == 1:
        found: AgentId | None = chosen[0].target if turn in ("on", "next") else chosen[0].source
    elif here is None:
        found = neighbours.nearest(canvas, _middle(canvas))
    else:
        found = walking.along(canvas, here, turn)
    if turn == "previous" and canvas.nested and (here is None or found is None):
        canvas.leave_requested.emit()
        return True
    if found is None:
        return True
    if turn in ("on", "back"):
        canvas.walked_from = here
    canvas.walked = found
    document.select({found})
    canvas.reveal({found})
    return True


def enter(canvas: Canvas) -> None:
    """Open what is selected: an agent in the inspector, an edge's kind and condition on itself, a note's text."""
    document = canvas.document
    if len(document.selection) == 1:
        (id,) = document.selection
        if id in document.graph.edges:
            canvas.inline.edit_edge(id)
            return
        if id in document.graph.frames or id in document.graph.notes:
            canvas.inline.edit_annotation(id)
            return
    if document.selection:
        opening.open_selected(canvas)


def nudge(canvas: Canvas, dx: float, dy: float) -> bool:
    """Move what is selected by a step; steps in a row are one step to Undo."""
    document, scene = canvas.document, canvas.canvas_scene
    if document.read_only is None and bends.nudge(canvas, dx, dy):
        return True
    chosen, others = carrying.with_held(scene, document.selection)
    free = [id for id in chosen if not locking.is_locked(document.graph, id)]
    agents = {id: scene.positions[id] for id in free}
    edits: list[Edit] = []
    if chosen and not free and not others:
        canvas.say(locking.told(document.graph, chosen))
        return True
    if agents:
        edits.append(Move(to={id: (x + dx, y + dy) for id, (x, y) in agents.items()}))
        edits += bends.moved(bends.between(scene, agents.keys()), dx, dy)
    for id in others:
        item = scene.annotations[id]
        edits.append(Set(section=item.section, id=id, values={"x": item.pos().x() + dx, "y": item.pos().y() + dy}))
    if not edits:
        return False
    label = f"Nudge {plural(len(agents), 'agent')}" if agents else "Nudge"
    # a key that is held down is one step, and so are the ways there and back again
    moved = hashlib.sha256("\0".join(sorted(document.selection)).encode()).hexdigest()[:16]
    canvas.do(label, edits, merge=f"nudge {moved}")
    return True


def resize(canvas: Canvas, dx: float, dy: float) -> None:
    """Pull the lower right corners of the selected frames and notes; the upper left ones stay."""
    document = canvas.document
    edits: list[Edit] = []
    items: list[Frame | Note] = [*document.selected_frames, *document.selected_notes]
    for item in items:
        values = {"width": max(LEAST[0], item.width + dx), "height": max(LEAST[1], item.height + dy)}
        section: Section = "frames" if item.id in document.graph.frames else "notes"
        if (item.width, item.height) != (values["width"], values["height"]):
            edits.append(Set(section=section, id=item.id, values=values))
    if edits:
        canvas.do("Resize", edits)


def walk(canvas: Canvas, direction: tuple[int, int], *, extend: bool = False) -> bool:
    """Select the next agent that way: along an edge if one leads there, else the nearest."""
    document, scene = canvas.document, canvas.canvas_scene
    if not scene.positions:
        return False
    here = _current(canvas)
    edges = document.selected_edges
    if here is None and len(edges) == 1:
        found: AgentId | None = edges[0].target if sum(direction) > 0 else edges[0].source
    elif here is None:
        found = neighbours.nearest(canvas, _middle(canvas))
    else:
        found = neighbours.neighbour(canvas, here, direction)
    if found is None:
        return True
    document.select(document.selection | {found} if extend else {found})
    canvas.walked = found
    canvas.reveal({found})
    return True


def _middle(canvas: Canvas) -> Point:
    at = canvas.center_scene_pos()
    return at.x(), at.y()


def _current(canvas: Canvas) -> AgentId | None:
    """The agent from which one walks on: the last one walked to, else the first selected."""
    selection = canvas.document.selection
    if canvas.walked is not None and canvas.walked in selection:
        return canvas.walked
    return next((id for id in canvas.canvas_scene.cards if id in selection), None)


def tab(canvas: Canvas, event: QKeyEvent) -> bool:
    """Tab adds by name. Shift+Tab leaves the canvas, as everywhere; where nothing can be added, Tab does too."""
    if event.key() != Qt.Key.Key_Tab or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return False
    if canvas.document.read_only is not None:
        return False
    canvas.cancel_gesture()
    canvas.adding.by_key()
    return True
