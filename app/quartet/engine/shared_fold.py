"""What a run's state knows of its boards and of the state that agents share: the folds of those events."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from quartet.engine.events import Event
from quartet.engine.seen import BoardState, WorkItem

if TYPE_CHECKING:
    from quartet.engine.state import RunState

JSON = Any
Data = dict[str, JSON]


def begin(run: RunState, values: Data) -> None:
    """The run starts with these values of its state, which are copied: writes add to them."""
    run.shared = {
        key: value.copy() if isinstance(value, list | dict) else value for key, value in values.items()
    }  # fmt: skip


def board_of(run: RunState, id: str) -> BoardState:
    """What is known of a board."""
    board = run.boards.get(id)
    if board is None:
        board = run.boards[id] = BoardState()
    return board


def posted(run: RunState, event: Event, data: Data) -> None:
    """A piece of work was put up."""
    board_of(run, str(event.agent)).items[data["item"]] = WorkItem(data.get("value"))


def moved(status: str) -> Callable[[RunState, Event, Data], None]:
    """The fold of what brings a piece of work into this status."""

    def fold(run: RunState, event: Event, data: Data) -> None:
        item = board_of(run, str(event.agent)).items[data["item"]]
        item.status = status
        item.by = data["by"] if status in ("claimed", "done") else None
        item.fence, item.lease_until = data.get("fence", item.fence), data.get("lease_until")
        item.reasons = tuple(data.get("reasons", item.reasons))

    return fold


def renewed(run: RunState, event: Event, data: Data) -> None:
    """A lease is longer now."""
    board_of(run, str(event.agent)).items[data["item"]].lease_until = data["lease_until"]


def written(run: RunState, event: Event, data: Data) -> None:
    """A note on a board, or a write to the run's state."""
    key, value = data["key"], data.get("value")
    if "board" in data:
        board_of(run, data["board"]).notes[key] = value
        return
    match data.get("reducer"):
        case "append":
            run.shared[key].insert(data["at"], value)
        case "merge":
            run.shared[key].update(data["new"])
        case "sum":
            run.shared[key] = data["new"]
        case _:
            run.shared[key] = value


FOLDS: dict[str, Callable[[RunState, Event, Data], None]] = {
    "work.posted": posted,
    "work.claimed": moved("claimed"),
    "work.renewed": renewed,
    "work.released": moved("available"),
    "work.expired": moved("available"),
    "work.done": moved("done"),
    "work.dead": moved("dead"),
    "state.write": written,
}
