"""What can be added to a drawing: every agent kind and every ready-made piece, as lists and searches show them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData

from quartet.agents.kinds import Kind, all_kinds
from quartet.editor import theme
from quartet.graph.model import Graph
from quartet.paths import RESOURCES

KIND_MIME = "application/x-quartet-kind"
"""A drag of an agent kind: its name."""
FRAGMENT_MIME = "application/x-quartet-fragment"
"""A drag of a piece of graph: a graph file's text."""

_SUMMARIES = {
    "pipeline": "One after another",
    "fan_out": "All at once",
    "supervisor": "Watched workers",
    "swarm": "Peers that hand off",
}

_COMBINED = {
    "pipeline_of_fan_out": "One step all at once",
    "supervised_pipeline": "Watched steps, in order",
    "supervised_fan_out": "Watched, all at once",
    "supervised_pipeline_of_fan_out": "Watched, one step at once",
}
"""Ready-made combinations of patterns, in the order they are offered."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the palette: a heading (no icon), an agent kind or a fragment."""

    title: str
    summary: str = ""
    icon: str = ""
    color: str = "accent"
    """A token of the theme."""
    kind: str | None = None
    fragment: Path | None = None
    own: bool = False
    """It is one of the person's own fragments (`quartet.editor.own_fragments`)."""
    trouble: str = ""
    """Why it cannot be inserted."""
    drawing: Graph | None = None
    """What is drawn of it instead of an icon."""

    @property
    def heading(self) -> bool:
        return self.kind is None and self.fragment is None

    def matches(self, words: list[str]) -> bool:
        """Whether every word begins a word of the title or the summary, or stands in the name a file uses."""
        text = f"{self.title} {self.summary}".lower().split()
        return all(any(part.startswith(word) for part in text) or word in (self.kind or "") for word in words)

    def mime(self) -> QMimeData:
        """What a drag carries.

        Raises:
            OSError: the fragment's file cannot be read.
        """
        found = QMimeData()
        if self.kind is not None:
            found.setData(KIND_MIME, self.kind.encode())
        elif self.fragment is not None:
            found.setData(FRAGMENT_MIME, self.fragment.read_bytes())
        return found


def kind_entry(kind: Kind) -> Entry:
    """The palette's line for an agent kind."""
    return Entry(kind.title, kind.summary, kind.icon, kind=kind.name)


def fragments() -> list[Entry]:
    """The ready-made fragments: the four patterns first, in their own colours, then whatever else is there."""
    folder = RESOURCES / "fragments"
    paths = {path.name.removesuffix(".quartet.json"): path for path in sorted(folder.glob("*.quartet.json"))}
    found = []
    fixed = [*theme.PATTERNS, *_COMBINED]
    for stem in [*(name for name in fixed if name in paths), *(name for name in paths if name not in fixed)]:
        if stem in theme.PATTERN_NAMES:
            title, summary, icon, color = theme.PATTERN_NAMES[stem], _SUMMARIES[stem], theme.PATTERN_ICONS[stem], stem
        else:
            title, summary, icon, color = _name(paths[stem]) or stem, _COMBINED.get(stem, ""), "shapes", "accent"
        found.append(Entry(title, summary, icon, color, fragment=paths[stem]))
    return found


def _name(path: Path) -> str:
    try:
        return str(json.loads(path.read_text("utf-8")).get("name", ""))
    except (OSError, ValueError, AttributeError):
        return ""


def kinds() -> list[Entry]:
    """The agent kinds that people add."""
    return [kind_entry(kind) for kind in all_kinds() if kind.palette]
