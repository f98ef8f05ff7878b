"""The kept runs as a table: a row each, the latest first, in words a person reads at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from quartet.editor.kept_run import moment
from quartet.editor.plain_text import tip
from quartet.editor.value_words import seconds
from quartet.engine.journal.shelf import slug_of
from quartet.engine.journal.summary import Summary
from quartet.engine.meters import money

Index = QModelIndex | QPersistentModelIndex
STATE_ROLE = Qt.ItemDataRole.UserRole
"""How a run stands: a `Standing`."""
PINNED_ROLE = Qt.ItemDataRole.UserRole + 1
SHOWN_ROLE = Qt.ItemDataRole.UserRole + 2
"""Whether this run is shown on the canvas."""


class Standing(NamedTuple):
    """How a run stands: never by colour alone."""

    token: str
    icon: str
    word: str


STANDINGS = {
    "running": Standing("running", "loader", "running"),
    "paused": Standing("warning", "circle-pause", "paused"),
    "interrupted": Standing("warning", "zap", "interrupted"),
    "succeeded": Standing("succeeded", "circle-check", "succeeded"),
    "failed": Standing("failed", "circle-x", "failed"),
    "cancelled": Standing("idle", "ban", "stopped"),
    "unreadable": Standing("failed", "circle-question-mark", "cannot be read"),
}
STATE, WHEN, TOOK, COST, AGENTS, SIZE, ABOUT = range(7)
RIGHT = frozenset({TOOK, COST, AGENTS, SIZE})


class RunsModel(QAbstractTableModel):
    """What is on the shelf. `runs` is what was listed last."""

    HEADERS = ("Run", "Began", "Took", "Cost", "Agents", "Size", "About")

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs: list[Summary] = []
        self.shown: str | None = None
        self.named = False
        """Whether the graphs' names are told: of all graphs."""

    def set_runs(self, runs: Sequence[Summary], *, named: bool) -> None:
        """Show these."""
        self.beginResetModel()
        self.runs, self.named = list(runs), named
        self.endResetModel()

    def set_shown(self, id: str | None) -> None:
        """Say which run is on the canvas."""
        if id != self.shown:
            self.shown = id
            if self.runs:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self.runs) - 1, ABOUT))

    def row_of(self, id: str | None) -> int | None:
        """The row of a run, or None."""
        return next((row for row, run in enumerate(self.runs) if run.id == id), None) if id else None

    def cell(self, run: Summary, column: int) -> str:
        """The text of one cell."""
        if column == STATE:
            return standing(run).word
        if column == WHEN:
            return moment(run.started)
        if column == ABOUT:
            return self._about(run)
        if column == SIZE:
            return size_in_words(run.size)
        if not run.id:
            return ""
        if column == TOOK:
            return seconds(run.seconds)
        if column == COST:
            return f"${money(run.cost)}" if run.cost else ""
        return f"{run.agents:,}"

    def _about(self, run: Summary) -> str:
        if run.state == "unreadable":
            return run.problem or ""
        parts = [run.name or slug_of(run.path)] if self.named else []
        if run.parent is not None:
            parts.append(f"run again from {run.parent}")
        if run.rehearse:
            parts.append("a rehearsal")
        if run.carried and run.state in ("running", "paused"):
            parts.append("goes on in this window" if run.id == self.shown else "goes on elsewhere")
        if run.problem:
            parts.append("damaged: not all of it can be read")
        return " · ".join(parts)

    # what Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.HEADERS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section in RIGHT:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        run = self.runs[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell(run, index.column())
        if role == STATE_ROLE:
            return standing(run)
        if role == PINNED_ROLE:
            return run.pinned
        if role == SHOWN_ROLE:
            return run.id == self.shown and bool(run.id)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip("\n".join(filter(None, [run.id and f"Run {run.id}", run.problem or "", str(run.path)])))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, (self.cell(run, column) for column in range(len(self.HEADERS)))))
        return None


def standing(run: Summary) -> Standing:
    """How a run stands."""
    return STANDINGS[run.state]


def size_in_words(size: int) -> str:
    """A number of bytes as short as it can be said: 812 bytes, 48 kB, 3.2 MB."""
    if size < 1_000:
        return f"{size} byte{'' if size == 1 else 's'}"
    if size < 999_500:
        return f"{size / 1_000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB" if size < 999_500_000 else f"{size / 1_000_000_000:.1f} GB"
